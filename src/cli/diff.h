/* diff.h — what changes in files, as a unified diff made by diff(1). */
#pragma once

#include "cli/cmd.h"
#include "work/outputs.h"

/* Prints the differences of all files that are not the same. ERR_MISSING where there is no diff(1). */
int diff_print(struct app *app, const struct context *files, const struct outputs *o, struct err *err) NODISCARD;
