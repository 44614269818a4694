/* keep.h — what a lock chose before: kept where it still fits, so that a new run changes nothing without need.
 *
 * Not here: the lock's format (model/lock.h), digests of kept entries (they come back as known facts). */
#pragma once

#include "resolve/choice.h"

/* Reads the variants of a lock on a platform; named variants only where the name agrees. The list is the caller's to
 * free(); it borrows from lock. lock may be NULL. */
struct keep *keep_read(const struct plan *lock, const struct catalog *c, const char *name, const char *platform,
		       size_t *n) NODISCARD;
/* How much of a choice is as a lock had it; the parts weigh in the order of preference. 0 without a lock. */
int64_t keep_score(const struct ask *a, const struct choice *ch) NODISCARD;
/* Whether a lock's final base has this tag. */
bool keep_has_tag(const struct ask *a, const char *tag) NODISCARD;
/* The version of an extension that a lock chose beside this CUDA version; 0 = none. */
uint32_t keep_version(const struct ask *a, enum pkg pkg, uint16_t cuda) NODISCARD;
