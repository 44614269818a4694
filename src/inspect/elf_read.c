#include "inspect/elf_read.h"

#include "inspect/elf_parts.h"
#include "inspect/sieve.h"

#include <string.h>

#define MAX_TEXT   4096
#define MAX_NEEDED 1024

void elf_fault(struct binary *b, const char *fault)
{
	if (b->fault == NULL && fault != NULL)
		b->fault = xstrdup(fault);
	if (b->health == BINARY_WHOLE && fault != NULL)
		b->health = BINARY_BROKEN;
}

char *elf_text(struct binary *b, const char *text)
{
	if (text == NULL)
		return NULL;
	if (strnlen(text, MAX_TEXT + 1) > MAX_TEXT) {
		elf_fault(b, "a text in it is longer than any in use");
		return NULL;
	}
	return xstrdup(text);
}

static void read_head(struct obj *o, struct binary *b)
{
	static const enum binary_machine machines[] = {
		[OBJ_X86_64] = BINARY_X86_64, [OBJ_AARCH64] = BINARY_AARCH64, [OBJ_OTHER_MACHINE] = BINARY_OTHER};
	const struct obj_head *h = obj_head(o);
	b->size = h->size;
	b->machine = machines[h->machine];
	b->is64 = h->is64;
	b->interp = elf_text(b, obj_interp(o));
	b->is_library = h->is_dyn && b->interp == NULL;
}

static void read_names(struct obj *o, struct binary *b)
{
	b->soname = elf_text(b, obj_tag(o, OBJ_SONAME, 0));
	b->rpath = elf_text(b, obj_tag(o, OBJ_RPATH, 0));
	b->runpath = elf_text(b, obj_tag(o, OBJ_RUNPATH, 0));
	b->no_default_dirs = obj_no_default_dirs(o);
	const char *name = NULL;
	while (b->needed.n < MAX_NEEDED && (name = obj_tag(o, OBJ_NEEDED, b->needed.n)) != NULL) {
		char *copy = elf_text(b, name);
		if (copy == NULL)
			return;
		strv_own(&b->needed, copy);
	}
	if (b->needed.n == MAX_NEEDED)
		elf_fault(b, "it asks for more libraries than any does");
}

static void read_versions(struct obj *o, struct binary *b)
{
	struct obj_need need;
	size_t n = 0;
	while (obj_demand(o, n, &need))
		n++;
	b->demands = xcalloc(n, sizeof(*b->demands));
	for (size_t i = 0; i < n && obj_demand(o, i, &need); i++) {
		char *version = elf_text(b, need.version);
		if (version == NULL)
			continue;
		b->demands[b->n_demands++] = (struct binary_demand){.file = elf_text(b, need.file), .version = version};
	}
	for (size_t i = 0; obj_version(o, i, &need); i++) {
		char *version = elf_text(b, need.version);
		if (version != NULL)
			strv_own(&b->versions, version);
	}
}

/* s may be NULL. */
static int read_from(int fd, const struct sieve *s, const char *path, struct binary **ret, struct err *err)
{
	AUTO(obj) struct obj *o = NULL;
	size_t n = 0;
	int rc = obj_open(fd, &o, err);
	if (rc < 0)
		return err_wrap(err, "'%s'", path);
	if (rc > 0)
		return 1;
	if (s != NULL) {
		const struct obj_patch *patches = sieve_patches(s, &n);
		obj_lay(o, patches, n);
	}
	AUTO(binary) struct binary *b = binary_new(path);
	read_head(o, b);
	read_names(o, b);
	read_versions(o, b);
	elf_read_symbols(o, b);
	elf_read_code(o, b);
	elf_read_runtime(o, b);
	elf_fault(b, obj_fault(o));
	if (obj_is_cut(o))
		b->health = BINARY_CUT;
	*ret = TAKE(b);
	return 0;
}

int binary_read(int fd, const char *path, struct binary **ret, struct err *err)
{
	return read_from(fd, NULL, path, ret, err);
}

int binary_read_sieved(int fd, const struct sieve *s, const char *path, struct binary **ret, struct err *err)
{
	return read_from(fd, s, path, ret, err);
}
