/* help.h — usage, manual pages and completion made from the command table; the JSON form of an error. */
#pragma once

#include "cli/cmd.h"

/* Appends the overview: all commands with their summaries. */
void help_overview(struct buf *out);
/* Appends the manual page of a command as text, or as roff source. */
void help_page(const struct cmd *c, struct buf *out);
void help_roff(const struct cmd *c /* NULL: cudabuild(1) itself */, struct buf *out);
/* Appends the script for a shell: "bash", "zsh" or "fish". */
void help_completion(const char *shell, struct buf *out);
/* Appends {"schema": 1, "error": {...}}. */
void help_error_json(const struct err *e, struct buf *out);
/* Between help.c and help_places.c: text for roff ("-" and "\" escaped, a leading "." or "'" protected), and the
 * sections on files and environment. */
void help_roff_text(const char *text, struct buf *out);
void help_roff_places(struct buf *out);
