/* question.h — versions and a target on the command line, put into a manifest.
 *
 * Not here: the options themselves (the commands'), what comes out (resolve/resolve.h). */
#pragma once

#include "cli/cmd.h"
#include "model/manifest.h"

/* Whether any option about versions, the platform or the target is there. */
bool question_given(const struct app *app) NODISCARD;
/* Puts the options into every variant of m; a GPU, capability or driver replaces its targets. ERR_USAGE names the
 * option whose value is none that a manifest may hold. */
int question_apply(const struct app *app, struct manifest *m, struct err *err) NODISCARD;
/* Whether -f or --target say that the manifest counts all the same. */
bool question_names_manifest(const struct app *app) NODISCARD;
/* Gives the first variant of m the targets of the manifest, those of --target or all. ERR_USAGE names an unknown one
 * and the nearest. */
int question_targets(struct app *app, struct manifest *m, struct err *err) NODISCARD;
/* Leaves of m's targets those of --target, where it is given. ERR_USAGE as above. */
int question_narrow(const struct app *app, struct manifest *m, struct err *err) NODISCARD;
