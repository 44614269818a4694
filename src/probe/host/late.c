#include "probe/host/late.h"

#include <dlfcn.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static struct {
	void *(*open)(const char *file, int mode);
	void *(*symbol)(void *library, const char *name);
	char *(*error)(void);
} dl;

struct wanted {
	const char *name;
	void *found;
};

struct tables {
	const char *strings;
	const ElfW(Sym) * symbols;
	const uint32_t *hash;
};

/* The loader has made these entries addresses already in most objects. */
static const void *place(ElfW(Addr) base, ElfW(Addr) at)
{
	const ElfW(Addr) full = at < base ? base + at : at;
	const void *p;

	memcpy(&p, &full, sizeof(p));
	return p;
}

static struct tables tables_of(ElfW(Addr) base, const ElfW(Dyn) * dynamic)
{
	struct tables t = {.strings = NULL};

	for (; dynamic->d_tag != DT_NULL; dynamic++) {
		const void *p = place(base, dynamic->d_un.d_ptr);
		if (dynamic->d_tag == DT_STRTAB)
			t.strings = p;
		else if (dynamic->d_tag == DT_SYMTAB)
			t.symbols = p;
		else if (dynamic->d_tag == DT_GNU_HASH)
			t.hash = p;
	}
	return t;
}

/* The symbol of that name which the object defines, by its GNU hash table; NULL where it has none. */
static const ElfW(Sym) * find(const struct tables *t, const char *name)
{
	const uint32_t n = t->hash[0], first = t->hash[1], bloom = t->hash[2];
	const uint32_t *buckets = t->hash + 4 + bloom * (sizeof(ElfW(Addr)) / 4), *chain = buckets + n;
	uint32_t h = 5381;

	for (const char *c = name; *c; c++)
		h = h * 33 + (unsigned char)*c;
	for (uint32_t i = n ? buckets[h % n] : 0; i >= first && i != 0; i++) {
		const ElfW(Sym) *s = &t->symbols[i];
		if ((chain[i - first] | 1) == (h | 1) && s->st_shndx != SHN_UNDEF &&
		    strcmp(t->strings + s->st_name, name) == 0)
			return s;
		if (chain[i - first] & 1)
			break;
	}
	return NULL;
}

static int look(struct dl_phdr_info *info, size_t size, void *self)
{
	struct wanted *w = self;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum && !w->found; i++) {
		if (info->dlpi_phdr[i].p_type != PT_DYNAMIC)
			continue;
		const struct tables t =
			tables_of(info->dlpi_addr, place(0, info->dlpi_addr + info->dlpi_phdr[i].p_vaddr));
		const ElfW(Sym) *s = t.hash && t.symbols && t.strings ? find(&t, w->name) : NULL;
		if (s) {
			const void *at = place(0, info->dlpi_addr + s->st_value);
			memcpy(&w->found, &at, sizeof(at));
		}
	}
	return w->found != NULL;
}

static bool get(const char *name, void *into, size_t size)
{
	struct wanted w = {.name = name};

	dl_iterate_phdr(look, &w);
	if (w.found)
		memcpy(into, &w.found, size);
	return w.found != NULL;
}

/* From glibc 2.34 on the functions are in the C library; before, that can load the library which has them. */
static bool ready(void)
{
	enum { FROM_PROGRAM = (int)0x80000000 };
	void *(*load)(const char *file, int mode) = NULL;

	if (dl.open)
		return true;
	if (!get("dlopen", &dl.open, sizeof(dl.open)) && get("__libc_dlopen_mode", &load, sizeof(load))) {
		(void)load("libdl.so.2", RTLD_NOW | FROM_PROGRAM);
		(void)get("dlopen", &dl.open, sizeof(dl.open));
	}
	if (!get("dlsym", &dl.symbol, sizeof(dl.symbol)) || !get("dlerror", &dl.error, sizeof(dl.error)))
		dl.open = NULL;
	return dl.open != NULL;
}

void *late_open(const char *file)
{
	return ready() ? dl.open(file, RTLD_NOW | RTLD_LOCAL) : NULL;
}

void *late_symbol(void *library, const char *name)
{
	return dl.symbol(library, name);
}

const char *late_error(void)
{
	const char *why = dl.error ? dl.error() : "libdl.so.2: no such file: nothing can be loaded";

	return why ? why : "no reason given";
}
