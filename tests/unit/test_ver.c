#include "model/ver.h"

#include "support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define DIR "tests/cases/versions/"

static struct ver parsed(const char *text)
{
	struct err err = ERR_INIT;
	struct ver v = {.epoch = 0};
	if (ver_parse(text, &v, &err))
		fail_msg("%s", err.text);
	return v;
}

static void spellings_have_the_normal_form_of_the_pep(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "normal.txt", 150);
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		char text[VER_TEXT];
		struct ver v = parsed(rows.v[i].cell[0]);
		rows_expect(DIR "normal.txt", &rows.v[i], ver_text(&v, text), rows.v[i].cell[1]);
		struct ver again = parsed(text);
		assert_int_equal(ver_cmp(&v, &again), 0);
	}
}

static void texts_that_are_no_versions_are_refused_with_the_reason(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "not-versions.txt", 30);
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		struct err err = ERR_INIT;
		struct ver v = {.epoch = 77};
		assert_int_equal(ver_parse(rows.v[i].cell[0], &v, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_int_equal(v.epoch, 77);
		rows_expect(DIR "not-versions.txt", &rows.v[i], err.text, rows.v[i].cell[1]);
		err_clear(&err);
	}
}

/* Splits "a = b = c" in place. */
static size_t equals(char *line, char **into, size_t max)
{
	size_t n = 0;
	for (char *at = line; at && n < max;) {
		into[n++] = at;
		at = strstr(at, " = ");
		if (at) {
			*at = '\0';
			at += 3;
		}
	}
	return n;
}

static void versions_stand_in_the_order_of_the_pep(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "order.txt", 70);
	struct ver *all = xcalloc(rows.n, sizeof(*all));
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		char *same[8] = {NULL};
		size_t n = equals(rows.v[i].cell[0], same, ARRAY_LEN(same));
		all[i] = parsed(same[0]);
		for (size_t s = 0; s < n; s++) {
			struct ver v = parsed(same[s]);
			if (ver_cmp(&v, &all[i]) != 0)
				fail_msg("%s and %s are not equal", same[0], same[s]);
		}
	}
	for (size_t a = 0; a < rows.n; a++)
		for (size_t b = 0; b < rows.n; b++)
			if (ver_cmp(&all[a], &all[b]) != (a > b) - (a < b))
				fail_msg("order.txt:%u and :%u are in the wrong order", rows.v[a].line, rows.v[b].line);
	free(all);
}

static void the_public_part_and_the_minor_can_be_had_alone(void **state)
{
	char text[VER_TEXT];
	struct ver v = parsed("1!2.7.1rc1.post2.dev3+cu128"), w = parsed("1!2.7.9");
	struct ver public = ver_public(&v);
	(void)state;
	assert_string_equal(ver_text(&public, text), "1!2.7.1rc1.post2.dev3");
	assert_string_equal(ver_text_public(&v, text), "1!2.7.1rc1.post2.dev3");
	assert_string_equal(ver_text_minor(&v, text), "2.7");
	assert_true(ver_same_minor(&v, &w));
	w = parsed("2.7.9");
	assert_false(ver_same_minor(&v, &w));
	w = parsed("1!2.70");
	assert_false(ver_same_minor(&v, &w));
}

static void labels_count_only_where_they_should(void **state)
{
	struct ver a = parsed("2.7.0+cu118"), b = parsed("2.7+cu128");
	(void)state;
	assert_int_equal(ver_cmp_public(&a, &b), 0);
	assert_int_equal(ver_cmp(&a, &b), -1);
	a = parsed("2.7.0.post1");
	assert_int_equal(ver_cmp_release(&a, &b), 0);
	assert_int_equal(ver_cmp_public(&a, &b), 1);
}

static void parts_behind_the_last_are_zero(void **state)
{
	struct ver v = parsed("2.7"), made = ver_make(2, 7, 0);
	(void)state;
	assert_int_equal(ver_part(&v, 1), 7);
	assert_int_equal(ver_part(&v, 2), 0);
	assert_int_equal(ver_part(&v, 4000), 0);
	assert_int_equal(ver_cmp(&v, &made), 0);
}

static void pre_releases_are_told_apart(void **state)
{
	static const char *const pre[] = {"2.7a1", "2.7rc1", "2.7.dev0", "2.7.post1.dev1"};
	static const char *const final[] = {"2.7", "2.7.post1", "2.7+a1"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pre); i++) {
		struct ver v = parsed(pre[i]);
		assert_true(ver_is_pre(&v));
	}
	for (size_t i = 0; i < ARRAY_LEN(final); i++) {
		struct ver v = parsed(final[i]);
		assert_false(ver_is_pre(&v));
	}
}

static void a_part_of_a_text_is_read_as_such(void **state)
{
	struct err err = ERR_INIT;
	struct ver v, w = ver_make(2, 7, 1);
	(void)state;
	assert_int_equal(ver_parse_n("2.7.1-cp311", 5, &v, &err), 0);
	assert_int_equal(ver_cmp(&v, &w), 0);
}

static void long_and_hostile_texts_are_cut_in_messages(void **state)
{
	struct err err = ERR_INIT;
	struct ver v;
	char text[2000];
	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(ver_parse(text, &v, &err), -1);
	assert_true(strlen(err.text) < 200);
	err_clear(&err);
	assert_int_equal(ver_parse("1.0\033[2J", &v, &err), -1);
	assert_null(strchr(err.text, '\033'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_have_the_normal_form_of_the_pep),
		cmocka_unit_test(texts_that_are_no_versions_are_refused_with_the_reason),
		cmocka_unit_test(versions_stand_in_the_order_of_the_pep),
		cmocka_unit_test(the_public_part_and_the_minor_can_be_had_alone),
		cmocka_unit_test(labels_count_only_where_they_should),
		cmocka_unit_test(parts_behind_the_last_are_zero),
		cmocka_unit_test(pre_releases_are_told_apart),
		cmocka_unit_test(a_part_of_a_text_is_read_as_such),
		cmocka_unit_test(long_and_hostile_texts_are_cut_in_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
