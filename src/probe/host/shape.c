#include "probe/host/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct shape shapes[] = {
	{"one entry", 1, 1, 1, 1, EVEN, MIXED, false},
	{"no entries", 9, 5, 33, 0, NO_ENTRY, MIXED, false},
	{"no rows", 0, 5, 33, 0, NO_ENTRY, MIXED, false},
	{"empty first and last row", 13, 11, 31, 40, EDGES, MIXED, false},
	{"width 32", 8, 16, 32, 5, EVEN, MIXED, false},
	{"width 64, 33 entries a row", 7, 40, 64, 33, EVEN, MIXED, false},
	{"width 127", 5, 9, 127, 3, EVEN, MIXED, false},
	{"equal columns", 9, 7, 5, 65, EVEN, EQUAL, false},
	{"descending columns", 10, 50, 31, 64, EVEN, DESCENDING, false},
	{"power law", 61, 64, 8, 190, POWER_LAW, MIXED, false},
	{"rows of 0 to 528 entries", 17, 64, 3, 33, STAIRS, MIXED, false},
	{"long row", 1, 1000, 5, 1000000, EVEN, MIXED, true},
	{"width 128", 1000, 999, 128, 31, EVEN, MIXED, true},
	{"graph", 16384, 16384, 64, 16, EVEN, MIXED, true},
};
const size_t n_shapes = sizeof(shapes) / sizeof(shapes[0]);

static uint32_t next(uint64_t *state)
{
	*state = *state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(*state >> 33);
}

static uint32_t entries_of(const struct shape *s, uint32_t row)
{
	switch (s->spread) {
	case EVEN:
		return s->degree;
	case NO_ENTRY:
		return 0;
	case EDGES:
		return row == 0 || row == s->rows - 1 ? 0 : row * 7 % (s->degree + 1);
	case POWER_LAW:
		return s->degree / (row + 1);
	case STAIRS:
		return s->degree * row;
	}
	return 0;
}

static void index_put(const struct problem *p, void *array, size_t i, uint64_t value)
{
	if (p->wide)
		((uint64_t *)array)[i] = value;
	else
		((uint32_t *)array)[i] = (uint32_t)value;
}

static size_t index_get(const struct problem *p, const void *array, size_t i)
{
	return p->wide ? (size_t)((const uint64_t *)array)[i] : ((const uint32_t *)array)[i];
}

static size_t index_size(const struct problem *p)
{
	return p->wide ? 8 : 4;
}

size_t problem_rowptr_size(const struct problem *p)
{
	return (p->shape->rows + 1ul) * index_size(p);
}

size_t problem_col_size(const struct problem *p)
{
	return p->entries * index_size(p);
}

size_t problem_val_size(const struct problem *p)
{
	return p->entries * numbers[p->kind].size;
}

size_t problem_dense_size(const struct problem *p)
{
	return (size_t)p->shape->columns * p->shape->width * numbers[p->kind].size;
}

static size_t elements(const struct problem *p)
{
	return (size_t)p->shape->rows * p->shape->width;
}

size_t problem_out_size(const struct problem *p)
{
	return elements(p) * numbers[p->kind].size;
}

/* Exact: -2 ... 2, so that a million products stay below 2^24. Real: within (-1, 1). */
static double draw(const struct problem *p, uint64_t *state)
{
	const uint32_t r = next(state);

	return p->exact ? (double)(r % 5) - 2 : (double)r * 0x1p-30 - 1;
}

static uint32_t column_of(const struct shape *s, uint32_t row, uint32_t left, uint64_t *state)
{
	switch (s->order) {
	case MIXED:
		return next(state) % s->columns;
	case EQUAL:
		return row % s->columns;
	case DESCENDING:
		return left % s->columns;
	case ASCENDING:
		break;
	}
	return (s->degree - left) * (s->columns / s->degree) + row % (s->columns / s->degree);
}

static void fill(struct problem *p)
{
	const struct shape *s = p->shape;
	uint64_t state = 20260101;
	size_t at = 0;

	for (uint32_t row = 0; row < s->rows; row++) {
		index_put(p, p->rowptr, row, at);
		for (uint32_t left = entries_of(s, row); left > 0; left--, at++) {
			index_put(p, p->col, at, column_of(s, row, left, &state));
			number_put(p->kind, p->val, at, draw(p, &state));
		}
	}
	index_put(p, p->rowptr, s->rows, at);
	for (size_t i = 0; i < (size_t)s->columns * s->width; i++)
		number_put(p->kind, p->dense, i, draw(p, &state));
}

/* The dense values as doubles, so that the loops below need no conversion; NULL where memory is short. */
static double *widened(enum kind kind, const void *array, size_t n)
{
	double *wide = malloc((n + 1) * sizeof(*wide));

	for (size_t i = 0; wide && i < n; i++)
		wide[i] = number_get(kind, array, i);
	return wide;
}

/* Adds one entry's products to a row of the result. */
static void add_products(const struct problem *p, double v, const double *from, size_t row)
{
	const size_t width = p->shape->width;
	double *sum = p->value + row * width, *magnitude = p->magnitude + row * width;

	for (size_t c = 0; c < width; c++)
		sum[c] += v * from[c];
	for (size_t c = 0; c < width && !p->exact; c++)
		magnitude[c] += v * from[c] < 0 ? -v * from[c] : v * from[c];
}

static void solve_row(const struct problem *p, const double *dense, size_t row)
{
	const size_t end = index_get(p, p->rowptr, row + 1);

	for (size_t e = index_get(p, p->rowptr, row); e < end; e++)
		add_products(p, number_get(p->kind, p->val, e), dense + index_get(p, p->col, e) * p->shape->width, row);
}

static bool solve(struct problem *p)
{
	double *dense = widened(p->kind, p->dense, (size_t)p->shape->columns * p->shape->width);

	if (!dense)
		return false;
	for (size_t row = 0; row < p->shape->rows; row++)
		solve_row(p, dense, row);
	for (size_t i = 0; i < elements(p); i++)
		number_put(p->kind, p->want, i, p->value[i]);
	free(dense);
	return true;
}

bool problem_make(struct problem *p, const struct shape *shape, enum kind kind, bool wide, bool exact)
{
	*p = (struct problem){.shape = shape, .kind = kind, .wide = wide, .exact = exact};
	for (uint32_t row = 0; row < shape->rows; row++)
		p->entries += entries_of(shape, row);
	p->rowptr = calloc(1, problem_rowptr_size(p));
	p->col = calloc(1, problem_col_size(p) + 1);
	p->val = calloc(1, problem_val_size(p) + 1);
	p->dense = calloc(1, problem_dense_size(p) + 1);
	p->want = calloc(1, problem_out_size(p) + 1);
	p->value = calloc(elements(p) + 1, sizeof(double));
	p->magnitude = calloc(elements(p) + 1, sizeof(double));
	if (!p->rowptr || !p->col || !p->val || !p->dense || !p->want || !p->value || !p->magnitude)
		return false;
	fill(p);
	return solve(p);
}

void problem_clear(struct problem *p)
{
	free(p->rowptr);
	free(p->col);
	free(p->val);
	free(p->dense);
	free(p->want);
	free(p->value);
	free(p->magnitude);
	*p = (struct problem){.shape = NULL};
}

/* How far element i may be from the sum in doubles, which is itself off by as many roundings. */
static double bound(const struct problem *p, size_t i)
{
	const struct number *n = &numbers[p->kind];
	const size_t row = i / p->shape->width;
	const double terms = (double)(index_get(p, p->rowptr, row + 1) - index_get(p, p->rowptr, row)) + 2;
	const double summing = terms * (n->sum_unit + 0x1p-53) * p->magnitude[i];
	const double size = p->value[i] < 0 ? -p->value[i] : p->value[i];

	return summing + n->store_unit * (size + summing) + n->smallest;
}

long problem_compare(const struct problem *p, const void *out)
{
	const size_t size = numbers[p->kind].size;

	for (size_t i = 0; i < elements(p); i++) {
		const double distance = number_get(p->kind, out, i) - p->value[i], limit = p->exact ? 0 : bound(p, i);
		const bool same = memcmp((const char *)out + i * size, (const char *)p->want + i * size, size) == 0;
		/* A NaN fails both comparisons. */
		if (p->exact ? !same : !(distance <= limit && -distance <= limit))
			return (long)i;
	}
	return -1;
}

static void tell_number(double value, char *into, size_t size)
{
	if (value != value)
		snprintf(into, size, "NaN");
	else
		snprintf(into, size, "%.9g", value);
}

void problem_tell(const struct problem *p, const void *out, long i, char *into, size_t size)
{
	char is[32], want[32];
	const long width = (long)p->shape->width;

	tell_number(number_get(p->kind, out, (size_t)i), is, sizeof(is));
	tell_number(p->exact ? number_get(p->kind, p->want, (size_t)i) : p->value[i], want, sizeof(want));
	snprintf(into, size, "%s, %s data: row %ld, column %ld is %s instead of %s", p->shape->name,
		 p->exact ? "whole-number" : "real", i / width, i % width, is, want);
}
