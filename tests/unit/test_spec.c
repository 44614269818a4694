#include "model/spec.h"

#include "base/str.h"
#include "support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define DIR "tests/cases/versions/"

static struct spec *parsed(const char *text)
{
	struct err err = ERR_INIT;
	struct spec *s = NULL;
	if (spec_parse(text, &s, &err))
		fail_msg("%s", err.text);
	return s;
}

static void specifiers_are_met_as_the_pep_says(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "specs.txt", 700);
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		AUTO(spec) struct spec *s = parsed(rows.v[i].cell[0]);
		AUTO_TEXT char *got =
			xasprintf("%s %s", rows.v[i].cell[1], spec_match_text(s, rows.v[i].cell[1]) ? "yes" : "no");
		AUTO_TEXT char *expected = xasprintf("%s %s", rows.v[i].cell[1], rows.v[i].cell[2]);
		rows_expect(DIR "specs.txt", &rows.v[i], got, expected);
	}
}

static void a_version_as_value_is_judged_as_its_text_is(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "specs.txt", 700);
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		struct err err = ERR_INIT;
		struct ver v;
		AUTO(spec) struct spec *s = parsed(rows.v[i].cell[0]);
		if (str_starts(rows.v[i].cell[0], "==="))
			continue;
		assert_int_equal(ver_parse(rows.v[i].cell[1], &v, &err), 0);
		rows_expect(DIR "specs.txt", &rows.v[i], spec_match(s, &v) ? "yes" : "no", rows.v[i].cell[2]);
	}
}

static void texts_that_are_no_specifiers_are_refused_with_the_reason(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "not-specs.txt", 20);
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		struct err err = ERR_INIT;
		struct spec *s = NULL;
		assert_int_equal(spec_parse(rows.v[i].cell[0], &s, &err), -1);
		assert_null(s);
		assert_int_equal(err.kind, ERR_INPUT);
		rows_expect(DIR "not-specs.txt", &rows.v[i], err.text, rows.v[i].cell[1]);
		err_clear(&err);
	}
}

static void a_bare_version_means_equal(void **state)
{
	static const char *const rows[][2] = {
		{"2.7", "==2.7"},
		{"2.7.*", "==2.7.*"},
		{"1.8.1+cu102", "==1.8.1+cu102"},
		{">=2.6, 2.7", ">=2.6,==2.7"},
		{" ~= 2.6 ", "~=2.6"},
		{"0.6.18+pt27cu128", "==0.6.18+pt27cu128"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;
		AUTO(spec) struct spec *s = NULL;
		assert_int_equal(spec_parse_bare(rows[i][0], &s, &err), 0);
		assert_string_equal(s->text, rows[i][1]);
	}
}

static void an_empty_bare_version_is_refused_an_empty_specifier_takes_all(void **state)
{
	struct err err = ERR_INIT;
	struct spec *none = NULL;
	struct ver v = ver_make(9, 9, 9);
	(void)state;
	assert_int_equal(spec_parse_bare(" ", &none, &err), -1);
	assert_string_equal(err.text, "a version is empty");
	AUTO(spec) struct spec *s = parsed(" ");
	assert_string_equal(s->text, "");
	assert_true(spec_match(s, &v));
}

static void pre_releases_are_taken_only_where_they_are_named(void **state)
{
	static const struct {
		const char *spec, *version;
		bool wants, allows;
	} rows[] = {
		{">=2.0", "2.7rc1", false, false},    {">=2.0rc1", "2.7rc1", true, true},
		{"==2.7rc1", "2.7rc1", true, true},   {"==2.7.*", "2.7rc1", false, false},
		{"!=2.7rc1", "2.8rc1", false, false}, {"<3.0.dev1", "2.7rc1", true, true},
		{"===2.7rc1", "2.7rc1", true, true},  {"===x", "2.7", false, false},
		{"~=2.7a1", "2.7rc1", true, true},    {">=2.0", "2.7", false, true},
		{">=2.0", "2.7.post1", false, true},  {">=2.0,<3.0rc1", "2.7b1", true, true},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;
		struct ver v;
		AUTO(spec) struct spec *s = parsed(rows[i].spec);
		assert_int_equal(ver_parse(rows[i].version, &v, &err), 0);
		assert_int_equal(spec_wants_pre(s), rows[i].wants);
		assert_int_equal(spec_allows(s, &v), rows[i].allows);
	}
}

static void an_exact_version_is_found(void **state)
{
	AUTO(spec) struct spec *exact = parsed("==2.7.1");
	AUTO(spec) struct spec *prefix = parsed("==2.7.*");
	AUTO(spec) struct spec *range = parsed(">=2.7");
	AUTO(spec) struct spec *two = parsed("==2.7,==2.7.0");
	struct ver v = ver_make(2, 7, 1);
	(void)state;
	assert_non_null(spec_exact(exact));
	assert_int_equal(ver_cmp(spec_exact(exact), &v), 0);
	assert_null(spec_exact(prefix));
	assert_null(spec_exact(range));
	assert_null(spec_exact(two));
}

static void a_label_can_be_taken_off(void **state)
{
	AUTO(spec) struct spec *s = parsed(">=1.8,==1.8.1+CU102,!=1.8.1+cu111");
	AUTO(spec) struct spec *plain = parsed("==1.8.1");
	(void)state;
	assert_string_equal(spec_local(s), "cu102");
	assert_null(spec_local(plain));
	AUTO(spec) struct spec *bare = spec_without_local(s);
	assert_string_equal(bare->text, ">=1.8,==1.8.1,!=1.8.1+cu111");
	assert_null(spec_local(bare));
	assert_string_equal(s->text, ">=1.8,==1.8.1+CU102,!=1.8.1+cu111");
}

static void an_arbitrary_version_has_a_label_too(void **state)
{
	AUTO(spec) struct spec *s = parsed("===1.8.1+CU102"), *odd = parsed("===what+cu102");
	AUTO(spec) struct spec *bare = spec_without_local(s);
	(void)state;
	assert_string_equal(spec_local(s), "cu102");
	assert_string_equal(bare->text, "===1.8.1");
	assert_null(spec_local(odd));
}

static void of_two_labels_the_second_stays_and_nothing_meets_it(void **state)
{
	AUTO(spec) struct spec *s = parsed("==1.8.1+cu102,==1.8.1+cu111,==1.8.1+CU102");
	AUTO(spec) struct spec *bare = spec_without_local(s);
	struct ver v = ver_make(1, 8, 1);
	(void)state;
	assert_string_equal(bare->text, "==1.8.1,==1.8.1+cu111,==1.8.1");
	assert_false(spec_match(bare, &v));
}

static void a_copy_stands_by_itself(void **state)
{
	struct spec *s = parsed(">=2.6,<2.8");
	AUTO(spec) struct spec *copy = spec_copy(s);
	struct ver v = ver_make(2, 7, 0);
	(void)state;
	spec_free(s);
	assert_string_equal(copy->text, ">=2.6,<2.8");
	assert_true(spec_match(copy, &v));
	spec_free(NULL);
}

static void more_clauses_than_anybody_writes_are_refused(void **state)
{
	struct err err = ERR_INIT;
	struct spec *s = NULL;
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	buf_repeat(&text, "!=1.0,", 65);
	assert_int_equal(spec_parse(buf_text(&text), &s, &err), -1);
	assert_string_equal(err.text, "a specifier has more than 64 clauses");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specifiers_are_met_as_the_pep_says),
		cmocka_unit_test(a_version_as_value_is_judged_as_its_text_is),
		cmocka_unit_test(texts_that_are_no_specifiers_are_refused_with_the_reason),
		cmocka_unit_test(a_bare_version_means_equal),
		cmocka_unit_test(an_empty_bare_version_is_refused_an_empty_specifier_takes_all),
		cmocka_unit_test(pre_releases_are_taken_only_where_they_are_named),
		cmocka_unit_test(an_exact_version_is_found),
		cmocka_unit_test(a_label_can_be_taken_off),
		cmocka_unit_test(an_arbitrary_version_has_a_label_too),
		cmocka_unit_test(of_two_labels_the_second_stays_and_nothing_meets_it),
		cmocka_unit_test(a_copy_stands_by_itself),
		cmocka_unit_test(more_clauses_than_anybody_writes_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
