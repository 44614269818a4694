/* static_level.h — an image known by its bytes alone, and held against its plan: what `inspect` finds, for `build` and
 * `test`.
 *
 * Not here: what is started (work/test.h). */
#pragma once

#include "inspect/checks.h"
#include "model/plan.h"
#include "work/inspect.h"

/* The targets of a variant, as checks take them. */
struct static_targets {
	struct check_target *v; /* their names are the variant's */
	size_t n;
};
/* ERR_INPUT where a lock's compute capability or driver is none. */
int static_targets_of(const struct plan_variant *v, struct static_targets *into, struct err *err) NODISCARD;
void static_targets_clear(struct static_targets *t);
#define AUTO_STATIC_TARGETS __attribute__((cleanup(static_targets_clear)))

struct static_ask {
	const struct plan *plan; /* NULL: an image of nobody's plan */
	const struct plan_variant *variant;
	struct inspect_ask from;
};

/* Reads and judges; to be done in a child (inspect/guard.h). Raises what inspect_read() raises. */
int static_level(const struct static_ask *a, struct report *into, struct err *err) NODISCARD;

/* The same in a child, while something else is done: begun here ... */
struct static_run;
void static_run_free(struct static_run *r); /* ends it */
DEFINE_AUTO(static_run, struct static_run);
/* a and what it points to outlive it; its events are not told. ERR_INTERNAL. */
int static_start(const struct static_ask *a, struct static_run **ret, struct err *err) NODISCARD;
/* ... and waited for. An image that could not be read is an error row; *ret is the caller's. ERR_CANCELED,
 * ERR_INTERNAL. */
int static_finish(struct static_run *r, struct report **ret, struct err *err) NODISCARD;
