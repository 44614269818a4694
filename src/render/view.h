/* view.h — what the templates of one variant see: the plan as a tree of values, all decisions already made.
 *
 * templates/README.md names every value; a change here is a change there. Not here: templates, files. */
#pragma once

#include "base/err.h"
#include "model/plan.h"
#include "render/value.h"

/* The line that every generated file begins with, behind its sign of a comment: the manifest's name and file. */
#define VIEW_HEADER "cudabuild '%s': generated from %s; edits are lost. Change that file and run: cudabuild generate"
#define VIEW_WHEELS "/run/cudabuild/wheels" /* where an image's steps find the files of directory sources */

/* All values of a variant's files. wheels: as in render/require.h. ERR_INPUT names
 * variant and value. *ret is the caller's to value_free(). */
int view_variant(const struct plan *p, const struct plan_variant *v, const char *wheels, struct value **ret,
		 struct err *err) NODISCARD;
/* The values of docker-bake.json and of the ignore file of the local folder. The result is the caller's. */
struct value *view_plan(const struct plan *p) NODISCARD;

/* Path of a generated file below the manifest's folder: "images/cu128/Dockerfile"; variant NULL: directly below the
 * folder of the generated files. The caller's to free. */
char *view_path(const struct plan *p, const struct plan_variant *v, const char *file) NODISCARD;
