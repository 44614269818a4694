/* json.h — JSON documents: strict reads with a place in every complaint, same bytes written for the same value.
 *
 * struct jdoc owns a document; struct jval is a borrowed place in it, passed and copied by value and valid as long as
 * the document. Every failed read is one err "NAME: /pointer: what is wrong" of the kind the document was parsed with.
 * Hostile input: duplicate keys, NUL in texts, invalid UTF-8, nesting over JDOC_DEPTH_MAX and more than JDOC_ITEMS_MAX
 * values are refused. Built documents are dumped with sorted keys, control characters (C1 and DEL too) escaped.
 * Not here: what a key means. The only file family that includes jansson.h. */
#pragma once

#include "base/err.h"
#include "base/strv.h"

#include <stdint.h>

#define JDOC_DEPTH_MAX 64
#define JDOC_ITEMS_MAX 250000

enum jdoc_type { JDOC_NULL, JDOC_BOOL, JDOC_INT, JDOC_REAL, JDOC_TEXT, JDOC_ARRAY, JDOC_OBJECT };

struct jdoc;
struct jval {
	const struct jdoc *doc; /* NULL: no value; every read of it fails with an assert, jval_is_there() tells */
	void *at, *parent;	/* foreign handles */
	const char *key;	/* the member's name in parent, borrowed from it, or NULL */
	size_t index;		/* else the place in parent */
};

void jdoc_free(struct jdoc *d);
DEFINE_AUTO(jdoc, struct jdoc);

/* --- reading --- */

/* Reads a whole document. *ret is the caller's. ERR_INPUT "NAME:LINE:COLUMN: what"; so are later complaints. */
int jdoc_parse(struct blob text, struct jdoc **ret, struct err *err) NODISCARD;
/* The same, but this and all later complaints are of that kind: ERR_PROTOCOL for what a server answered. */
int jdoc_parse_as(enum err_kind kind, struct blob text, struct jdoc **ret, struct err *err) NODISCARD;
struct jval jdoc_root(const struct jdoc *d) NODISCARD;

bool jval_is_there(struct jval v) NODISCARD;
enum jdoc_type jval_type(struct jval v) NODISCARD;
/* Members of an object or items of an array; 0 for anything else. */
size_t jval_count(struct jval v) NODISCARD;
/* The JSON pointer of v; "" for the root. The caller's. */
char *jval_pointer(struct jval v) NODISCARD;
/* Fills err with "NAME: /pointer: TEXT". Always -1. */
int jval_fail(struct jval v, struct err *err, const char *fmt, ...) PRINTF(3, 4);

/* The next member or item: start with struct jval it = {.doc = NULL}; false at the end. Members come as they were
 * written, it.key is the name. Anything but object and array has none. */
bool jval_next(struct jval in, struct jval *it) NODISCARD;
/* The member, whatever its type, null included; if there is none (or obj is no object) jval_is_there() is false. */
struct jval jval_member(struct jval obj, const char *key) NODISCARD;
/* Fails unless v is of that type ("must be an object, not a text"). An integer is accepted for JDOC_REAL. */
int jval_want(struct jval v, enum jdoc_type type, struct err *err) NODISCARD;
/* Fails unless obj is an object that has none but these keys; names the unknown key and the nearest known one. */
int jval_only(struct jval obj, const char *const *keys, size_t n, struct err *err) NODISCARD;
/* The member of that type; missing or of another type is a complaint. */
int jval_get(struct jval obj, const char *key, enum jdoc_type type, struct jval *ret, struct err *err) NODISCARD;
/* The same, but missing or null is fine: *ret is then without value (jval_is_there() false). */
int jval_get_opt(struct jval obj, const char *key, enum jdoc_type type, struct jval *ret, struct err *err) NODISCARD;

/* The value itself as a C value. Texts are borrowed from the document. */
int jval_as_text(struct jval v, const char **ret, struct err *err) NODISCARD;
int jval_as_bool(struct jval v, bool *ret, struct err *err) NODISCARD;
int jval_as_i64(struct jval v, int64_t *ret, struct err *err) NODISCARD;
int jval_as_u64(struct jval v, uint64_t max, uint64_t *ret, struct err *err) NODISCARD; /* 0..max */
int jval_as_real(struct jval v, double *ret, struct err *err) NODISCARD;
/* Appends the texts of an array of texts; all or, with an error, none. */
int jval_as_strv(struct jval v, struct strv *into, struct err *err) NODISCARD;

/* Members of an object, required ... */
int jval_text(struct jval obj, const char *key, const char **ret, struct err *err) NODISCARD;
int jval_bool(struct jval obj, const char *key, bool *ret, struct err *err) NODISCARD;
int jval_u64(struct jval obj, const char *key, uint64_t max, uint64_t *ret, struct err *err) NODISCARD;
int jval_strv(struct jval obj, const char *key, struct strv *into, struct err *err) NODISCARD;
/* ... and optional: missing or null leaves *ret as it was. */
int jval_text_opt(struct jval obj, const char *key, const char **ret, struct err *err) NODISCARD;
int jval_bool_opt(struct jval obj, const char *key, bool *ret, struct err *err) NODISCARD;
int jval_u64_opt(struct jval obj, const char *key, uint64_t max, uint64_t *ret, struct err *err) NODISCARD;
int jval_strv_opt(struct jval obj, const char *key, struct strv *into, struct err *err) NODISCARD;

/* --- writing --- */

/* A new document, an empty object or an empty array; the caller's. Only such documents may be written to. */
struct jdoc *jdoc_new_object(void) NODISCARD;
struct jdoc *jdoc_new_array(void) NODISCARD;

/* Set a member (a second time replaces) or append an item: exactly one of them by what into is; key NULL for an array.
 * Invalid UTF-8 in a text is replaced by U+FFFD. text NULL writes null. */
void jval_put_text(struct jval into, const char *key, const char *text);
void jval_put_textn(struct jval into, const char *key, const char *text, size_t len);
void jval_put_u64(struct jval into, const char *key, uint64_t value); /* at most INT64_MAX */
void jval_put_i64(struct jval into, const char *key, int64_t value);
void jval_put_real(struct jval into, const char *key, double value); /* not finite: null */
void jval_put_bool(struct jval into, const char *key, bool value);
void jval_put_null(struct jval into, const char *key);
void jval_put_strv(struct jval into, const char *key, const struct strv *texts); /* an array of texts */
/* An empty object or array put there; the place to fill it. */
struct jval jval_put_object(struct jval into, const char *key);
struct jval jval_put_array(struct jval into, const char *key);
/* A deep copy of any value, of another document too. */
void jval_put_copy(struct jval into, const char *key, struct jval value);

/* Takes a key out of an object; one that is not there, in a value that is not there, changes nothing. */
void jval_drop(struct jval from, const char *key);

enum jdoc_style { JDOC_PRETTY, /* indented by two, a newline at the end */ JDOC_COMPACT /* one line, no newline */ };

/* Appends the text of the document, or of one value in it. */
void jdoc_dump(const struct jdoc *d, enum jdoc_style style, struct buf *out);
void jval_dump(struct jval v, enum jdoc_style style, struct buf *out);
