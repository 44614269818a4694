#include "base/str.h"
#include "model/table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static struct table three_by_two(void)
{
	struct table t = table_new(3);
	table_add(&t, "name");
	table_add(&t, "what it is");
	table_add(&t, "n");
	table_add(&t, "a");
	table_add(&t, "one two three four");
	table_add(&t, "12");
	return t;
}

static void what_fits_is_written_as_without_a_width(void **state)
{
	struct table t = three_by_two();
	AUTO_BUF struct buf free_ = BUF_INIT, within = BUF_INIT;
	(void)state;
	table_write(&t, "  ", &free_);
	table_write_within(&t, "  ", 80, &within);
	assert_string_equal(buf_text(&within), buf_text(&free_));
	table_clear(&t);
}

static void the_widest_column_is_broken_at_spaces(void **state)
{
	struct table t = three_by_two();
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	table_write_within(&t, "", 20, &out);
	assert_string_equal(buf_text(&out), "name  what it is  n\n"
					    "a     one two     12\n"
					    "      three four\n");
	table_clear(&t);
}

static void words_are_broken_where_spaces_do_not_suffice(void **state)
{
	struct table t = table_new(2);
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	table_add(&t, "abcdefgh");
	table_add(&t, "ij");
	table_write_within(&t, "", 9, &out);
	assert_string_equal(buf_text(&out), "abcde  ij\n"
					    "fgh\n");
	table_clear(&t);
}

static void joined_words_are_broken_behind_their_sign(void **state)
{
	struct table t = table_new(2);
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	table_add(&t, "torch_sparse");
	table_add(&t, "2.7.0-2.7.1");
	table_write_within(&t, "", 15, &out);
	assert_string_equal(buf_text(&out), "torch_  2.7.0-\n"
					    "sparse  2.7.1\n");
	table_clear(&t);
}

static void columns_are_counted_not_bytes(void **state)
{
	struct table t = table_new(2);
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	table_add(&t, "\xc3\xa4\xc3\xb6\xc3\xbc \xc3\xa4\xc3\xb6\xc3\xbc");
	table_add(&t, "x");
	table_write_within(&t, "", 6, &out);
	assert_string_equal(buf_text(&out), "\xc3\xa4\xc3\xb6\xc3\xbc  x\n\xc3\xa4\xc3\xb6\xc3\xbc\n");
	table_clear(&t);
}

static void no_width_is_too_small_to_end(void **state)
{
	struct table t = three_by_two();
	(void)state;
	for (size_t width = 0; width < 12; width++) {
		AUTO_BUF struct buf out = BUF_INIT;
		table_write_within(&t, "    ", width, &out);
		assert_non_null(strstr(buf_text(&out), "12"));
	}
	table_clear(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_fits_is_written_as_without_a_width),
		cmocka_unit_test(the_widest_column_is_broken_at_spaces),
		cmocka_unit_test(words_are_broken_where_spaces_do_not_suffice),
		cmocka_unit_test(joined_words_are_broken_behind_their_sign),
		cmocka_unit_test(columns_are_counted_not_bytes),
		cmocka_unit_test(no_width_is_too_small_to_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
