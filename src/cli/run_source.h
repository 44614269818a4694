/* run_source.h — what inspect and test --static share: where the bytes of what they are asked about come from. */
#pragma once

#include "cli/run_engine.h"
#include "work/inspect.h"
#include "work/sites.h"

struct run_source {
	struct engine_use use;
	struct inspect_ask ask; /* all but what; borrows from this and the app */
	struct sites *sites;
	char *no_engine;
};

/* Opens the engine where one of the names will be asked of it. Where it is not there and a registry may have the image
 * too, that is a note. into must stay where it is. ERR_USAGE for a --platform that is none; ERR_ENGINE where only the
 * engine can have one of them. */
int run_source_open(struct app *app, const struct strv *names, const char *project, struct run_source *into,
		    struct err *err) NODISCARD;
void run_source_close(struct run_source *s);
#define AUTO_RUN_SOURCE __attribute__((cleanup(run_source_close)))
