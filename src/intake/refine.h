/* refine.h — from a known text to its cause: which of two versions is wrong, what a missing symbol tells.
 *
 * Not here: finding the text (intake/errlog.h). */
#pragma once

#include "intake/failure.h"
#include "model/cuda.h"

/* What else the log showed. */
struct witnesses {
	bool seen[WITNESS__MAX];
	struct cuda torch; /* major 0 = not said */
};

void witness_see(struct witnesses *w, enum witness which, const struct pattern_hit *hit);
/* WITNESS_NONE is always there. */
bool witness_has(const struct witnesses *w, enum witness which) NODISCARD;
void witness_clear(struct witnesses *w);

/* Fills code, rank and sentences of *c (the caller's) from row and hit. False where the text turns out to be none of
 * ours; *c is then untouched. */
bool refine(const struct failure *row, const struct pattern_hit *hit, struct blob text, const struct witnesses *w,
	    struct cause *c) NODISCARD;
