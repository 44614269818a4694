/* constraints.h — what the requirement files of a manifest (`pip: ["-r FILE"]`) say of the torch family binds the plan.
 *
 * A line of such a file narrows what the manifest says of that package, or asks for it where the manifest does not.
 * Lines with an environment marker of another system and files that are not there bind nothing. Not here: installing
 * the files (render). */
#pragma once

#include "model/manifest.h"

/* Reads the files below dir and narrows every variant of m. ERR_INPUT where a file's line is no specifier, with file
 * and line. */
int constraints_read(struct manifest *m, const char *dir, struct err *err) NODISCARD;
