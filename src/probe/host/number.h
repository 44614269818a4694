/* number.h — the value types of the kernels, as bytes: rounding to nearest even and back, without the C math library.
 */
#pragma once

#include <stddef.h>

enum kind { F16, BF16, F32, F64, KINDS };

struct number {
	const char *name;  /* as in the kernels' names */
	size_t size;	   /* bytes */
	double sum_unit;   /* unit roundoff of the type that sums */
	double store_unit; /* of the stored type */
	double smallest;   /* half the smallest subnormal of the stored type */
};

extern const struct number numbers[KINDS];

/* Writes value as element i of an array of that kind; too large becomes infinity. */
void number_put(enum kind kind, void *array, size_t i, double value);
double number_get(enum kind kind, const void *array, size_t i);
