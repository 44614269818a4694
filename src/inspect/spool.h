/* spool.h — contents of files that pass by once, kept for later under numbers: nothing of an archive ever names a file
 * on this disk.
 *
 * One folder of our own below $TMPDIR, removed with the spool. What is written counts against a limit. */
#pragma once

#include "base/err.h"

#include <stdint.h>

struct spool;
void spool_free(struct spool *s);
DEFINE_AUTO(spool, struct spool);
/* max: bytes in all. *ret is the caller's. ERR_IO. */
int spool_new(uint64_t max, struct spool **ret, struct err *err) NODISCARD;
/* A new empty file; *ret_number names it, *ret_fd is the caller's to close. ERR_IO. */
int spool_create(struct spool *s, unsigned *ret_number, int *ret_fd, struct err *err) NODISCARD;
/* Counts bytes that were written: ERR_INPUT when the limit is passed. */
int spool_count(struct spool *s, uint64_t bytes, struct err *err) NODISCARD;
/* Opens a kept file for reading; *ret_fd is the caller's to close. ERR_IO. */
int spool_open(struct spool *s, unsigned number, int *ret_fd, struct err *err) NODISCARD;
