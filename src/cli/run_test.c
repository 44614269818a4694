#include "base/str.h"
#include "cli/run_baseline.h"
#include "cli/run_engine.h"
#include "cli/run_reports.h"
#include "cli/run_static.h"
#include "model/plan_names.h"
#include "model/report_form.h"
#include "work/project.h"
#include "work/test_all.h"

enum { FOREIGN_TIMEOUT = 300 };

static bool is_asked(const struct strv *only, const struct plan_variant *v)
{
	return only->n == 0 || strv_has(only, v->name);
}

/* What is common to all images: template, to be filled per image. */
struct ask {
	struct test_request base;
	unsigned jobs, timeout; /* timeout 0: the manifest's, or the default */
};

static int read_ask(struct app *app, struct ask *into, struct err *err)
{
	const char *timeout = app_value(app, "timeout");

	*into = (struct ask){.base = {.offline = app_flag(app, "offline"),
				      .require_gpu = app_flag(app, "require-gpu"),
				      .bench = app_flag(app, "bench"),
				      .gpus = app_value(app, "gpus")}};
	if (timeout && !str_to_seconds(timeout, &into->timeout))
		return err_set(err, ERR_USAGE, "--timeout needs a time such as 90s or 5m, not '%s'", timeout);
	return engine_jobs(app, &into->jobs, err);
}

/* The engine; without one the bytes can be looked at all the same. */
static int use_engine(struct app *app, const char *project, struct engine_use *into, struct err *err)
{
	if (engine_use(app, project, into, err) == 0)
		return 0;
	if (err->kind != ERR_ENGINE)
		return -1;
	AUTO_TEXT char *hint = xstrdup(err->hint);

	return err_hint(err, "%s%s`cudabuild test --static` needs none for images of a registry", hint,
			hint[0] ? "; " : "");
}

static int test_plan(struct app *app, const struct ask *ask, struct reports **ret, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO_ENGINE_USE struct engine_use use = {.host = NULL};
	AUTO_STRV struct strv only = STRV_INIT;
	struct test_request *v;
	size_t n = 0;
	int rc;

	options_values(&app->options, "variant", &only);
	if (project_open(app_value(app, "file"), &p, err) < 0 || project_need_lock(p, err) < 0 ||
	    plan_check_names(p->lock, &only, err) < 0 || use_engine(app, p->lock->name, &use, err) < 0)
		return -1;
	v = xcalloc(p->lock->nvariants, sizeof(*v));
	for (size_t i = 0; i < p->lock->nvariants; i++) {
		if (!is_asked(&only, &p->lock->variants[i]))
			continue;
		v[n] = ask->base;
		v[n].plan = p->lock;
		v[n].variant = &p->lock->variants[i];
		v[n].engine = &use.opts;
		v[n].timeout = ask->timeout ? ask->timeout : p->lock->test_timeout;
		v[n++].require_gpu |= p->lock->test_require_gpu;
	}
	rc = test_all(v, n, ask->jobs, ret, err);
	free(v);
	return rc;
}

static int test_foreign(struct app *app, const struct ask *ask, const struct strv *images, struct reports **ret,
			struct err *err)
{
	AUTO_ENGINE_USE struct engine_use use = {.host = NULL};
	struct test_request *v;
	int rc;

	if (app_flag(app, "variant"))
		return err_set(err, ERR_USAGE, "--image and --variant contradict each other");
	if (use_engine(app, NULL, &use, err) < 0)
		return -1;
	v = xcalloc(images->n, sizeof(*v));
	for (size_t i = 0; i < images->n; i++) {
		v[i] = ask->base;
		v[i].image = images->v[i];
		v[i].engine = &use.opts;
		v[i].timeout = ask->timeout ? ask->timeout : FOREIGN_TIMEOUT;
	}
	rc = test_all(v, images->n, ask->jobs, ret, err);
	free(v);
	return rc;
}

static int deliver(struct app *app, const struct reports *r, const struct strv *files, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;

	report_texts((const struct report *const *)r->v, r->n, ui_verbose(app->ui), ui_colour_out(app->ui), &text);
	return run_reports_deliver(app, (const struct report *const *)r->v, r->n, files, buf_text(&text), err);
}

int run_test(struct app *app, struct err *err)
{
	AUTO(reports) struct reports *reports = NULL;
	AUTO(baseline) struct baseline *baseline = NULL;
	AUTO_STRV struct strv files = STRV_INIT;
	AUTO_STRV struct strv images = STRV_INIT;
	struct ask ask;
	int rc;

	if (app_flag(app, "static"))
		return run_static(app, err);
	options_values(&app->options, "image", &images);
	if (run_reports_check(app, &files, err) < 0 || read_ask(app, &ask, err) < 0 ||
	    baseline_read(app, &baseline, err) < 0)
		return -1;
	rc = images.n ? test_foreign(app, &ask, &images, &reports, err) : test_plan(app, &ask, &reports, err);
	if (rc < 0)
		return -1;
	if (baseline)
		baseline_judge(baseline, reports);
	return deliver(app, reports, &files, err);
}
