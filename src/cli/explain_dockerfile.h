/* explain_dockerfile.h — `explain --dockerfile FILE`: what clashes in a Dockerfile, line by line. */
#pragma once

#include "cli/cmd.h"
#include "model/manifest.h"

/* Reads file and the requirement files beside it, and prints what clashes; --gpu, --compute and --driver say where it
 * shall run. 0 nothing clashes, 1 something does, or no torch was found. */
int explain_dockerfile(struct app *app, const char *file, const struct manifest *asked, struct err *err) NODISCARD;
