#include "base/file.h"
#include "cli/run_seen.h"
#include "cli/run_targets.h"
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

static int inspect_one(struct app *app, const char *what, const struct run_targets *targets, struct inspected *into,
		       struct err *err)
{
	AUTO(facts) struct facts *f = NULL;
	struct check_input in = {.catalog = &catalog_builtin, .targets = targets->v, .n_targets = targets->n};

	event_say(&app->events, EVENT_STEP, what, "reading");
	if (inspect_read(what, app->stop, &f, err) < 0)
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

int run_inspect(struct app *app, struct err *err)
{
	AUTO_RUN_TARGETS struct run_targets targets = {.v = NULL};
	AUTO_INSPECTED struct inspected seen = {.n = 0};
	const struct strv *what = &app->options.operands;

	if (what->n == 0) {
		err_set(err, ERR_USAGE, "inspect needs at least one path");
		return err_hint(err, "`cudabuild inspect .venv`");
	}
	if (run_targets_read(app, &targets, err) < 0 || check_reports(app, err) < 0)
		return -1;
	for (size_t i = 0; i < what->n; i++)
		if (inspect_one(app, what->v[i], &targets, &seen, err) < 0)
			return -1;
	return deliver(app, &seen, err);
}
