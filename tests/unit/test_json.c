#include "adapt/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

static struct jdoc *read_ok(const char *text)
{
	struct jdoc *d = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(jdoc_parse(blob_text("a.lock", text), &d, &err), 0);
	return d;
}

/* The document is refused with exactly this text. */
static void refused(struct blob text, const char *why)
{
	struct jdoc *d = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(jdoc_parse(text, &d, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, why);
	assert_null(d);
	err_clear(&err);
}

static void said(struct err *err, const char *why)
{
	assert_int_equal(err->kind, ERR_INPUT);
	assert_string_equal(err->text, why);
	err_clear(err);
}

static void syntax_errors_name_line_and_column(void **state)
{
	static const char *const rows[][2] = {
		{"", "a.lock:1:1: '[' or '{' expected near end of file"},
		{"{\n  \"a\": 1,\n}", "a.lock:3:1: string or '}' expected near '}'"},
		{"{\"a\" 1}", "a.lock:1:6: ':' expected near '1'"},
		{"[1] x", "a.lock:1:5: end of file expected near 'x'"},
		{"{\"a\": 1, \"a\": 2}", "a.lock:1:12: duplicate object key near '\"a\"'"},
		{"[\"\\u0000\"]", "a.lock:1:9: a text must not hold a NUL character"},
		{"[99999999999999999999]", "a.lock:1:21: too big integer near '99999999999999999999'"},
		{"\"text\"", "a.lock:1:6: '[' or '{' expected near '\"text\"'"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		refused(blob_text("a.lock", rows[i][0]), rows[i][1]);
}

static void invalid_utf8_is_refused_without_showing_it(void **state)
{
	(void)state;
	refused(blob_text("a.lock", "[\"\xff\"]"), "a.lock:1:2: unable to decode byte 0xff near '\"'");
}

static void nesting_is_limited(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	buf_repeat(&text, "[", 64);
	buf_repeat(&text, "]", 64);
	jdoc_free(read_ok(buf_text(&text)));
	buf_cut(&text, 0);
	buf_repeat(&text, "[", 100000);
	refused(buf_blob(&text, "deep"), "deep:1:65: nested more than 64 deep");
}

static void the_number_of_values_is_limited_before_memory_is_taken(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	buf_adds(&text, "[\n");
	buf_repeat(&text, "{},", 1400000);
	refused(buf_blob(&text, "wide"), "wide:2:375000: more than 250000 values");
}

static void brackets_inside_texts_are_not_counted(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	buf_adds(&text, "[\"\\\"");
	buf_repeat(&text, "[", 200);
	buf_adds(&text, "\"]");
	jdoc_free(read_ok(buf_text(&text)));
}

static void a_byte_order_mark_is_skipped(void **state)
{
	(void)state;
	jdoc_free(read_ok("\xEF\xBB\xBF{}"));
}

static void unknown_keys_name_the_nearest_known_one(void **state)
{
	static const char *const keys[] = {"digest", "ref"};
	AUTO(jdoc) struct jdoc *d = read_ok("{\"base\": {\"ref\": 1, \"digets\": 2}, \"far\": {\"zzzzzzzz\": 1}}");
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(jval_only(jval_member(jdoc_root(d), "base"), keys, ARRAY_LEN(keys), &err), -1);
	said(&err, "a.lock: /base: unknown key 'digets' (did you mean 'digest'?)");
	assert_int_equal(jval_only(jval_member(jdoc_root(d), "far"), keys, ARRAY_LEN(keys), &err), -1);
	said(&err, "a.lock: /far: unknown key 'zzzzzzzz'");
	assert_int_equal(jval_only(jdoc_root(d), keys, ARRAY_LEN(keys), &err), -1);
	said(&err, "a.lock: unknown key 'base'");
}

static void wrong_types_are_named_with_their_pointer(void **state)
{
	AUTO(jdoc) struct jdoc *d = read_ok("{\"a/b\": [{\"c~d\": [null, true, 1, 1.5, \"x\", [], {}]}]}");
	static const char *const is[] = {"null",     "true or false", "an integer", "a number",
					 "a string", "an array",      "an object"};
	struct jval list = jval_member(jdoc_root(d), "a/b"), it = {.doc = NULL}, row = {.doc = NULL};
	struct err err = ERR_INIT;
	(void)state;
	assert_true(jval_next(list, &row));
	list = jval_member(row, "c~d");
	assert_int_equal(jval_count(list), 7);
	for (size_t i = 0; jval_next(list, &it); i++) {
		AUTO_TEXT char *why = xasprintf("a.lock: /a~1b/0/c~0d/%zu: must be an object, not %s", i, is[i]);
		if (i == 6) {
			assert_int_equal(jval_want(it, JDOC_OBJECT, &err), 0);
			continue;
		}
		assert_int_equal(jval_want(it, JDOC_OBJECT, &err), -1);
		said(&err, why);
	}
}

static void required_members_are_read_or_missed_by_name(void **state)
{
	AUTO(jdoc)
	struct jdoc *d = read_ok("{\"t\": \"x\", \"n\": 7, \"b\": true, \"l\": [\"p\", \"q\"], \"z\": null}");
	struct jval root = jdoc_root(d);
	const char *text = NULL;
	uint64_t n = 0;
	bool b = false;
	AUTO_STRV struct strv list = STRV_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(jval_text(root, "t", &text, &err), 0);
	assert_string_equal(text, "x");
	assert_int_equal(jval_u64(root, "n", 7, &n, &err), 0);
	assert_int_equal(n, 7);
	assert_int_equal(jval_bool(root, "b", &b, &err), 0);
	assert_true(b);
	assert_int_equal(jval_strv(root, "l", &list, &err), 0);
	assert_int_equal(list.n, 2);
	assert_string_equal(list.v[1], "q");
	assert_int_equal(jval_u64(root, "n", 6, &n, &err), -1);
	said(&err, "a.lock: /n: must be 0 to 6, not 7");
	assert_int_equal(jval_text(root, "u", &text, &err), -1);
	said(&err, "a.lock: 'u' is missing");
	assert_int_equal(jval_text(root, "z", &text, &err), -1);
	said(&err, "a.lock: /z: must be a string, not null");
	assert_int_equal(jval_text(jval_member(root, "l"), "z", &text, &err), -1);
	said(&err, "a.lock: /l: must be an object, not an array");
}

static void optional_members_keep_the_value_when_absent_or_null(void **state)
{
	AUTO(jdoc) struct jdoc *d = read_ok("{\"z\": null, \"t\": \"x\", \"l\": [\"p\", 1]}");
	struct jval root = jdoc_root(d);
	const char *text = "kept";
	uint64_t n = 5;
	bool b = true;
	AUTO_STRV struct strv list = STRV_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(jval_text_opt(root, "z", &text, &err), 0);
	assert_int_equal(jval_text_opt(root, "none", &text, &err), 0);
	assert_string_equal(text, "kept");
	assert_int_equal(jval_u64_opt(root, "z", 9, &n, &err), 0);
	assert_int_equal(n, 5);
	assert_int_equal(jval_bool_opt(root, "z", &b, &err), 0);
	assert_true(b);
	assert_int_equal(jval_bool_opt(root, "t", &b, &err), -1);
	said(&err, "a.lock: /t: must be true or false, not a string");
	assert_int_equal(jval_strv_opt(root, "l", &list, &err), -1);
	said(&err, "a.lock: /l/1: must be a string, not an integer");
	assert_int_equal(list.n, 0);
	assert_int_equal(jval_strv_opt(root, "z", &list, &err), 0);
}

static void complaints_are_of_the_kind_asked_for(void **state)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	struct err err = ERR_INIT;
	const char *text = NULL;
	(void)state;
	assert_int_equal(jdoc_parse_as(ERR_PROTOCOL, blob_text("http://r/v2/", "{"), &d, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	err_clear(&err);
	assert_int_equal(jdoc_parse_as(ERR_PROTOCOL, blob_text("http://r/v2/", "{}"), &d, &err), 0);
	assert_int_equal(jval_text(jdoc_root(d), "token", &text, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_string_equal(err.text, "http://r/v2/: 'token' is missing");
	err_clear(&err);
}

static void a_dump_has_sorted_keys_whatever_the_order_of_writing(void **state)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	AUTO_BUF struct buf out = BUF_INIT;
	AUTO_STRV struct strv texts = STRV_INIT;
	(void)state;
	strv_add(&texts, "y");
	strv_add(&texts, "x");
	struct jval root = jdoc_root(d);
	jval_put_text(root, "name", "gnn");
	jval_put_u64(root, "schema", 2);
	jval_put_u64(root, "schema", 1);
	jval_put_strv(root, "list", &texts);
	jval_put_object(root, "empty");
	struct jval row = jval_put_object(jval_put_array(root, "Rows"), NULL);
	jval_put_bool(row, "b", false);
	jval_put_null(row, "a");
	jval_put_text(row, "c", NULL);
	jval_put_real(row, "d", 0.5);
	jval_put_real(row, "e", (double)NAN);
	jdoc_dump(d, JDOC_PRETTY, &out);
	assert_string_equal(buf_text(&out),
			    "{\n  \"Rows\": [\n    {\n      \"a\": null,\n      \"b\": false,\n      \"c\": null,\n"
			    "      \"d\": 0.5,\n      \"e\": null\n    }\n  ],\n  \"empty\": {},\n"
			    "  \"list\": [\n    \"y\",\n    \"x\"\n  ],\n  \"name\": \"gnn\",\n  \"schema\": 1\n}\n");
	buf_cut(&out, 0);
	jval_dump(row, JDOC_COMPACT, &out);
	assert_string_equal(buf_text(&out), "{\"a\":null,\"b\":false,\"c\":null,\"d\":0.5,\"e\":null}");
}

static void what_was_dumped_reads_back_to_the_same_bytes(void **state)
{
	static const char text[] = "{\n  \"a\": [\n    1,\n    -2,\n    \"\xc3\xa9\\n\\\"\"\n  ]\n}\n";
	AUTO(jdoc) struct jdoc *d = read_ok(text);
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	jdoc_dump(d, JDOC_PRETTY, &out);
	assert_string_equal(buf_text(&out), text);
}

static void characters_that_move_a_terminal_are_escaped(void **state)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_array();
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	jval_put_text(jdoc_root(d), NULL,
		      "\x1b[1m\x7f\xc2\x9b\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x93\xc2\xa0\xe2\x82\xac");
	jdoc_dump(d, JDOC_COMPACT, &out);
	assert_string_equal(buf_text(&out),
			    "[\"\\u001B[1m\\u007F\\u009B\\u202E\\u2066\xe2\x80\x93\xc2\xa0\xe2\x82\xac\"]");
}

static void foreign_bytes_that_are_no_text_are_replaced(void **state)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_array();
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	jval_put_text(jdoc_root(d), NULL, "a\xff\xc3\xa9\xe2\x82");
	jval_put_textn(jdoc_root(d), NULL, "b\0c", 3);
	jdoc_dump(d, JDOC_COMPACT, &out);
	assert_string_equal(buf_text(&out), "[\"a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\",\"b\xef\xbf\xbd"
					    "c\"]");
}

static void a_value_is_copied_between_documents(void **state)
{
	AUTO(jdoc) struct jdoc *from = read_ok("{\"a\": {\"b\": [1]}}");
	AUTO(jdoc) struct jdoc *to = jdoc_new_object();
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	jval_put_copy(jdoc_root(to), "x", jval_member(jdoc_root(from), "a"));
	jdoc_free(TAKE(from));
	jdoc_dump(to, JDOC_COMPACT, &out);
	assert_string_equal(buf_text(&out), "{\"x\":{\"b\":[1]}}");
}

static void numbers_are_read_in_their_range(void **state)
{
	AUTO(jdoc) struct jdoc *d = read_ok("[-1, 1.5, 3]");
	struct jval it = {.doc = NULL};
	struct err err = ERR_INIT;
	int64_t i = 0;
	uint64_t u = 0;
	double r = 0;
	(void)state;
	assert_true(jval_next(jdoc_root(d), &it));
	assert_int_equal(jval_as_i64(it, &i, &err), 0);
	assert_int_equal(i, -1);
	assert_int_equal(jval_as_u64(it, 9, &u, &err), -1);
	said(&err, "a.lock: /0: must be 0 to 9, not -1");
	assert_true(jval_next(jdoc_root(d), &it));
	assert_int_equal(jval_as_i64(it, &i, &err), -1);
	said(&err, "a.lock: /1: must be an integer, not a number");
	assert_int_equal(jval_as_real(it, &r, &err), 0);
	assert_true(r > 1.4 && r < 1.6);
	assert_true(jval_next(jdoc_root(d), &it));
	assert_int_equal(jval_as_real(it, &r, &err), 0);
	assert_true(r > 2.9 && r < 3.1);
	assert_false(jval_next(jdoc_root(d), &it));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syntax_errors_name_line_and_column),
		cmocka_unit_test(invalid_utf8_is_refused_without_showing_it),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(the_number_of_values_is_limited_before_memory_is_taken),
		cmocka_unit_test(brackets_inside_texts_are_not_counted),
		cmocka_unit_test(a_byte_order_mark_is_skipped),
		cmocka_unit_test(unknown_keys_name_the_nearest_known_one),
		cmocka_unit_test(wrong_types_are_named_with_their_pointer),
		cmocka_unit_test(required_members_are_read_or_missed_by_name),
		cmocka_unit_test(optional_members_keep_the_value_when_absent_or_null),
		cmocka_unit_test(complaints_are_of_the_kind_asked_for),
		cmocka_unit_test(a_dump_has_sorted_keys_whatever_the_order_of_writing),
		cmocka_unit_test(what_was_dumped_reads_back_to_the_same_bytes),
		cmocka_unit_test(characters_that_move_a_terminal_are_escaped),
		cmocka_unit_test(foreign_bytes_that_are_no_text_are_replaced),
		cmocka_unit_test(a_value_is_copied_between_documents),
		cmocka_unit_test(numbers_are_read_in_their_range),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
