#include "cli/export_ci.h"

#include <string.h>

#include "base/file.h"
#include "base/str.h"
#include "cli/export_venv.h"
#include "work/project.h"

/* Where the manifest's folder lies below dir, "" where it does not, or is the same; the caller's. */
static char *folder_below(const char *dir, const char *manifest_dir)
{
	AUTO_TEXT char *from = file_real(dir);
	AUTO_TEXT char *to = file_real(manifest_dir);
	const size_t len = from ? strlen(from) : 0;

	return xstrdup(from && to && str_starts(to, from) && to[len] == '/' ? to + len + 1 : "");
}

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
	if (project_open(app_value(app, "file"), &p, err) < 0 || project_need_lock(p, err) < 0)
		return -1;
	AUTO_TEXT char *folder = folder_below(dir ? dir : p->dir, p->dir);
	if (render_ci(p->lock, folder, t, kind, &files, err) < 0)
		return -1;
	return export_write(app, p, files, dir ? dir : p->dir, err);
}
