#include "render/mustache.h"

#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"
#include "render/quote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define PARTIALS_MAX 8

struct partials {
	struct mustache *t[PARTIALS_MAX];
	char *name[PARTIALS_MAX];
	size_t n;
};

static const struct mustache *find_partial(void *self, const char *name)
{
	const struct partials *p = self;
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->name[i], name))
			return p->t[i];
	return NULL;
}

static struct mustache *parsed(const char *name, const char *text)
{
	struct mustache *t = NULL;
	struct err err = ERR_INIT;
	if (mustache_parse(blob_text(name, text), &t, &err) < 0)
		fail_msg("%s: %s", name, err.text);
	return t;
}

static void add_partial(struct partials *p, const char *name, const char *text)
{
	assert_true(p->n < PARTIALS_MAX);
	p->name[p->n] = xstrdup(name);
	p->t[p->n++] = parsed(name, text);
}

static void clear_partials(struct partials *p)
{
	for (size_t i = 0; i < p->n; i++) {
		mustache_free(p->t[i]);
		free(p->name[i]);
	}
	p->n = 0;
}

/* --- the cases of tests/cases/mustache --- */

static void take(struct value *into, const char *name, struct jval v);

static void take_scalar(struct value *into, const char *name, const char *text)
{
	if (into->kind == VALUE_LIST)
		value_add(into, text);
	else
		value_set(into, name, text);
}

static void take_number(struct value *into, const char *name, struct jval v)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *text = NULL;
	double real = 0;
	assert_int_equal(jval_as_real(v, &real, &err), 0);
	text = xasprintf("%.15g", real);
	take_scalar(into, name, text);
}

static void take_bool(struct value *into, const char *name, struct jval v)
{
	struct err err = ERR_INIT;
	bool yes = false;
	assert_int_equal(jval_as_bool(v, &yes, &err), 0);
	if (into->kind == VALUE_LIST)
		value_add_bool(into, yes);
	else
		value_set_bool(into, name, yes);
}

static void take_children(struct value *into, struct jval v)
{
	struct jval it = {.doc = NULL};
	while (jval_next(v, &it))
		take(into, it.key, it);
}

static void take(struct value *into, const char *name, struct jval v)
{
	struct err err = ERR_INIT;
	const char *text = NULL;
	bool list = into->kind == VALUE_LIST;
	switch (jval_type(v)) {
	case JDOC_NULL:
		take_scalar(into, name, NULL);
		break;
	case JDOC_BOOL:
		take_bool(into, name, v);
		break;
	case JDOC_INT:
	case JDOC_REAL:
		take_number(into, name, v);
		break;
	case JDOC_TEXT:
		assert_int_equal(jval_as_text(v, &text, &err), 0);
		take_scalar(into, name, text);
		break;
	case JDOC_ARRAY:
		take_children(list ? value_add_list(into) : value_set_list(into, name), v);
		break;
	case JDOC_OBJECT:
		take_children(list ? value_add_map(into) : value_set_map(into, name), v);
		break;
	}
}

static void renders_to(const struct mustache *t, const struct value *data, struct partials *p, const char *expected)
{
	AUTO_BUF struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	const struct mustache_options o = {.escape = quote_html, .partial = find_partial, .self = p};
	if (mustache_render(t, data, &o, &out, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(buf_text(&out), expected);
}

static void check_case(struct jval c)
{
	struct err err = ERR_INIT;
	const char *template = NULL, *expected = NULL, *name = NULL;
	struct partials p = {.n = 0};
	assert_int_equal(jval_text(c, "name", &name, &err), 0);
	assert_int_equal(jval_text(c, "template", &template, &err), 0);
	assert_int_equal(jval_text(c, "expected", &expected, &err), 0);
	/* Some cases have a text as their whole data: it is put into a list of one. */
	struct value *list = value_map();
	list->kind = VALUE_LIST;
	take(list, NULL, jval_member(c, "data"));
	struct jval it = {.doc = NULL};
	struct jval partials = jval_member(c, "partials");
	while (jval_is_there(partials) && jval_next(partials, &it)) {
		const char *text = NULL;
		assert_int_equal(jval_as_text(it, &text, &err), 0);
		add_partial(&p, it.key, text);
	}
	add_partial(&p, "the case itself", template);
	print_message("# %s\n", name);
	renders_to(p.t[p.n - 1], &list->items[0], &p, expected);
	struct mustache *outer = parsed("outer", "{{={{{ }}}=}}{{{>main}}}");
	free(p.name[p.n - 1]);
	p.name[p.n - 1] = xstrdup("main");
	renders_to(outer, &list->items[0], &p, expected);
	mustache_free(outer);
	clear_partials(&p);
	value_free(list);
}

static size_t check_file(const char *path)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO(jdoc) struct jdoc *d = NULL;
	struct err err = ERR_INIT;
	if (file_read(path, 1 << 20, &text, &err) < 0 || jdoc_parse(buf_blob(&text, path), &d, &err) < 0)
		fail_msg("%s", err.text);
	struct jval it = {.doc = NULL};
	size_t n = 0;
	for (; jval_next(jdoc_root(d), &it); n++)
		check_case(it);
	return n;
}

static void the_specification_is_met(void **state)
{
	(void)state;
	size_t n = check_file("tests/cases/mustache/spec-comments.json");
	n += check_file("tests/cases/mustache/spec-delimiters.json");
	n += check_file("tests/cases/mustache/spec-interpolation.json");
	n += check_file("tests/cases/mustache/spec-inverted.json");
	n += check_file("tests/cases/mustache/spec-partials.json");
	n += check_file("tests/cases/mustache/spec-sections.json");
	assert_int_equal(n, 136);
}

static void our_own_cases_are_met(void **state)
{
	(void)state;
	assert_true(check_file("tests/cases/mustache/own.json") >= 80);
}

/* --- what is refused --- */

static void templates_that_are_none_are_refused_with_line_and_tag(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"a\n{{b", "template 't': line 2: a tag without its end '}}'"},
		{"{{{b}}", "template 't': line 1: a tag without its end '}}}'"},
		{"{{! never", "template 't': line 1: a tag without its end '}}'"},
		{"\n\n{{#a}}\n", "template 't': line 3: the section 'a' is not closed"},
		{"{{#a}}{{#b}}{{/b}}", "template 't': line 1: the section 'a' is not closed"},
		{"{{#a}}\n{{/b}}", "template 't': line 2: {{/b}} where 'a' of line 1 is still open"},
		{"x\n{{/b}}", "template 't': line 2: {{/b}} closes nothing"},
		{"{{}}", "template 't': line 1: a tag without a name"},
		{"{{# }}", "template 't': line 1: a tag without a name"},
		{"{{a b}}", "template 't': line 1: 'a b' is not a name"},
		{"{{a..b}}", "template 't': line 1: 'a..b' is not a name"},
		{"{{.a}}", "template 't': line 1: '.a' is not a name"},
		{"{{a.}}", "template 't': line 1: 'a.' is not a name"},
		{"{{=a=}}", "template 't': line 1: delimiters are two words of at most 15 characters without '='"},
		{"{{=a b c=}}", "template 't': line 1: delimiters are two words of at most 15 characters without '='"},
		{"{{=1234567890123456 b=}}",
		 "template 't': line 1: delimiters are two words of at most 15 characters without '='"},
		{"{{=a= b=}}", "template 't': line 1: delimiters are two words of at most 15 characters without '='"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct mustache *t = NULL;
		struct err err = ERR_INIT;
		assert_int_equal(mustache_parse(blob_text("t", rows[i].text), &t, &err), -1);
		assert_string_equal(err.text, rows[i].why);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_null(t);
	}
}

static void too_deep_and_too_large_templates_are_refused(void **state)
{
	(void)state;
	AUTO_BUF struct buf deep = BUF_INIT;
	struct mustache *t = NULL;
	struct err err = ERR_INIT;
	buf_repeat(&deep, "{{#a}}", MUSTACHE_MAX_DEPTH + 1);
	assert_int_equal(mustache_parse(buf_blob(&deep, "deep"), &t, &err), -1);
	assert_string_equal(err.text, "template 'deep': line 1: sections are nested deeper than 64");
	err_clear(&err);
	AUTO_BUF struct buf large = BUF_INIT;
	buf_repeat(&large, "12345678", MUSTACHE_MAX_SIZE / 8);
	buf_addc(&large, 'x');
	assert_int_equal(mustache_parse(buf_blob(&large, "large"), &t, &err), -1);
	assert_string_equal(err.text, "template 'large': larger than 1048576 bytes");
}

static const struct mustache_filter filters[] = {
	{.name = "shell", .quote = quote_shell, .before = "", .between = " ", .after = ""},
	{.name = "json", .quote = quote_json, .before = "[", .between = ", ", .after = "]"},
	{.name = "docker", .quote = quote_dockerfile},
};

static const struct mustache_options strict = {
	.escape = quote_word, .filters = filters, .n_filters = ARRAY_LEN(filters), .strict = true};

/* Renders strictly; the result or the error's text must be this. */
static void strictly(const char *text, const struct value *data, const char *expected, const char *why)
{
	AUTO(mustache) struct mustache *t = parsed("t", text);
	AUTO_BUF struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	int rc = mustache_render(t, data, &strict, &out, &err);
	assert_string_equal(err.text, why ? why : "");
	assert_int_equal(rc, why ? -1 : 0);
	if (!why)
		assert_string_equal(buf_text(&out), expected);
}

static struct value *sample(void)
{
	struct value *data = value_map();
	value_set(data, "word", "torch==2.7.1+cu128");
	value_set(data, "text", "it's $x");
	value_set(data, "none", NULL);
	value_set_bool(data, "yes", true);
	struct value *list = value_set_list(data, "list");
	value_add(list, "a");
	value_add(list, "b c");
	struct value *map = value_set_map(data, "map");
	value_set(map, "shell", "not a filter");
	return data;
}

static void a_filter_quotes_texts_and_lists(void **state)
{
	(void)state;
	AUTO(value) struct value *data = sample();
	strictly("{{text.shell}}", data, "'it'\\''s $x'", NULL);
	strictly("{{text.json}}", data, "\"it's $x\"", NULL);
	strictly("{{text.docker}}", data, "\"it's \\$x\"", NULL);
	strictly("{{list.shell}}", data, "a 'b c'", NULL);
	strictly("{{list.json}}", data, "[\"a\", \"b c\"]", NULL);
	strictly("{{#list}}<{{.}}>{{/list}}", data, NULL,
		 "template 't': line 1: '.': 'b c' cannot stand here without quotes: only letters, digits and "
		 "_@%+=:,./~!- can");
	strictly("{{map.shell.json}}", data, "\"not a filter\"", NULL);
	strictly("[{{none.shell}}{{none}}]", data, "[]", NULL);
	strictly("{{word}} {{yes}}", data, "torch==2.7.1+cu128 true", NULL);
}

static void strict_rendering_names_what_is_not_there(void **state)
{
	(void)state;
	AUTO(value) struct value *data = sample();
	strictly("{{wrod}}", data, NULL, "template 't': line 1: 'wrod': nothing has this name (did you mean 'word'?)");
	strictly("\n{{#lisst}}{{/lisst}}", data, NULL,
		 "template 't': line 2: 'lisst': nothing has this name (did you mean 'list'?)");
	strictly("{{^zzzzzzzz}}{{/zzzzzzzz}}", data, NULL, "template 't': line 1: 'zzzzzzzz': nothing has this name");
	strictly("{{map.x}}", data, NULL, "template 't': line 1: 'map.x': nothing has this name (did you mean 'map'?)");
	strictly("{{text.sehll}}", data, NULL, "template 't': line 1: 'text.sehll': nothing has this name");
	strictly("{{>p}}", data, NULL, "template 't': line 1: 'p': there is no such template");
	strictly("{{list}}", data, NULL, "template 't': line 1: 'list': is not a text");
	strictly("{{map}}", data, NULL, "template 't': line 1: 'map': is not a text");
	strictly("{{list.docker}}", data, NULL, "template 't': line 1: 'list.docker': is not a text");
	strictly("{{#text.shell}}{{/text.shell}}", data, NULL,
		 "template 't': line 1: 'text.shell': nothing has this name");
	strictly("{{text}}", data, NULL,
		 "template 't': line 1: 'text': 'it's $x' cannot stand here without quotes: only letters, digits and "
		 "_@%+=:,./~!- can");
}

static void partials_without_end_are_refused(void **state)
{
	(void)state;
	struct partials p = {.n = 0};
	add_partial(&p, "p", "x{{>p}}");
	AUTO(value) struct value *data = value_map();
	AUTO_BUF struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	const struct mustache_options o = {.partial = find_partial, .self = &p};
	assert_int_equal(mustache_render(p.t[0], data, &o, &out, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "template 'p': line 1: 'p': partials are nested deeper than 64");
	clear_partials(&p);
}

static void output_without_measure_is_refused(void **state)
{
	(void)state;
	AUTO(value) struct value *data = value_map();
	struct value *list = value_set_list(data, "l");
	for (int i = 0; i < 64; i++)
		value_add(list, "0123456789012345678901234567890123456789");
	AUTO(mustache) struct mustache *t = parsed("t", "{{#l}}{{#l}}{{#l}}{{#l}}{{.}}{{/l}}{{/l}}{{/l}}{{/l}}");
	AUTO_BUF struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	const struct mustache_options o = {.escape = NULL};
	assert_int_equal(mustache_render(t, data, &o, &out, &err), -1);
	assert_string_equal(err.text, "template 't': line 1: '.': the result is larger than 16777216 bytes");
	assert_true(out.len <= MUSTACHE_MAX_OUTPUT);
}

static void work_without_measure_is_refused(void **state)
{
	(void)state;
	AUTO(value) struct value *data = value_map();
	AUTO_BUF struct buf out = BUF_INIT;
	struct err err = ERR_INIT;
	struct value *list = value_set_list(data, "l");
	for (int i = 0; i < 70; i++)
		value_add(list, "x");
	AUTO(mustache) struct mustache *t = parsed("t", "{{#l}}{{#l}}{{#l}}{{#l}}{{#n}}{{/n}}{{/l}}{{/l}}{{/l}}{{/l}}");
	const struct mustache_options o = {.escape = NULL};
	assert_int_equal(mustache_render(t, data, &o, &out, &err), -1);
	assert_string_equal(err.text, "template 't': it takes more than 4194304 steps");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_specification_is_met),
		cmocka_unit_test(our_own_cases_are_met),
		cmocka_unit_test(templates_that_are_none_are_refused_with_line_and_tag),
		cmocka_unit_test(too_deep_and_too_large_templates_are_refused),
		cmocka_unit_test(a_filter_quotes_texts_and_lists),
		cmocka_unit_test(strict_rendering_names_what_is_not_there),
		cmocka_unit_test(partials_without_end_are_refused),
		cmocka_unit_test(work_without_measure_is_refused),
		cmocka_unit_test(output_without_measure_is_refused),
	};
	return cmocka_run_group_tests_name("mustache", tests, NULL, NULL);
}
