/* sieve.h — an ELF file that passes by once, kept as far as binary_read() looks at it.
 *
 * Bytes go in from first to last; what is wanted is written at its place into a file (best one from O_TMPFILE), which
 * becomes as long as the original and has holes for device code, debug information and the text of large libraries.
 * Heads of device code, of which there are tens of thousands, stay in memory: each would take a page of the file.
 * binary_read_sieved() says the same as binary_read() of the whole. Limits are the caller's: the size told at the
 * start. */
#pragma once

#include "adapt/elf.h"

#include <stdint.h>

struct sieve;
void sieve_free(struct sieve *s);
DEFINE_AUTO(sieve, struct sieve);

/* Keeps into fd (borrowed, empty, writable at any offset) a file of size bytes. Never fails. */
struct sieve *sieve_new(int fd, uint64_t size) NODISCARD;
/* The next len bytes. ERR_IO where they cannot be written; more than size in all is ERR_INTERNAL. */
int sieve_add(struct sieve *s, const char *data, size_t len, struct err *err) NODISCARD;
/* After the last byte: makes the file as long as what passed by. ERR_IO. */
int sieve_end(struct sieve *s, struct err *err) NODISCARD;
/* What is kept in memory, to be laid over the file after sieve_end(). Borrowed from s. */
const struct obj_patch *sieve_patches(const struct sieve *s, size_t *ret_n) NODISCARD;
/* How many bytes were kept so far, in the file and in memory. */
uint64_t sieve_kept(const struct sieve *s) NODISCARD;
