#include "inspect/witness.h"

#include "base/str.h"
#include "model/cuda.h"
#include "rules/cover.h"

#include <string.h>

#define KEY(major, minor) ((uint16_t)((major)*100 + (minor)))
#define MOST_MAJOR	  99

void witnesses_clear(struct witnesses *w)
{
	for (size_t i = 0; i < w->n; i++) {
		free(w->v[i].file);
		free(w->v[i].said);
	}
	free(w->v);
	*w = (struct witnesses)WITNESSES_INIT;
}

/* Takes said. */
static void add(struct witnesses *w, enum witness_kind kind, const char *file, uint16_t low, uint16_t high, char *said)
{
	if (w->n == w->cap) {
		w->cap = mem_grow(w->cap);
		w->v = xreallocarray(w->v, w->cap, sizeof(*w->v));
	}
	w->v[w->n++] = (struct witness){.kind = kind, .low = low, .high = high, .file = xstrdup(file), .said = said};
}

static void add_function(struct witnesses *w, const struct binary *b)
{
	int v = b->cuda.version;
	if (v == -1)
		add(w, WITNESS_FUNCTION, b->path, 0, 0, xstrdup("cuda_version() returns -1: built without CUDA"));
	else if (v > 0) {
		uint16_t key = KEY(v / 1000, v % 1000 / 10);
		add(w, WITNESS_FUNCTION, b->path, key, key, xasprintf("cuda_version() returns %d", v));
	}
}

/* The soname's number is the major from 12 on, 11.0 for all of 11, and the version itself below. */
static void add_runtime(struct witnesses *w, const struct binary *b)
{
	const char *at = b->cuda.runtime == NULL ? NULL : strstr(b->cuda.runtime, ".so.");
	uint64_t major = 0, minor = 0;
	if (at == NULL)
		return;
	at += 4;
	if (!str_scan_u64(&at, MOST_MAJOR, &major) || major == 0)
		return;
	bool whole = major >= 11;
	if (*at == '.' && !whole) {
		at++;
		if (!str_scan_u64(&at, 99, &minor))
			return;
	}
	add(w, WITNESS_RUNTIME, b->path, KEY(major, minor), whole ? KEY(major, 99) : KEY(major, minor),
	    xasprintf("asks for %s", b->cuda.runtime));
}

static void add_ptx(struct witnesses *w, const struct binary *b)
{
	uint16_t low = 0, high = 0;
	unsigned isa = b->cuda.isa_high;
	if (isa != 0 && cover_isa_cuda(isa, &low, &high))
		add(w, WITNESS_PTX, b->path, low, high, xasprintf("has PTX %u.%u", isa / 10, isa % 10));
}

static void add_cubin(struct witnesses *w, const struct binary *b)
{
	unsigned v = b->cuda.cubin_high;
	if (v == 0)
		return;
	uint16_t key = KEY(v / 10, v % 10);
	char *said = b->cuda.toolkit != NULL
			     ? xasprintf("has machine code of CUDA %u.%u (%s)", v / 10, v % 10, b->cuda.toolkit)
			     : xasprintf("has machine code of CUDA %u.%u", v / 10, v % 10);
	add(w, WITNESS_CUBIN, b->path, key, key, said);
}

void witness_binary(struct witnesses *into, const struct binary *b)
{
	add_function(into, b);
	add_cubin(into, b);
	add_ptx(into, b);
	add_runtime(into, b);
	if (b->cuda.launches_by_kernel)
		add(into, WITNESS_LAUNCH, b->path, KEY(12, 5), KEY(MOST_MAJOR, 99), xstrdup("imports __cudaGetKernel"));
}

static void add_hint(struct witnesses *w, const char *file, uint16_t key, char *said)
{
	add(w, WITNESS_HINT, file, key, key, said);
}

/* What a line assigns to the name, without its quotes: "NAME = '...'", "NAME: TYPE = ..."; NULL = it does not. */
static char *line_assigns(const char *line, const char *stop, const char *name)
{
	size_t len = strlen(name);
	const char *at = memchr(line, '=', (size_t)(stop - line));
	if (at == NULL || (size_t)(stop - line) <= len || memcmp(line, name, len) != 0 ||
	    strchr(" :=", line[len]) == NULL)
		return NULL;
	at++;
	while (at < stop && strchr(" '\"", *at) != NULL)
		at++;
	while (stop > at && strchr(" '\"\r", stop[-1]) != NULL)
		stop--;
	return xstrndup(at, (size_t)(stop - at));
}

/* What the first line that assigns to the name assigns; the caller's; NULL = none does. */
static char *assigned(struct blob text, const char *name)
{
	char *value = NULL;
	for (const char *line = text.data, *end = text.data + text.len; value == NULL && line < end;) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL)
			stop = end;
		value = line_assigns(line, stop, name);
		line = stop + 1;
	}
	return value;
}

void witness_version_py(struct witnesses *into, struct blob text)
{
	AUTO_TEXT char *cuda = assigned(text, "cuda"), *version = assigned(text, "__version__");
	struct cuda value;
	struct err ignored = ERR_INIT;
	if (cuda != NULL && str_eq(cuda, "None"))
		add_hint(into, text.name, 0, xstrdup("cuda = None"));
	else if (cuda != NULL && cuda_parse(cuda, &value, &ignored) == 0)
		add_hint(into, text.name, cuda_key(&value), xasprintf("cuda = '%s'", cuda));
	err_clear(&ignored);
	if (version != NULL)
		witness_label(into, text.name, version);
}

/* "pt27cu128" and "cu128" speak of CUDA, so does "cpu"; the part from there, or NULL. */
static const char *cuda_part(const char *label)
{
	if (str_starts(label, "pt")) {
		label += 2;
		while (str_is_digit(*label))
			label++;
	}
	return str_starts(label, "cu") || str_eq(label, "cpu") ? label : NULL;
}

void witness_label(struct witnesses *into, const char *file, const char *version)
{
	const char *plus = strchr(version, '+'), *part = plus == NULL ? NULL : cuda_part(plus + 1);
	struct cuda value;
	struct err ignored = ERR_INIT;
	if (part == NULL)
		return;
	AUTO_TEXT char *first = xstrndup(part, strcspn(part, "."));
	if (cuda_parse(first, &value, &ignored) == 0)
		add_hint(into, file, cuda_key(&value), xasprintf("version %s", version));
	err_clear(&ignored);
}

/* Of one kind the witnesses of the oldest and of the newest CUDA: there may be very many. */
struct ends {
	const struct witness *old, *young;
};

/* Whether a contradicts b: the pair, a's first. */
static bool clash(struct ends a, struct ends b, struct witness_verdict *v)
{
	const struct witness *first;

	if (!a.old || !b.old)
		return false;
	if (a.old->high < b.young->low) {
		v->a = a.old;
		v->b = b.young;
	} else if (b.old->high < a.young->low) {
		v->a = a.young;
		v->b = b.old;
	}
	if (a.old == b.old && v->a > v->b) { /* of one kind */
		first = v->b;
		v->b = v->a;
		v->a = first;
	}
	return v->a != NULL;
}

/* A pair that contradicts each other; kinds are ordered by what they are worth, and of one kind the first to speak
 * comes first. */
static void find_clash(const struct witnesses *w, struct witness_verdict *v)
{
	struct ends ends[WITNESS_HINT + 1] = {{.old = NULL}};
	for (size_t i = 0; i < w->n; i++) {
		struct ends *e = &ends[w->v[i].kind];
		if (!e->old || w->v[i].high < e->old->high)
			e->old = &w->v[i];
		if (!e->young || w->v[i].low > e->young->low)
			e->young = &w->v[i];
	}
	for (unsigned a = 0; a <= WITNESS_HINT; a++)
		for (unsigned b = a; b <= WITNESS_HINT; b++)
			if (clash(ends[a], ends[b], v))
				return;
}

struct witness_verdict witness_judge(const struct witnesses *w)
{
	struct witness_verdict v = {.known = false, .low = 0, .high = UINT16_MAX};
	bool any = false;
	for (size_t i = 0; i < w->n; i++) {
		if (w->v[i].kind == WITNESS_HINT)
			continue;
		any = true;
		if (w->v[i].low > v.low)
			v.low = w->v[i].low;
		if (w->v[i].high < v.high)
			v.high = w->v[i].high;
	}
	v.known = any && v.low <= v.high;
	if (!v.known)
		v.low = v.high = 0;
	find_clash(w, &v);
	return v;
}

char *witness_text(uint16_t low, uint16_t high)
{
	char a[CUDA_TEXT], b[CUDA_TEXT];
	if (low == high)
		return xstrdup(cuda_key_text(low, a));
	if (low % 100 == 0 && high == low + 99)
		return xasprintf("%u", low / 100U);
	if (high % 100 == 99)
		return xasprintf("%s or newer", cuda_key_text(low, a));
	return xasprintf("%s to %s", cuda_key_text(low, a), cuda_key_text(high, b));
}

const char *witness_kind_name(enum witness_kind kind)
{
	static const char *const names[] = {
		[WITNESS_FUNCTION] = "function", [WITNESS_CUBIN] = "cubin",   [WITNESS_PTX] = "ptx",
		[WITNESS_RUNTIME] = "runtime",	 [WITNESS_LAUNCH] = "launch", [WITNESS_HINT] = "hint"};
	return names[kind];
}
