#include "model/manifest_tree.h"

#include "adapt/json.h"
#include "adapt/yaml.h"
#include "base/str.h"

#include <inttypes.h>
#include <string.h>

#define WHOLE_MAX 9007199254740992.0 /* 2^53: whole numbers up to here are exact */

struct mtree {
	char *name;
	bool json;
	struct ydoc *ydoc; /* either of them holds the texts */
	struct jdoc *jdoc;
	struct strv made; /* texts that neither holds */
	struct mnode root;
};

static void node_clear(struct mnode *n)
{
	for (size_t i = 0; i < n->n; i++)
		node_clear(&n->items[i]);
	free(n->items);
	n->items = NULL;
	n->n = 0;
}

void mtree_free(struct mtree *t)
{
	if (!t)
		return;
	node_clear(&t->root);
	ydoc_free(t->ydoc);
	jdoc_free(t->jdoc);
	strv_clear(&t->made);
	free(t->name);
	free(t);
}

const struct mnode *mtree_root(const struct mtree *t)
{
	return &t->root;
}

bool mtree_is_json(const struct mtree *t)
{
	return t->json;
}

/* --- from YAML --- */

static enum mnode_kind scalar_kind(const struct ynode *y)
{
	static const enum mnode_kind kinds[] = {
		[YNODE_TEXT] = MNODE_TEXT, [YNODE_NULL] = MNODE_NULL, [YNODE_BOOL] = MNODE_BOOL,
		[YNODE_INT] = MNODE_INT,   [YNODE_REAL] = MNODE_REAL, [YNODE_TIME] = MNODE_DATE,
	};
	return kinds[ynode_reads(y)];
}

static void from_yaml(const struct ynode *y, struct mnode *to)
{
	to->line = y->line;
	to->column = y->column;
	if (y->kind == YNODE_SCALAR) {
		to->kind = scalar_kind(y);
		to->text = y->text;
		return;
	}
	bool map = y->kind == YNODE_MAP;
	to->kind = map ? MNODE_MAP : MNODE_LIST;
	to->items = xcalloc(y->n, sizeof(*to->items));
	to->n = y->n;
	for (size_t i = 0; i < y->n; i++) {
		struct mnode *child = &to->items[i];
		child->up = to;
		child->index = i;
		if (map) {
			const struct ynode *key = &y->items[2 * i];
			child->key = key->text;
			child->key_kind = scalar_kind(key);
			child->key_line = key->line;
			child->key_column = key->column;
		}
		from_yaml(map ? &y->items[2 * i + 1] : &y->items[i], child);
	}
}

/* --- from JSON --- */

static const char *keep(struct mtree *t, char *text)
{
	strv_own(&t->made, text);
	return text;
}

static void number_from_json(struct mtree *t, struct jval v, struct mnode *to)
{
	struct err ignored = ERR_INIT;
	int64_t whole = 0;
	double real = 0;
	if (jval_type(v) == JDOC_INT && jval_as_i64(v, &whole, &ignored) == 0) {
		to->kind = MNODE_INT;
		to->text = keep(t, xasprintf("%" PRId64, whole));
	} else if (jval_as_real(v, &real, &ignored) == 0) {
		/* 1.0 is a whole number, for JSON Schema too */
		bool is_whole = real > -WHOLE_MAX && real < WHOLE_MAX && real == (double)(int64_t)real;
		to->kind = is_whole ? MNODE_INT : MNODE_REAL;
		to->text = keep(t, xasprintf(is_whole ? "%.0f" : "%.17g", real));
	}
	err_clear(&ignored);
}

static void scalar_from_json(struct mtree *t, struct jval v, struct mnode *to)
{
	struct err ignored = ERR_INIT;
	bool truth = false;
	switch (jval_type(v)) {
	case JDOC_TEXT:
		to->kind = MNODE_TEXT;
		if (jval_as_text(v, &to->text, &ignored) < 0)
			to->text = "";
		break;
	case JDOC_BOOL:
		to->kind = MNODE_BOOL;
		to->text = jval_as_bool(v, &truth, &ignored) == 0 && truth ? "true" : "false";
		break;
	case JDOC_INT:
	case JDOC_REAL:
		number_from_json(t, v, to);
		break;
	case JDOC_NULL:
	case JDOC_ARRAY:
	case JDOC_OBJECT:
		to->kind = MNODE_NULL;
		to->text = "null";
		break;
	}
	err_clear(&ignored);
}

static void from_json(struct mtree *t, struct jval v, struct mnode *to)
{
	enum jdoc_type type = jval_type(v);
	if (type != JDOC_OBJECT && type != JDOC_ARRAY) {
		scalar_from_json(t, v, to);
		return;
	}
	to->kind = type == JDOC_OBJECT ? MNODE_MAP : MNODE_LIST;
	to->items = xcalloc(jval_count(v), sizeof(*to->items));
	to->n = jval_count(v);
	struct jval it = {.doc = NULL};
	for (size_t i = 0; jval_next(v, &it); i++) {
		struct mnode *child = &to->items[i];
		child->up = to;
		child->index = i;
		child->key = it.key;
		child->key_kind = MNODE_TEXT;
		from_json(t, it, child);
	}
}

int mtree_parse(struct blob text, struct mtree **ret, struct err *err)
{
	AUTO(mtree) struct mtree *t = xcalloc(1, sizeof(*t));
	t->name = xstrdup(text.name);
	t->json = str_ends(text.name, ".json");
	if (text.len > YDOC_SIZE_MAX)
		return err_set(err, ERR_INPUT, "%s: larger than %d bytes", text.name, YDOC_SIZE_MAX);
	if (t->json) {
		if (jdoc_parse(text, &t->jdoc, err) < 0)
			return -1;
		from_json(t, jdoc_root(t->jdoc), &t->root);
	} else {
		if (ydoc_parse(text, &t->ydoc, err) < 0)
			return -1;
		from_yaml(ydoc_root(t->ydoc), &t->root);
	}
	*ret = TAKE(t);
	return 0;
}

/* --- places --- */

static void add_pointer(const struct mnode *n, struct buf *into)
{
	if (!n->up)
		return;
	add_pointer(n->up, into);
	buf_addc(into, '/');
	if (!n->key) {
		buf_addf(into, "%zu", n->index);
		return;
	}
	for (const char *c = n->key; *c; c++) {
		if (*c == '~' || *c == '/')
			buf_adds(into, *c == '~' ? "~0" : "~1");
		else
			buf_addc(into, *c);
	}
}

static void add_path(const struct mnode *n, struct buf *into)
{
	if (!n->up)
		return;
	add_path(n->up, into);
	if (!n->key)
		buf_addf(into, "[%zu]", n->index);
	else
		buf_addf(into, "%s%s", into->len > 0 ? "." : "", n->key);
}

/* "FILE:3:7: python" or "FILE: /python", without what follows; at is named, the line and column are given. */
static char *place(const struct mtree *t, const struct mnode *at, unsigned line, unsigned column)
{
	AUTO_BUF struct buf path = BUF_INIT;
	if (t->json)
		add_pointer(at, &path);
	else
		add_path(at, &path);
	AUTO_TEXT char *shown = str_shown(buf_text(&path), 200);
	const char *gap = *shown ? ": " : "";
	if (t->json)
		return xasprintf("%s%s%s", t->name, gap, shown);
	return xasprintf("%s:%u:%u%s%s", t->name, line, column, gap, shown);
}

int mtree_fail(const struct mtree *t, const struct mnode *at, struct err *err, const char *fmt, ...)
{
	AUTO_BUF struct buf text = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	err_set(err, ERR_INPUT, "%s", buf_text(&text));
	return mtree_wrap(t, at, err);
}

int mtree_fail_key(const struct mtree *t, const struct mnode *at, struct err *err, const char *fmt, ...)
{
	AUTO_BUF struct buf text = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	AUTO_TEXT char *where = place(t, at->up ? at->up : at, at->key_line, at->key_column);
	return err_set(err, ERR_INPUT, "%s: %s", where, buf_text(&text));
}

int mtree_wrap(const struct mtree *t, const struct mnode *at, struct err *err)
{
	AUTO_TEXT char *where = place(t, at, at->line, at->column);
	return err_wrap(err, "%s", where);
}

/* --- values --- */

const struct mnode *mnode_member(const struct mnode *map, const char *key)
{
	for (size_t i = 0; i < map->n; i++) {
		if (str_eq(map->items[i].key, key))
			return &map->items[i];
	}
	return NULL;
}

const char *mnode_kind_name(enum mnode_kind kind)
{
	static const char *const names[] = {
		[MNODE_TEXT] = "a text",	[MNODE_INT] = "a number", [MNODE_REAL] = "a number",
		[MNODE_BOOL] = "true or false", [MNODE_NULL] = "null",	  [MNODE_DATE] = "a date",
		[MNODE_LIST] = "a list",	[MNODE_MAP] = "a map",
	};
	return names[kind];
}

bool mnode_to_u64(const struct mnode *n, uint64_t *ret)
{
	if (n->kind == MNODE_INT)
		return (n->text[0] != '0' || n->text[1] == '\0') && str_to_u64(n->text, INT64_MAX, ret);
	if (n->kind != MNODE_REAL)
		return false;
	/* 1.0 is whole */
	size_t digits = strspn(n->text, "0123456789");
	const char *rest = n->text + digits;
	if (*rest != '.' || rest[1] == '\0' || rest[strspn(rest + 1, "0") + 1] != '\0')
		return false;
	AUTO_TEXT char *whole = xstrndup(n->text, digits);
	return (*whole != '0' || whole[1] == '\0') && str_to_u64(whole, INT64_MAX, ret);
}

bool mnode_to_bool(const struct mnode *n, bool *ret)
{
	if (n->kind != MNODE_BOOL)
		return false;
	if (!str_eq_case(n->text, "true") && !str_eq_case(n->text, "false"))
		return false;
	*ret = str_lower(*n->text) == 't';
	return true;
}
