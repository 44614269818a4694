/* wrap.h — sentences in lines of a terminal's width.
 *
 * Not here: columns (model/table.h). */
#pragma once

#include "base/buf.h"

#define WRAP_WIDTH 80

/* Appends text that begins at a column, in lines of at most WRAP_WIDTH, each further one behind that many blanks.
 * Broken is at blanks only, so that names and addresses stay whole; control characters are shown, not sent. */
void wrap_text(const char *text, size_t column, struct buf *out);
/* The same in another width. */
void wrap_within(const char *text, size_t column, size_t width, struct buf *out);
