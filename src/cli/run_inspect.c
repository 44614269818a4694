#include "cli/run_reports.h"
#include "cli/run_seen.h"
#include "cli/run_source.h"
#include "cli/run_targets.h"
#include "inspect/guard.h"
#include "work/facts.h"

struct inspected {
	struct report **reports;
	size_t n;
};

static void inspected_clear(struct inspected *s)
{
	for (size_t i = 0; i < s->n; i++)
		report_free(s->reports[i]);
	free(s->reports);
}
#define AUTO_INSPECTED __attribute__((cleanup(inspected_clear)))

struct job {
	struct app *app;
	const struct run_targets *targets;
	const struct inspect_ask *ask;
	const struct strv *files; /* --report */
};

/* Of several one that cannot be read is a row, so that the others are still shown. */
static int not_read(const struct app *app, struct report *into, struct err *why, struct err *err)
{
	if (app->options.operands.n == 1 || why->kind == ERR_CANCELED || why->kind == ERR_INTERNAL)
		return err_move(err, why);
	(void)report_add_error(into, "image.read", why->kind, why->text, why->hint[0] ? why->hint : NULL);
	event_say(&app->events, EVENT_FAILED, into->subject, why->text);
	err_clear(why);
	return 0;
}

static int inspect_one(const struct job *job, const char *what, struct inspected *into, struct err *err)
{
	struct app *app = job->app;
	const struct run_targets *targets = job->targets;
	AUTO(facts) struct facts *f = NULL;
	struct inspect_ask ask = *job->ask;
	struct check_input in = {.catalog = facts_catalog(), .targets = targets->v, .n_targets = targets->n};
	struct report *report = report_new(what);
	struct err why = ERR_INIT;

	into->reports = xreallocarray(into->reports, into->n + 1, sizeof(*into->reports));
	into->reports[into->n++] = report;
	ask.what = what;
	event_say(&app->events, EVENT_STEP, what, "reading");
	if (inspect_read(&ask, &f, &why) < 0)
		return not_read(app, report, &why, err);
	in.facts = f;
	facts_check(&in, report);
	event_say(&app->events, EVENT_DONE, what, "read");
	return 0;
}

static int deliver(struct app *app, const struct inspected *s, const struct strv *files, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;

	const struct seen_opts o = {
		.verbose = ui_verbose(app->ui), .colour = ui_colour_out(app->ui), .width = ui_wrap(app->ui)};

	for (size_t i = 0; i < s->n && !app->json; i++)
		seen_text(s->reports[i], &o, &text);
	return run_reports_deliver(app, (const struct report *const *)s->reports, s->n, files, buf_text(&text), err);
}

/* Reads, judges and prints; in a child. */
static int inspect_all(void *self, struct err *err)
{
	const struct job *job = self;
	AUTO_INSPECTED struct inspected seen = {.n = 0};
	const struct strv *what = &job->app->options.operands;

	for (size_t i = 0; i < what->n; i++)
		if (inspect_one(job, what->v[i], &seen, err) < 0)
			return -1;
	return deliver(job->app, &seen, job->files, err);
}

int run_inspect(struct app *app, struct err *err)
{
	AUTO_RUN_TARGETS struct run_targets targets = {.v = NULL};
	AUTO_RUN_SOURCE struct run_source source = {.no_engine = NULL};
	AUTO_STRV struct strv files = STRV_INIT;
	struct job job = {.app = app, .targets = &targets, .files = &files};

	if (app->options.operands.n == 0) {
		err_set(err, ERR_USAGE, "inspect needs at least one folder, archive or image");
		return err_hint(err, "`cudabuild inspect .venv`");
	}
	if (run_targets_read(app, &targets, err) < 0 || run_reports_check(app, &files, err) < 0)
		return -1;
	if (run_source_open(app, &app->options.operands, NULL, &source, err) < 0)
		return -1;
	job.ask = &source.ask;
	return guard_run(inspect_all, &job, app->stop, err);
}
