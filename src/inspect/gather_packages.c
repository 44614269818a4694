#include "inspect/gather_packages.h"

#include "adapt/json.h"
#include "base/str.h"
#include "inspect/metadata.h"

#include <string.h>

/* --- paths by hash --- */

static uint64_t hash(const char *path)
{
	uint64_t h = 14695981039346656037u;

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 1099511628211u;
	return h ? h : 1;
}

static struct pathset_row *slot(struct pathset_row *v, size_t cap, uint64_t key)
{
	size_t at = (size_t)(key ^ key >> 32) & (cap - 1);

	while (v[at].key != 0 && v[at].key != key)
		at = (at + 1) & (cap - 1);
	return &v[at];
}

static void grow(struct pathset *s)
{
	size_t cap = s->cap ? s->cap * 2 : 1024;
	struct pathset_row *v = xcalloc(cap, sizeof(*v));

	for (size_t i = 0; i < s->cap; i++)
		if (s->v[i].key != 0)
			*slot(v, cap, s->v[i].key) = s->v[i];
	free(s->v);
	s->v = v;
	s->cap = cap;
}

void pathset_add(struct pathset *s, const char *path, uint64_t size)
{
	uint64_t key = hash(path);
	struct pathset_row *row;

	if (s->n * 4 >= s->cap * 3)
		grow(s);
	row = slot(s->v, s->cap, key);
	s->n += row->key == 0;
	*row = (struct pathset_row){.key = key, .size = size};
}

bool pathset_has(const struct pathset *s, const char *path, uint64_t *ret_size)
{
	const struct pathset_row *row = s->cap ? slot(s->v, s->cap, hash(path)) : NULL;

	if (!row || row->key == 0)
		return false;
	*ret_size = row->size;
	return true;
}

/* --- packages --- */

static struct blob blob_of(const struct facts_text *t)
{
	return buf_blob(&t->data, t->path);
}

/* The folder n levels above a path; the caller's. */
static char *above(const char *path, unsigned levels)
{
	size_t len = strlen(path);

	for (; levels > 0; levels--)
		while (len > 0 && path[--len] != '/')
			;
	return xstrndup(path, len);
}

/* Which metadata file a path is: how many levels above it its site begins; 0 = none. */
static unsigned metadata_levels(const char *path)
{
	if (str_ends(path, ".dist-info/METADATA") || str_ends(path, ".egg-info/PKG-INFO") ||
	    str_ends(path, ".egg/EGG-INFO/PKG-INFO"))
		return 2;
	return str_ends(path, ".egg-info") ? 1 : 0;
}

/* "/src/x" of a direct_url.json that says that the install is editable; the caller's; NULL = it is none. */
static char *editable(const struct facts_text *t)
{
	static const char file[] = "file://";
	AUTO(jdoc) struct jdoc *d = NULL;
	struct err ignored = ERR_INIT;
	struct jval info;
	const char *url = NULL;
	bool yes = false;

	if (jdoc_parse(blob_of(t), &d, &ignored) < 0 ||
	    jval_get_opt(jdoc_root(d), "dir_info", JDOC_OBJECT, &info, &ignored) < 0 || !jval_is_there(info) ||
	    jval_bool_opt(info, "editable", &yes, &ignored) < 0 ||
	    jval_text_opt(jdoc_root(d), "url", &url, &ignored) < 0)
		err_clear(&ignored);
	return yes && url && str_starts(url, file) ? xstrdup(url + strlen(file)) : NULL;
}

static void read_metadata(struct facts *f, const struct facts_text *t, unsigned levels)
{
	AUTO_TEXT char *name = metadata_field(blob_of(t), "Name");
	AUTO_TEXT char *wheel = NULL;
	AUTO_TEXT char *origin = NULL;
	const struct facts_text *tags, *url;
	struct facts_package *p;

	if (!name || !name[0])
		return;
	p = facts_add_package(f);
	p->name = metadata_name(name);
	p->version = metadata_field(blob_of(t), "Version");
	p->path = levels == 2 ? above(t->path, 1) : xstrdup(t->path);
	p->site = above(t->path, levels);
	wheel = xasprintf("%s/WHEEL", p->path);
	tags = facts_text(f, wheel);
	if (tags)
		metadata_fields(blob_of(tags), "Tag", &p->tags);
	origin = xasprintf("%s/direct_url.json", p->path);
	url = facts_text(f, origin);
	if (url)
		p->elsewhere = editable(url);
}

/* Whether Python imports what lies in a folder: a part of another package may be named like one of the torch family. */
static bool is_site(const struct facts *f, const char *dir)
{
	AUTO_TEXT char *in_it = xasprintf("%s/", dir);
	size_t len = facts_site_of(in_it);

	return len > 0 ? len == strlen(dir) || str_ends(dir, ".egg") : f->kind == FACTS_SITE;
}

/* A folder of the torch family that no metadata speaks of. */
static void read_module(struct facts *f, const struct facts_text *t)
{
	AUTO_TEXT char *dir = above(t->path, 1);
	AUTO_TEXT char *site = above(t->path, 2);
	const char *name = strrchr(dir, '/');
	struct facts_package *p;

	if (!name || !str_ends(t->path, ".py") || facts_find_package(f, name + 1, site, NULL) || !is_site(f, site))
		return;
	p = facts_add_package(f);
	p->name = xstrdup(name + 1);
	p->version = metadata_assigned(blob_of(t), "__version__");
	p->path = TAKE(dir);
	p->site = TAKE(site);
}

/* Whether a package manager keeps it there, and nothing imports it from there. */
static bool is_kept(const struct facts *f, const char *path)
{
	return f->kind != FACTS_SITE && facts_is_store(path);
}

void packages_read(struct facts *f)
{
	enum { PACKAGES_MAX = 5000 };

	for (size_t i = 0; i < f->n_texts && f->n_packages < PACKAGES_MAX; i++) {
		unsigned levels = metadata_levels(f->texts[i].path);

		if (levels > 0 && !is_kept(f, f->texts[i].path))
			read_metadata(f, &f->texts[i], levels);
	}
	for (size_t i = 0; i < f->n_texts; i++)
		if (!is_kept(f, f->texts[i].path))
			read_module(f, &f->texts[i]);
}

/* --- RECORD --- */

static struct facts_package *owner_of(struct facts *f, const char *record)
{
	AUTO_TEXT char *dir = above(record, 1);

	for (size_t i = 0; i < f->n_packages; i++)
		if (strcmp(f->packages[i].path, dir) == 0)
			return &f->packages[i];
	return NULL;
}

/* Code is what a package cannot work without; documentation and byte code are often left out on purpose. */
static bool is_code(const char *path)
{
	return str_ends(path, ".py") || str_ends(path, ".so") || strstr(path, ".so.") != NULL;
}

static void lose(struct facts_package *p, char *text)
{
	p->n_lost++;
	if (p->lost.n < FACTS_LOST_MAX)
		strv_own(&p->lost, text);
	else
		free(text);
}

static void compare(struct facts *f, struct facts_package *p, const struct record_row *row, const struct pathset *files)
{
	AUTO_TEXT char *joined = row->path[0] == '/' ? xstrdup(row->path) : xasprintf("%s/%s", p->site, row->path);
	AUTO_TEXT char *real = facts_real(f, joined);
	uint64_t size = 0;

	p->n_files++;
	if (!real || !pathset_has(files, real, &size)) {
		if (is_code(row->path) && !facts_is_shut(f, joined))
			lose(p, xasprintf("%s: missing", row->path));
		return;
	}
	p->size = size < f->size - p->size ? p->size + size : f->size; /* a file may have many names */
	if (row->has_size && size != row->size && !str_ends(row->path, ".py") && is_code(row->path))
		lose(p, xasprintf("%s: %llu of %llu bytes", row->path, (unsigned long long)size,
				  (unsigned long long)row->size));
}

void packages_record(struct facts *f, const struct facts_text *record, const struct pathset *files)
{
	struct facts_package *p = owner_of(f, record->path);
	struct record_row row = {.path = NULL};

	if (!p)
		return;
	for (size_t at = 0; record_next(blob_of(record), &at, &row);) {
		compare(f, p, &row, files);
		free(row.path);
	}
}
