/* elf_impl.h — what adapt/elf*.c share: an open ELF file and its tables as far as they were asked for. */
#pragma once

#include "adapt/elf.h"

#include <gelf.h>
#include <libelf.h>

struct obj {
	Elf *elf;			 /* owned; owns all chunks too */
	int fd;				 /* borrowed */
	const struct obj_patch *patches; /* borrowed */
	size_t n_patches;
	GElf_Ehdr ehdr;
	struct obj_head head;
	const char *fault; /* static text */
	bool cut;

	struct obj_load *loads;
	size_t n_loads, n_sections, names; /* names: the section with the sections' names, 0 = none */
	uint64_t interp_offset, interp_size, dynamic_offset, dynamic_size;

	GElf_Dyn *dynamic; /* up to DT_NULL */
	size_t n_dynamic;
	const char *strings; /* the dynamic string table; ends with a NUL that is its own */
	size_t strings_len;
	bool symbols_known, versions_known;
	const void *symbols; /* ELF_T_SYM in the file's class */
	size_t n_symbols;    /* number 0 included */
	const uint16_t *symbol_versions;
	size_t n_symbol_versions;
	struct obj_need *demands, *versions;
	size_t n_demands, n_versions;
};

/* Notes the first fault; fault is static. */
void obj_wrong(struct obj *o, const char *fault);
/* Bytes of the file in this machine's order, or NULL, with the fault noted. Borrowed from o. */
const void *obj_chunk(struct obj *o, uint64_t offset, uint64_t len, uint64_t max, Elf_Type type, size_t *ret_len);
/* How many bytes of the file stand from an address to the end of its segment (0 = none), and where. */
uint64_t obj_behind(const struct obj *o, uint64_t address, uint64_t *ret_offset);
/* Loads the dynamic section and its string table. */
void obj_read_dynamic(struct obj *o);
/* The text at an offset of the dynamic string table, or NULL. */
const char *obj_text(const struct obj *o, uint64_t offset);
/* The value of the n-th dynamic entry with that tag. */
bool obj_dynamic(const struct obj *o, int64_t tag, size_t n, uint64_t *ret);
