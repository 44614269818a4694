/* suggest.h — the smallest changes that would mend a conflict, each proved by solving with the change made.
 *
 * Not here: the reasons (resolve/why.h), which lines clash (resolve/minimal.h). */
#pragma once

#include "model/conflict.h"
#include "resolve/minimal.h"
#include "resolve/search.h"

/* Changes one line of the conflicting set at a time, to the nearest value that helps; where no single change does, two.
 * The smallest changes come first. */
void suggest(const struct ask *a, const char *entry, const struct minimal *min, struct conflict *c);
/* The ways out where labels exclude each other, as far as a target runs them: one variant, two environments, two
 * images. False where there is none, or the labels are not of that kind. */
bool suggest_ways_out(const struct ask *a, struct conflict *c);
/* "torch 1.8.1, torch_sparse 0.6.12, torch_scatter 2.0.8 for CUDA 11.1, Python 3.8 on ubuntu20.04"; the caller's. */
char *suggest_result(const struct ask *a, const struct choice *ch) NODISCARD;
