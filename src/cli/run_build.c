#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"
#include "cli/run_engine.h"
#include "cli/show.h"
#include "model/plan_names.h"
#include "work/build.h"
#include "work/generate.h"
#include "work/local.h"

/* The plan that the lock holds, pinned where that is still missing and a registry answers. */
static int locked_plan(struct app *app, const struct project *p, struct plan **ret, struct err *err)
{
	AUTO(conflict) struct conflict *why = NULL;
	struct plan_opts o = {.offline = true, .events = &app->events, .stop = app->stop};
	int rc = project_plan(p, &o, ret, &why, err);

	if (rc <= PLAN_MADE)
		return rc;
	ui_note(app->ui, "'%s' does not fit the manifest any more: run `cudabuild generate`", p->lock_file);
	return 1;
}

static bool is_unpinned(const struct plan *plan)
{
	for (size_t i = 0; i < plan->nvariants; i++)
		if (plan_needs_pins(&plan->variants[i]))
			return true;
	return false;
}

static int write_pins(struct app *app, const struct project *p, const struct plan *plan, struct err *err)
{
	AUTO(context) struct context *files = NULL;
	AUTO(outputs) struct outputs *o = NULL;
	const char *lock = file_base(p->lock_file);

	if (project_render(p, plan, &files, err) < 0 ||
	    outputs_compare(files, p->dir, plan->out, plan->name, lock, true, &o, err) < 0)
		return -1;
	if (!o->differ)
		return 0;
	ui_note(app->ui, "pinned what the registries answered; '%s' and the files were rewritten", p->lock_file);
	return outputs_write(files, p->dir, o, lock, err);
}

/* Takes the pins that servers give now; where none answers, the plan stays as it is. */
static int pin(struct app *app, const struct project *p, struct plan **plan, struct err *err)
{
	AUTO(conflict) struct conflict *why = NULL;
	AUTO(plan) struct plan *pinned = NULL;
	struct err trouble = ERR_INIT;
	struct plan_opts o = {.fetcher = app->fetcher, .events = &app->events, .stop = app->stop};
	int rc;

	if (!is_unpinned(*plan) || app_flag(app, "offline"))
		return 0;
	rc = project_plan(p, &o, &pinned, &why, &trouble);
	if (rc < 0 && trouble.kind == ERR_CANCELED)
		return err_move(err, &trouble);
	if (rc < 0)
		ui_note(app->ui, "not pinned: %s", trouble.text);
	err_clear(&trouble);
	if (rc != PLAN_MADE)
		return 0;
	if (write_pins(app, p, pinned, err) < 0)
		return -1;
	plan_free(*plan);
	*plan = TAKE(pinned);
	return 0;
}

static int refuse_unpinned(struct app *app, const struct plan *plan, struct err *err)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	AUTO_TEXT char *all = NULL;

	if (!is_unpinned(plan) || app_flag(app, "allow-unpinned"))
		return 0;
	for (size_t i = 0; i < plan->nvariants; i++) {
		AUTO_STRV struct strv what = STRV_INIT;
		AUTO_TEXT char *list = NULL;

		plan_unpinned(&plan->variants[i], &what);
		list = strv_join(&what, ", ");
		if (what.n)
			strv_addf(&parts, "%s: %s", plan->variants[i].name, list);
	}
	all = strv_join(&parts, "; ");
	err_set(err, ERR_INPUT, "the plan is not pinned (%s)", all);
	return err_hint(err, "run `cudabuild generate` with a network, or build anyway with --allow-unpinned");
}

/* 0 when files and lock are what the plan makes, 1 when they are stale or edited. */
static int files_agree(struct app *app, const struct project *p, const struct plan *plan, struct context **ret,
		       struct err *err)
{
	AUTO(context) struct context *files = NULL;
	AUTO(outputs) struct outputs *o = NULL;
	AUTO_BUF struct buf list = BUF_INIT;

	if (project_render(p, plan, &files, err) < 0 ||
	    outputs_compare(files, p->dir, plan->out, plan->name, file_base(p->lock_file), true, &o, err) < 0)
		return -1;
	if (o->differ) {
		show_outputs(o, &list);
		ui_note(app->ui, "stale or edited, run `cudabuild generate`:\n%s", buf_text(&list));
		return 1;
	}
	*ret = TAKE(files);
	return 0;
}

static bool is_finding(const struct report_check *c)
{
	return c->status == REPORT_FAIL || c->status == REPORT_WARN || c->status == REPORT_ERROR;
}

/* What was found in the image, as in the reports of inspect and test. */
static void json_checks(struct jval into, const struct report *r)
{
	struct jval list = jval_put_array(into, "checks");

	for (size_t i = 0; r && i < r->nchecks; i++) {
		const struct report_check *c = &r->checks[i];
		struct jval o;

		if (!is_finding(c))
			continue;
		o = jval_put_object(list, NULL);
		jval_put_text(o, "id", c->id);
		jval_put_text(o, "status", report_status_name(c->status));
		jval_put_text(o, "code", c->code);
		jval_put_text(o, "expected", c->expected);
		jval_put_text(o, "found", c->found);
		jval_put_text(o, "file", c->file);
		jval_put_text(o, "hint", c->hint);
	}
}

static void json_of(const struct builds *b, struct buf *out)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval list;

	jval_put_u64(jdoc_root(d), "schema", 1);
	list = jval_put_array(jdoc_root(d), "builds");
	for (size_t i = 0; i < b->n; i++) {
		struct jval o = jval_put_object(list, NULL);

		jval_put_text(o, "variant", b->v[i].variant->name);
		jval_put_text(o, "state", build_state_name(b->v[i].state));
		jval_put_text(o, "image", b->v[i].ref);
		jval_put_text(o, "id", b->v[i].id);
		jval_put_u64(o, "size", b->v[i].size);
		jval_put_u64(o, "seconds", b->v[i].seconds);
		jval_put_text(o, "verdict", b->v[i].report ? report_verdict(b->v[i].report) : NULL);
		json_checks(o, b->v[i].report);
		jval_put_text(o, "error", b->v[i].err.kind ? b->v[i].err.text : NULL);
	}
	jdoc_dump(d, JDOC_PRETTY, out);
}

static void text_of(const struct builds *b, bool colour, struct buf *out)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct built *r = &b->v[i];
		AUTO_TEXT char *size = r->id ? str_size(r->size) : xstrdup("-");
		AUTO_TEXT char *time = str_duration(r->seconds);

		buf_addf(out, "%-20s %-11s %-10s %-8s %s\n", r->variant->name, build_state_name(r->state), size, time,
			 r->ref);
		for (size_t n = 0; r->report && n < r->report->nchecks; n++)
			if (is_finding(&r->report->checks[n]))
				report_check_text(&r->report->checks[n], colour, out);
	}
}

static void show_failures(struct app *app, const struct builds *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].state == BUILD_FAILED)
			ui_error(app->ui, "cudabuild build", &b->v[i].err);
}

static int build_plan(struct app *app, const struct project *p, const struct plan *plan, const struct context *files,
		      struct err *err)
{
	AUTO_ENGINE_USE struct engine_use use = {.host = NULL};
	AUTO(builds) struct builds *builds = NULL;
	AUTO_STRV struct strv only = STRV_INIT;
	AUTO_BUF struct buf out = BUF_INIT;
	struct build_request r = {.project = p, .plan = plan, .files = files, .only = &only, .engine = &use.opts};

	options_values(&app->options, "variant", &only);
	r.no_cache = app_flag(app, "no-cache");
	r.keep_going = app_flag(app, "keep-going");
	if (engine_jobs(app, &r.jobs, err) < 0 || plan_check_names(plan, &only, err) < 0 ||
	    engine_use(app, plan->name, &use, err) < 0 || local_fill(p, plan, &app->events, err) < 0 ||
	    build_all(&r, &builds, err) < 0)
		return -1;
	if (app->json)
		json_of(builds, &out);
	else
		text_of(builds, ui_colour_out(app->ui), &out);
	show_failures(app, builds);
	if (ui_out(app->ui, buf_text(&out), err) < 0)
		return -1;
	return RUN_EXIT_BASE + builds_exit_code(builds);
}

int run_build(struct app *app, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(context) struct context *files = NULL;
	int rc;

	if (project_open(app_value(app, "file"), &p, err) < 0 || project_need_lock(p, err) < 0)
		return -1;
	rc = locked_plan(app, p, &plan, err);
	if (rc != 0)
		return rc;
	rc = files_agree(app, p, plan, &files, err);
	if (rc != 0)
		return rc;
	if (pin(app, p, &plan, err) < 0 || refuse_unpinned(app, plan, err) < 0)
		return -1;
	context_free(files);
	files = NULL;
	if (project_render(p, plan, &files, err) < 0)
		return -1;
	return build_plan(app, p, plan, files, err);
}
