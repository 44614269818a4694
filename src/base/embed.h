/* embed.h — the files that the program carries: templates, PTX and in-image scripts, as they lie in the source tree.
 *
 * A file's name is its path in the tree without "src/": "templates/Dockerfile.mustache", "probe/smoke.py"; what is
 * built first is named from the build directory: "probe/host". The Makefile's EMBED decides which files; base/embed.sh
 * lays them out. All of it is constant, and a NUL byte follows each file's bytes. */
#pragma once

#include "base/buf.h"

/* The file of that name, or NULL. */
const struct blob *embed_find(const char *name) NODISCARD;
/* All files in order of their names; the last entry has a NULL name. */
const struct blob *embed_all(void) NODISCARD;
