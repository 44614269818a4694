#include "adapt/json.h"
#include "base/str.h"
#include "source/taglist.h"

#include <string.h>

enum { PLATFORMS_MAX = 64 };

void tags_free(struct tags *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++) {
		free(t->v[i].name);
		free(t->v[i].digest);
		strv_clear(&t->v[i].platforms);
	}
	free(t->v);
	free(t->source);
	free(t);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tag *)a)->name, ((const struct tag *)b)->name);
}

const struct tag *tags_find(const struct tags *t, const char *name)
{
	const union {
		const char *in;
		char *out;
	} key = {.in = name};
	const struct tag want = {.name = key.out};

	return t->n ? bsearch(&want, t->v, t->n, sizeof(*t->v), by_name) : NULL;
}

/* Adds a tag, if its name is one. NULL: it was left out, or (with err) there are too many. */
static struct tag *add(struct tags *t, const char *name, struct err *err)
{
	if (!ref_tag_valid(name))
		return NULL;
	if (t->n == TAGLIST_MAX) {
		err_set(err, ERR_PROTOCOL, "more than %d tags", TAGLIST_MAX);
		return NULL;
	}
	if (t->n == t->cap) {
		t->cap = mem_grow(t->cap);
		t->v = xreallocarray(t->v, t->cap, sizeof(*t->v));
	}
	t->v[t->n] = (struct tag){.name = xstrdup(name)};
	return &t->v[t->n++];
}

static int read_platform(struct jval image, struct tag *tag, struct err *err)
{
	const char *os = NULL, *arch = NULL, *status = NULL;

	if (jval_want(image, JDOC_OBJECT, err) < 0 || jval_text_opt(image, "os", &os, err) < 0 ||
	    jval_text_opt(image, "architecture", &arch, err) < 0 || jval_text_opt(image, "status", &status, err) < 0)
		return -1;
	if (!os || !arch || str_eq(os, "unknown") || str_eq(status, "inactive") || tag->platforms.n == PLATFORMS_MAX)
		return 0;
	AUTO_TEXT char *both = xasprintf("%s/%s", os, arch);
	AUTO_TEXT char *shown = str_shown(both, 40);
	strv_add_once(&tag->platforms, shown);
	return 0;
}

/* The documentation calls `images` an object; it is an array. Both are read. */
static int read_platforms(struct jval result, struct tag *tag, struct err *err)
{
	struct jval images = jval_member(result, "images"), it = {.doc = NULL};

	if (!jval_is_there(images) || jval_type(images) == JDOC_NULL)
		return 0;
	if (jval_type(images) == JDOC_OBJECT)
		return read_platform(images, tag, err);
	if (jval_want(images, JDOC_ARRAY, err) < 0)
		return -1;
	while (jval_next(images, &it))
		if (read_platform(it, tag, err) < 0)
			return -1;
	return 0;
}

static int read_result(struct jval result, struct tags *into, struct err *err)
{
	const char *name = NULL, *digest = NULL;
	struct err ignored = ERR_INIT;
	struct digest parsed;
	struct tag *tag;

	if (jval_want(result, JDOC_OBJECT, err) < 0 || jval_text(result, "name", &name, err) < 0 ||
	    jval_text_opt(result, "digest", &digest, err) < 0)
		return -1;
	tag = add(into, name, err);
	if (!tag)
		return err->kind == ERR_NONE ? 0 : -1;
	if (digest && digest_parse(digest, &parsed, &ignored) == 0)
		tag->digest = xstrdup(parsed.text);
	err_clear(&ignored);
	return read_platforms(result, tag, err);
}

int taglist_read_hub(struct blob page, struct tags *into, char **next, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct jval root, results, it = {.doc = NULL};
	const char *url = NULL;

	if (jdoc_parse_as(ERR_PROTOCOL, page, &doc, err) < 0)
		return -1;
	root = jdoc_root(doc);
	if (jval_want(root, JDOC_OBJECT, err) < 0 || jval_text_opt(root, "next", &url, err) < 0 ||
	    jval_get(root, "results", JDOC_ARRAY, &results, err) < 0)
		return -1;
	while (jval_next(results, &it))
		if (read_result(it, into, err) < 0)
			return -1;
	*next = xstrdup(url);
	return 0;
}

int taglist_read_registry(struct blob page, struct tags *into, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct jval list, it = {.doc = NULL};

	if (jdoc_parse_as(ERR_PROTOCOL, page, &doc, err) < 0 || jval_want(jdoc_root(doc), JDOC_OBJECT, err) < 0 ||
	    jval_get_opt(jdoc_root(doc), "tags", JDOC_ARRAY, &list, err) < 0)
		return -1;
	while (jval_is_there(list) && jval_next(list, &it)) {
		const char *name = NULL;

		if (jval_as_text(it, &name, err) < 0 || (!add(into, name, err) && err->kind != ERR_NONE))
			return -1;
	}
	return 0;
}

/* Whether the parameters behind a link say rel=next, quoted or not, alone or among others. */
static bool is_next(const char *from, const char *end)
{
	AUTO_TEXT char *all = xstrndup(from, (size_t)(end - from));
	AUTO_TEXT char *text = str_lowered(all);
	const char *rel = strstr(text, "rel=");
	AUTO_STRV struct strv words = STRV_INIT;

	if (!rel)
		return false;
	rel += strlen("rel=");
	AUTO_TEXT char *value =
		*rel == '"' ? xstrndup(rel + 1, strcspn(rel + 1, "\"")) : xstrndup(rel, strcspn(rel, "; ,"));
	strv_split(&words, value, " ");
	return strv_has(&words, "next");
}

char *taglist_link_next(const char *value)
{
	while (value && (value = strchr(value, '<'))) {
		const char *end = strchr(value, '>'), *stop;

		if (!end)
			return NULL;
		stop = strchr(end, '<');
		if (is_next(end, stop ? stop : end + strlen(end)))
			return xstrndup(value + 1, (size_t)(end - value - 1));
		value = stop;
	}
	return NULL;
}
