/* locked.h — the pins of a lock as known facts, so that an entry that is kept keeps its digests and nobody is asked
 * again.
 *
 * Only what the manifest's sources could still have said: a locked image whose repository is no source any more is no
 * fact. */
#pragma once

#include "model/manifest.h"
#include "model/needs.h"
#include "model/plan.h"

/* Adds a fact for each pinned image, package and Python of the lock. */
void locked_facts(const struct manifest *m, const struct plan *lock, struct known *into);
