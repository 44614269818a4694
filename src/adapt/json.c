#include "adapt/json.h"

#include "adapt/json_impl.h"
#include "base/str.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define SHOWN_MAX 60

static const char *const type_names[] = {
	[JDOC_NULL] = "null",	  [JDOC_BOOL] = "true or false", [JDOC_INT] = "an integer",   [JDOC_REAL] = "a number",
	[JDOC_TEXT] = "a string", [JDOC_ARRAY] = "an array",	 [JDOC_OBJECT] = "an object",
};

void jdoc_set_up(void)
{
	json_set_alloc_funcs(xmalloc, free);
}

void jdoc_free(struct jdoc *d)
{
	if (!d)
		return;
	json_decref(d->root);
	free(d->name);
	free(d);
}

/* --- parsing --- */

struct shape {
	unsigned line, column, depth;
	size_t items;
	bool in_text, escaped;
};

static void shape_in_text(struct shape *s, char c)
{
	if (s->escaped)
		s->escaped = false;
	else if (c == '\\')
		s->escaped = true;
	else if (c == '"')
		s->in_text = false;
}

static void shape_outside(struct shape *s, char c)
{
	if (c == '"')
		s->in_text = true;
	if (c == '[' || c == '{') {
		s->depth++;
		s->items++;
	} else if ((c == ']' || c == '}') && s->depth > 0) {
		s->depth--;
	} else if (c == ',') {
		s->items++;
	}
}

/* Refuses what would cost far more memory or stack than its bytes, before anything is built. */
static int check_shape(enum err_kind kind, struct blob text, struct err *err)
{
	struct shape s = {.line = 1};
	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];
		if (c == '\n') {
			s.line++;
			s.column = 0;
		} else if (((unsigned char)c & 0xC0U) != 0x80) {
			s.column++;
		}
		if (s.in_text)
			shape_in_text(&s, c);
		else
			shape_outside(&s, c);
		if (s.depth > JDOC_DEPTH_MAX)
			return err_set(err, kind, "%s:%u:%u: nested more than %d deep", text.name, s.line, s.column,
				       JDOC_DEPTH_MAX);
		if (s.items > JDOC_ITEMS_MAX)
			return err_set(err, kind, "%s:%u:%u: more than %d values", text.name, s.line, s.column,
				       JDOC_ITEMS_MAX);
	}
	return 0;
}

static struct blob without_mark(struct blob text)
{
	if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0) {
		text.data += 3;
		text.len -= 3;
	}
	return text;
}

int jdoc_parse_as(enum err_kind kind, struct blob text, struct jdoc **ret, struct err *err)
{
	text = without_mark(text);
	if (check_shape(kind, text, err) < 0)
		return -1;
	jdoc_set_up();
	AUTO(jdoc) struct jdoc *d = xcalloc(1, sizeof(*d));
	d->kind = kind;
	d->name = xstrdup(text.name);
	json_error_t why;
	d->root = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &why);
	if (!d->root) {
		bool nul = json_error_code(&why) == json_error_null_character;
		AUTO_TEXT char *said = str_shown(nul ? "a text must not hold a NUL character" : why.text, 200);
		/* the place is the last character that jansson looked at; of an empty text it is none */
		int line = why.line > 0 ? why.line : 1;
		int column = why.column > 0 ? why.column : 1;
		return err_set(err, kind, "%s:%d:%d: %s", text.name, line, column, said);
	}
	*ret = TAKE(d);
	return 0;
}

int jdoc_parse(struct blob text, struct jdoc **ret, struct err *err)
{
	return jdoc_parse_as(ERR_INPUT, text, ret, err);
}

/* --- places --- */

json_t *jval_raw(struct jval v)
{
	assert(v.doc && v.at);
	return v.at;
}

struct jval jdoc_root(const struct jdoc *d)
{
	return (struct jval){.doc = d, .at = d->root};
}

bool jval_is_there(struct jval v)
{
	return v.at != NULL;
}

enum jdoc_type jval_type(struct jval v)
{
	static const enum jdoc_type types[] = {
		[JSON_OBJECT] = JDOC_OBJECT, [JSON_ARRAY] = JDOC_ARRAY, [JSON_STRING] = JDOC_TEXT,
		[JSON_INTEGER] = JDOC_INT,   [JSON_REAL] = JDOC_REAL,	[JSON_TRUE] = JDOC_BOOL,
		[JSON_FALSE] = JDOC_BOOL,    [JSON_NULL] = JDOC_NULL,
	};
	return types[json_typeof(jval_raw(v))];
}

size_t jval_count(struct jval v)
{
	json_t *at = jval_raw(v);
	return json_is_object(at) ? json_object_size(at) : json_array_size(at);
}

static void add_token(struct buf *path, const char *key, size_t index)
{
	buf_addc(path, '/');
	if (!key) {
		buf_addf(path, "%zu", index);
		return;
	}
	for (; *key; key++) {
		if (*key == '~')
			buf_adds(path, "~0");
		else if (*key == '/')
			buf_adds(path, "~1");
		else
			buf_addc(path, *key);
	}
}

/* Appends the way from in to the container wanted (containers occur once in a tree); false and nothing appended: not
 * below. */
static bool add_way(struct jval in, const json_t *wanted, struct buf *path)
{
	if (in.at == wanted)
		return true;
	struct jval it = {.doc = NULL};
	while (jval_next(in, &it)) {
		size_t len = path->len;
		add_token(path, it.key, it.index);
		if (add_way(it, wanted, path))
			return true;
		buf_cut(path, len);
	}
	return false;
}

char *jval_pointer(struct jval v)
{
	AUTO_BUF struct buf path = BUF_INIT;
	if (v.parent) {
		if (add_way(jdoc_root(v.doc), v.parent, &path))
			add_token(&path, v.key, v.index);
	}
	return buf_take(&path);
}

int jval_fail(struct jval v, struct err *err, const char *fmt, ...)
{
	AUTO_BUF struct buf text = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	AUTO_TEXT char *pointer = jval_pointer(v);
	AUTO_TEXT char *shown = str_shown(pointer, 300);
	return err_set(err, v.doc->kind, "%s: %s%s%s", v.doc->name, shown, *shown ? ": " : "", buf_text(&text));
}

static bool next_member(struct jval in, struct jval *it)
{
	json_t *object = in.at;
	void *iter = it->at ? json_object_key_to_iter(it->key) : NULL;
	iter = iter ? json_object_iter_next(object, iter) : json_object_iter(object);
	if (!iter)
		return false;
	*it = (struct jval){
		.doc = in.doc, .at = json_object_iter_value(iter), .parent = object, .key = json_object_iter_key(iter)};
	return true;
}

bool jval_next(struct jval in, struct jval *it)
{
	json_t *at = jval_raw(in);
	if (json_is_object(at))
		return json_object_size(at) > 0 && next_member(in, it);
	size_t index = it->at ? it->index + 1 : 0;
	json_t *item = json_array_get(at, index);
	if (!item)
		return false;
	*it = (struct jval){.doc = in.doc, .at = item, .parent = at, .index = index};
	return true;
}

struct jval jval_member(struct jval obj, const char *key)
{
	json_t *at = jval_raw(obj);
	json_t *value = json_object_get(at, key);
	/* the key kept in the object outlives the caller's */
	if (!value)
		return (struct jval){.doc = obj.doc};
	const char *kept = json_object_iter_key(json_object_iter_at(at, key));
	return (struct jval){.doc = obj.doc, .at = value, .parent = at, .key = kept};
}

/* --- strict reads --- */

int jval_want(struct jval v, enum jdoc_type type, struct err *err)
{
	enum jdoc_type is = jval_type(v);
	if (is == type || (type == JDOC_REAL && is == JDOC_INT))
		return 0;
	return jval_fail(v, err, "must be %s, not %s", type_names[type], type_names[is]);
}

int jval_only(struct jval obj, const char *const *keys, size_t n, struct err *err)
{
	if (jval_want(obj, JDOC_OBJECT, err) < 0)
		return -1;
	struct jval it = {.doc = NULL};
	while (jval_next(obj, &it)) {
		size_t i = 0;
		while (i < n && !str_eq(keys[i], it.key))
			i++;
		if (i < n)
			continue;
		AUTO_TEXT char *shown = str_shown(it.key, SHOWN_MAX);
		const char *near = str_nearest(it.key, keys, n);
		if (near)
			return jval_fail(obj, err, "unknown key '%s' (did you mean '%s'?)", shown, near);
		return jval_fail(obj, err, "unknown key '%s'", shown);
	}
	return 0;
}

int jval_get_opt(struct jval obj, const char *key, enum jdoc_type type, struct jval *ret, struct err *err)
{
	if (jval_want(obj, JDOC_OBJECT, err) < 0)
		return -1;
	struct jval v = jval_member(obj, key);
	if (jval_is_there(v) && jval_type(v) == JDOC_NULL && type != JDOC_NULL)
		v.at = NULL;
	if (jval_is_there(v) && jval_want(v, type, err) < 0)
		return -1;
	*ret = v;
	return 0;
}

int jval_get(struct jval obj, const char *key, enum jdoc_type type, struct jval *ret, struct err *err)
{
	if (jval_want(obj, JDOC_OBJECT, err) < 0)
		return -1;
	struct jval v = jval_member(obj, key);
	if (!jval_is_there(v))
		return jval_fail(obj, err, "'%s' is missing", key);
	if (jval_want(v, type, err) < 0)
		return -1;
	*ret = v;
	return 0;
}

int jval_as_text(struct jval v, const char **ret, struct err *err)
{
	if (jval_want(v, JDOC_TEXT, err) < 0)
		return -1;
	*ret = json_string_value(jval_raw(v));
	return 0;
}

int jval_as_bool(struct jval v, bool *ret, struct err *err)
{
	if (jval_want(v, JDOC_BOOL, err) < 0)
		return -1;
	*ret = json_is_true(jval_raw(v));
	return 0;
}

int jval_as_i64(struct jval v, int64_t *ret, struct err *err)
{
	if (jval_want(v, JDOC_INT, err) < 0)
		return -1;
	*ret = json_integer_value(jval_raw(v));
	return 0;
}

int jval_as_u64(struct jval v, uint64_t max, uint64_t *ret, struct err *err)
{
	int64_t value = 0;
	if (jval_as_i64(v, &value, err) < 0)
		return -1;
	if (value < 0 || (uint64_t)value > max)
		return jval_fail(v, err, "must be 0 to %" PRIu64 ", not %" PRId64, max, value);
	*ret = (uint64_t)value;
	return 0;
}

int jval_as_real(struct jval v, double *ret, struct err *err)
{
	if (jval_want(v, JDOC_REAL, err) < 0)
		return -1;
	*ret = json_number_value(jval_raw(v));
	return 0;
}

int jval_as_strv(struct jval v, struct strv *into, struct err *err)
{
	if (jval_want(v, JDOC_ARRAY, err) < 0)
		return -1;
	struct jval it = {.doc = NULL};
	while (jval_next(v, &it)) {
		if (jval_want(it, JDOC_TEXT, err) < 0)
			return -1;
	}
	it = (struct jval){.doc = NULL};
	while (jval_next(v, &it))
		strv_add(into, json_string_value(jval_raw(it)));
	return 0;
}

int jval_text(struct jval obj, const char *key, const char **ret, struct err *err)
{
	struct jval v;
	return jval_get(obj, key, JDOC_TEXT, &v, err) < 0 ? -1 : jval_as_text(v, ret, err);
}

int jval_bool(struct jval obj, const char *key, bool *ret, struct err *err)
{
	struct jval v;
	return jval_get(obj, key, JDOC_BOOL, &v, err) < 0 ? -1 : jval_as_bool(v, ret, err);
}

int jval_u64(struct jval obj, const char *key, uint64_t max, uint64_t *ret, struct err *err)
{
	struct jval v;
	return jval_get(obj, key, JDOC_INT, &v, err) < 0 ? -1 : jval_as_u64(v, max, ret, err);
}

int jval_strv(struct jval obj, const char *key, struct strv *into, struct err *err)
{
	struct jval v;
	return jval_get(obj, key, JDOC_ARRAY, &v, err) < 0 ? -1 : jval_as_strv(v, into, err);
}

int jval_text_opt(struct jval obj, const char *key, const char **ret, struct err *err)
{
	struct jval v;
	if (jval_get_opt(obj, key, JDOC_TEXT, &v, err) < 0)
		return -1;
	return jval_is_there(v) ? jval_as_text(v, ret, err) : 0;
}

int jval_bool_opt(struct jval obj, const char *key, bool *ret, struct err *err)
{
	struct jval v;
	if (jval_get_opt(obj, key, JDOC_BOOL, &v, err) < 0)
		return -1;
	return jval_is_there(v) ? jval_as_bool(v, ret, err) : 0;
}

int jval_u64_opt(struct jval obj, const char *key, uint64_t max, uint64_t *ret, struct err *err)
{
	struct jval v;
	if (jval_get_opt(obj, key, JDOC_INT, &v, err) < 0)
		return -1;
	return jval_is_there(v) ? jval_as_u64(v, max, ret, err) : 0;
}

int jval_strv_opt(struct jval obj, const char *key, struct strv *into, struct err *err)
{
	struct jval v;
	if (jval_get_opt(obj, key, JDOC_ARRAY, &v, err) < 0)
		return -1;
	return jval_is_there(v) ? jval_as_strv(v, into, err) : 0;
}
