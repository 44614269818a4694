/* gen_pool.h — the string pool: every distinct text once, NUL behind it, found again by its offset. Part of the
 * generator. */
#pragma once

#include "base/buf.h"

#include <stdint.h>

struct pool {
	struct buf bytes;
	uint32_t *slots; /* hash table of offsets + 1; 0 = free */
	size_t cap, n;
};

#define POOL_INIT                                                                                                      \
	{                                                                                                              \
		.bytes = BUF_INIT                                                                                      \
	}

/* Offset of text, which is added if it is new. "" is 0. */
uint32_t pool_add(struct pool *p, const char *text);
const char *pool_text(const struct pool *p, uint32_t off) NODISCARD;
void pool_clear(struct pool *p);
