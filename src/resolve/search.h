/* search.h — all combinations of rows that answer a question, and the best of them by the documented order of
 * preference.
 *
 * Exhaustive and deterministic: every torch row x OS x Python is looked at, and for each the best wheels of the
 * extensions, which are independent of one another once these three are fixed. Where nothing fits, the stage says how
 * far the furthest combination came. Not here: the words for either result (resolve/emit.h, resolve/why.h). */
#pragma once

#include "resolve/choice.h"

enum stage {
	STAGE_TORCH, /* no torch of that version, CUDA, platform and label */
	STAGE_PYTHON,
	STAGE_GLIBC,
	STAGE_MANAGED, /* no standalone Python for it */
	STAGE_SPARSE,
	STAGE_SCATTER,
	STAGE_OTHER,	/* torch_cluster, torch_spline_conv, pyg_lib */
	STAGE_COMPILE,	/* no architectures are known to compile for, or no toolkit */
	STAGE_COMPILER, /* the OS's own gcc is not for this torch or toolkit */
	STAGE_BASE,
	STAGE_FOUND
};

struct found {
	enum stage stage; /* STAGE_FOUND: choice is the answer, else how far choice came before it fell */
	enum pkg other;	  /* STAGE_OTHER: which */
	struct choice choice;
};

/* Searches; fills *ret wholly. */
void search(const struct ask *a, struct found *ret);
/* Shows every combination instead of keeping the best one: torch by torch (newest CUDA and version last), each first
 * with the wheels there are and, where the question allows it, once more compiled. The choice is valid during the call
 * alone; its extensions are filled as far as the stage says. */
typedef void search_each_fn(void *self, enum stage stage, bool compiled, const struct choice *ch);
void search_each(const struct ask *a, search_each_fn *each, void *self);
/* Whether x comes before y in the order of preference. */
bool search_better(const struct choice *x, const struct choice *y) NODISCARD;
/* The flavor of the final base that suffices, and whether an OS image without NVIDIA's libraries does. */
enum flavor search_flavor(const struct ask *a, const struct choice *ch, bool *os_suffices) NODISCARD;
