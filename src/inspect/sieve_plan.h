/* sieve_plan.h — which ranges of an ELF file binary_read() looks at, decided by the file's first bytes alone. */
#pragma once

#include "base/mem.h"

#include <stdbool.h>
#include <stdint.h>

#define SIEVE_HEAD   ((size_t)64 << 10) /* bytes that the plan is made from */
#define SIEVE_RANGES 300

struct sieve_range {
	uint64_t from, to;
};

/* Sorted, apart from each other. */
struct sieve_plan {
	struct sieve_range v[SIEVE_RANGES];
	size_t n;
};

/* head: the first bytes (all, where the file is shorter); size: of the whole file. */
void sieve_plan(struct sieve_plan *p, const unsigned char *head, size_t len, uint64_t size);
