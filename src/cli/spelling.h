/* spelling.h — how people write a Python, a CUDA version or a GPU on the command line, in the manifest's spelling.
 *
 * What is none of these is left as it is, so that messages name what was written. Not here: what a manifest may hold
 * (model/manifest_grammar.h). */
#pragma once

#include "base/strv.h"

#include <stdbool.h>

/* "3.10" of "cp310", "py310" or "python3.10", "3.13t" of "cp313t"; the caller's. */
char *spelling_python(const char *text) NODISCARD;
/* Adds "12.8" for "CUDA 12.8", and each version of "12.6,12.8", which no single version can be. */
void spelling_cuda(const char *text, struct strv *into);
/* Whether it is a compute capability ("sm_86", "8.6") and the name of no GPU. */
bool spelling_is_compute(const char *gpu) NODISCARD;
