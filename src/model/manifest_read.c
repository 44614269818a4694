#include "model/manifest_read.h"

#include "base/str.h"
#include "model/manifest_value.h"

#include <string.h>

#define SHOWN_MAX 60

/* --- complaints --- */

/* The value is not of the kind that is due ("a text"). */
static int wrong_kind(const struct mread *r, const struct mnode *n, const char *due, bool text_due, struct err *err)
{
	const char *is = mnode_kind_name(n->kind);
	bool scalar = n->kind == MNODE_INT || n->kind == MNODE_REAL || n->kind == MNODE_BOOL || n->kind == MNODE_DATE;
	if (text_due && scalar && mtree_is_json(r->tree))
		return mtree_fail(r->tree, n, err, "must be %s, not %s: write it in quotes", due, is);
	if (text_due && scalar)
		return mtree_fail(r->tree, n, err, "must be %s, but YAML reads %.60s as %s: quote it: \"%.60s\"", due,
				  n->text, is, n->text);
	return mtree_fail(r->tree, n, err, "must be %s, not %s", due, is);
}

/* "prefer, require or never" */
static void add_words(const char *const *words, struct buf *into)
{
	for (size_t i = 0; words[i]; i++)
		buf_addf(into, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

static int wrong_word(const struct mread *r, const struct mnode *n, const char *const *words, struct err *err)
{
	AUTO_BUF struct buf due = BUF_INIT;
	add_words(words, &due);
	if (n->kind != MNODE_TEXT)
		return wrong_kind(r, n, buf_text(&due), false, err);
	size_t count = 0;
	while (words[count])
		count++;
	AUTO_TEXT char *shown = str_shown(n->text, SHOWN_MAX);
	const char *near = str_nearest(n->text, words, count);
	if (near)
		return mtree_fail(r->tree, n, err, "must be %s, not '%s' (did you mean '%s'?)", buf_text(&due), shown,
				  near);
	return mtree_fail(r->tree, n, err, "must be %s, not '%s'", buf_text(&due), shown);
}

/* --- values --- */

static int check_text(const struct mread *r, const struct mnode *n, enum mgrammar_id grammar, struct err *err)
{
	if (n->kind != MNODE_TEXT)
		return wrong_kind(r, n, "a text", true, err);
	if (mgrammar_check(grammar, n->text, err) < 0)
		return mtree_wrap(r->tree, n, err);
	return 0;
}

static void set_text(char **at, const char *text)
{
	char *copy = xstrdup(text);
	free(*at);
	*at = copy;
}

static int read_schema(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	(void)k;
	(void)at;
	uint64_t version = 0;
	if (n->kind != MNODE_INT && n->kind != MNODE_REAL)
		return mtree_fail(r->tree, n, err, "must be the number 1, not %s", mnode_kind_name(n->kind));
	if (!mnode_to_u64(n, &version) || version != 1)
		return mtree_fail(r->tree, n, err, "schema %.20s is unknown: this program knows 1", n->text);
	return 0;
}

static int read_editor(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	(void)at;
	return check_text(r, n, k->grammar, err);
}

static int read_text(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	if (check_text(r, n, k->grammar, err) < 0)
		return -1;
	set_text(at, n->text);
	return 0;
}

static int read_text_or_auto(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	char **text = at;
	if (check_text(r, n, k->grammar, err) < 0)
		return -1;
	if (str_eq(n->text, "auto")) {
		free(*text);
		*text = NULL;
		return 0;
	}
	set_text(text, n->text);
	return 0;
}

static int check_size(const struct mread *r, const struct mnode *n, unsigned flags, struct err *err)
{
	if ((flags & MKEY_FILLED) && n->n == 0)
		return mtree_fail(r->tree, n, err, "must not be empty");
	if (n->n > MKEY_ITEMS_MAX)
		return mtree_fail(r->tree, n, err, "has more than %d entries", MKEY_ITEMS_MAX);
	return 0;
}

static int add_item(const struct mread *r, const struct mnode *n, const struct mkey *k, struct strv *into,
		    struct err *err)
{
	if (check_text(r, n, k->item, err) < 0)
		return -1;
	if (!(k->flags & MKEY_UNIQUE)) {
		strv_add(into, n->text);
		return 0;
	}
	if (strv_add_once(into, n->text))
		return 0;
	AUTO_TEXT char *shown = str_shown(n->text, SHOWN_MAX);
	return mtree_fail(r->tree, n, err, "'%s' is there twice", shown);
}

static int read_list(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	struct strv *into = at;
	if (n->kind == MNODE_TEXT)
		return mtree_fail(r->tree, n, err, "must be a list, not a text: put it into brackets");
	if (n->kind != MNODE_LIST)
		return wrong_kind(r, n, "a list", false, err);
	if (check_size(r, n, k->flags, err) < 0)
		return -1;
	strv_clear(into);
	for (size_t i = 0; i < n->n; i++) {
		if (add_item(r, &n->items[i], k, into, err) < 0)
			return -1;
	}
	return 0;
}

static int read_text_or_list(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	struct strv *into = at;
	if (n->kind == MNODE_LIST)
		return read_list(r, n, k, at, err);
	if (n->kind != MNODE_TEXT)
		return wrong_kind(r, n, "a text or a list", true, err);
	if (check_text(r, n, k->grammar, err) < 0)
		return -1;
	strv_clear(into);
	strv_add(into, n->text);
	return 0;
}

static int check_name(const struct mread *r, const struct mnode *n, enum mgrammar_id names, struct err *err)
{
	if (n->key_kind != MNODE_TEXT)
		return mtree_fail_key(r->tree, n, err, "YAML reads the key %.60s as %s: quote it: \"%.60s\"", n->key,
				      mnode_kind_name(n->key_kind), n->key);
	struct err why = ERR_INIT;
	if (mgrammar_check(names, n->key, &why) == 0)
		return 0;
	mtree_fail_key(r->tree, n, err, "the key %s", why.text);
	err_clear(&why);
	return -1;
}

int mread_names(const struct mread *r, const struct mnode *n, enum mgrammar_id names, struct err *err)
{
	if (n->kind != MNODE_MAP)
		return wrong_kind(r, n, "a map", false, err);
	if (check_size(r, n, MKEY_FILLED, err) < 0)
		return -1;
	for (size_t i = 0; i < n->n; i++) {
		if (check_name(r, &n->items[i], names, err) < 0)
			return -1;
	}
	return 0;
}

static int read_pairs(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	struct strv *into = at;
	AUTO_STRV struct strv names = STRV_INIT;
	if (n->kind != MNODE_MAP)
		return wrong_kind(r, n, "a map", false, err);
	if (check_size(r, n, k->flags, err) < 0)
		return -1;
	for (size_t i = 0; i < n->n; i++) {
		if (check_name(r, &n->items[i], k->names, err) < 0 || check_text(r, &n->items[i], k->grammar, err) < 0)
			return -1;
		strv_add(&names, n->items[i].key);
	}
	strv_sort(&names);
	strv_clear(into);
	for (size_t i = 0; i < names.n; i++)
		strv_addf(into, "%s=%s", names.v[i], mnode_member(n, names.v[i])->text);
	return 0;
}

static int read_bool(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	(void)k;
	if (mnode_to_bool(n, at))
		return 0;
	if (n->kind == MNODE_BOOL)
		return mtree_fail(r->tree, n, err, "must be true or false: readers of YAML do not agree on %.10s",
				  n->text);
	return wrong_kind(r, n, "true or false", false, err);
}

static int find_word(struct mread *r, const struct mnode *n, const struct mkey *k, unsigned *ret, struct err *err)
{
	for (unsigned i = 0; n->kind == MNODE_TEXT && k->words[i]; i++) {
		if (str_eq(k->words[i], n->text)) {
			*ret = i;
			return 0;
		}
	}
	return wrong_word(r, n, k->words, err);
}

static int read_word(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	return find_word(r, n, k, at, err);
}

static int read_second_word(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	unsigned word = 0;
	bool *second = at;
	if (find_word(r, n, k, &word, err) < 0)
		return -1;
	*second = word == 1;
	return 0;
}

static int read_count_or_auto(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	(void)k;
	unsigned *count = at;
	uint64_t value = 0;
	if (n->kind == MNODE_TEXT && str_eq(n->text, "auto")) {
		*count = 0;
		return 0;
	}
	bool number = n->kind == MNODE_INT || n->kind == MNODE_REAL;
	if (!number)
		return wrong_kind(r, n, "auto or a number", false, err);
	if (!mnode_to_u64(n, &value) || value < 1 || value > MKEY_COUNT_MAX)
		return mtree_fail(r->tree, n, err, "must be auto or a whole number from 1 to %d, not %.20s",
				  MKEY_COUNT_MAX, n->text);
	*count = (unsigned)value;
	return 0;
}

static int read_seconds(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	if (check_text(r, n, k->grammar, err) < 0)
		return -1;
	if (!str_to_seconds(n->text, at))
		return mtree_fail(r->tree, n, err, "'%.40s' is not a time", n->text);
	return 0;
}

/* --- objects --- */

static int read_inner(struct mread *r, const struct mnode *n, const struct mkey *k, void *into, struct err *err)
{
	struct mread inner = {.tree = r->tree, .only = r->only};
	return mread_object(&inner, n, &(struct mpart){.table = k->table, .into = into}, 1, err);
}

static int read_object(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	if (k->flags & MKEY_GIVEN)
		*(bool *)at = true;
	return read_inner(r, n, k, at, err);
}

static int read_targets(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	/* at is &v->targets, and only variants have targets */
	struct manifest_variant *v = (void *)((char *)at - offsetof(struct manifest_variant, targets));
	if (n->kind != MNODE_LIST)
		return wrong_kind(r, n, "a list", false, err);
	if (check_size(r, n, k->flags, err) < 0)
		return -1;
	manifest_variant_clear_targets(v);
	v->targets = xcalloc(n->n, sizeof(*v->targets));
	for (size_t i = 0; i < n->n; i++) {
		struct manifest_target *t = &v->targets[v->ntargets++];
		t->line = n->items[i].line;
		if (read_inner(r, &n->items[i], k, t, err) < 0)
			return -1;
	}
	return 0;
}

static int read_variants(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err)
{
	(void)at;
	if (mread_names(r, n, k->names, err) < 0)
		return -1;
	r->variants = n;
	return 0;
}

typedef int read_fn(struct mread *r, const struct mnode *n, const struct mkey *k, void *at, struct err *err);
static read_fn *const readers[] = {
	[MKEY_SCHEMA] = read_schema,
	[MKEY_EDITOR] = read_editor,
	[MKEY_TEXT] = read_text,
	[MKEY_TEXT_OR_AUTO] = read_text_or_auto,
	[MKEY_LIST] = read_list,
	[MKEY_TEXT_OR_LIST] = read_text_or_list,
	[MKEY_PAIRS] = read_pairs,
	[MKEY_BOOL] = read_bool,
	[MKEY_WORD] = read_word,
	[MKEY_SECOND_WORD] = read_second_word,
	[MKEY_COUNT_OR_AUTO] = read_count_or_auto,
	[MKEY_SECONDS] = read_seconds,
	[MKEY_OBJECT] = read_object,
	[MKEY_TARGETS] = read_targets,
	[MKEY_VARIANTS] = read_variants,
};

/* Makes the value at a key what it is without the key. Only keys of a variant can be null. */
static void remove_value(const struct mkey *k, void *at)
{
	struct manifest_variant *v;
	switch (k->type) {
	case MKEY_TEXT:
	case MKEY_TEXT_OR_AUTO:
		free(*(char **)at);
		*(char **)at = NULL;
		break;
	case MKEY_LIST:
	case MKEY_TEXT_OR_LIST:
	case MKEY_PAIRS:
		strv_clear(at);
		break;
	case MKEY_TARGETS:
		v = (void *)((char *)at - offsetof(struct manifest_variant, targets));
		manifest_variant_clear_targets(v);
		break;
	case MKEY_SCHEMA:
	case MKEY_EDITOR:
	case MKEY_BOOL:
	case MKEY_WORD:
	case MKEY_SECOND_WORD:
	case MKEY_COUNT_OR_AUTO:
	case MKEY_SECONDS:
	case MKEY_OBJECT:
	case MKEY_VARIANTS:
		break;
	}
}

/* In lower case and with _ for -: as our keys are written. */
static char *as_key(const char *key)
{
	char *plain = str_lowered(key);
	for (char *c = plain; *c; c++)
		*c = *c == '-' ? '_' : *c;
	return plain;
}

static const char *nearest_key(const char *key, const struct mpart *parts, size_t nparts)
{
	const char *names[64];
	size_t n = 0;
	for (size_t p = 0; p < nparts; p++) {
		for (size_t i = 0; i < parts[p].table->n && n < ARRAY_LEN(names); i++)
			names[n++] = parts[p].table->keys[i].name;
	}
	return str_nearest(key, names, n);
}

static const char *same_key(const char *key, const struct mpart *parts, size_t nparts)
{
	for (size_t p = 0; p < nparts; p++) {
		const struct mkey *k = mtable_find(parts[p].table, key);
		if (k)
			return k->name;
	}
	return NULL;
}

static int unknown_key(const struct mread *r, const struct mnode *n, const struct mpart *parts, size_t nparts,
		       struct err *err)
{
	AUTO_BUF struct buf where = BUF_INIT;
	AUTO_TEXT char *shown = str_shown(n->key, SHOWN_MAX), *plain = as_key(n->key);
	if (r->only) {
		const char *known = nearest_key(plain, parts, nparts);
		return mtree_fail_key(r->tree, n, err, "unknown key '%s'%s%s%s: this file may hold %s", shown,
				      known ? " (did you mean '" : "", known ? known : "", known ? "'?)" : "", r->only);
	}
	if (r->nulls && mtable_find(&mtable_top, n->key))
		return mtree_fail_key(r->tree, n, err,
				      "'%s' cannot differ between variants: it belongs at the top level", shown);
	const char *near = same_key(plain, parts, nparts);
	if (!near && mtable_find_elsewhere(plain, &where)) {
		if (!strchr(buf_text(&where), '.'))
			return mtree_fail_key(r->tree, n, err, "unknown key '%s' here: it belongs at the top level",
					      shown);
		near = buf_text(&where);
	}
	if (!near)
		near = nearest_key(plain, parts, nparts);
	if (near)
		return mtree_fail_key(r->tree, n, err, "unknown key '%s' (did you mean '%s'?)", shown, near);
	return mtree_fail_key(r->tree, n, err, "unknown key '%s'", shown);
}

static int read_member(struct mread *r, const struct mnode *n, const struct mpart *parts, size_t nparts,
		       struct err *err)
{
	for (size_t p = 0; p < nparts; p++) {
		const struct mkey *k = mtable_find(parts[p].table, n->key);
		if (!k)
			continue;
		void *at = (char *)parts[p].into + k->at;
		if (n->kind == MNODE_NULL && (r->nulls || (k->flags & MKEY_NULLABLE))) {
			remove_value(k, at);
			return 0;
		}
		return readers[k->type](r, n, k, at, err);
	}
	return unknown_key(r, n, parts, nparts, err);
}

static int check_required(const struct mread *r, const struct mnode *n, const struct mtable *t, struct err *err)
{
	for (size_t i = 0; i < t->n; i++) {
		if ((t->keys[i].flags & MKEY_REQUIRED) && !mnode_member(n, t->keys[i].name))
			return mtree_fail(r->tree, n, err, "'%s' is missing", t->keys[i].name);
	}
	return 0;
}

int mread_object(struct mread *r, const struct mnode *n, const struct mpart *parts, size_t nparts, struct err *err)
{
	if (n->kind != MNODE_MAP)
		return wrong_kind(r, n, "a map", false, err);
	for (size_t i = 0; i < n->n; i++) {
		if (read_member(r, &n->items[i], parts, nparts, err) < 0)
			return -1;
	}
	for (size_t p = 0; p < nparts; p++) {
		if (check_required(r, n, parts[p].table, err) < 0)
			return -1;
	}
	return 0;
}
