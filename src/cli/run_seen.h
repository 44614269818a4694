/* run_seen.h — what `inspect` and `test --static` print: the verdict per target first, then findings by weight, then
 * what was seen: packages, for which GPUs they have code, and where the gigabytes went. */
#pragma once

#include "model/report.h"

struct seen_opts {
	bool verbose; /* also passing checks, all packages and witnesses */
	bool colour;
	size_t width; /* texts are broken there; 0: never */
};

void seen_text(const struct report *r, const struct seen_opts *o, struct buf *out);
