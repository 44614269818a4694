#include "model/cuda.h"

#include "model/driver.h"
#include "model/label.h"
#include "support/rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define DIR "tests/cases/versions/"

static void spellings_of_cuda_mean_what_the_table_says(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "cuda.txt", 45);
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		const struct row *row = &rows.v[i];
		struct err err = ERR_INIT;
		struct cuda c = {.major = 77};
		char text[CUDA_TEXT], variant[CUDA_TEXT];
		if (cuda_parse(row->cell[0], &c, &err)) {
			assert_int_equal(err.kind, ERR_INPUT);
			assert_int_equal(c.major, 77);
			rows_expect(DIR "cuda.txt", row, err.text, row->cell[1]);
			err_clear(&err);
			continue;
		}
		AUTO_TEXT char *got =
			xasprintf("%s|%s|%d", cuda_text(&c, text), cuda_variant(&c, variant), cuda_key(&c));
		AUTO_TEXT char *expected = xasprintf("%s|%s|%s", row->cell[1], row->cell[2], row->cell[3]);
		rows_expect(DIR "cuda.txt", row, got, expected);
	}
}

static void keys_of_the_catalog_go_both_ways(void **state)
{
	static const uint16_t keys[] = {0, 902, 1002, 1108, 1208, 1300, 1210};
	char text[CUDA_TEXT];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		struct cuda c = cuda_from_key(keys[i]);
		assert_int_equal(cuda_key(&c), keys[i]);
		assert_int_equal(cuda_is_cpu(&c), keys[i] == 0);
	}
	assert_string_equal(cuda_key_text(1208, text), "12.8");
	assert_string_equal(cuda_key_text(0, text), "cpu");
	assert_string_equal(cuda_key_variant(902, text), "cu92");
	assert_string_equal(cuda_key_variant(0, text), "cpu");
}

static void cuda_versions_are_ordered_by_their_numbers(void **state)
{
	static const struct cuda order[] = {
		{0, 0, 0, false},  {9, 2, 0, false}, {10, 0, 0, false}, {11, 1, 0, false},  {11, 1, 1, true},
		{12, 8, 0, false}, {12, 8, 1, true}, {12, 9, 0, true},	{12, 10, 0, false}, {13, 0, 2, true},
	};
	(void)state;
	for (size_t a = 0; a < ARRAY_LEN(order); a++)
		for (size_t b = 0; b < ARRAY_LEN(order); b++)
			assert_int_equal(cuda_cmp(&order[a], &order[b]), (a > b) - (a < b));
	assert_true(cuda_same_minor(&order[3], &order[4]));
	assert_false(cuda_same_minor(&order[5], &order[7]));
}

static struct driver driver(const char *text)
{
	struct err err = ERR_INIT;
	struct driver d = {.branch = 0};
	if (driver_parse(text, &d, &err))
		fail_msg("%s", err.text);
	return d;
}

static void drivers_stand_in_order_and_keep_their_spelling(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "drivers.txt", 40);
	struct driver *all = xcalloc(rows.n, sizeof(*all));
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		char text[DRIVER_TEXT], *first = rows.v[i].cell[0], *more = strstr(first, " = ");
		for (; more; more = strstr(more, " = ")) {
			*more = '\0';
			more += 3;
			char *end = strstr(more, " = "), was = end ? *end : '\0';
			if (end)
				*end = '\0';
			struct driver a = driver(first), b = driver(more);
			assert_int_equal(driver_cmp(&a, &b), 0);
			if (end)
				*end = was;
		}
		all[i] = driver(first);
		if (!strstr(first, "418.39.1"))
			rows_expect(DIR "drivers.txt", &rows.v[i], driver_text(&all[i], text), first);
	}
	for (size_t a = 0; a < rows.n; a++)
		for (size_t b = 0; b < rows.n; b++)
			if (driver_cmp(&all[a], &all[b]) != (a > b) - (a < b))
				fail_msg("%s and %s are in the wrong order", rows.v[a].cell[0], rows.v[b].cell[0]);
	free(all);
}

static void a_branch_alone_is_as_old_as_each_of_its_releases(void **state)
{
	static const char *const branch[] = {"535", "R535", "r535"};
	static const char *const others[] = {"535.54.03", "535.104.05", "535.0", "R535"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(branch); i++) {
		struct driver a = driver(branch[i]), older = driver("530.30.02"), newer = driver("545.23.06");
		char text[DRIVER_TEXT];
		for (size_t k = 0; k < ARRAY_LEN(others); k++) {
			struct driver b = driver(others[k]);
			assert_int_equal(driver_cmp(&a, &b), 0);
			assert_int_equal(driver_cmp(&b, &a), 0);
		}
		assert_int_equal(driver_cmp(&a, &older), 1);
		assert_int_equal(driver_cmp(&a, &newer), -1);
		assert_string_equal(driver_text(&a, text), "535");
	}
}

static void texts_that_are_no_drivers_are_refused(void **state)
{
	static const char *const bad[] = {"",	 "R",	    "570.",    ".26",	  "570.26.1.2", "570-26", "newest",
					  "0.5", "570.26 ", " 570.26", "57026.1", "-570",	"R570.x", "570..26"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;
		struct driver d;
		AUTO_TEXT char *expected =
			xasprintf("'%s' is not a driver version (535.104.05, 570.26 or 570)", bad[i]);
		assert_int_equal(driver_parse(bad[i], &d, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.text, expected);
		err_clear(&err);
	}
}

static void labels_of_wheels_say_torch_and_variant(void **state)
{
	AUTO_ROWS struct rows rows = rows_read(DIR "labels.txt", 30);
	(void)state;
	for (size_t i = 0; i < rows.n; i++) {
		const struct row *row = &rows.v[i];
		struct label l = {.torch_major = 77};
		char torch[40] = "", variant[CUDA_TEXT] = "";
		if (!label_parse(row->cell[0], &l)) {
			rows_expect(DIR "labels.txt", row, "none", row->cell[1]);
			assert_int_equal(l.torch_major, 77);
			continue;
		}
		if (l.has_torch)
			snprintf(torch, sizeof(torch), "%u.%u", l.torch_major, l.torch_minor);
		if (l.has_variant)
			cuda_variant(&l.variant, variant);
		AUTO_TEXT char *got = xasprintf("%s|%s|%s", torch, variant, l.rest);
		AUTO_TEXT char *expected = xasprintf("%s|%s|%s", row->cell[1], row->cell[2], row->cell[3]);
		rows_expect(DIR "labels.txt", row, got, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings_of_cuda_mean_what_the_table_says),
		cmocka_unit_test(keys_of_the_catalog_go_both_ways),
		cmocka_unit_test(cuda_versions_are_ordered_by_their_numbers),
		cmocka_unit_test(drivers_stand_in_order_and_keep_their_spelling),
		cmocka_unit_test(a_branch_alone_is_as_old_as_each_of_its_releases),
		cmocka_unit_test(texts_that_are_no_drivers_are_refused),
		cmocka_unit_test(labels_of_wheels_say_torch_and_variant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
