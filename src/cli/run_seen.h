/* run_seen.h — what `inspect` prints: the verdict per target first, then findings by weight, then what was seen. */
#pragma once

#include "model/report.h"

/* Appends the text; verbose shows passing checks and all packages and witnesses. */
void seen_text(const struct report *r, bool verbose, bool colour, struct buf *out);
