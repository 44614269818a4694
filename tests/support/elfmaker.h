/* elfmaker.h — small ELF files and fatbin containers out of C tables, for every odd case that a test wants to read.
 *
 * What is made is what linkers make, cut down: three segments, dynamic section, symbols with versions, section headers.
 * Addresses are offsets, so a test can tell where things lie. */
#pragma once

#include "base/buf.h"

#include <stdint.h>

#define MADE_X86_64  62
#define MADE_AARCH64 183

struct made_symbol {
	const char *name;
	const char *file,
		*version; /* asked for as VERSION of FILE; file NULL: defined in that version; both NULL: none */
	bool defined, weak, hidden;
	size_t at; /* of a defined one: offset in text */
};

struct made_elf {
	unsigned machine; /* 0 = x86-64 */
	bool is32, big;	  /* the header alone says so; nothing behind it is of use */
	bool program;	  /* has an interpreter */
	const char *soname, *rpath, *runpath;
	bool no_default_dirs;
	const char *needed[8];
	struct made_symbol symbols[16];
	size_t n_symbols;
	struct blob text;   /* machine code */
	struct blob data;   /* constants: in the first segment, behind the tables */
	struct blob fatbin; /* a section of its own, 8-aligned */
	bool no_sections, gnu_hash;
};

/* Where things came to lie. */
struct made_at {
	uint64_t dynamic, strings, symbols, fatbin, text, sections;
};

void make_elf(const struct made_elf *m, struct buf *out, struct made_at *ret_at);

/* One entry of a container. */
struct made_code {
	unsigned kind, arch; /* 1 PTX, 2 machine code, 8 LTO */
	uint64_t flags;	     /* beside 0x11 */
	unsigned isa;	     /* of PTX, times ten */
	struct blob payload;
	uint64_t unpacked; /* of a compressed one */
	unsigned header;   /* 0 = 64 bytes */
};
void make_fatbin(const struct made_code *v, size_t n, struct buf *out);
/* Machine code as far as anybody looks at it: up to CUDA 12 (cuda times ten in the header) or with notes; with a
 * function or without. */
void make_cubin(unsigned cuda, bool notes, bool text, size_t size, struct buf *out);

/* A temporary file without a name that holds the bytes, to be closed by the caller. */
int made_file(const struct buf *bytes);
