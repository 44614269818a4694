/* notes.h — the sentences that go with a choice: why it was made, what the user should know, how a target fares.
 *
 * Not here: what is no choice (resolve/why.h). */
#pragma once

#include "resolve/fit.h"

/* One sentence about a target: why it does not fit, what is not known, or that the driver compiles at first use; NULL
 * where there is nothing to say. The caller's. */
char *notes_target(const struct ask *a, const struct choice *ch, const struct ask_target *t, struct fit fit) NODISCARD;
/* The fact behind that sentence and the smallest change that mends it; each may be NULL, the caller's. */
char *notes_target_fact(const struct ask *a, const struct choice *ch, const struct ask_target *t,
			struct fit fit) NODISCARD;
char *notes_target_fix(const struct ask *a, const struct choice *ch, const struct ask_target *t,
		       struct fit fit) NODISCARD;
/* "torch 2.7.1", "torch_sparse 0.6.18": a package of the choice; the caller's. */
char *notes_package(const struct ask *a, const struct choice *ch, enum pkg pkg) NODISCARD;
/* Adds the notes of a choice to the variant that was made of it. */
void notes_add(const struct ask *a, const struct choice *ch, struct plan_variant *v);
