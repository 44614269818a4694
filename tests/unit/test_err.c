#include "base/err.h"

#include "support/t.h"

#include <errno.h>

static void every_kind_has_its_exit_code(void **state)
{
	static const struct {
		enum err_kind kind;
		const char *name;
		int code;
	} rows[] = {
		{ERR_NONE, "none", 0},		{ERR_USAGE, "usage", 2}, {ERR_INPUT, "input", 2},
		{ERR_AUTH, "auth", 3},		{ERR_NET, "network", 3}, {ERR_PROTOCOL, "protocol", 3},
		{ERR_ENGINE, "engine", 4},	{ERR_IO, "io", 5},	 {ERR_MISSING, "missing", 6},
		{ERR_INTERNAL, "internal", 70},
	};
	(void)state;
	assert_int_equal(ARRAY_LEN(rows), ERR__MAX - 1); /* all but ERR_CANCELED */
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err e = {.kind = rows[i].kind};

		assert_int_equal(err_exit_code(&e), rows[i].code);
		assert_string_equal(err_kind_name(rows[i].kind), rows[i].name);
	}
}

static void a_signal_is_its_number_over_128(void **state)
{
	struct err e = {.kind = ERR_CANCELED, .sys = 2};
	(void)state;
	assert_int_equal(err_exit_code(&e), 130);
}

static void subjects_are_put_in_front(void **state)
{
	struct err e = ERR_INIT;
	(void)state;
	assert_int_equal(err_set(&e, ERR_NET, "refused"), -1);
	assert_int_equal(err_wrap(&e, "ask '%s'", "host"), -1);
	assert_int_equal(err_hint(&e, "try %d", 2), -1);
	assert_string_equal(e.text, "ask 'host': refused");
	assert_string_equal(e.hint, "try 2");
	assert_int_equal(e.kind, ERR_NET);
	err_clear(&e);
	assert_int_equal(e.kind, ERR_NONE);
}

static void system_errors_keep_number_and_words(void **state)
{
	struct err e = ERR_INIT;
	(void)state;
	err_set_errno(&e, ENOSPC, "write '%s'", "x");
	assert_int_equal(e.kind, ERR_IO);
	assert_int_equal(e.sys, ENOSPC);
	assert_string_equal(e.text, "write 'x': No space left on device");
	err_clear(&e);
}

static void control_characters_do_not_reach_the_text(void **state)
{
	struct err e = ERR_INIT;
	(void)state;
	err_set(&e, ERR_INPUT, "a\033[0mb\nc");
	assert_string_equal(e.text, "a?[0mb c");
	err_clear(&e);
}

static void an_error_moves_with_its_detail(void **state)
{
	struct err a = ERR_INIT, b = ERR_INIT;
	(void)state;
	err_set(&a, ERR_ENGINE, "step failed");
	err_detail(&a, xstrdup("last line"));
	assert_int_equal(err_move(&b, &a), -1);
	assert_int_equal(a.kind, ERR_NONE);
	assert_null(a.detail);
	assert_string_equal(b.detail, "last line");
	err_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_its_exit_code),
		cmocka_unit_test(a_signal_is_its_number_over_128),
		cmocka_unit_test(subjects_are_put_in_front),
		cmocka_unit_test(system_errors_keep_number_and_words),
		cmocka_unit_test(control_characters_do_not_reach_the_text),
		cmocka_unit_test(an_error_moves_with_its_detail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
