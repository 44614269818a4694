#include "base/file.h"
#include "base/str.h"
#include "cli/answer.h"
#include "cli/cmd.h"
#include "cli/show.h"
#include "render/render.h"
#include "work/generate.h"

static const struct opt opts[] = {
	{.name = "variant", .value = "NAME", .help = "only this variant (repeatable)", .repeatable = true},
	{.name = "output", .letter = 'o', .value = "DIR", .help = "folder to write to (default: venv)"},
};

/* Files of ours are replaced, anything else in the way is left alone. */
static int write_files(struct app *app, const struct project *p, const struct context *files, const char *dir,
		       struct err *err)
{
	AUTO(outputs) struct outputs *o = NULL;
	AUTO_BUF struct buf out = BUF_INIT;

	if (outputs_compare(files, dir, ".", p->manifest->name, "", false, &o, err) < 0 ||
	    outputs_write(files, dir, o, "", err) < 0)
		return -1;
	show_outputs(o, &out);
	if (!o->differ)
		buf_adds(&out, "nothing to change\n");
	return ui_out(app->ui, buf_text(&out), err);
}

static int export_venv(struct app *app, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	AUTO(templates) struct templates *t = templates_new();
	AUTO(context) struct context *files = NULL;
	AUTO_STRV struct strv only = STRV_INIT;
	const struct plan_opts o = {.offline = app_flag(app, "offline"),
				    .only = &only,
				    .fetcher = app->fetcher,
				    .events = &app->events,
				    .stop = app->stop};
	int rc;

	options_values(&app->options, "variant", &only);
	if (project_open(app_value(app, "file"), &p, err) < 0)
		return -1;
	rc = project_plan(p, &o, &plan, &why, err);
	if (rc == PLAN_NO)
		return answer_no(app, why, err);
	if (rc == PLAN_NEEDS_NETWORK)
		return RUN_IN_WORKER;
	if (rc < 0 || render_venv(plan, t, &files, err) < 0)
		return -1;
	return write_files(app, p, files, app_value(app, "output") ? app_value(app, "output") : "venv", err);
}

static int run(struct app *app, struct err *err)
{
	const struct strv *operands = &app->options.operands;

	if (operands->n != 1 || !str_eq(operands->v[0], "venv")) {
		err_set(err, ERR_USAGE, "export needs the kind of export: venv");
		return err_hint(err, "write `cudabuild export venv`");
	}
	return export_venv(app, err);
}

const struct cmd cmd_export = {
	.name = "export",
	.summary = "writes the same resolution for other tools: virtual environments",
	.operands = "venv",
	.about = "venv: one folder per variant with create.sh and hashed requirements, which make one virtual "
		 "environment per CUDA version on this machine, so that versions that cannot "
		 "live in one process live side by side.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};
