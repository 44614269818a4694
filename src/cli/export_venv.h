/* export_venv.h — `export venv`: the plan's variants as virtual environments of this or another machine. */
#pragma once

#include "cli/cmd.h"
#include "model/context.h"
#include "work/project.h"

/* Plans as generate does and writes the scripts. 0; 1 where nothing fits (said on stdout); RUN_IN_WORKER; -1 with err.
 */
int export_venv(struct app *app, struct err *err) NODISCARD;
/* Writes exported files below dir and says what changed: files of ours are replaced, anything else in the way is
 * ERR_IO. */
int export_write(struct app *app, const struct project *p, const struct context *files, const char *dir,
		 struct err *err) NODISCARD;
