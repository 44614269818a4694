/* elf_read.h — one ELF file becomes a struct binary, whatever is in it.
 *
 * Reads headers and tables, never the whole file: a library of 1.2 GB takes a fraction of a second and a few MB. The
 * file may be sparse, as inspect/sieve.h leaves it. Nothing in it is trusted; a file that lies is an answer
 * (binary.health), not an error. Not here: finding the files (inspect/tree.h). */
#pragma once

#include "base/err.h"
#include "model/binary.h"

/* Reads what fd (seekable, its position is of no matter) shows of the file called path in the image. 0: *ret is the
 * caller's to binary_free(); 1: no ELF file; -1: ERR_IO where reading itself fails. */
int binary_read(int fd, const char *path, struct binary **ret, struct err *err) NODISCARD;

/* The same of a file that went through the sieve, which ended and keeps the rest. */
struct sieve;
int binary_read_sieved(int fd, const struct sieve *s, const char *path, struct binary **ret, struct err *err) NODISCARD;
