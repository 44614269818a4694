/* Conflicts and their reasons as values, and the table that shows them. */
#include "support/t.h"
#include "base/str.h"
#include "model/conflict.h"
#include "model/table.h"

static void add(struct reasons *r, enum reason_code code, enum severity severity, const char *subject)
{
	struct reason *reason = reasons_add(r, code, severity);
	reason->subject = xstrdup(subject);
	reason->because = xstrdup("so it is");
}

static void errors_come_before_warnings_and_notes_and_nothing_twice(void **state)
{
	struct reasons r = {.v = NULL};
	AUTO_BUF struct buf order = BUF_INIT;
	(void)state;
	add(&r, REASON_NO_WHEEL, SEVERITY_INFO, "a");
	add(&r, REASON_NO_WHEEL, SEVERITY_ERROR, "b");
	add(&r, REASON_UNPROVEN, SEVERITY_WARNING, "c");
	add(&r, REASON_NO_WHEEL, SEVERITY_ERROR, "d");
	add(&r, REASON_NO_WHEEL, SEVERITY_ERROR, "b");
	add(&r, REASON_UNPROVEN, SEVERITY_INFO, "a");
	reasons_settle(&r);
	for (size_t i = 0; i < r.n; i++)
		buf_adds(&order, r.v[i].subject);
	assert_string_equal(buf_text(&order), "bdcaa");
	reasons_clear(&r);
	assert_int_equal(r.n, 0);
}

static void every_code_has_a_name_and_a_line_about_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < REASON__MAX; i++) {
		assert_non_null(reason_code_name((enum reason_code)i));
		assert_non_null(reason_code_about((enum reason_code)i));
		for (unsigned k = 0; k < i; k++)
			assert_string_not_equal(reason_code_name((enum reason_code)i),
						reason_code_name((enum reason_code)k));
	}
	assert_string_equal(reason_code_name(REASON_CUDA_MAJOR_MISMATCH), "cuda-major-mismatch");
	assert_string_equal(reason_code_name(REASON_PTX_TOO_NEW), "ptx-too-new-for-driver");
	assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
	assert_string_equal(answer_verdict_name(VERDICT_UNKNOWN), "unknown");
}

static void joined_conflicts_keep_all_and_the_graver_verdict(void **state)
{
	AUTO(conflict) struct conflict *c = conflict_new(VERDICT_UNKNOWN);
	struct conflict *more = conflict_new(VERDICT_CONFLICT);
	(void)state;
	add(&c->reasons, REASON_VERSION_UNKNOWN, SEVERITY_ERROR, "a");
	conflict_suggest(c, xstrdup("one"), xstrdup("result"));
	conflict_suggest(c, xstrdup("one again"), xstrdup("result"));
	add(&more->reasons, REASON_NO_WHEEL, SEVERITY_ERROR, "b");
	conflict_suggest(more, xstrdup("one"), xstrdup("another"));
	conflict_suggest(more, xstrdup("two"), xstrdup("second"));
	more->left = xstrdup("left");
	more->right = xstrdup("right");
	conflict_compare(more, "colour", xstrdup("red"), xstrdup("red"));
	conflict_compare(more, "size", xstrdup("1"), xstrdup("2"));
	conflict_join(c, more);
	assert_int_equal(c->verdict, VERDICT_CONFLICT);
	assert_int_equal(c->reasons.n, 2);
	assert_int_equal(c->nsuggestions, 2);
	assert_string_equal(c->suggestions[1].change, "two");
	assert_int_equal(c->nrows, 2);
	assert_false(c->rows[0].differs);
	assert_true(c->rows[1].differs);
}

static void columns_are_as_wide_as_their_longest_text(void **state)
{
	struct table t = table_new(3);
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	table_add(&t, "a");
	table_add(&t, NULL);
	table_add(&t, "");
	table_addf(&t, "%s", "l\303\244nger");
	table_add(&t, "b\033[31m");
	table_add(&t, "c");
	table_add(&t, "last");
	table_write(&t, "  ", &out);
	assert_string_equal(buf_text(&out), "  a       -\n  l\303\244nger  b?[31m  c\n  last\n");
	table_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_come_before_warnings_and_notes_and_nothing_twice),
		cmocka_unit_test(every_code_has_a_name_and_a_line_about_it),
		cmocka_unit_test(joined_conflicts_keep_all_and_the_graver_verdict),
		cmocka_unit_test(columns_are_as_wide_as_their_longest_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
