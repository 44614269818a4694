/* static_level.h — an image known by its bytes alone, and held against its plan: what `inspect` finds, for `build` and
 * `test`.
 *
 * Not here: what is started (work/test.h). */
#pragma once

#include "model/plan.h"
#include "model/report.h"
#include "work/inspect.h"

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
