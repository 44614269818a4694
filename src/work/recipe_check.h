/* recipe_check.h — what clashes in a Dockerfile: base, torch, extensions, pages, compiling, targets.
 *
 * The reading rules are those of the facts (compatibility, 8): each reason names file and line, the row it rests on and
 * the mend. Suggestions are resolved, so they are true. Pure. Not here: reading the file (intake/recipe.h), printing
 * (model/explain.h). */
#pragma once

#include "intake/recipe.h"
#include "model/catalog.h"
#include "model/conflict.h"
#include "model/manifest.h"

/* Judges; targets (of which n may be 0) are where it shall run. The verdict is a conflict where any reason is an error,
 * unknown where no torch was found. The caller's. ERR_INPUT for a target that no table knows. */
int recipe_check(const struct recipe *r, const char *file, const struct catalog *c,
		 const struct manifest_target *targets, size_t n, struct conflict **ret, struct err *err) NODISCARD;
