#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void the_vectors_of_the_rfc_go_both_ways(void **state)
{
	static const char *const rows[][2] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf to = BUF_INIT, from = BUF_INIT;
		base64_encode(&to, rows[i][0], strlen(rows[i][0]));
		assert_string_equal(buf_text(&to), rows[i][1]);
		assert_true(base64_decode(&from, rows[i][1]));
		assert_string_equal(buf_text(&from), rows[i][0]);
	}
}

static void bytes_beyond_text_use_the_alphabet_asked_for(void **state)
{
	AUTO_BUF struct buf plain = BUF_INIT, url = BUF_INIT, back = BUF_INIT;
	(void)state;
	base64_encode(&plain, "\xfb\xff\xfe", 3);
	base64_encode_url(&url, "\xfb\xff\xfe", 3);
	assert_string_equal(buf_text(&plain), "+//+");
	assert_string_equal(buf_text(&url), "-__-");
	assert_true(base64_decode(&back, "-__-"));
	assert_memory_equal(back.data, "\xfb\xff\xfe", 3);
}

static void padding_may_be_left_out(void **state)
{
	AUTO_BUF struct buf got = BUF_INIT;
	(void)state;
	assert_true(base64_decode(&got, "Zm9vYg"));
	assert_string_equal(buf_text(&got), "foob");
}

static void text_that_is_no_base64_leaves_nothing(void **state)
{
	static const char *const bad[] = {"Z", "Zg=", "Zg===", "Z g=", "Zg==Zg==", "Zm9v\n", "=", "Zm9vY*=="};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO_BUF struct buf got = BUF_INIT;
		assert_false(base64_decode(&got, bad[i]));
		assert_int_equal(got.len, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_rfc_go_both_ways),
		cmocka_unit_test(bytes_beyond_text_use_the_alphabet_asked_for),
		cmocka_unit_test(padding_may_be_left_out),
		cmocka_unit_test(text_that_is_no_base64_leaves_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
