/* twins.h — the kernels' host twins: the sound set, and sets with one planted fault each, which every test of a kernel
 * must notice. */
#pragma once

#include "probe/host/shape.h"

#include <stdbool.h>
#include <stddef.h>

struct twin; /* support/twin.h */

struct twin_fault {
	const char *name; /* "missing tail" */
	const struct twin *twins;
	bool (*harms)(enum kind kind, bool long_rows); /* NULL: all kernels */
};

extern const struct twin *const twins_sound;
extern const struct twin_fault twin_faults[];
extern const size_t n_twin_faults;

/* Runs the kernel for p's types (the one for long rows if said) over the whole grid, on copies of p's arrays between
 * canaries, the result poisoned. True where all is right; else into says what is not. */
bool twin_prove(const struct twin *twins, const struct problem *p, bool long_rows, char *into, size_t size);
/* Whether a quick pattern shows that the kernel is wrong. A child process looks, since a faulty kernel may go anywhere:
 * a crash is a noticed fault too. */
bool twin_notice(const struct twin *twins, enum kind kind, bool wide, bool long_rows);
