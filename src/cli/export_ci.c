#include "cli/export_ci.h"

#include "cli/export_venv.h"
#include "work/project.h"

int export_ci(struct app *app, enum render_ci kind, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO(templates) struct templates *t = templates_new();
	AUTO(context) struct context *files = NULL;
	const char *dir = app_value(app, "output");

	if (app_flag(app, "variant")) {
		err_set(err, ERR_USAGE, "--variant is for `export venv`: a recipe builds all variants of the lock");
		return err_hint(err, "leave --variant out");
	}
	if (project_open(app_value(app, "file"), &p, err) < 0 || project_need_lock(p, err) < 0 ||
	    render_ci(p->lock, t, kind, &files, err) < 0)
		return -1;
	return export_write(app, p, files, dir ? dir : p->dir, err);
}
