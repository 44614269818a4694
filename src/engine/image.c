#include "engine/image.h"

#include "base/str.h"
#include "engine/call.h"

#include <string.h>

void image_free(struct image *i)
{
	if (!i)
		return;
	free(i->id);
	strv_clear(&i->tags);
	strv_clear(&i->digests);
	strv_clear(&i->labels);
	strv_clear(&i->env);
	strv_clear(&i->entrypoint);
	strv_clear(&i->cmd);
	strv_clear(&i->volumes);
	strv_clear(&i->diff_ids);
	free(i->user);
	free(i->workdir);
	free(i->os);
	free(i->arch);
	free(i->variant);
	free(i->created);
	free(i);
}

void images_free(struct images *i)
{
	if (!i)
		return;
	for (size_t k = 0; k < i->n; k++) {
		free(i->v[k].id);
		strv_clear(&i->v[k].tags);
		strv_clear(&i->v[k].digests);
		strv_clear(&i->v[k].labels);
	}
	free(i->v);
	free(i);
}

static int text_or_empty(struct jval from, const char *key, char **ret, struct err *err)
{
	const char *text = "";

	if (jval_text_opt(from, key, &text, err) < 0)
		return -1;
	*ret = xstrdup(text);
	return 0;
}

/* The keys of a member that is an object, sorted. */
static int keys_of(struct jval from, const char *key, struct strv *into, struct err *err)
{
	struct jval object, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_OBJECT, &object, err) < 0)
		return -1;
	while (jval_is_there(object) && jval_next(object, &it))
		strv_add(into, it.key);
	strv_sort(into);
	return 0;
}

static int config_read(struct image *i, struct jval root, struct err *err)
{
	struct jval c, fs;

	if (jval_get_opt(root, "Config", JDOC_OBJECT, &c, err) < 0 ||
	    jval_get_opt(root, "RootFS", JDOC_OBJECT, &fs, err) < 0)
		return -1;
	if (jval_is_there(fs) && jval_strv_opt(fs, "Layers", &i->diff_ids, err) < 0)
		return -1;
	if (!jval_is_there(c)) {
		i->user = xstrdup("");
		i->workdir = xstrdup("");
		return 0;
	}
	if (text_or_empty(c, "User", &i->user, err) < 0 || text_or_empty(c, "WorkingDir", &i->workdir, err) < 0 ||
	    jval_strv_opt(c, "Env", &i->env, err) < 0 || jval_strv_opt(c, "Entrypoint", &i->entrypoint, err) < 0 ||
	    jval_strv_opt(c, "Cmd", &i->cmd, err) < 0 || keys_of(c, "Volumes", &i->volumes, err) < 0 ||
	    call_get_pairs(c, "Labels", &i->labels, err) < 0)
		return -1;
	return 0;
}

static int image_read(struct jval root, struct image **ret, struct err *err)
{
	AUTO(image) struct image *i = xcalloc(1, sizeof(*i));
	const char *id;

	if (jval_text(root, "Id", &id, err) < 0 || jval_strv_opt(root, "RepoTags", &i->tags, err) < 0 ||
	    jval_strv_opt(root, "RepoDigests", &i->digests, err) < 0 || text_or_empty(root, "Os", &i->os, err) < 0 ||
	    text_or_empty(root, "Architecture", &i->arch, err) < 0 ||
	    text_or_empty(root, "Variant", &i->variant, err) < 0 ||
	    text_or_empty(root, "Created", &i->created, err) < 0 ||
	    jval_u64_opt(root, "Size", INT64_MAX, &i->size, err) < 0 || config_read(i, root, err) < 0)
		return -1;
	i->id = xstrdup(id);
	*ret = TAKE(i);
	return 0;
}

/* Asks for an image; ret may be NULL when only its being there counts. */
static int image_ask(struct engine *e, const char *image, struct jdoc **ret, struct err *err)
{
	AUTO_BUF struct buf path = BUF_INIT;
	AUTO_TEXT char *shown = str_shown(image, 300);
	AUTO_TEXT char *what = xasprintf("image '%s'", shown);

	buf_adds(&path, "/images/");
	call_path(&path, image);
	buf_adds(&path, "/json");
	return call_json(e, &(struct call){.method = "GET", .path = buf_text(&path)}, what, ret, err);
}

int engine_image(struct engine *e, const char *image, struct image **ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	int rc = image_ask(e, image, &doc, err);

	return rc == 0 ? image_read(jdoc_root(doc), ret, err) : rc;
}

int engine_image_exists(struct engine *e, const char *image, struct err *err)
{
	return image_ask(e, image, NULL, err);
}

/* An image without a name is listed under this one by engines up to 25; it is no name that can be asked for. */
static void drop_no_names(struct strv *names)
{
	struct strv kept = STRV_INIT;

	for (size_t i = 0; i < names->n; i++)
		if (!str_starts(names->v[i], "<none>"))
			strv_add(&kept, names->v[i]);
	strv_clear(names);
	*names = kept;
}

static int row_read(struct jval from, struct image_row *row, struct err *err)
{
	const char *id;

	if (jval_text(from, "Id", &id, err) < 0)
		return -1;
	row->id = xstrdup(id);
	if (jval_strv_opt(from, "RepoTags", &row->tags, err) < 0 ||
	    jval_strv_opt(from, "RepoDigests", &row->digests, err) < 0 ||
	    call_get_pairs(from, "Labels", &row->labels, err) < 0 ||
	    jval_u64_opt(from, "Size", INT64_MAX, &row->size, err) < 0 ||
	    jval_u64_opt(from, "Created", INT64_MAX, &row->created, err) < 0)
		return -1;
	drop_no_names(&row->tags);
	drop_no_names(&row->digests);
	return 0;
}

static int row_order(const void *a, const void *b)
{
	const struct image_row *x = a, *y = b;

	if (x->created != y->created)
		return x->created > y->created ? -1 : 1;
	return strcmp(x->id, y->id);
}

int engine_images(struct engine *e, const struct strv *labels, struct images **ret, struct err *err)
{
	AUTO(images) struct images *all = xcalloc(1, sizeof(*all));
	AUTO_TEXT char *filter = call_filter("label", labels);
	AUTO_BUF struct buf path = BUF_INIT;
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct jval it = {.doc = NULL};

	buf_adds(&path, "/images/json");
	call_query(&path, "filters", filter);
	int rc = call_json(e, &(struct call){.method = "GET", .path = buf_text(&path), .max_body = 64u << 20},
			   "list images", &doc, err);

	if (rc != 0)
		return rc < 0 ? -1 : err_set(err, ERR_ENGINE, "engine %s: lists no images", e->host->address);
	if (jval_want(jdoc_root(doc), JDOC_ARRAY, err) < 0)
		return -1;
	all->v = xcalloc(jval_count(jdoc_root(doc)) + 1, sizeof(*all->v));
	while (jval_next(jdoc_root(doc), &it))
		if (row_read(it, &all->v[all->n++], err) < 0)
			return -1;
	if (all->n > 1)
		qsort(all->v, all->n, sizeof(*all->v), row_order);
	*ret = TAKE(all);
	return 0;
}

int engine_tag(struct engine *e, const char *image, const char *name, struct err *err)
{
	const char *slash = strrchr(name, '/'), *colon = strrchr(slash ? slash : name, ':');
	AUTO_TEXT char *repo = colon ? xstrndup(name, (size_t)(colon - name)) : xstrdup(name);
	AUTO_TEXT char *what = xasprintf("name '%s' as '%s'", image, name);
	AUTO_BUF struct buf path = BUF_INIT;

	buf_adds(&path, "/images/");
	call_path(&path, image);
	buf_adds(&path, "/tag");
	call_query(&path, "repo", repo);
	if (colon)
		call_query(&path, "tag", colon + 1);
	int rc = call_json(e, &(struct call){.method = "POST", .path = buf_text(&path)}, what, NULL, err);

	return rc > 0 ? err_set(err, ERR_ENGINE, "engine %s: %s: no such image", e->host->address, what) : rc;
}

int engine_image_remove(struct engine *e, const char *image, struct err *err)
{
	AUTO_TEXT char *what = xasprintf("remove image '%s'", image);
	AUTO_BUF struct buf path = BUF_INIT;

	buf_adds(&path, "/images/");
	call_path(&path, image);
	return call_json(e, &(struct call){.method = "DELETE", .path = buf_text(&path)}, what, NULL, err);
}
