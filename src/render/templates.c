#include "render/templates.h"

#include "adapt/digest.h"
#include "base/embed.h"
#include "base/file.h"
#include "base/str.h"
#include "render/quote.h"

#include <string.h>

#define FOLDER	      "templates/"
#define SUFFIX	      ".mustache"
#define TEMPLATES_MAX 64

struct entry {
	char *name;	     /* owned: file name with suffix */
	struct buf own;	     /* the user's source */
	struct blob carried; /* constant; data NULL where the user alone has it */
	bool replaced;
	struct mustache *parsed; /* owned; NULL until first asked for */
};

struct templates {
	struct entry v[TEMPLATES_MAX]; /* sorted by name */
	size_t n;
	struct err failed; /* what went wrong in a partial that was asked for */
};

static const struct mustache_filter filters[] = {
	{.name = "shell", .quote = quote_shell, .before = "", .between = " ", .after = ""},
	{.name = "json", .quote = quote_json, .before = "[", .between = ", ", .after = "]"},
	{.name = "bake", .quote = quote_bake, .before = "[", .between = ", ", .after = "]"},
	{.name = "comment", .quote = quote_comment, .before = "", .between = ", ", .after = ""},
	{.name = "docker", .quote = quote_dockerfile},
	{.name = "copy", .quote = quote_copy},
	{.name = "line", .quote = quote_comment},
	{.name = "ignore", .quote = quote_ignore},
	{.name = "env", .quote = quote_env},
};

static struct entry *find(struct templates *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->v[i].name, name) == 0)
			return &t->v[i];
	return NULL;
}

static struct entry *insert(struct templates *t, const char *name)
{
	size_t at = 0;
	while (at < t->n && strcmp(t->v[at].name, name) < 0)
		at++;
	memmove(&t->v[at + 1], &t->v[at], (t->n - at) * sizeof(t->v[0]));
	t->v[at] = (struct entry){.name = xstrdup(name)};
	t->n++;
	return &t->v[at];
}

struct templates *templates_new(void)
{
	struct templates *t = xcalloc(1, sizeof(*t));
	for (const struct blob *b = embed_all(); b->name; b++)
		if (str_starts(b->name, FOLDER) && str_ends(b->name, SUFFIX) && t->n < TEMPLATES_MAX)
			insert(t, b->name + strlen(FOLDER))->carried = *b;
	return t;
}

void templates_free(struct templates *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->n; i++) {
		free(t->v[i].name);
		buf_clear(&t->v[i].own);
		mustache_free(t->v[i].parsed);
	}
	err_clear(&t->failed);
	free(t);
}

int templates_replace(struct templates *t, struct blob text, struct err *err)
{
	AUTO(mustache) struct mustache *parsed = NULL;
	const char *name = text.name ? file_base(text.name) : "";
	if (!str_ends(name, SUFFIX) || strlen(name) == strlen(SUFFIX))
		return err_set(err, ERR_INPUT, "template '%s': its name must end in " SUFFIX, name);
	if (mustache_parse((struct blob){.name = name, .data = text.data, .len = text.len}, &parsed, err) < 0)
		return -1;
	struct entry *e = find(t, name);
	if (!e && t->n == TEMPLATES_MAX)
		return err_set(err, ERR_INPUT, "template '%s': more than %d templates", name, TEMPLATES_MAX);
	if (!e)
		e = insert(t, name);
	buf_cut(&e->own, 0);
	buf_add(&e->own, text.data, text.len);
	mustache_free(e->parsed);
	e->parsed = TAKE(parsed);
	e->replaced = true;
	return 0;
}

int templates_load(struct templates *t, const char *dir, struct err *err)
{
	AUTO_STRV struct strv names = STRV_INIT;
	size_t found = 0;
	if (file_list(dir, &names, err) < 0)
		return err_wrap(err, "templates '%s'", dir);
	for (size_t i = 0; i < names.n; i++) {
		if (!str_ends(names.v[i], SUFFIX))
			continue;
		AUTO_TEXT char *path = file_join(dir, names.v[i]);
		AUTO_BUF struct buf text = BUF_INIT;
		if (file_read(path, MUSTACHE_MAX_SIZE, &text, err) < 0 ||
		    templates_replace(t, buf_blob(&text, names.v[i]), err) < 0)
			return err_wrap(err, "templates '%s'", dir);
		found++;
	}
	if (!found)
		return err_set(err, ERR_INPUT, "templates '%s': no file there is named NAME" SUFFIX, dir);
	return 0;
}

char *templates_sha256(const struct templates *t)
{
	char hex[HASH_HEX_SIZE];
	struct hash h;
	bool any = false;
	hash_init(&h);
	for (size_t i = 0; i < t->n; i++) {
		const struct entry *e = &t->v[i];
		if (!e->replaced)
			continue;
		any = true;
		AUTO_TEXT char *head = xasprintf("%s %zu\n", e->name, e->own.len);
		hash_add(&h, head, strlen(head));
		hash_add(&h, buf_text(&e->own), e->own.len);
	}
	hash_end(&h, hex);
	return any ? xstrdup(hex) : NULL;
}

/* The template, parsed now if it was not before. NULL: there is none, or with err, it is none. */
static const struct mustache *parsed(struct templates *t, const char *name, struct err *err)
{
	struct entry *e = find(t, name);
	if (!e)
		return NULL;
	if (e->parsed)
		return e->parsed;
	struct blob source = {.name = e->name, .data = e->carried.data, .len = e->carried.len};
	return mustache_parse(source, &e->parsed, err) < 0 ? NULL : e->parsed;
}

static const struct mustache *partial(void *self, const char *name)
{
	struct templates *t = self;
	AUTO_TEXT char *file = xasprintf("%s" SUFFIX, name);
	return t->failed.kind ? NULL : parsed(t, file, &t->failed);
}

int templates_render(struct templates *t, const char *name, const struct value *data, struct buf *into, struct err *err)
{
	const struct mustache_options o = {
		.escape = quote_word,
		.filters = filters,
		.n_filters = ARRAY_LEN(filters),
		.partial = partial,
		.self = t,
		.strict = true,
	};
	const struct mustache *m = parsed(t, name, err);
	if (!m)
		return err->kind ? -1 : err_set(err, ERR_INTERNAL, "no template is named '%s'", name);
	if (mustache_render(m, data, &o, into, err) == 0)
		return 0;
	if (!t->failed.kind)
		return -1;
	err_clear(err);
	return err_move(err, &t->failed);
}
