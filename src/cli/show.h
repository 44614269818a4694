/* show.h — what commands print about plans and changes: short tables for people. */
#pragma once

#include "base/buf.h"
#include "model/plan.h"
#include "work/outputs.h"

/* Appends a table of the variants: CUDA, OS, Python, torch and extensions with their ways, driver; then how targets
 * fare, and why each choice was made. */
void show_plan(const struct plan *p, struct buf *out);
/* Appends one line per file that differs ("+ new", "~ changed", "- left over"). */
void show_outputs(const struct outputs *o, struct buf *out);
/* Appends what changed between two plans' digests and versions: "cu128: base sha256:aaaa -> sha256:bbbb". Whether
 * anything did. */
bool show_changes(const struct plan *old, const struct plan *now, struct buf *out);
/* Appends the statement of what is not pinned, or nothing. */
void show_unpinned(const struct plan *p, struct buf *out);
/* Appends the lines of text, those that have more than width columns broken at spaces; what follows is set in. Colours
 * take no column. width 0: as they are. */
void show_broken(const char *text, size_t width, struct buf *out);
