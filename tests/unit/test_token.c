#include "source/token.h"

#include "base/str.h"
#include "support/t.h"

static void passwords_go_to_the_registrys_own_realms_only(void **state)
{
	static const struct {
		const char *registry, *realm;
		bool trusted;
	} rows[] = {
		{"reg.example.com", "reg.example.com", true},
		{"reg.example.com", "REG.Example.com", true},
		{"reg.example.com", "auth.example.com", true},
		{"reg.example.com", "example.com", true},
		{"reg.example.com", "a.b.example.com", true},
		{"reg.example.com", "evil.com", false},
		{"reg.example.com", "notexample.com", false},
		{"reg.example.com", "reg.example.com.evil.com", false},
		{"registry.gitlab.com", "gitlab.com", true},
		{"ghcr.io", "ghcr.io", true},
		{"ghcr.io", "auth.ghcr.io", true},
		{"ghcr.io", "nvcr.io", false},
		{"ghcr.io", "io", false},
		{"registry-1.docker.io", "auth.docker.io", true},
		{"registry-1.docker.io", "docker.io", true},
		{"nvcr.io", "authn.nvidia.com", true},
		{"evil.io", "authn.nvidia.com", false},
		{"10.0.0.1", "10.0.0.1", true},
		{"10.0.0.1", "11.0.0.1", false},
		{"127.0.0.1", "9.0.0.1", false},
		{"::1", "::1", true},
		{"fd00::1", "fd00::2", false},
		{"localhost", "localhost", true},
		{"localhost", "evil.localhost", false},
		{"registry", "token", false},
		{"reg.co.uk", "evil.co.uk", false},
		{"reg.co.uk", "auth.reg.co.uk", true},
		{"reg.example.co.uk", "auth.example.co.uk", true},
		{"mine.azurecr.io", "mine.azurecr.io", true},
		{"mine.azurecr.io", "evil.azurecr.io", false},
		{"1.dkr.ecr.eu-west-1.amazonaws.com", "2.dkr.ecr.eu-west-1.amazonaws.com", false},
		{"me.GitHub.io", "evil.github.io", false},
		{"me.github.io", "auth.me.github.io", true},
		{"github.io", "github.io", true},
		{"github.io", "evil.github.io", false},
		{"reg.uk.com", "evil.uk.com", false},
		{"reg.uk.com", "uk.com", false},
		{"uk.com", "evil.uk.com", false},
		{"reg.de.com", "evil.de.com", false},
		{"reg.DE.com", "evil.de.com", false},
		{"reg.example.de.com", "auth.example.de.com", true},
		{"reg.kobe.jp", "evil.kobe.jp", false}, /* by a wildcard of the list */
		{"reg.example.kobe.jp", "evil.kobe.jp", false},
		{"city.kobe.jp", "auth.city.kobe.jp", true}, /* and its exception */
		{"a.run.app", "b.run.app", false},
		{"reg.10-0-0-1.nip.io", "evil.nip.io", false},
		{"10-0-0-1.nip.io", "10-0-0-2.nip.io", false},
		{"reg.corp", "auth.reg.corp", true}, /* a net's own names */
		{"reg.corp", "evil.corp", false},
		{"reg.team.corp", "auth.team.corp", true},
		{"reg.team.corp", "corp", false},
		{"corp", "auth.corp", false},
		{"reg.com.", "evil.com.", false},
		{"reg.co.uk.", "evil.co.uk.", false},
		{"10.0.0.1", "1.10.0.0.1", false},
		{"10.0.0.1", "0.0.1", false},
		{"reg.t-online.de", "auth.t-online.de", true},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (token_realm_trusted(rows[i].registry, rows[i].realm) != rows[i].trusted)
			fail_msg("%s for %s", rows[i].realm, rows[i].registry);
}

static void a_services_answer_holds_one_token(void **state)
{
	static const char *const good[][2] = {
		{"{\"token\":\"abc\"}", "abc"},
		{"{\"access_token\":\"abc\",\"expires_in\":300}", "abc"},
		{"{\"token\":\"abc\",\"access_token\":\"abc\"}", "abc"},
		{"{\"token\":\"\",\"access_token\":\"abc\"}", "abc"},
	};
	static const char *const bad[][2] = {
		{"", "t:1:1: '[' or '{' expected near end of file"},
		{"[]", "t: must be an object, not an array"},
		{"{}", "t: holds no token"},
		{"{\"token\":\"a\",\"access_token\":\"b\"}", "t: holds two different tokens"},
		{"{\"token\":\"a\\r\\nX: y\"}", "t: holds a token that fits in no header"},
		{"{\"token\":7}", "t: /token: must be a string, not an integer"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		AUTO_TEXT char *token = NULL;
		struct err err = ERR_INIT;
		assert_int_equal(token_parse(blob_text("t", good[i][0]), &token, &err), 0);
		assert_string_equal(token, good[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char *token = NULL;
		struct err err = ERR_INIT;
		assert_int_equal(token_parse(blob_text("t", bad[i][0]), &token, &err), -1);
		assert_int_equal(err.kind, ERR_PROTOCOL);
		assert_string_equal(err.text, bad[i][1]);
		assert_null(token);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passwords_go_to_the_registrys_own_realms_only),
		cmocka_unit_test(a_services_answer_holds_one_token),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
