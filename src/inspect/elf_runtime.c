#include "inspect/elf_parts.h"

#include "base/str.h"

#include <string.h>

#define WINDOW	((size_t)256 << 10)
#define OVERLAP ((size_t)1 << 10) /* longer than what is looked for */

/* "libcudart.so.12" of that or of "libcudart-80664282.so.12", a wheel's renamed copy; the caller's; NULL = neither. */
static char *runtime_name(const char *name)
{
	if (!str_starts(name, "libcudart"))
		return NULL;
	const char *at = name + strlen("libcudart");
	if (*at == '-' && strnlen(at, 9) == 9)
		at += 9;
	return str_starts(at, ".so.") ? xasprintf("libcudart%s", at) : NULL;
}

static void find_runtime(struct binary *b)
{
	for (size_t i = 0; i < b->n_demands && b->cuda.runtime == NULL; i++)
		b->cuda.runtime = runtime_name(b->demands[i].version);
	for (size_t i = 0; i < b->needed.n && b->cuda.runtime == NULL; i++)
		b->cuda.runtime = runtime_name(b->needed.v[i]);
}

/* How much of a segment may hold constant texts that are looked at. */
static uint64_t texts_in(struct obj_load l)
{
	uint64_t most = l.offset == 0 ? ELF_FIRST : ELF_TEXTS;
	if (l.writable)
		return 0;
	if (l.executable && l.offset != 0)
		return l.size <= ELF_CODE ? l.size : 0;
	return l.size < most ? l.size : most;
}

/* Shows a segment's texts to look(), a window after the other, each beginning with the last bytes of the one before;
 * stops where look() says so. */
static bool look_in(struct obj *o, struct obj_load l, bool (*look)(void *self, const char *data, size_t len),
		    void *self)
{
	AUTO_TEXT char *window = xmalloc(WINDOW);
	uint64_t end = l.offset + texts_in(l);
	size_t have = 0;
	for (uint64_t at = l.offset; at < end;) {
		size_t want = end - at < WINDOW - have ? (size_t)(end - at) : WINDOW - have;
		long got = obj_read(o, at, window + have, want);
		if (got <= 0)
			return false;
		have += (size_t)got;
		at += (uint64_t)got;
		if (look(self, window, have))
			return true;
		size_t keep = have < OVERLAP ? have : OVERLAP;
		memmove(window, window + have - keep, keep);
		have = keep;
	}
	return false;
}

static void look_at_texts(struct obj *o, bool (*look)(void *self, const char *data, size_t len), void *self)
{
	for (size_t i = 0; i < obj_loads(o); i++)
		if (look_in(o, obj_load(o, i), look, self))
			return;
}

struct runtime_marks {
	bool message, driver;
};

static bool look_for_runtime(void *self, const char *data, size_t len)
{
	static const char message[] = "CUDA driver version is insufficient for CUDA runtime version";
	static const char driver[] = "libcuda.so.1";
	struct runtime_marks *m = self;
	m->message = m->message || memmem(data, len, message, sizeof(message) - 1) != NULL;
	m->driver = m->driver || memmem(data, len, driver, sizeof(driver) - 1) != NULL;
	return m->message && m->driver;
}

/* The runtime linked in shows by its messages, whether or not the file was stripped. */
static void find_static_runtime(struct obj *o, struct binary *b)
{
	struct runtime_marks m = {.message = false};
	look_at_texts(o, look_for_runtime, &m);
	b->cuda.runtime_static = m.message && m.driver;
}

/* How many bytes of "sm_90a" or "compute_90" stand here; 0 = none. */
static size_t arch_at(const char *at)
{
	size_t n = str_starts(at, "sm_") ? 3 : str_starts(at, "compute_") ? 8 : 0;
	if (n == 0 || !str_is_digit(at[n]))
		return 0;
	while (str_is_digit(at[n]))
		n++;
	return at[n] == 'a' || at[n] == 'f' ? n + 1 : n;
}

/* The length of a text that is nothing but architectures with one space between them, two at least; 0 = it is none. */
static size_t arch_list(const char *text, size_t len)
{
	size_t n = 0, at = 0;
	const char *end = memchr(text, '\0', len);
	if (end == NULL)
		return 0;
	for (;;) {
		size_t one = arch_at(text + at);
		if (one == 0)
			return 0;
		n++;
		at += one;
		if (text + at == end)
			return n > 1 ? at : 0;
		if (text[at++] != ' ')
			return 0;
	}
}

/* Notes the longest list of architectures that stands there as a text of its own. */
static bool look_for_archs(void *self, const char *data, size_t len)
{
	struct binary_cuda *cuda = self;
	const char *end = data + len;
	for (const char *at = data; at < end && (at = memmem(at, (size_t)(end - at), "\0sm_", 4)) != NULL;) {
		at++;
		size_t n = arch_list(at, (size_t)(end - at));
		if (n > 0 && (cuda->torch_archs == NULL || n > strlen(cuda->torch_archs))) {
			free(cuda->torch_archs);
			cuda->torch_archs = xstrdup(at);
		}
	}
	return false;
}

void elf_read_runtime(struct obj *o, struct binary *b)
{
	const char *slash = strrchr(b->path, '/'), *name = slash == NULL ? b->path : slash + 1;
	find_runtime(b);
	bool is_runtime = b->soname != NULL && str_starts(b->soname, "libcudart");
	if (b->cuda.runtime == NULL && !is_runtime && b->n_groups > 0)
		find_static_runtime(o, b);
	if (str_starts(name, "libtorch_python"))
		look_at_texts(o, look_for_archs, &b->cuda);
}
