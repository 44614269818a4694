/* elf.h — an ELF file as libelf reads it: headers, dynamic section, symbols and their versions; nothing is trusted.
 *
 * What the loader uses is taken from where the loader takes it, the program headers: section headers may be missing.
 * Tables are loaded when they are first asked for, limited in size, and live until obj_free(); the file behind fd must
 * not change meanwhile, but if it does, wrong answers are the worst that happens (no memory mapping). A table that
 * points outside the file is an empty one and is counted in obj_fault(). Not here: what the bytes mean. */
#pragma once

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

struct obj;
void obj_free(struct obj *o);
DEFINE_AUTO(obj, struct obj);

enum obj_machine { OBJ_X86_64, OBJ_AARCH64, OBJ_OTHER_MACHINE };

struct obj_head {
	enum obj_machine machine;
	bool is64, little;
	bool is_dyn, is_exec; /* ET_DYN, ET_EXEC */
	uint64_t size;	      /* of the file */
};

/* A loaded segment. */
struct obj_load {
	uint64_t offset, address, size; /* size in the file */
	bool executable, writable;
};

struct obj_section {
	const char *name; /* "" where it cannot be read; borrowed from the obj */
	uint64_t offset, size;
	bool has_bits; /* takes room in the file */
	bool loaded, executable;
};

struct obj_symbol {
	const char *name; /* borrowed from the obj; never NULL */
	uint64_t value;
	bool defined, weak, local, visible; /* visible: neither hidden nor internal */
	uint16_t version;		    /* index in the version tables: 0 and 1 are none */
};

/* A version asked of a file (obj_demand) or defined (obj_version, file NULL). Texts are borrowed from the obj. */
struct obj_need {
	const char *file, *version;
	uint16_t index;
};

/* Opens the file behind fd, which is borrowed and must be seekable. 0: *ret is the caller's to obj_free(); 1: no ELF
 * file, or one without even a header; -1: ERR_IO. */
int obj_open(int fd, struct obj **ret, struct err *err) NODISCARD;
const struct obj_head *obj_head(const struct obj *o) NODISCARD;
/* What is wrong with the file so far, in words, or NULL. Borrowed from o. */
const char *obj_fault(const struct obj *o) NODISCARD;
/* Whether the headers speak of bytes behind the file's end. */
bool obj_is_cut(const struct obj *o) NODISCARD;

/* Loaded segments in the order of the file's header; at most 256. */
size_t obj_loads(const struct obj *o) NODISCARD;
struct obj_load obj_load(const struct obj *o, size_t i) NODISCARD;
/* Section headers; 0 where there are none. At most 65,536. */
size_t obj_sections(struct obj *o) NODISCARD;
/* False where the section is none, or lies outside the file (a fault). */
bool obj_section(struct obj *o, size_t i, struct obj_section *ret) NODISCARD;
/* Where an address lies in the file, with at least one byte behind it. */
bool obj_offset(const struct obj *o, uint64_t address, uint64_t *ret) NODISCARD;
/* Bytes of the file that lie elsewhere. */
struct obj_patch {
	uint64_t offset;
	size_t len;
	const unsigned char *data;
};
/* obj_read() sees these over what the file has: n patches, sorted and apart, borrowed as long as o lives. */
void obj_lay(struct obj *o, const struct obj_patch *v, size_t n);
/* Up to len bytes at the offset; how many there are, -1 where reading fails. */
long obj_read(const struct obj *o, uint64_t offset, void *into, size_t len) NODISCARD;

/* The program's interpreter, or NULL. Borrowed. */
const char *obj_interp(struct obj *o) NODISCARD;
/* The text of a dynamic entry (DT_SONAME and its like), the n-th of that tag; NULL = none. Borrowed. */
enum obj_tag { OBJ_NEEDED, OBJ_SONAME, OBJ_RPATH, OBJ_RUNPATH };
const char *obj_tag(struct obj *o, enum obj_tag tag, size_t n) NODISCARD;
/* Whether DF_1_NODEFLIB is set. */
bool obj_no_default_dirs(const struct obj *o) NODISCARD;

/* Dynamic symbols, number 0 left out: 0 <= i < obj_symbols(). */
size_t obj_symbols(struct obj *o) NODISCARD;
bool obj_symbol(struct obj *o, size_t i, struct obj_symbol *ret) NODISCARD;
/* Versions asked of others, and versions defined; false behind the last. */
bool obj_demand(struct obj *o, size_t i, struct obj_need *ret) NODISCARD;
bool obj_version(struct obj *o, size_t i, struct obj_need *ret) NODISCARD;
