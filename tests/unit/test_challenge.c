#include "source/challenge.h"

#include "base/str.h"
#include "support/t.h"

static void challenges_of_real_registries_are_read(void **state)
{
	static const struct {
		const char *header, *realm, *service, *scope;
		bool bearer, basic;
	} rows[] = {
		{"Bearer "
		 "realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\",scope=\"repository:a/b:pull\"",
		 "https://auth.docker.io/token", "registry.docker.io", "repository:a/b:pull", true, false},
		{"Bearer realm=\"https://nvcr.io/proxy_auth\"", "https://nvcr.io/proxy_auth", NULL, NULL, true, false},
		{"Bearer realm=\"https://r/t\",scope=\"repository:x:pull,push\"", "https://r/t", NULL,
		 "repository:x:pull,push", true, false},
		{"Basic realm=\"Registry Realm\"", NULL, NULL, NULL, false, true},
		{"bearer REALM=https://r/t , Service = \"s\"", "https://r/t", "s", NULL, true, false},
		{"Basic realm=\"a\", Bearer realm=\"https://r/t\",service=\"s\"", "https://r/t", "s", NULL, true, true},
		{"Bearer realm=\"https://r/t\", Basic realm=\"other\"", "https://r/t", NULL, NULL, true, true},
		{"Bearer realm=\"a\\\"b\\\\c\"", "a\"b\\c", NULL, NULL, true, false},
		{"Negotiate, Basic", NULL, NULL, NULL, false, true},
		{"Digest qop=\"auth\", realm=\"x\"", NULL, NULL, NULL, false, false},
		{"Bearer realm=\"one\",realm=\"two\"", "one", NULL, NULL, true, false},
		{"Bearer realm=\"one\", Bearer realm=\"two\",service=\"t\"", "one", NULL, NULL, true, false},
		{"Bearer error=\"insufficient_scope\"", NULL, NULL, NULL, true, false},
		{"Bearer realm=\"never closed", NULL, NULL, NULL, true, false},
		{"", NULL, NULL, NULL, false, false},
		{"=\"x\"", NULL, NULL, NULL, false, false},
		{"\x01\x02", NULL, NULL, NULL, false, false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_CHALLENGE struct challenge c = {.bearer = false};
		challenge_add(&c, rows[i].header);
		assert_int_equal(c.bearer, rows[i].bearer);
		assert_int_equal(c.basic, rows[i].basic);
		assert_true(str_eq(c.realm, rows[i].realm));
		assert_true(str_eq(c.service, rows[i].service));
		assert_true(str_eq(c.scope, rows[i].scope));
	}
}

static void several_lines_add_up_and_the_first_bearer_counts(void **state)
{
	AUTO_CHALLENGE struct challenge c = {.bearer = false};
	(void)state;
	challenge_add(&c, "Basic realm=\"x\"");
	challenge_add(&c, "Bearer realm=\"https://one/\"");
	challenge_add(&c, "Bearer realm=\"https://two/\",service=\"two\"");
	assert_true(c.basic);
	assert_string_equal(c.realm, "https://one/");
	assert_null(c.service);
}

static void a_challenge_without_end_is_left_out(void **state)
{
	AUTO_CHALLENGE struct challenge c = {.bearer = false};
	AUTO_BUF struct buf long_one = BUF_INIT;
	(void)state;
	buf_adds(&long_one, "Bearer realm=\"");
	buf_repeat(&long_one, "x", 1024 * 1024);
	buf_adds(&long_one, "\"");
	challenge_add(&c, buf_text(&long_one));
	assert_false(c.bearer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(challenges_of_real_registries_are_read),
		cmocka_unit_test(several_lines_add_up_and_the_first_bearer_counts),
		cmocka_unit_test(a_challenge_without_end_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
