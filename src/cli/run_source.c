#include "cli/run_source.h"

#include "base/str.h"

#include <string.h>

static int check_platform(const char *platform, struct err *err)
{
	const char *slash = platform ? strchr(platform, '/') : NULL;

	if (!platform || (slash && slash > platform && slash[1] && slash[1] != '/'))
		return 0;
	err_set(err, ERR_USAGE, "--platform needs a platform such as linux/arm64, not '%s'", platform);
	return -1;
}

static enum inspect_engine engine_of(const struct strv *names)
{
	enum inspect_engine most = ENGINE_NOT_ASKED;

	for (size_t i = 0; i < names->n; i++) {
		enum inspect_engine one = inspect_engine_of(names->v[i]);

		most = one > most ? one : most;
	}
	return most;
}

int run_source_open(struct app *app, const struct strv *names, const char *project, struct run_source *into,
		    struct err *err)
{
	enum inspect_engine need = engine_of(names);
	const struct manifest_sources none = {.ca = NULL};
	struct err why = ERR_INIT;

	into->ask = (struct inspect_ask){.platform = app_value(app, "platform"),
					 .offline = app_flag(app, "offline"),
					 .events = &app->events,
					 .stop = app->stop};
	if (check_platform(into->ask.platform, err) < 0 || sites_read(&none, &into->sites, err) < 0)
		return -1;
	into->ask.ca = into->sites->sources.ca;
	if (need == ENGINE_NOT_ASKED)
		return 0;
	if (engine_use(app, project, &into->use, &why) == 0) {
		into->ask.engine = &into->use.opts;
		return 0;
	}
	if (need == ENGINE_NEEDED || why.kind != ERR_ENGINE)
		return err_move(err, &why);
	into->no_engine = xstrdup(why.text);
	into->ask.no_engine = into->no_engine;
	ui_note(app->ui, "no engine is asked: %s", why.text);
	err_clear(&why);
	return 0;
}

void run_source_close(struct run_source *s)
{
	engine_use_clear(&s->use);
	sites_free(s->sites);
	free(s->no_engine);
}
