#include "base/file.h"
#include "base/str.h"
#include "cli/run_engine.h"
#include "model/report_form.h"
#include "work/project.h"
#include "work/test.h"

enum { FOREIGN_TIMEOUT = 300 };

struct reports {
	struct report **v; /* owned */
	size_t n;
};

static void reports_clear(struct reports *r)
{
	for (size_t i = 0; i < r->n; i++)
		report_free(r->v[i]);
	free(r->v);
}
#define AUTO_REPORTS __attribute__((cleanup(reports_clear)))

static int test_one(const struct test_request *r, struct reports *into, struct err *err)
{
	into->v = xreallocarray(into->v, into->n + 1, sizeof(*into->v));
	if (test_image(r, &into->v[into->n], err) < 0)
		return -1;
	into->n++;
	return 0;
}

static void form_of(enum report_form form, const struct reports *r, struct buf *out)
{
	report_form(form, (const struct report *const *)r->v, r->n, out);
}

static int write_report(const struct reports *r, const char *value, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	const char *file = NULL;
	enum report_form form;

	if (report_form_of(value, &form, &file, err) < 0)
		return -1;
	form_of(form, r, &out);
	return file_write(file, buf_blob(&out, file), 0666, err);
}

static int check_reports(const struct app *app, struct strv *values, struct err *err)
{
	enum report_form form;
	const char *file;

	options_values(&app->options, "report", values);
	for (size_t i = 0; i < values->n; i++)
		if (report_form_of(values->v[i], &form, &file, err) < 0)
			return -1;
	return 0;
}

/* The reports on standard output and in files; the exit code is the gravest: a fail before an error. */
static int deliver(struct app *app, const struct reports *r, const struct strv *files, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	int code = 0;

	if (app->json)
		form_of(REPORT_JSON, r, &out);
	else
		report_texts((const struct report *const *)r->v, r->n, ui_verbose(app->ui), ui_colour_out(app->ui),
			     &out);
	for (size_t i = 0; i < files->n; i++)
		if (write_report(r, files->v[i], err) < 0)
			return -1;
	for (size_t i = 0; i < r->n; i++) {
		int one = report_exit_code(r->v[i]);

		if (one == 1 || code == 0)
			code = one;
	}
	return ui_out(app->ui, buf_text(&out), err) < 0 ? -1 : RUN_EXIT_BASE + code;
}

static bool is_asked(const struct strv *only, const struct plan_variant *v)
{
	return only->n == 0 || strv_has(only, v->name);
}

static int check_variants(const struct plan *plan, const struct strv *only, struct err *err)
{
	for (size_t i = 0; i < only->n; i++)
		if (!plan_variant(plan, only->v[i]))
			return err_set(err, ERR_USAGE, "the lock has no variant '%s'", only->v[i]);
	return 0;
}

static int test_plan(struct app *app, struct test_request r, struct reports *into, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO_ENGINE_USE struct engine_use use = {.host = NULL};
	AUTO_STRV struct strv only = STRV_INIT;

	options_values(&app->options, "variant", &only);
	if (project_open(app_value(app, "file"), &p, err) < 0 || project_need_lock(p, err) < 0 ||
	    check_variants(p->lock, &only, err) < 0 || engine_use(app, p->lock->name, &use, err) < 0)
		return -1;
	r.plan = p->lock;
	r.engine = &use.opts;
	r.timeout = p->lock->test_timeout;
	r.require_gpu = r.require_gpu || p->lock->test_require_gpu;
	for (size_t i = 0; i < p->lock->nvariants; i++) {
		r.variant = &p->lock->variants[i];
		if (is_asked(&only, r.variant) && test_one(&r, into, err) < 0)
			return -1;
	}
	return 0;
}

static int test_foreign(struct app *app, struct test_request r, struct reports *into, struct err *err)
{
	AUTO_ENGINE_USE struct engine_use use = {.host = NULL};

	if (app_flag(app, "variant"))
		return err_set(err, ERR_USAGE, "--image and --variant contradict each other");
	if (engine_use(app, NULL, &use, err) < 0)
		return -1;
	r.engine = &use.opts;
	r.timeout = FOREIGN_TIMEOUT;
	return test_one(&r, into, err);
}

int run_test(struct app *app, struct err *err)
{
	AUTO_REPORTS struct reports reports = {.v = NULL};
	AUTO_STRV struct strv files = STRV_INIT;
	struct test_request r = {.image = app_value(app, "image"),
				 .offline = app_flag(app, "offline"),
				 .require_gpu = app_flag(app, "require-gpu"),
				 .gpus = app_value(app, "gpus")};

	if (check_reports(app, &files, err) < 0)
		return -1;
	if (r.image ? test_foreign(app, r, &reports, err) < 0 : test_plan(app, r, &reports, err) < 0)
		return -1;
	return deliver(app, &reports, &files, err);
}
