/* driver.h — versions of NVIDIA's driver: 535.104.05, 570.26.
 *
 * A plain value of two or three numbers; "05" keeps its spelling only in the text. Not here: which CUDA needs which
 * driver (model/catalog.h). */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define DRIVER_TEXT 40

struct driver {
	uint32_t branch, minor, patch;
	bool has_patch, whole; /* whole: the branch alone was named, any release of it */
};

/* Reads 570.26 or 535.104.05, or a branch alone ("570", "R570"). ERR_INPUT shows text. */
int driver_parse(const char *text, struct driver *ret, struct err *err) NODISCARD;
/* Order by the numbers, an absent one being 0; a branch alone is as old as each of its releases, so that nobody who
 * leaves the rest out is told that it is too old. -1, 0 or 1. */
int driver_cmp(const struct driver *a, const struct driver *b) NODISCARD;
/* NVIDIA's spelling (the third number with two digits): "535.104.05" in into, which is returned. */
const char *driver_text(const struct driver *d, char into[DRIVER_TEXT]);
