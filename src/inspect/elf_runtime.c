#include "inspect/elf_parts.h"

#include "base/str.h"

#include <string.h>

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

/* The segments' starts where constant texts stand, one after the other; false behind the last. */
static bool texts(struct obj *o, size_t *segment, struct buf *into)
{
	for (; *segment < obj_loads(o); ++*segment) {
		struct obj_load l = obj_load(o, *segment);
		if (l.executable)
			continue;
		size_t want = (size_t)(l.size < ELF_TEXTS ? l.size : ELF_TEXTS);
		char *data = xmalloc(want);
		long got = obj_read(o, l.offset, data, want);
		buf_cut(into, 0);
		if (got > 0)
			buf_add(into, data, (size_t)got);
		free(data);
		++*segment;
		return true;
	}
	return false;
}

static bool has(const struct buf *b, const char *text)
{
	return b->len > 0 && memmem(b->data, b->len, text, strlen(text)) != NULL;
}

/* The runtime linked in shows by its messages, whether or not the file was stripped. */
static void find_static_runtime(struct obj *o, struct binary *b)
{
	AUTO_BUF struct buf text = BUF_INIT;
	size_t segment = 0;
	bool message = false, driver = false;
	while (texts(o, &segment, &text) && !(message && driver)) {
		message |= has(&text, "CUDA driver version is insufficient for CUDA runtime version");
		driver |= has(&text, "libcuda.so.1");
	}
	b->cuda.runtime_static = message && driver;
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

/* Whether a text is nothing but architectures with one space between them, two at least. */
static bool is_arch_list(const char *text)
{
	size_t n = 0;
	for (;;) {
		size_t len = arch_at(text);
		if (len == 0)
			return false;
		n++;
		text += len;
		if (*text == '\0')
			return n > 1;
		if (*text++ != ' ')
			return false;
	}
}

/* The longest list of architectures that stands there as a text of its own. */
static void find_archs(struct obj *o, struct binary *b)
{
	AUTO_BUF struct buf text = BUF_INIT;
	size_t segment = 0;
	while (texts(o, &segment, &text)) {
		struct blob t = buf_blob(&text, "texts");
		const char *end = t.data + t.len;
		for (const char *at = t.data; at < end;) {
			at = memmem(at, (size_t)(end - at), "\0sm_", 4);
			if (at == NULL)
				break;
			at++;
			if (is_arch_list(at) &&
			    (b->cuda.torch_archs == NULL || strlen(at) > strlen(b->cuda.torch_archs))) {
				free(b->cuda.torch_archs);
				b->cuda.torch_archs = xstrdup(at);
			}
		}
	}
}

void elf_read_runtime(struct obj *o, struct binary *b)
{
	const char *slash = strrchr(b->path, '/'), *name = slash == NULL ? b->path : slash + 1;
	find_runtime(b);
	bool is_runtime = b->soname != NULL && str_starts(b->soname, "libcudart");
	if (b->cuda.runtime == NULL && !is_runtime && b->n_groups > 0)
		find_static_runtime(o, b);
	if (str_starts(name, "libtorch_python"))
		find_archs(o, b);
}
