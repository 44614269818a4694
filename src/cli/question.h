/* question.h — versions and a target on the command line, put into a manifest.
 *
 * Not here: the options themselves (the commands'), what comes out (resolve/resolve.h). */
#pragma once

#include "cli/cmd.h"
#include "model/manifest.h"

/* Whether any option about versions, the platform or the target is there. */
bool question_given(const struct app *app) NODISCARD;
/* Puts the options into every variant of m; a GPU, capability or driver replaces its targets. */
void question_apply(const struct app *app, struct manifest *m);
