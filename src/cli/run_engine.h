/* run_engine.h — what build, test and clean share: the engine that is meant, this process as an owner, and leftovers
 * reaped. */
#pragma once

#include "cli/cmd.h"
#include "engine/engine.h"

struct engine_use {
	struct host *host;
	struct owner *owner;
	struct engine_opts opts; /* borrows the two above and the app's events and stop */
};

/* Chooses the engine by --host and the environment, and removes what dead processes of this machine left there. into
 * must stay where it is; engine_use_clear() releases it. */
int engine_use(struct app *app, const char *project, struct engine_use *into, struct err *err) NODISCARD;
/* The number of -j, 0 where it is not given. ERR_USAGE for anything but 1 to 256. */
int engine_jobs(const struct app *app, unsigned *ret, struct err *err) NODISCARD;
void engine_use_clear(struct engine_use *u);
#define AUTO_ENGINE_USE __attribute__((cleanup(engine_use_clear)))
