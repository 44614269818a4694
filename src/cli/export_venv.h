/* export_venv.h — `export venv`: the plan's variants as virtual environments of this or another machine. */
#pragma once

#include "cli/cmd.h"

/* Plans as generate does and writes the scripts. 0; 1 where nothing fits (said on stdout); RUN_IN_WORKER; -1 with err.
 */
int export_venv(struct app *app, struct err *err) NODISCARD;
