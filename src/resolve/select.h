/* select.h — one variant of the manifest on one platform, resolved: which CUDA versions become variants of the plan.
 *
 * An exactly named CUDA is one variant; a range, `all` and a list are one per CUDA version whose wheels all exist;
 * `best` is one; `per-target` is the fewest that cover all targets. Not here: what is within one CUDA version
 * (resolve/search.h). */
#pragma once

#include "model/conflict.h"
#include "resolve/search.h"

struct selected {
	struct ask *ask; /* owned: the question that this choice answers */
	struct choice choice;
};

struct selection {
	struct selected *v; /* owned */
	size_t n;
};

/* Chooses. 0: into has at least one; 1: *ret_why (the caller's; ret_why may be NULL: it is not asked) says why not; -1:
 * ERR_INPUT for an entry that is no CUDA version. */
int select_variants(const struct ask *base, struct selection *into, struct conflict **ret_why,
		    struct err *err) NODISCARD;
void selection_clear(struct selection *s);
/* Adds a choice unless one for the same CUDA version is there; takes ask. */
void selection_add(struct selection *s, struct ask *ask, const struct choice *ch);
/* Covers all targets with the fewest CUDA versions; as select_variants(). */
int select_per_target(const struct ask *base, struct selection *into, struct conflict **ret_why) NODISCARD;
/* Searches; fills *ret where some target (or, without targets, anything) runs. Otherwise false and *ret_why, unless
 * ret_why is NULL. */
bool select_one(const struct ask *a, struct choice *ret, struct conflict **ret_why) NODISCARD;
