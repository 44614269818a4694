#include "cli/run_engine.h"

#include "base/str.h"
#include "engine/reap.h"

static int reap(struct app *app, struct engine_use *u, struct err *err)
{
	AUTO(engine) struct engine *e = NULL;
	size_t n = 0;

	if (engine_open(&u->opts, &e, err) < 0 || engine_reap(e, &n, err) < 0)
		return -1;
	if (n)
		ui_note(app->ui, "removed %zu thing%s that an ended cudabuild had left in the engine", n,
			n == 1 ? "" : "s");
	return 0;
}

int engine_use(struct app *app, const char *project, struct engine_use *into, struct err *err)
{
	struct host_env env = host_env_get(app_value(app, "host"));

	if (host_choose(&env, &into->host, err) < 0 || owner_self(project, &into->owner, err) < 0)
		return -1;
	into->opts = (struct engine_opts){
		.host = into->host, .owner = into->owner, .events = &app->events, .stop = app->stop};
	return reap(app, into, err);
}

void engine_use_clear(struct engine_use *u)
{
	host_free(u->host);
	owner_free(u->owner);
}

int engine_jobs(const struct app *app, unsigned *ret, struct err *err)
{
	const char *jobs = app_value(app, "jobs");
	uint64_t n = 0;

	if (jobs && (!str_to_u64(jobs, 256, &n) || n == 0))
		return err_set(err, ERR_USAGE, "-j needs a number from 1 to 256, not '%s'", jobs);
	*ret = (unsigned)n;
	return 0;
}
