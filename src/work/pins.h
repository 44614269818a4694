/* pins.h — the packages beside the torch family: whether those of the lock still fit, and what else they are to be
 * resolved from.
 *
 * A variant's other packages follow from the lines of `pip`, the bytes of its requirement files, the torch family's
 * files, Python, platform, OS and the plain index. The hash over all that (pip_input) stands in the lock beside them:
 * while it is the same, they are kept and nobody is asked. Not here: resolving them (work/fetch_pins.h). */
#pragma once

#include "work/project.h"

/* The hash, the caller's; NULL where a requirement file cannot be read. v->pip and v->pip_files are as wished. */
char *pins_input(const struct project *p, const struct plan *plan, const struct plan_variant *v) NODISCARD;
/* Gives each variant of the plan the lock's packages where they still fit (lock may be NULL). Returns how many variants
 * are without. */
size_t pins_keep(const struct project *p, const struct plan *lock, struct plan *plan);
/* Whether uv is on this host. */
bool pins_have_uv(void) NODISCARD;
/* Adds to each variant without the note that its other packages are not locked, and why. */
void pins_note(struct plan *plan, const char *why);
/* Forgets of a locked variant the package of that name, so that it is resolved anew. Whether it is there. */
bool pins_forget(struct plan_variant *v, const char *name);
