#include "cli/run_static.h"

#include "base/str.h"
#include "cli/run_reports.h"
#include "cli/run_seen.h"
#include "cli/run_source.h"
#include "inspect/guard.h"
#include "model/plan_names.h"
#include "model/report_form.h"
#include "work/project.h"
#include "work/static_level.h"
#include "work/test_all.h"

struct job {
	struct app *app;
	const struct plan *plan; /* NULL with images */
	const struct strv *only, *images, *files;
	const struct inspect_ask *ask;
	struct reports *reports;
};

static int judge(const struct job *job, const char *ref, const struct plan_variant *v, struct report *into,
		 struct err *err)
{
	struct static_ask ask = {.plan = job->plan, .variant = v, .from = *job->ask};
	struct err why = ERR_INIT;

	ask.from.what = ref;
	if (static_level(&ask, into, &why) == 0)
		return 0;
	if (!v || why.kind != ERR_USAGE)
		return err_move(err, &why);
	report_add_full(into, "image", REPORT_FAIL, "image-missing", ref, why.text, "run `cudabuild build`");
	err_clear(&why);
	return 0;
}

static int one(const struct job *job, const char *ref, const struct plan_variant *v, struct err *err)
{
	struct reports *all = job->reports;
	struct report *r = report_new(v ? v->name : ref);

	all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = r;
	r->image = xstrdup(ref);
	event_say(&job->app->events, EVENT_STEP, r->subject, "reading");
	if (judge(job, ref, v, r, err) < 0)
		return -1;
	event_say(&job->app->events, EVENT_DONE, r->subject, "read");
	return 0;
}

static int all_images(void *self, struct err *err)
{
	const struct job *job = self;
	const struct seen_opts seen = {.verbose = ui_verbose(job->app->ui),
				       .colour = ui_colour_out(job->app->ui),
				       .width = ui_wrap(job->app->ui)};
	AUTO_BUF struct buf text = BUF_INIT;

	for (size_t i = 0; i < job->images->n; i++)
		if (one(job, job->images->v[i], NULL, err) < 0)
			return -1;
	for (size_t i = 0; job->plan && i < job->plan->nvariants; i++) {
		const struct plan_variant *v = &job->plan->variants[i];
		AUTO_TEXT char *ref = xasprintf("%s:%s", v->image, v->tag);

		if ((job->only->n == 0 || strv_has(job->only, v->name)) && one(job, ref, v, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < job->reports->n; i++)
		seen_text(job->reports->v[i], &seen, &text);
	report_table_text((const struct report *const *)job->reports->v, job->reports->n, seen.colour, &text);
	return run_reports_deliver(job->app, (const struct report *const *)job->reports->v, job->reports->n, job->files,
				   buf_text(&text), err);
}

/* Options that speak of a container, of which there is none. */
static int check_options(const struct app *app, struct err *err)
{
	static const char *const others[] = {"require-gpu", "gpus", "timeout", "jobs", "bench", "baseline", "floor"};

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (app_flag(app, others[i]))
			return err_set(err, ERR_USAGE, "--static starts no container: --%s means nothing to it",
				       others[i]);
	if (app_flag(app, "image") && app_flag(app, "variant"))
		return err_set(err, ERR_USAGE, "--image and --variant contradict each other");
	return 0;
}

/* The images that are asked about, by name. */
static void names_of(const struct job *job, struct strv *into)
{
	strv_add_all(into, job->images);
	for (size_t i = 0; job->plan && i < job->plan->nvariants; i++)
		strv_addf(into, "%s:%s", job->plan->variants[i].image, job->plan->variants[i].tag);
}

int run_static(struct app *app, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO(reports) struct reports *reports = xcalloc(1, sizeof(*reports));
	AUTO_RUN_SOURCE struct run_source source = {.no_engine = NULL};
	AUTO_STRV struct strv names = STRV_INIT;
	AUTO_STRV struct strv only = STRV_INIT, files = STRV_INIT, images = STRV_INIT;
	struct job job = {.app = app, .only = &only, .images = &images, .files = &files, .reports = reports};

	options_values(&app->options, "image", &images);
	options_values(&app->options, "variant", &only);
	if (check_options(app, err) < 0 || run_reports_check(app, &files, err) < 0)
		return -1;
	if (images.n == 0) {
		if (project_open(app_value(app, "file"), &p, err) < 0 || project_need_lock(p, err) < 0 ||
		    plan_check_names(p->lock, &only, err) < 0)
			return -1;
		job.plan = p->lock;
	}
	names_of(&job, &names);
	if (run_source_open(app, &names, p ? p->lock->name : NULL, &source, err) < 0)
		return -1;
	job.ask = &source.ask;
	return guard_run(all_images, &job, app->stop, err);
}
