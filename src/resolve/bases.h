/* bases.h — the NVIDIA base tags of a choice: the newest patch of a CUDA minor that has every flavor needed on an OS.
 *
 * Not here: what tags the catalog has (model/catalog_find.h), digests (resolve/facts.h). */
#pragma once

#include "model/catalog_find.h"
#include "resolve/ask.h"

/* Rank of the pick, 0 = there is none: 3 proven (by a registry, or listed), 2 unproven, 1 removed from Docker Hub. Tags
 * that a registry says are absent fall out. Offline the proven come first; live the newest patch does, and is asked
 * for. */
int bases_pick(const struct ask *a, uint16_t cuda, const struct os_row *os, unsigned flavors,
	       struct base_set *ret) NODISCARD;
