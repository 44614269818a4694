/* explain_error.h — `explain --error FILE`: known failures in a log. */
#pragma once

#include "cli/cmd.h"

/* Reads file ("-": standard input) and prints its causes. 0 cause found, 1 none known; -1: it cannot be read. */
int explain_error(struct app *app, const char *file, struct err *err) NODISCARD;
