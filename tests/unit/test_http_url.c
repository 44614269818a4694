#include "adapt/http_url.h"

#include "base/str.h"
#include "support/t.h"

static void parts_of_a_url_are_decoded_and_lowered(void **state)
{
	AUTO(http_url) struct http_url *u = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(http_url_parse("HTTPS://Us%40er:p%3Aw@Example.COM/a%2Bb/?q=1#frag", &u, &err), 0);
	assert_string_equal(u->scheme, "https");
	assert_string_equal(u->host, "example.com");
	assert_int_equal(u->port, 443);
	assert_string_equal(u->path, "/a%2Bb/");
	assert_string_equal(u->query, "q=1");
	assert_string_equal(u->user, "Us@er");
	assert_string_equal(u->password, "p:w");
	AUTO_TEXT char *bare = http_url_bare(u);
	assert_string_equal(bare, "https://example.com/a%2Bb/?q=1");
}

static void an_ipv6_address_loses_its_brackets_and_gets_them_back(void **state)
{
	AUTO(http_url) struct http_url *u = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(http_url_parse("http://[::1]:5000", &u, &err), 0);
	assert_string_equal(u->host, "::1");
	assert_int_equal(u->port, 5000);
	AUTO_TEXT char *bare = http_url_bare(u);
	assert_string_equal(bare, "http://[::1]:5000/");
}

static void what_is_no_http_url_is_refused_without_its_secrets(void **state)
{
	static const struct {
		const char *url, *text;
	} rows[] = {
		{"ftp://me:secret@host/x", "'ftp://host/x': not an http or https URL"},
		{"file:///etc/passwd", "'file:///etc/passwd': not an http or https URL"},
		{"example.com/x", "'example.com/x': not an http or https URL"},
		{"", "'': not an http or https URL"},
		{"http://a b/", "'http://a b/': a URL holds no spaces, control characters or backslashes"},
		{"http://a/\r\nX: y", "'http://a/? X: y': a URL holds no spaces, control characters or backslashes"},
		{"http://good.example\\@evil/",
		 "'http://evil/': a URL holds no spaces, control characters or backslashes"},
		{"http://me:secret@/", NULL},
		{"http://host:99999/", NULL},
		{"https://a%2fb/", NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(http_url) struct http_url *u = NULL;
		struct err err = ERR_INIT;
		assert_int_equal(http_url_parse(rows[i].url, &u, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_null(strstr(err.text, "secret"));
		if (rows[i].text)
			assert_string_equal(err.text, rows[i].text);
	}
}

static void references_join_as_the_rfc_says(void **state)
{
	static const char *const rows[][3] = {
		{"https://h/whl/torch-2.7.0+cu128.html", "torch-2.7.0%2Bcu128/x-1%2Bpt27.whl",
		 "https://h/whl/torch-2.7.0%2Bcu128/x-1%2Bpt27.whl"},
		{"https://h/simple/torch/", "../../packages/a.whl#sha256=ab", "https://h/packages/a.whl#sha256=ab"},
		{"https://h/simple/torch/", "/whl/a.whl", "https://h/whl/a.whl"},
		{"https://h/simple/", "//other/a.whl", "https://other/a.whl"},
		{"https://h/simple/", "http://plain/a.whl", "http://plain/a.whl"},
		{"https://h/v2/x/tags/list", "?last=b&n=2", "https://h/v2/x/tags/list?last=b&n=2"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = NULL;
		struct err err = ERR_INIT;
		assert_int_equal(http_url_join(rows[i][0], rows[i][1], &got, &err), 0);
		assert_string_equal(got, rows[i][2]);
	}
}

static void a_reference_to_another_scheme_is_refused(void **state)
{
	static const char *const refs[] = {"file:///etc/passwd", "ftp://h/x", "javascript:alert(1)", "gopher://h/",
					   "a b"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		char *got = NULL;
		struct err err = ERR_INIT;
		assert_int_equal(http_url_join("https://h/", refs[i], &got, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_null(got);
	}
}

static void an_origin_is_scheme_host_and_port(void **state)
{
	(void)state;
	assert_true(http_url_same_origin("https://a/x", "https://A:443/y?z"));
	assert_false(http_url_same_origin("https://a/x", "http://a/x"));
	assert_false(http_url_same_origin("https://a/x", "https://a:444/x"));
	assert_false(http_url_same_origin("https://a/x", "https://a.evil/x"));
	assert_false(http_url_same_origin("https://a/x", "nonsense"));
	assert_false(http_url_same_origin("nonsense", "nonsense"));
}

static void a_host_of_another_alphabet_is_refused(void **state)
{
	/* libcurl would turn the first three into 127.0.0.1 and localhost */
	static const char *const rows[] = {"http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/",
					   "http://127\xe3\x80\x82"
					   "0\xe3\x80\x82"
					   "0\xe3\x80\x82"
					   "1/",
					   "http://\xef\xbd\x8cocalhost/",
					   "http://m\xc3\xbcller.example/",
					   "http://a\xc2\xad.example/",
					   "http://h%6fst/",
					   "http://a b/",
					   "http://a,b/",
					   "http://a;b/",
					   "http://$(id)/"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(http_url) struct http_url *u = NULL;
		struct err err = ERR_INIT;
		if (http_url_parse(rows[i], &u, &err) == 0 && !str_eq(u->host, "host"))
			fail_msg("%s is taken for %s", rows[i], u->host);
		err_clear(&err);
	}
	AUTO(http_url) struct http_url *coded = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(http_url_parse("http://xn--mller-kva.example/", &coded, &err), 0);
	assert_string_equal(coded->host, "xn--mller-kva.example");
}

static void where_a_host_leads_is_seen_through_its_spellings(void **state)
{
	static const struct {
		const char *host;
		enum http_reach reach;
	} rows[] = {
		{"localhost", HTTP_REACH_LOOPBACK},
		{"LOCALHOST.", HTTP_REACH_LOOPBACK},
		{"a.localhost", HTTP_REACH_LOOPBACK},
		{"127.0.0.1", HTTP_REACH_LOOPBACK},
		{"127.9.9.9", HTTP_REACH_LOOPBACK},
		{"::1", HTTP_REACH_LOOPBACK},
		{"::ffff:127.0.0.1", HTTP_REACH_LOOPBACK},
		{"127.1", HTTP_REACH_LOOPBACK},
		{"0x7f000001", HTTP_REACH_LOOPBACK},
		{"2130706433", HTTP_REACH_LOOPBACK},
		{"169.254.169.254", HTTP_REACH_LINK},
		{"fe80::1", HTTP_REACH_LINK},
		{"0.0.0.0", HTTP_REACH_LINK},
		{"::", HTTP_REACH_LINK},
		{"10.1.2.3", HTTP_REACH_PRIVATE},
		{"172.16.0.1", HTTP_REACH_PRIVATE},
		{"172.31.255.255", HTTP_REACH_PRIVATE},
		{"172.32.0.1", HTTP_REACH_ANY},
		{"192.168.0.1", HTTP_REACH_PRIVATE},
		{"100.64.0.1", HTTP_REACH_PRIVATE},
		{"fd00::1", HTTP_REACH_PRIVATE},
		{"nvcr.io", HTTP_REACH_ANY},
		{"8.8.8.8", HTTP_REACH_ANY},
		{"localhost.example.com", HTTP_REACH_ANY},
		{"127.example.com", HTTP_REACH_ANY},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(http_host_reach(rows[i].host), rows[i].reach);
}

static void a_shown_url_has_no_secrets_and_no_control_bytes(void **state)
{
	static const char *const rows[][2] = {
		{"https://user:secret@host/a/b", "https://host/a/b"},
		{"https://host/a?X-Amz-Signature=secret", "https://host/a?..."},
		{"https://host/a#secret", "https://host/a"},
		{"https://a:b@c:secret@host/", "https://host/"},
		{"https://host/mail@example", "https://host/mail@example"},
		{"http://h/\033[31m", "http://h/?[31m"},
		{"/var/run/docker.sock", "/var/run/docker.sock"},
		{"http://me:secret\\@evil/x", "http://evil/x"},
		{"//me:secret@host/x", "//host/x"},
		{"https:/me:secret@host/x", "https:/host/x"},
		{"me:secret@host/x", "host/x"},
		{"host/x@sha256:00", "host/x@sha256:00"},
		{"ftp://me:secret@host:21/x", "ftp://host:21/x"},
		{"", ""},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = http_url_shown(rows[i][0]);
		assert_string_equal(got, rows[i][1]);
	}
}

static void percent_encoding_goes_both_ways(void **state)
{
	(void)state;
	AUTO_TEXT char *plain = http_url_unescape("torch_sparse-0.6.18%2Bpt27cu128%20.whl");
	assert_string_equal(plain, "torch_sparse-0.6.18+pt27cu128 .whl");
	AUTO_TEXT char *coded = http_url_escape("repository:a/b:pull ~_-.");
	assert_string_equal(coded, "repository%3Aa%2Fb%3Apull%20~_-.");
	static const char *const bad[] = {"%", "%2", "%zz", "a%00b", "%-1"};
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_null(http_url_unescape(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_of_a_url_are_decoded_and_lowered),
		cmocka_unit_test(an_ipv6_address_loses_its_brackets_and_gets_them_back),
		cmocka_unit_test(what_is_no_http_url_is_refused_without_its_secrets),
		cmocka_unit_test(references_join_as_the_rfc_says),
		cmocka_unit_test(a_reference_to_another_scheme_is_refused),
		cmocka_unit_test(an_origin_is_scheme_host_and_port),
		cmocka_unit_test(a_host_of_another_alphabet_is_refused),
		cmocka_unit_test(where_a_host_leads_is_seen_through_its_spellings),
		cmocka_unit_test(a_shown_url_has_no_secrets_and_no_control_bytes),
		cmocka_unit_test(percent_encoding_goes_both_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
