#include "inspect/elf_parts.h"

#include "base/str.h"

#include <string.h>

#define MAX_NAME    ((size_t)16 << 10)	/* longest mangled name that is looked at */
#define MAX_NAMES   ((size_t)256 << 20) /* bytes of all names together */
#define MAX_IMPORTS ((size_t)32 << 20)	/* bytes of the names that are kept */
#define BODY	    24

/* What the walk over the symbols gathers. */
struct walk {
	struct obj *o;
	struct binary *b;
	size_t names, kept; /* bytes so far */
	bool imports_only;  /* an import showed the ABI */
};

static bool is_version_function(const char *name)
{
	return str_eq(name, "_Z12cuda_versionv") || (str_starts(name, "_ZN") && str_ends(name, "12cuda_versionEv"));
}

static void note_version_function(struct walk *w, const struct obj_symbol *s)
{
	struct binary_cuda *cuda = &w->b->cuda;
	unsigned char code[BODY];
	uint64_t offset = 0;
	int64_t value = 0;
	if (cuda->version != 0)
		return;
	if (cuda->function == NULL)
		cuda->function = xstrdup(s->name);
	if (!obj_offset(w->o, s->value, &offset))
		return;
	long len = obj_read(w->o, offset, code, sizeof(code));
	if (len <= 0 || !elf_returns(w->b->machine, code, (size_t)len, &value))
		return;
	if (value == -1 || (value >= 1000 && value < 100000))
		cuda->version = (int)value;
}

/* Which string a mangled name speaks of: the C++11 one, the old one, or none. */
static enum binary_abi abi_of(const char *name)
{
	if (strstr(name, "NSt7__cxx1112basic_string") != NULL)
		return BINARY_ABI_NEW;
	return strstr(name, "RKSs") != NULL || str_ends(name, "ESs") ? BINARY_ABI_OLD : BINARY_ABI_UNSEEN;
}

static void note_abi(struct walk *w, const char *name, bool import)
{
	enum binary_abi abi = abi_of(name);
	if (abi == BINARY_ABI_UNSEEN || (w->imports_only && !import))
		return;
	if (import && !w->imports_only) {
		w->imports_only = true;
		w->b->abi = BINARY_ABI_UNSEEN;
	}
	if (w->b->abi == BINARY_ABI_UNSEEN) {
		free(w->b->abi_symbol);
		w->b->abi_symbol = xstrdup(name);
		w->b->abi = abi;
	} else if (w->b->abi != abi) {
		w->b->abi = BINARY_ABI_BOTH;
	}
}

static void note_import(struct walk *w, const struct obj_symbol *s, size_t len)
{
	if (str_eq(s->name, "__cudaGetKernel"))
		w->b->cuda.launches_by_kernel = true;
	if (s->weak || s->version > 1 || !binary_symbol_matters(s->name))
		return;
	w->kept += len;
	if (w->kept > MAX_IMPORTS) {
		elf_fault(w->b, "it imports more symbols than any library does");
		return;
	}
	strv_add(&w->b->imports, s->name);
	if (binary_symbol_is_shim(s->name))
		w->b->n_shims++;
	note_abi(w, s->name, true);
}

static void note_export(struct walk *w, const struct obj_symbol *s)
{
	if (!s->visible)
		return;
	if (is_version_function(s->name))
		note_version_function(w, s);
	if (!binary_symbol_matters(s->name))
		return;
	w->b->exports[w->b->n_exports++] = binary_symbol_key(s->name);
	note_abi(w, s->name, false);
}

static int by_key(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void settle(struct binary *b)
{
	if (b->n_exports > 0)
		qsort(b->exports, b->n_exports, sizeof(*b->exports), by_key);
	b->exports = xreallocarray(b->exports, b->n_exports + 1, sizeof(*b->exports));
	strv_sort(&b->imports);
}

void elf_read_symbols(struct obj *o, struct binary *b)
{
	struct walk w = {.o = o, .b = b};
	struct obj_symbol s;
	size_t n = obj_symbols(o);
	b->exports = xcalloc(n + 1, sizeof(*b->exports));
	for (size_t i = 0; i < n && obj_symbol(o, i, &s); i++) {
		if (s.local)
			continue;
		size_t len = strnlen(s.name, MAX_NAME);
		w.names += len;
		if (len == MAX_NAME || w.names > MAX_NAMES) {
			elf_fault(b, "its symbols' names are longer than any in use");
			break;
		}
		if (s.defined)
			note_export(&w, &s);
		else
			note_import(&w, &s, len);
	}
	settle(b);
}
