/* shape.h — sparse matrices that have gone wrong before, their dense partner, and what the product must be.
 *
 * Filled from a fixed sequence, the same on every machine. Exact data are small whole numbers: every partial sum is
 * exact in any order, so results are compared bit by bit. Real data are compared within the bound of any summation
 * order: (entries + 2) * u * sum of |a||b|. */
#pragma once

#include "probe/host/number.h"

#include <stdbool.h>
#include <stdint.h>

struct shape {
	const char *name;
	uint32_t rows, columns, width;
	uint32_t degree; /* entries a row, by spread */
	enum spread {
		EVEN,	   /* degree in each row */
		NO_ENTRY,  /* none at all */
		EDGES,	   /* none in the first and last row, up to degree in the others */
		POWER_LAW, /* row i has degree / (i + 1) */
		STAIRS,	   /* row i has degree * i */
	} spread;
	enum order {
		MIXED,	    /* any column, in any order */
		EQUAL,	    /* one column for all entries of a row */
		DESCENDING, /* the last column first, round and round */
		ASCENDING,  /* each column at most once, the first first */
	} order;
	bool big; /* left out by --quick */
};

extern const struct shape shapes[];
extern const size_t n_shapes;

struct problem {
	const struct shape *shape;
	enum kind kind;
	bool wide, exact; /* 64-bit indices; whole numbers */
	size_t entries;
	void *rowptr, *col, *val, *dense; /* as the kernels take them; owned */
	void *want;			  /* exact: the very bits; owned */
	double *value, *magnitude;	  /* real: sum and sum of absolute products; owned */
};

/* False where memory is short; p is to be cleared all the same. */
bool problem_make(struct problem *p, const struct shape *shape, enum kind kind, bool wide, bool exact);
void problem_clear(struct problem *p);
size_t problem_rowptr_size(const struct problem *p);
size_t problem_col_size(const struct problem *p);
size_t problem_val_size(const struct problem *p);
size_t problem_dense_size(const struct problem *p);
size_t problem_out_size(const struct problem *p);
/* The index of the first wrong element of out, or -1. */
long problem_compare(const struct problem *p, const void *out);
/* "row 3, column 7: NaN instead of 12" for element i of out. */
void problem_tell(const struct problem *p, const void *out, long i, char *into, size_t size);
