/* run_targets.h — where something is to run, from options or from the manifest's targets. */
#pragma once

#include "cli/cmd.h"
#include "inspect/checks.h"

struct run_targets {
	struct check_target *v;
	size_t n;
	struct strv names; /* owned texts of v */
};

/* --gpu, --compute and --driver make one target; --target and -f take the manifest's. ERR_USAGE names an unknown GPU or
 * target and the nearest one. */
int run_targets_read(struct app *app, struct run_targets *into, struct err *err) NODISCARD;
void run_targets_clear(struct run_targets *t);
#define AUTO_RUN_TARGETS __attribute__((cleanup(run_targets_clear)))
