/* logtext.h — a log without its noise: what terminals, loggers and pasting put around the program's own words.
 *
 * Taken out: colours and other escapes (also those that lost their ESC), NUL bytes (UTF-16), carriage returns, what
 * stands in front of each line (timestamps, levels, BuildKit and compose names, ranks, quoting, pytest's E), Markdown
 * and HTML. All quotes become '. White space becomes one blank; every '\n' of the log stays, so lines can be counted.
 * Not here: what the words mean (intake/errlog.h). */
#pragma once

#include "base/buf.h"

/* Appends text without noise; never more bytes than text has. */
void logtext_clean(struct blob text, struct buf *into);
