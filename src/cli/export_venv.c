#include "cli/export_venv.h"

#include "base/file.h"
#include "base/str.h"
#include "cli/answer.h"
#include "cli/show.h"
#include "render/render.h"
#include "resolve/machine.h"
#include "work/generate.h"

/* The parts of an absolute path; false where ".." makes it depend on links. */
static bool parts_of(const char *path, struct strv *into)
{
	strv_split(into, path, "/");
	for (size_t i = into->n; i-- > 0;)
		if (str_eq(into->v[i], ".."))
			return false;
	return true;
}

/* The manifest's folder as seen from a folder below dir, which need not be there yet; absolute where it cannot be said
 * otherwise. The caller's. */
static char *project_from(const char *dir, const char *manifest_dir)
{
	AUTO_TEXT char *here = file_real(".");
	AUTO_TEXT char *to = file_real(manifest_dir);
	AUTO_TEXT char *from = here ? file_join(here, dir) : NULL;
	AUTO_STRV struct strv down = STRV_INIT, up = STRV_INIT;
	AUTO_BUF struct buf b = BUF_INIT;
	size_t common = 0, below = 1;

	if (!to || !from || !parts_of(dir[0] == '/' ? dir : from, &up) || !parts_of(to, &down))
		return xstrdup(to ? to : manifest_dir);
	while (common < up.n && common < down.n && str_eq(up.v[common], down.v[common]))
		common++;
	for (size_t i = common; i < up.n; i++)
		below += !str_eq(up.v[i], ".");
	for (size_t i = 0; i < below; i++)
		buf_addf(&b, "%s..", i ? "/" : "");
	for (size_t i = common; i < down.n; i++)
		buf_addf(&b, "/%s", down.v[i]);
	return buf_take(&b);
}

int export_write(struct app *app, const struct project *p, const struct context *files, const char *dir,
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

/* Adds four texts: the capabilities that run natively, by JIT and not at all, and the driver that JIT needs. */
static void gpus_of(const struct plan_variant *v, struct strv *into)
{
	const struct machine_gpus g = machine_gpus(&catalog_builtin, v);
	char driver[DRIVER_TEXT];

	strv_own(into, machine_gpus_text(&catalog_builtin, g.known ? g.native : 0));
	strv_own(into, machine_gpus_text(&catalog_builtin, g.known ? g.jit : 0));
	strv_own(into, machine_gpus_text(&catalog_builtin, g.known ? g.none : 0));
	strv_add(into, g.known && g.jit_least.branch ? driver_text(&g.jit_least, driver) : "");
}

static int make_files(const struct plan *plan, const struct project *p, struct templates *t, const char *dir,
		      struct context **ret, struct err *err)
{
	struct venv_need *needs = xcalloc(plan->nvariants + 1, sizeof(*needs));
	AUTO_TEXT char *project = project_from(dir, p->dir);
	AUTO_STRV struct strv texts = STRV_INIT; /* what needs borrows; room for all, so that none moves */

	for (size_t i = 0; i < plan->nvariants; i++)
		gpus_of(&plan->variants[i], &texts);
	for (size_t i = 0; i < plan->nvariants; i++) {
		const char *const *own = (const char *const *)texts.v + i * 4;

		needs[i].glibc = machine_glibc(&catalog_builtin, &plan->variants[i], &needs[i].whose);
		needs[i].native = *own[0] ? own[0] : NULL;
		needs[i].jit = own[1];
		needs[i].none = own[2];
		needs[i].jit_least = *own[3] ? own[3] : NULL;
	}
	int rc = render_venv(plan, needs, project, t, ret, err);
	free(needs);
	return rc;
}

int export_venv(struct app *app, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	AUTO(templates) struct templates *t = templates_new();
	AUTO(context) struct context *files = NULL;
	AUTO_STRV struct strv only = STRV_INIT;
	const char *dir = app_value(app, "output") ? app_value(app, "output") : "venv";
	const struct plan_opts o = {.offline = app_flag(app, "offline"),
				    .pin = true,
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
	if (rc < 0 || make_files(plan, p, t, dir, &files, err) < 0)
		return -1;
	return export_write(app, p, files, dir, err);
}
