#include "support/draft7.h"

#include "base/str.h"
#include "support/t.h"

#include <regex.h>

#define PATTERNS_MAX 128

struct draft7 {
	struct jdoc *doc;
	const char *patterns[PATTERNS_MAX]; /* borrowed from doc */
	regex_t compiled[PATTERNS_MAX];
	size_t n;
};

struct draft7 *draft7_new(const char *schema)
{
	struct draft7 *d = xcalloc(1, sizeof(*d));
	struct err err = ERR_INIT;
	if (jdoc_parse(blob_text("schema", schema), &d->doc, &err) < 0)
		fail_msg("%s", err.text);
	return d;
}

void draft7_free(struct draft7 *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		regfree(&d->compiled[i]);
	jdoc_free(d->doc);
	free(d);
}

static bool valid(struct draft7 *d, struct jval schema, struct jval v);

static const char *text_of(struct jval v)
{
	const char *text = "";
	struct err err = ERR_INIT;
	if (jval_as_text(v, &text, &err) < 0)
		fail_msg("%s", err.text);
	return text;
}

static double number_of(struct jval v)
{
	double number = 0;
	struct err err = ERR_INIT;
	if (jval_as_real(v, &number, &err) < 0)
		fail_msg("%s", err.text);
	return number;
}

static bool is_number(struct jval v)
{
	return jval_type(v) == JDOC_INT || jval_type(v) == JDOC_REAL;
}

static bool is_whole(struct jval v)
{
	return is_number(v) && number_of(v) - (double)(long)number_of(v) == 0;
}

static bool same(struct jval a, struct jval b)
{
	AUTO_BUF struct buf x = BUF_INIT, y = BUF_INIT;
	if (is_number(a) && is_number(b))
		return number_of(a) - number_of(b) == 0;
	jval_dump(a, JDOC_COMPACT, &x);
	jval_dump(b, JDOC_COMPACT, &y);
	return str_eq(buf_text(&x), buf_text(&y));
}

static bool matches(struct draft7 *d, const char *pattern, const char *text)
{
	size_t i = 0;
	while (i < d->n && !str_eq(d->patterns[i], pattern))
		i++;
	if (i == d->n) {
		assert_true(d->n < PATTERNS_MAX);
		assert_int_equal(regcomp(&d->compiled[i], pattern, REG_EXTENDED | REG_NOSUB), 0);
		d->patterns[d->n++] = pattern;
	}
	return regexec(&d->compiled[i], text, 0, NULL, 0) == 0;
}

static bool is_type(const char *type, struct jval v)
{
	enum jdoc_type t = jval_type(v);
	if (str_eq(type, "integer"))
		return is_whole(v);
	return (str_eq(type, "object") && t == JDOC_OBJECT) || (str_eq(type, "array") && t == JDOC_ARRAY) ||
	       (str_eq(type, "string") && t == JDOC_TEXT) || (str_eq(type, "boolean") && t == JDOC_BOOL) ||
	       (str_eq(type, "null") && t == JDOC_NULL);
}

static bool any_of(struct draft7 *d, struct jval schemas, struct jval v)
{
	struct jval it = {.doc = NULL};
	while (jval_next(schemas, &it)) {
		if (valid(d, it, v))
			return true;
	}
	return false;
}

static bool in_list(struct jval list, struct jval v)
{
	struct jval it = {.doc = NULL};
	while (jval_next(list, &it)) {
		if (same(it, v))
			return true;
	}
	return false;
}

static bool all_differ(struct jval list)
{
	struct jval a = {.doc = NULL};
	while (jval_next(list, &a)) {
		struct jval b = {.doc = NULL};
		while (jval_next(list, &b)) {
			if (a.index != b.index && same(a, b))
				return false;
		}
	}
	return true;
}

static bool has_all(struct jval names, struct jval object)
{
	struct jval it = {.doc = NULL};
	while (jval_next(names, &it)) {
		if (!jval_is_there(jval_member(object, text_of(it))))
			return false;
	}
	return true;
}

/* Each member by its own schema, or by the one for all others. */
static bool members_valid(struct draft7 *d, struct jval schema, struct jval object)
{
	struct jval properties = jval_member(schema, "properties"),
		    others = jval_member(schema, "additionalProperties");
	struct jval it = {.doc = NULL};
	while (jval_next(object, &it)) {
		struct jval own =
			jval_is_there(properties) ? jval_member(properties, it.key) : (struct jval){.doc = NULL};
		if (jval_is_there(own) && !valid(d, own, it))
			return false;
		if (jval_is_there(own) || !jval_is_there(others))
			continue;
		if (jval_type(others) == JDOC_BOOL || !valid(d, others, it))
			return false; /* the only boolean in use is false */
	}
	return true;
}

static bool names_valid(struct draft7 *d, struct jval schema, struct jval object)
{
	AUTO(jdoc) struct jdoc *names = jdoc_new_array();
	struct jval it = {.doc = NULL};
	while (jval_next(object, &it))
		jval_put_text(jdoc_root(names), NULL, it.key);
	it = (struct jval){.doc = NULL};
	while (jval_next(jdoc_root(names), &it)) {
		if (!valid(d, schema, it))
			return false;
	}
	return true;
}

static bool items_valid(struct draft7 *d, struct jval schema, struct jval list)
{
	struct jval it = {.doc = NULL};
	while (jval_next(list, &it)) {
		if (!valid(d, schema, it))
			return false;
	}
	return true;
}

static bool for_text(struct draft7 *d, const char *word, struct jval arg, struct jval v)
{
	if (str_eq(word, "pattern"))
		return matches(d, text_of(arg), text_of(v));
	return (double)str_columns(text_of(v)) <= number_of(arg); /* maxLength */
}

static bool for_array(struct draft7 *d, const char *word, struct jval arg, struct jval v)
{
	if (str_eq(word, "items"))
		return items_valid(d, arg, v);
	if (str_eq(word, "minItems"))
		return (double)jval_count(v) >= number_of(arg);
	if (str_eq(word, "maxItems"))
		return (double)jval_count(v) <= number_of(arg);
	return all_differ(v); /* uniqueItems */
}

static bool for_object(struct draft7 *d, const char *word, struct jval schema, struct jval arg, struct jval v)
{
	if (str_eq(word, "required"))
		return has_all(arg, v);
	if (str_eq(word, "minProperties"))
		return (double)jval_count(v) >= number_of(arg);
	if (str_eq(word, "maxProperties"))
		return (double)jval_count(v) <= number_of(arg);
	if (str_eq(word, "propertyNames"))
		return names_valid(d, arg, v);
	return members_valid(d, schema, v); /* properties, additionalProperties */
}

static bool for_any(struct draft7 *d, const char *word, struct jval arg, struct jval v)
{
	if (str_eq(word, "type"))
		return is_type(text_of(arg), v);
	if (str_eq(word, "const"))
		return same(arg, v);
	if (str_eq(word, "enum"))
		return in_list(arg, v);
	if (str_eq(word, "anyOf"))
		return any_of(d, arg, v);
	return !valid(d, arg, v); /* not */
}

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && !str_eq(*words, word))
		words++;
	return *words != NULL;
}

static bool keyword(struct draft7 *d, struct jval schema, struct jval k, struct jval v)
{
	static const char *const any[] = {"type", "const", "enum", "anyOf", "not", NULL};
	static const char *const text[] = {"pattern", "maxLength", NULL};
	static const char *const number[] = {"minimum", "maximum", NULL};
	static const char *const array[] = {"items", "minItems", "maxItems", "uniqueItems", NULL};
	static const char *const object[] = {"required",   "minProperties", "maxProperties",
					     "properties", "propertyNames", "additionalProperties",
					     NULL};
	static const char *const notes[] = {"$schema", "title", "description", NULL};
	enum jdoc_type t = jval_type(v);
	if (is_one_of(k.key, any))
		return for_any(d, k.key, k, v);
	if (is_one_of(k.key, text))
		return t != JDOC_TEXT || for_text(d, k.key, k, v);
	if (is_one_of(k.key, array))
		return t != JDOC_ARRAY || for_array(d, k.key, k, v);
	if (is_one_of(k.key, object))
		return t != JDOC_OBJECT || for_object(d, k.key, schema, k, v);
	if (is_one_of(k.key, number))
		return !is_number(v) ||
		       (str_eq(k.key, "minimum") ? number_of(v) >= number_of(k) : number_of(v) <= number_of(k));
	if (!is_one_of(k.key, notes))
		fail_msg("the schema uses '%s', which this test does not know", k.key);
	return true;
}

static bool valid(struct draft7 *d, struct jval schema, struct jval v)
{
	struct jval k = {.doc = NULL};
	while (jval_next(schema, &k)) {
		if (!keyword(d, schema, k, v))
			return false;
	}
	return true;
}

bool draft7_valid(struct draft7 *d, struct jval value)
{
	return valid(d, jdoc_root(d->doc), value);
}
