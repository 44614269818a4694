/* execform.h — RUN ["pip", "install", "torch"]: a command as a JSON array, turned into what a shell would read.
 *
 * Not here: reading that (intake/shell.h). */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

/* Appends the command, each word quoted; behind `sh -c` the script itself. False where text is no such array; into is
 * then unchanged. */
bool execform_read(const char *text, struct buf *into) NODISCARD;
