#include "cli/explain_dockerfile.h"

#include "base/file.h"
#include "base/str.h"
#include "model/explain.h"
#include "work/facts.h"
#include "work/recipe_check.h"

/* A file of the build context: below the Dockerfile's folder, nowhere else. */
static bool read_beside(void *self, const char *path, struct buf *into)
{
	struct err err = ERR_INIT;
	if (!file_is_inside(path))
		return false;
	AUTO_TEXT char *full = file_join(self, path);
	bool there = file_read_if_there(full, REQFILE_MAX, into, &err) == 0;
	err_clear(&err);
	return there;
}

int explain_dockerfile(struct app *app, const char *file, const struct manifest *asked, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_BUF struct buf out = BUF_INIT;
	AUTO(dockerfile) struct dockerfile *d = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	AUTO_TEXT char *dir = str_eq(file, "-") ? xstrdup(".") : file_dir(file);
	const char *name = str_eq(file, "-") ? "standard input" : file;
	struct recipe_files files = {.read = read_beside, .self = dir};
	if (file_read(file, DOCKERFILE_MAX, &text, err) < 0 || dockerfile_read(buf_blob(&text, name), &d, err) < 0)
		return -1;
	AUTO(recipe) struct recipe *r = recipe_of(d, name, &files);
	const struct manifest_variant *v = &asked->variants[0];
	if (recipe_check(r, name, facts_catalog(), v->targets, v->ntargets, &why, err) < 0)
		return -1;
	if (app->json)
		explain_json(NULL, why, &out);
	else
		explain_text(NULL, why, &out);
	if (ui_out(app->ui, buf_text(&out), err) < 0)
		return -1;
	return why->verdict == VERDICT_COMPATIBLE ? 0 : 1;
}
