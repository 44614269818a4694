/* where.h — where in a Dockerfile a step stands that the engine only names: "[wheels 2/4] RUN pip ...".
 *
 * Steps count as BuildKit counts them: FROM of an image that is no stage, RUN, COPY, ADD and WORKDIR. Variables in the
 * name are already replaced by their values, so place decides and the text only confirms. */
#pragma once

#include "base/buf.h"

/* The line (from 1) where the instruction of that step begins, or 0 if it cannot be told. */
unsigned where_line(struct blob dockerfile, const char *step) NODISCARD;
