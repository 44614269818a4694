#include "base/str.h"

#include "support/t.h"

static void numbers_are_whole_and_bounded(void **state)
{
	static const struct {
		const char *text;
		uint64_t max;
		bool ok;
		uint64_t value;
	} rows[] = {
		{"0", 0, true, 0},
		{"1", 0, false, 0},
		{"12", 12, true, 12},
		{"13", 12, false, 0},
		{"007", 7, true, 7},
		{"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
		{"18446744073709551616", UINT64_MAX, false, 0},
		{"", 9, false, 0},
		{"-1", 9, false, 0},
		{"+1", 9, false, 0},
		{" 1", 9, false, 0},
		{"1 ", 9, false, 0},
		{"1x", 9, false, 0},
		{"5", 3, false, 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t value = 0;

		assert_int_equal(str_to_u64(rows[i].text, rows[i].max, &value), rows[i].ok);
		assert_int_equal(value, rows[i].value);
	}
}

static void times_have_units_and_limits(void **state)
{
	unsigned s = 0;
	(void)state;
	assert_true(str_to_seconds("300s", &s) && s == 300);
	assert_true(str_to_seconds("5m", &s) && s == 300);
	assert_true(str_to_seconds("2h", &s) && s == 7200);
	assert_true(str_to_seconds("7", &s) && s == 7);
	assert_false(str_to_seconds("0", &s));
	assert_false(str_to_seconds("1d", &s));
	assert_false(str_to_seconds("169h", &s));
	assert_false(str_to_seconds("s", &s));
	assert_int_equal(s, 7);
}

static void nearest_name_is_a_near_one(void **state)
{
	static const char *const names[] = {"torch", "torch_sparse", "python", "cuda", "os"};
	(void)state;
	assert_string_equal(str_nearest("troch", names, ARRAY_LEN(names)), "torch");
	assert_string_equal(str_nearest("torch_spars", names, ARRAY_LEN(names)), "torch_sparse");
	assert_string_equal(str_nearest("phyton", names, ARRAY_LEN(names)), "python");
	assert_null(str_nearest("zebra", names, ARRAY_LEN(names)));
	assert_null(str_nearest("x", names, ARRAY_LEN(names)));
}

static void swapped_neighbours_are_one_edit(void **state)
{
	(void)state;
	assert_int_equal(str_distance("cuad", "cuda"), 1);
	assert_int_equal(str_distance("", "abc"), 3);
	assert_int_equal(str_distance("kitten", "sitting"), 3);
	assert_int_equal(str_distance("same", "same"), 0);
}

static void foreign_bytes_are_made_printable(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"plain", "plain"},
		{"a\033[31mb", "a?[31mb"},
		{"tab\tline\n", "tab\tline\n"},
		{"\xc3\xa4", "\xc3\xa4"},
		{"\xc3", "?"},
		{"\xc0\x80", "??"},
		{"\xed\xa0\x80", "???"},
		{"\xc2\x9b"
		 "1m",
		 "?1m"},
		{"\xe2\x80\xae"
		 "x",
		 "?x"},
		{"\xf4\x90\x80\x80", "????"},
		{"\x7f", "?"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf b = BUF_INIT;

		str_printable(&b, rows[i].in, strlen(rows[i].in));
		assert_string_equal(buf_text(&b), rows[i].out);
	}
}

static void shown_text_is_cut_between_characters(void **state)
{
	AUTO_TEXT char *cut = str_shown("abc\xc3\xa4\xc3\xa4 and more", 8);
	AUTO_TEXT char *whole = str_shown("two\nlines", 20);
	(void)state;
	assert_string_equal(cut, "abc\xc3\xa4...");
	assert_string_equal(whole, "two lines");
}

static void sizes_and_durations_are_for_people(void **state)
{
	static const struct {
		uint64_t n;
		const char *size, *duration;
	} rows[] = {{0, "0 B", "0s"}, {59, "59 B", "59s"}, {61, "61 B", "1m01s"}, {3661, "3.6 KiB", "1h01m"}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *size = str_size(rows[i].n);
		AUTO_TEXT char *duration = str_duration(rows[i].n);

		assert_string_equal(size, rows[i].size);
		assert_string_equal(duration, rows[i].duration);
	}
}

static void case_and_ends_are_ascii(void **state)
{
	AUTO_TEXT char *low = str_lowered("CuDA-12");
	(void)state;
	assert_string_equal(low, "cuda-12");
	assert_true(str_eq_case("RTX", "rtx"));
	assert_false(str_eq_case("RTX", "rt"));
	assert_true(str_starts("cu128", "cu"));
	assert_false(str_starts("c", "cu"));
	assert_true(str_ends("a.json", ".json"));
	assert_false(str_ends("json", ".json"));
	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq(NULL, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_whole_and_bounded),
		cmocka_unit_test(times_have_units_and_limits),
		cmocka_unit_test(nearest_name_is_a_near_one),
		cmocka_unit_test(swapped_neighbours_are_one_edit),
		cmocka_unit_test(foreign_bytes_are_made_printable),
		cmocka_unit_test(shown_text_is_cut_between_characters),
		cmocka_unit_test(sizes_and_durations_are_for_people),
		cmocka_unit_test(case_and_ends_are_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
