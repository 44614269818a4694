#include "model/settings.h"

#include "base/str.h"
#include "model/manifest_read.h"

#include <string.h>

#define SOURCE(key, g)                                                                                                 \
	{                                                                                                              \
		.name = #key, .type = MKEY_TEXT, .grammar = (g), .at = offsetof(struct manifest_sources, key),         \
		.about = "As in a manifest."                                                                           \
	}
static const struct mkey sources_keys[] = {
	{.name = "images",
	 .type = MKEY_LIST,
	 .flags = MKEY_FILLED | MKEY_UNIQUE,
	 .item = MG_MIRROR,
	 .at = offsetof(struct manifest_sources, images),
	 .about = "As in a manifest; http:// in front is the wish for plain http."},
	SOURCE(os_images, MG_MIRROR),
	SOURCE(torch, MG_PLACE),
	SOURCE(pyg, MG_PLACE),
	SOURCE(pypi, MG_PLACE),
};
static const struct mtable sources_table = {.keys = sources_keys, .n = ARRAY_LEN(sources_keys)};

static const struct mkey build_keys[] = {
	{.name = "jobs",
	 .type = MKEY_COUNT_OR_AUTO,
	 .at = offsetof(struct settings, jobs),
	 .about = "As in a manifest."},
};
static const struct mtable build_table = {.keys = build_keys, .n = ARRAY_LEN(build_keys)};

static const struct mkey keys[] = {
	{.name = "sources",
	 .type = MKEY_OBJECT,
	 .table = &sources_table,
	 .at = offsetof(struct settings, sources),
	 .about = "Where to ask in place of the public places."},
	{.name = "ca",
	 .type = MKEY_TEXT,
	 .flags = MKEY_NULLABLE,
	 .grammar = MG_DIR,
	 .at = offsetof(struct settings, ca),
	 .about = "A bundle of certificate authorities."},
	{.name = "build", .type = MKEY_OBJECT, .table = &build_table, .at = 0, .about = "How images are built."},
};
static const struct mtable table = {.keys = keys, .n = ARRAY_LEN(keys)};

void settings_free(struct settings *s)
{
	if (!s)
		return;
	manifest_sources_clear(&s->sources);
	free(s->ca);
	free(s);
}

/* What is written into Dockerfiles is the manifest's alone. */
static int check_source(const struct mtree *t, const struct mnode *n, struct err *err)
{
	static const char *const places[] = {"torch", "pyg", "pypi", NULL};
	bool url = n->text && (str_starts(n->text, "http://") || str_starts(n->text, "https://"));
	size_t i = 0;

	if (str_eq(n->key, "apt") || str_eq(n->key, "python"))
		return mtree_fail_key(t, n, err, "'%s' goes into Dockerfiles: only a manifest may say it", n->key);
	if (str_eq(n->key, "ca"))
		return mtree_fail_key(t, n, err, "'ca' stands at the top level of this file");
	while (places[i] && !str_eq(places[i], n->key))
		i++;
	if (places[i] && n->kind == MNODE_TEXT && !url)
		return mtree_fail(t, n, err,
				  "must be a URL here: what a folder holds goes into build contexts, so only a "
				  "manifest may name one");
	return 0;
}

static int check_sources(const struct mtree *t, struct err *err)
{
	const struct mnode *root = mtree_root(t), *n = root->kind == MNODE_MAP ? mnode_member(root, "sources") : NULL;

	for (size_t i = 0; n && n->kind == MNODE_MAP && i < n->n; i++)
		if (check_source(t, &n->items[i], err) < 0)
			return -1;
	return 0;
}

/* Whether no line holds anything but a comment. */
static bool is_empty(struct blob text)
{
	bool comment = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		comment = c == '\n' ? false : comment || c == '#';
		if (!comment && !strchr(" \t\r\n", c))
			return false;
	}
	return true;
}

int settings_parse(struct blob text, struct settings **ret, struct err *err)
{
	AUTO(settings) struct settings *s = xcalloc(1, sizeof(*s));
	AUTO(mtree) struct mtree *t = NULL;
	const struct mpart part = {.table = &table, .into = s};

	if (!is_empty(text)) {
		struct mread r = {.only = "sources, ca and build.jobs"};

		if (mtree_parse(text, &t, err) < 0)
			return -1;
		r.tree = t;
		if (check_sources(t, err) < 0 || mread_object(&r, mtree_root(t), &part, 1, err) < 0)
			return -1;
	}
	*ret = TAKE(s);
	return 0;
}
