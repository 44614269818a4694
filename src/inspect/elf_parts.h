/* elf_parts.h — the parts of binary_read(), each filling its share of a struct binary from an open file.
 *
 * Faults of the file go into b through elf_fault(); nothing here fails. */
#pragma once

#include "adapt/elf.h"
#include "model/binary.h"

/* Bytes of a read-only segment that texts are looked for in; sieves keep them. */
#define ELF_TEXTS ((uint64_t)8 << 20)

/* Notes the first fault of the file. */
void elf_fault(struct binary *b, const char *fault);
/* A copy of a text of the file that is not longer than any in use; NULL otherwise. The caller's. */
char *elf_text(struct binary *b, const char *text) NODISCARD;
/* Imports, exports, C++ ABI and the function that returns a CUDA version. */
void elf_read_symbols(struct obj *o, struct binary *b);
/* Device code: groups, PTX versions, toolkits. */
void elf_read_code(struct obj *o, struct binary *b);
/* The CUDA runtime asked for or linked in, and torch's list of architectures. Comes last. */
void elf_read_runtime(struct obj *o, struct binary *b);
/* What a function returns whose machine code starts with these bytes: false where it does more than return a number. */
bool elf_returns(enum binary_machine machine, const unsigned char *code, size_t len, int64_t *ret) NODISCARD;
