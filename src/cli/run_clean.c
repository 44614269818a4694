#include "base/str.h"
#include "cli/run_engine.h"
#include "engine/image.h"
#include "engine/reap.h"
#include "model/image_label.h"
#include "render/render.h"
#include "work/project.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What is about to be removed. */
struct finds {
	struct leftovers *leftovers;
	struct images *images;
	bool all;
};

static void finds_clear(struct finds *f)
{
	leftovers_free(f->leftovers);
	images_free(f->images);
}
#define AUTO_FINDS __attribute__((cleanup(finds_clear)))

/* Without --all only what nobody uses any more. */
static bool goes(const struct finds *f, const struct leftover *l)
{
	return f->all ? l->state != OWNER_ALIVE : l->state == OWNER_DEAD;
}

static int find(struct engine *e, const char *project, struct finds *f, struct err *err)
{
	AUTO_STRV struct strv labels = STRV_INIT;

	if (project)
		strv_addf(&labels, "%s=%s", IMAGE_LABEL_NAME, project);
	else
		strv_add(&labels, IMAGE_LABEL_NAME);
	if (engine_leftovers(e, &f->leftovers, err) < 0)
		return -1;
	return engine_images(e, &labels, &f->images, err);
}

static size_t list(const struct finds *f, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < f->leftovers->n; i++)
		if (goes(f, &f->leftovers->v[i])) {
			buf_addf(out, "%s %.24s\n",
				 f->leftovers->v[i].kind == LEFTOVER_CONTAINER ? "container" : "volume",
				 f->leftovers->v[i].id);
			n++;
		}
	for (size_t i = 0; i < f->images->n; i++) {
		const struct image_row *r = &f->images->v[i];
		AUTO_TEXT char *size = str_size(r->size);

		buf_addf(out, "image %s %s\n", r->tags.n ? r->tags.v[0] : r->id, size);
		n++;
	}
	return n;
}

/* By name, so that another name of the same image stays; by id where it has none. */
static int remove_image(struct engine *e, const struct image_row *r, struct err *err)
{
	for (size_t i = 0; i < r->tags.n; i++)
		if (engine_image_remove(e, r->tags.v[i], err) < 0)
			return -1;
	return r->tags.n || engine_image_remove(e, r->id, err) >= 0 ? 0 : -1;
}

static int remove_all(struct engine *e, const struct finds *f, struct err *err)
{
	for (size_t i = 0; i < f->leftovers->n; i++)
		if (goes(f, &f->leftovers->v[i]) && engine_leftover_remove(e, &f->leftovers->v[i], err) < 0)
			return -1;
	for (size_t i = 0; i < f->images->n; i++)
		if (remove_image(e, &f->images->v[i], err) < 0)
			return -1;
	return 0;
}

/* 1 yes, 0 no. */
static int confirm(struct app *app, size_t n, struct err *err)
{
	char answer[8] = "";

	if (app_flag(app, "yes"))
		return 1;
	if (!isatty(STDIN_FILENO)) {
		err_set(err, ERR_USAGE, "cannot ask whether to remove them: standard input is no terminal");
		return err_hint(err, "use --yes, or --dry-run to only look");
	}
	ui_note(app->ui, "remove these %zu? [y/N]", n);
	return fgets(answer, sizeof(answer), stdin) && str_lower(answer[0]) == 'y';
}

static int project_name(struct app *app, char **ret, struct err *err)
{
	AUTO(project) struct project *p = NULL;

	*ret = NULL;
	if (app_flag(app, "all"))
		return 0;
	if (project_open(app_value(app, "file"), &p, err) < 0)
		return -1;
	*ret = xstrdup(p->manifest->name);
	return 0;
}

int run_clean(struct app *app, struct err *err)
{
	AUTO_ENGINE_USE struct engine_use use = {.host = NULL};
	AUTO(engine) struct engine *e = NULL;
	AUTO_FINDS struct finds f = {.all = app_flag(app, "all")};
	AUTO_BUF struct buf out = BUF_INIT;
	AUTO_TEXT char *name = NULL;
	size_t n;
	int yes;

	if (project_name(app, &name, err) < 0 || engine_use(app, name, &use, err) < 0 ||
	    engine_open(&use.opts, &e, err) < 0 || find(e, name, &f, err) < 0)
		return -1;
	n = list(&f, &out);
	if (n == 0)
		return ui_out(app->ui, "nothing to remove\n", err);
	if (ui_out(app->ui, buf_text(&out), err) < 0)
		return -1;
	if (app_flag(app, "dry-run"))
		return 0;
	yes = confirm(app, n, err);
	if (yes <= 0)
		return yes < 0 ? -1 : 1;
	return remove_all(e, &f, err);
}
