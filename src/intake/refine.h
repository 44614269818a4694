/* refine.h — from a known text to its cause: which of two versions is wrong, what a missing symbol tells.
 *
 * Not here: finding the text (intake/errlog.h). */
#pragma once

#include "intake/failure.h"
#include "model/catalog.h"

/* What else the log showed. */
struct witnesses {
	bool seen[WITNESS__MAX];
	struct cuda torch;     /* torch's CUDA; major 0 = not said, or said in two ways */
	uint32_t version;      /* torch's version, REL(); 0 = likewise */
	bool torch_is_unclear; /* two were named */
};

void witness_see(struct witnesses *w, enum witness which, const struct pattern_hit *hit, struct blob text);
/* WITNESS_NONE is always there. */
bool witness_has(const struct witnesses *w, enum witness which) NODISCARD;

/* Fills code, rank and sentences of *c (the caller's) from row and hit; line is kept. False where the text turns out to
 * be none of ours; *c is then untouched. */
bool refine(const struct failure *row, const struct pattern_hit *hit, struct blob text, const struct witnesses *w,
	    const struct catalog *catalog, struct cause *c) NODISCARD;
