/* elf_parts.h — the parts of binary_read(), each filling its share of a struct binary from an open file.
 *
 * Faults of the file go into b through elf_fault(); nothing here fails. */
#pragma once

#include "adapt/elf.h"
#include "model/binary.h"

/* Bytes that texts are looked for in, and that sieves keep: of the first segment, where the symbols stand too; of
 * another read-only one; of a segment with code, all or nothing. Old linkers put constant texts beside the code. */
#define ELF_FIRST ((uint64_t)32 << 20)
#define ELF_TEXTS ((uint64_t)8 << 20)
#define ELF_CODE  ((uint64_t)16 << 20)

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
