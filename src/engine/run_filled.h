/* run_filled.h — which VOLUMEs of an image hold files of it; for this floor only.
 *
 * An engine fills a new volume with what the image has at its path: packages may lie there. A folder in memory would
 * hide them, so such a path is given to the container as it is in the image, to be read only. */
#pragma once

#include "engine/engine.h"

#define RUN_FILLED_MAX 64 /* folders that are looked at: no sound image has more */

/* Appends those of the folders that hold something in the image, by a container that is never started. */
int run_filled(struct engine *e, const char *image, const struct strv *folders, struct strv *ret,
	       struct err *err) NODISCARD;
