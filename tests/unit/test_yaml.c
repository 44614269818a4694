#include "adapt/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static struct ydoc *read_ok(const char *text)
{
	struct ydoc *d = NULL;
	struct err err = ERR_INIT;
	if (ydoc_parse(blob_text("m.yaml", text), &d, &err) < 0)
		fail_msg("%s", err.text);
	return d;
}

static void refused(struct blob text, const char *why)
{
	struct ydoc *d = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(ydoc_parse(text, &d, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, why);
	assert_null(d);
	err_clear(&err);
}

static void a_map_keeps_order_lines_and_columns(void **state)
{
	AUTO(ydoc) struct ydoc *d = read_ok("a: 1\nb:\n  - \"x\"\n  - {c: d}\n");
	const struct ynode *root = ydoc_root(d), *list = &root->items[3];
	(void)state;
	assert_int_equal(root->kind, YNODE_MAP);
	assert_int_equal(root->n, 2);
	assert_string_equal(root->items[0].text, "a");
	assert_string_equal(root->items[1].text, "1");
	assert_true(root->items[1].plain);
	assert_int_equal(list->kind, YNODE_LIST);
	assert_int_equal(list->n, 2);
	assert_false(list->items[0].plain);
	assert_int_equal(list->items[0].line, 3);
	assert_int_equal(list->items[0].column, 5);
	assert_int_equal(list->items[1].kind, YNODE_MAP);
	assert_string_equal(list->items[1].items[1].text, "d");
	assert_int_equal(list->items[1].items[1].column, 9);
}

static void everything_beyond_the_plain_language_is_refused_at_its_place(void **state)
{
	static const char *const rows[][2] = {
		{"", "m.yaml:1:1: the document is empty"},
		{"# only a comment\n", "m.yaml:1:1: the document is empty"},
		{"a: &x 1\n", "m.yaml:1:4: anchors are not supported: write the value out"},
		{"a: &x [1]\n", "m.yaml:1:4: anchors are not supported: write the value out"},
		{"a: &x {b: 1}\n", "m.yaml:1:4: anchors are not supported: write the value out"},
		{"a: *x\n", "m.yaml:1:4: aliases are not supported: write the value out"},
		{"a: !!str 1\n", "m.yaml:1:4: tags are not supported"},
		{"a: !mine [1]\n", "m.yaml:1:4: tags are not supported"},
		{"a: ! {b: 1}\n", "m.yaml:1:4: tags are not supported"},
		{"%TAG ! tag:x,2000:\n---\na: 1\n", "m.yaml:1:1: tags are not supported"},
		{"a:\n  <<: {b: 1}\n", "m.yaml:2:3: merge keys are not supported: write the keys out"},
		{"a: 1\nb: 2\na: 3\n", "m.yaml:3:1: key 'a' is there twice (first in line 1)"},
		{"a: 1\n\"a\": 3\n", "m.yaml:2:1: key 'a' is there twice (first in line 1)"},
		{"[a]: 1\n", "m.yaml:1:1: a key must be a text"},
		{"? {a: 1}\n: 1\n", "m.yaml:1:3: a key must be a text"},
		{"a: 1\n---\nb: 2\n", "m.yaml:2:1: a second document is not supported"},
		{"a: \"x\\0y\"\n", "m.yaml:1:4: a text must not hold a NUL character"},
		{"a: [1\nb: 2\n", "m.yaml:2:2: did not find expected ',' or ']' while parsing a flow sequence"},
		{"a: 1\n b: 2\n", "m.yaml:2:3: mapping values are not allowed in this context"},
		{"\ta: 1\n",
		 "m.yaml:1:1: found character that cannot start any token while scanning for the next token"},
		{"a: \"x\n", "m.yaml:2:1: found unexpected end of stream while scanning a quoted scalar"},
		{"a: b\nc: \xff\n", "m.yaml:2:4: invalid leading UTF-8 octet"},
		{"a: \x1b[1m\n", "m.yaml:1:4: control characters are not allowed"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		refused(blob_text("m.yaml", rows[i][0]), rows[i][1]);
}

static void utf16_is_refused(void **state)
{
	(void)state;
	refused((struct blob){"m.yaml",
			      "\xff\xfe"
			      "a\0:\0 \0"
			      "1\0",
			      10},
		"m.yaml:1:1: invalid leading UTF-8 octet");
}

static void a_byte_order_mark_and_one_document_marker_are_fine(void **state)
{
	(void)state;
	ydoc_free(read_ok("\xEF\xBB\xBF%YAML 1.2\n---\na: 1\n...\n"));
}

static void nesting_is_limited(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	buf_repeat(&text, "[", 64);
	buf_repeat(&text, "]", 64);
	ydoc_free(read_ok(buf_text(&text)));
	buf_cut(&text, 0);
	buf_repeat(&text, "[", 200000);
	refused(buf_blob(&text, "deep"), "deep:1:65: nested too deep");
	buf_cut(&text, 0);
	buf_repeat(&text, "- ", 100);
	refused(buf_blob(&text, "deep"), "deep:1:129: nested too deep");
}

static void size_and_numbers_are_limited(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	buf_repeat(&text, "x", YDOC_SIZE_MAX + 1);
	refused(buf_blob(&text, "big"), "big: larger than 1048576 bytes");
	buf_cut(&text, 0);
	buf_repeat(&text, "- 1\n", YDOC_NODES_MAX);
	refused(buf_blob(&text, "many"), "many:100000:3: too many values");
	buf_cut(&text, 0);
	for (int i = 0; i < 1001; i++)
		buf_addf(&text, "k%d: 1\n", i);
	refused(buf_blob(&text, "keys"), "keys:1001:1: too many keys in one map");
}

static void plain_scalars_that_any_reader_takes_for_something_else_are_known(void **state)
{
	static const struct {
		const char *text;
		enum ynode_reads reads;
	} rows[] = {
		{"", YNODE_NULL},
		{"~", YNODE_NULL},
		{"null", YNODE_NULL},
		{"NULL", YNODE_NULL},
		{"nULL", YNODE_TEXT},
		{"true", YNODE_BOOL},
		{"yes", YNODE_BOOL},
		{"No", YNODE_BOOL},
		{"ON", YNODE_BOOL},
		{"y", YNODE_BOOL},
		{"yEs", YNODE_TEXT},
		{"0", YNODE_INT},
		{"-17", YNODE_INT},
		{"+1", YNODE_INT},
		{"012", YNODE_INT},
		{"0x1F", YNODE_INT},
		{"0b101", YNODE_INT},
		{"0o17", YNODE_INT},
		{"1_000", YNODE_INT},
		{"1:30", YNODE_INT},
		{"190:20:30", YNODE_INT},
		{"1000:1000", YNODE_TEXT},
		{"0x", YNODE_TEXT},
		{"0xg", YNODE_TEXT},
		{"3.10", YNODE_REAL},
		{"12.8", YNODE_REAL},
		{"1.", YNODE_REAL},
		{".5", YNODE_REAL},
		{"-1.5e3", YNODE_REAL},
		{"1e3", YNODE_REAL},
		{"1E+3", YNODE_REAL},
		{"1e", YNODE_TEXT},
		{".inf", YNODE_REAL},
		{"-.Inf", YNODE_REAL},
		{".nan", YNODE_REAL},
		{".iNf", YNODE_TEXT},
		{"1:30.5", YNODE_REAL},
		{"1.8.1", YNODE_TEXT},
		{"535.104.05", YNODE_TEXT},
		{"3.13t", YNODE_TEXT},
		{".", YNODE_TEXT},
		{"-", YNODE_TEXT},
		{"+", YNODE_TEXT},
		{"2.7.*", YNODE_TEXT},
		{"2026-11-28", YNODE_TIME},
		{"2026-1-2", YNODE_TIME},
		{"2026-11-28T10:00:00Z", YNODE_TIME},
		{"2026-11-28 10:00:00", YNODE_TIME},
		{"2026-11-28x", YNODE_TEXT},
		{"2026-11", YNODE_TEXT},
		{"cu128", YNODE_TEXT},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *text = xstrdup(rows[i].text);
		struct ynode n = {.kind = YNODE_SCALAR, .plain = true, .text = text};
		if (ynode_reads(&n) != rows[i].reads)
			fail_msg("'%s' reads as %d, not %d", text, (int)ynode_reads(&n), (int)rows[i].reads);
		n.plain = false;
		assert_int_equal(ynode_reads(&n), YNODE_TEXT);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_keeps_order_lines_and_columns),
		cmocka_unit_test(everything_beyond_the_plain_language_is_refused_at_its_place),
		cmocka_unit_test(utf16_is_refused),
		cmocka_unit_test(a_byte_order_mark_and_one_document_marker_are_fine),
		cmocka_unit_test(nesting_is_limited),
		cmocka_unit_test(size_and_numbers_are_limited),
		cmocka_unit_test(plain_scalars_that_any_reader_takes_for_something_else_are_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
