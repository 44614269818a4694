#include "adapt/json.h"

#include "adapt/json_impl.h"
#include "base/str.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static struct jdoc *doc_of(json_t *root)
{
	struct jdoc *d = xcalloc(1, sizeof(*d));
	d->root = root;
	d->name = xstrdup("");
	d->kind = ERR_INTERNAL;
	return d;
}

struct jdoc *jdoc_new_object(void)
{
	jdoc_set_up();
	return doc_of(json_object());
}

struct jdoc *jdoc_new_array(void)
{
	jdoc_set_up();
	return doc_of(json_array());
}

/* Puts value (taken) into the place. */
static struct jval put(struct jval into, const char *key, json_t *value)
{
	json_t *at = jval_raw(into);
	assert(value);
	assert(key ? json_is_object(at) : json_is_array(at));
	struct jval v = {.doc = into.doc, .at = value, .parent = at};
	if (key) {
		json_object_set_new_nocheck(at, key, value);
		v.key = json_object_iter_key(json_object_iter_at(at, key));
	} else {
		json_array_append_new(at, value);
		v.index = json_array_size(at) - 1;
	}
	return v;
}

/* The length of the UTF-8 sequence at p that may be kept; 0: none starts there. */
static size_t sequence_at(const char *p, size_t left)
{
	unsigned char c = (unsigned char)*p;
	size_t len = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
	return c != '\0' && len <= left && str_utf8_valid(p, len) ? len : 0;
}

static json_t *mended(const char *text, size_t len)
{
	AUTO_BUF struct buf good = BUF_INIT;
	for (size_t i = 0; i < len;) {
		size_t n = sequence_at(text + i, len - i);
		buf_add(&good, n > 0 ? text + i : "\xEF\xBF\xBD", n > 0 ? n : 3);
		i += n > 0 ? n : 1;
	}
	return json_stringn_nocheck(buf_text(&good), good.len);
}

static json_t *string_of(const char *text, size_t len)
{
	if (str_utf8_valid(text, len) && (len == 0 || !memchr(text, '\0', len)))
		return json_stringn_nocheck(text, len);
	return mended(text, len);
}

void jval_put_textn(struct jval into, const char *key, const char *text, size_t len)
{
	put(into, key, string_of(text, len));
}

void jval_put_text(struct jval into, const char *key, const char *text)
{
	put(into, key, text ? string_of(text, strlen(text)) : json_null());
}

void jval_put_u64(struct jval into, const char *key, uint64_t value)
{
	assert(value <= INT64_MAX);
	jval_put_i64(into, key, (int64_t)value);
}

void jval_put_i64(struct jval into, const char *key, int64_t value)
{
	put(into, key, json_integer(value));
}

void jval_put_real(struct jval into, const char *key, double value)
{
	put(into, key, isfinite(value) ? json_real(value) : json_null());
}

void jval_put_bool(struct jval into, const char *key, bool value)
{
	put(into, key, json_boolean(value));
}

void jval_put_null(struct jval into, const char *key)
{
	put(into, key, json_null());
}

void jval_put_strv(struct jval into, const char *key, const struct strv *texts)
{
	struct jval list = jval_put_array(into, key);
	for (size_t i = 0; i < texts->n; i++)
		jval_put_text(list, NULL, texts->v[i]);
}

struct jval jval_put_object(struct jval into, const char *key)
{
	return put(into, key, json_object());
}

struct jval jval_put_array(struct jval into, const char *key)
{
	return put(into, key, json_array());
}

void jval_put_copy(struct jval into, const char *key, struct jval value)
{
	put(into, key, json_deep_copy(jval_raw(value)));
}

/* --- dump --- */

static int add_piece(const char *data, size_t len, void *self)
{
	buf_add(self, data, len);
	return 0;
}

/* The code point at p if it may not be shown raw: DEL, C1, line and paragraph separators, bidirectional controls; else
 * 0. */
static unsigned hidden_at(const unsigned char *p, size_t left, size_t *ret_len)
{
	*ret_len = 1;
	if (*p == 0x7F)
		return *p;
	if (*p == 0xC2 && left >= 2 && p[1] < 0xA0) {
		*ret_len = 2;
		return p[1];
	}
	if (*p != 0xE2 || left < 3)
		return 0;
	*ret_len = 3;
	unsigned point = 0x2000U | ((p[1] & 0x3FU) << 6) | (p[2] & 0x3FU);
	bool hidden = (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
		      (point >= 0x2066 && point <= 0x2069);
	return hidden ? point : 0;
}

/* Appends the dump, whose strings are the only place where other bytes than ASCII can be. */
static void add_escaped(struct buf *out, const struct buf *raw)
{
	const char *data = buf_text(raw);
	size_t done = 0;
	for (size_t i = 0; i < raw->len;) {
		size_t len = 1;
		unsigned point = hidden_at((const unsigned char *)data + i, raw->len - i, &len);
		if (point > 0) {
			buf_add(out, data + done, i - done);
			buf_addf(out, "\\u%04X", point);
			done = i + len;
		}
		i += len;
	}
	buf_add(out, data + done, raw->len - done);
}

void jval_dump(struct jval v, enum jdoc_style style, struct buf *out)
{
	AUTO_BUF struct buf raw = BUF_INIT;
	size_t flags = JSON_SORT_KEYS | JSON_ENCODE_ANY;
	flags |= style == JDOC_PRETTY ? JSON_INDENT(2) : JSON_COMPACT;
	int rc = json_dump_callback(jval_raw(v), add_piece, &raw, flags);
	assert(rc == 0);
	(void)rc;
	add_escaped(out, &raw);
	if (style == JDOC_PRETTY)
		buf_addc(out, '\n');
}

void jdoc_dump(const struct jdoc *d, enum jdoc_style style, struct buf *out)
{
	jval_dump(jdoc_root(d), style, out);
}

void jval_drop(struct jval from, const char *key)
{
	if (from.at)
		(void)json_object_del(jval_raw(from), key);
}
