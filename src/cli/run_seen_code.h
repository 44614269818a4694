/* run_seen_code.h — for which GPUs packages have code, as a table. */
#pragma once

#include "cli/run_seen.h"

/* A row per package, a column per architecture that one of them has code for; lists where they are too many. */
void seen_code(const struct report *r, const struct seen_opts *o, struct buf *out);
