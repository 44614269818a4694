#include "base/file.h"
#include "cli/run_engine.h"
#include "cli/run_seen.h"
#include "cli/run_targets.h"
#include "inspect/guard.h"
#include "model/report_form.h"
#include "work/inspect.h"

struct inspected {
	struct facts **facts; /* owned, as many as reports */
	struct report **reports;
	size_t n;
};

static void inspected_clear(struct inspected *s)
{
	for (size_t i = 0; i < s->n; i++) {
		facts_free(s->facts[i]);
		report_free(s->reports[i]);
	}
	free(s->facts);
	free(s->reports);
}
#define AUTO_INSPECTED __attribute__((cleanup(inspected_clear)))

struct job {
	struct app *app;
	const struct run_targets *targets;
	const struct engine_opts *engine; /* NULL: none is needed */
};

static int inspect_one(const struct job *job, const char *what, struct inspected *into, struct err *err)
{
	struct app *app = job->app;
	const struct run_targets *targets = job->targets;
	AUTO(facts) struct facts *f = NULL;
	struct check_input in = {.catalog = &catalog_builtin, .targets = targets->v, .n_targets = targets->n};

	event_say(&app->events, EVENT_STEP, what, "reading");
	if (inspect_read(what, job->engine, app->stop, &f, err) < 0)
		return -1;
	in.facts = f;
	into->facts = xreallocarray(into->facts, into->n + 1, sizeof(*into->facts));
	into->reports = xreallocarray(into->reports, into->n + 1, sizeof(*into->reports));
	into->reports[into->n] = report_new(what);
	facts_check(&in, into->reports[into->n]);
	into->facts[into->n++] = TAKE(f);
	event_say(&app->events, EVENT_DONE, what, "read");
	return 0;
}

static int write_reports(struct app *app, const struct inspected *s, struct err *err)
{
	AUTO_STRV struct strv files = STRV_INIT;

	options_values(&app->options, "report", &files);
	for (size_t i = 0; i < files.n; i++) {
		AUTO_BUF struct buf out = BUF_INIT;
		const char *file = NULL;
		enum report_form form;

		if (report_form_of(files.v[i], &form, &file, err) < 0)
			return -1;
		report_form(form, (const struct report *const *)s->reports, s->n, &out);
		if (file_write(file, buf_blob(&out, file), 0666, err) < 0)
			return -1;
	}
	return 0;
}

static int check_reports(const struct app *app, struct err *err)
{
	AUTO_STRV struct strv files = STRV_INIT;
	enum report_form form;
	const char *file;

	options_values(&app->options, "report", &files);
	for (size_t i = 0; i < files.n; i++)
		if (report_form_of(files.v[i], &form, &file, err) < 0)
			return -1;
	return 0;
}

/* A fail before an error, as everywhere. */
static int exit_code(const struct inspected *s)
{
	int code = 0;

	for (size_t i = 0; i < s->n; i++) {
		int one = report_exit_code(s->reports[i]);

		if (one == 1 || code == 0)
			code = one;
	}
	return code;
}

static int deliver(struct app *app, const struct inspected *s, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;

	if (app->json)
		report_json((const struct report *const *)s->reports, s->n, &out);
	for (size_t i = 0; i < s->n && !app->json; i++)
		seen_text(s->facts[i], s->reports[i], ui_verbose(app->ui), ui_colour_out(app->ui), &out);
	if (write_reports(app, s, err) < 0 || ui_out(app->ui, buf_text(&out), err) < 0)
		return -1;
	return RUN_EXIT_BASE + exit_code(s);
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
	return deliver(job->app, &seen, err);
}

static bool needs_engine(const struct strv *what)
{
	for (size_t i = 0; i < what->n; i++)
		if (inspect_needs_engine(what->v[i]))
			return true;
	return false;
}

int run_inspect(struct app *app, struct err *err)
{
	AUTO_RUN_TARGETS struct run_targets targets = {.v = NULL};
	AUTO_ENGINE_USE struct engine_use use = {.host = NULL};
	struct job job = {.app = app, .targets = &targets};

	if (app->options.operands.n == 0) {
		err_set(err, ERR_USAGE, "inspect needs at least one folder, archive or image");
		return err_hint(err, "`cudabuild inspect .venv`");
	}
	if (run_targets_read(app, &targets, err) < 0 || check_reports(app, err) < 0)
		return -1;
	if (needs_engine(&app->options.operands)) {
		if (engine_use(app, NULL, &use, err) < 0)
			return -1;
		job.engine = &use.opts;
	}
	return guard_run(inspect_all, &job, app->stop, err);
}
