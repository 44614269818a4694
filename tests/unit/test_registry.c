#include "source/registry.h"

#include "adapt/http_curl.h"
#include "base/str.h"
#include "support/registry.h"
#include "support/t.h"

struct world {
	struct fakereg fake, other;
	struct http *http;
	struct caller *caller;
	struct registry *registry;
};

static int setup(void **state)
{
	struct err err = ERR_INIT;
	struct world *w = xcalloc(1, sizeof(*w));
	unsetenv("DOCKER_AUTH_CONFIG");
	setenv("HOME", "/nonexistent", 1);
	fakereg_start(&w->fake);
	fakereg_start(&w->other);
	assert_int_equal(http_curl_new(NULL, &w->http, &err), 0);
	w->caller = caller_new(&(struct caller_opts){.http = w->http, .second_ms = 1});
	w->registry = registry_new(&(struct registry_opts){.caller = w->caller});
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	unsetenv("DOCKER_AUTH_CONFIG");
	registry_free(w->registry);
	caller_free(w->caller);
	http_free(w->http);
	fakereg_stop(&w->fake);
	fakereg_stop(&w->other);
	free(w);
	return 0;
}

/* What came of one question, as text: "index=.. image=.. env=..", "none", or "KIND: TEXT (HINT)" with the port out. */
struct outcome {
	char *text;
	unsigned calls;
	const struct world *w;
};

static void on_done(void *self, const struct registry_image *found, struct err *err)
{
	struct outcome *o = self;
	AUTO_BUF struct buf out = BUF_INIT;
	o->calls++;
	if (err) {
		buf_addf(&out, "%s: %s%s%s%s", err_kind_name(err->kind), err->text, err->hint[0] ? " (" : "", err->hint,
			 err->hint[0] ? ")" : "");
	} else if (!found) {
		buf_adds(&out, "none");
	} else {
		AUTO_TEXT char *env = found->config ? strv_join(&found->config->env, ",") : xstrdup("-");
		buf_addf(&out, "index=%s image=%s env=%s", found->index.text, found->image.text, env);
	}
	o->text = buf_take(&out);
}

/* Every ":PORT" of the fake becomes ":P", of the other ":Q". */
static char *without_ports(const struct world *w, const char *text)
{
	AUTO_TEXT char *p = xasprintf(":%u", server_port(w->fake.server)),
		       *q = xasprintf(":%u", server_port(w->other.server));
	AUTO_BUF struct buf out = BUF_INIT;
	while (*text) {
		if (str_starts(text, p) || str_starts(text, q)) {
			buf_adds(&out, str_starts(text, p) ? ":P" : ":Q");
			text += str_starts(text, p) ? strlen(p) : strlen(q);
		} else {
			buf_addc(&out, *text++);
		}
	}
	return buf_take(&out);
}

static char *ask(struct world *w, const char *repository, const char *tag, const char *digest, const char *platform,
		 bool config)
{
	struct outcome o = {.w = w};
	struct err err = ERR_INIT;
	AUTO_TEXT char *name = fakereg_name(&w->fake, repository);
	struct registry_ask a = {.repository = name,
				 .tag = tag,
				 .digest = digest,
				 .platform = platform,
				 .want_config = config,
				 .on_done = on_done,
				 .self = &o};
	assert_int_equal(registry_start(w->registry, &a, &err), 0);
	assert_int_equal(caller_run(w->caller, &err), 0);
	assert_int_equal(o.calls, 1);
	AUTO_TEXT char *raw = o.text;
	return without_ports(w, raw);
}

static char *want(const char *index, const char *image, const char *env)
{
	AUTO_TEXT char *a = xstrdup(*index ? fakereg_digest(index) : ""), *b = xstrdup(fakereg_digest(image));
	return xasprintf("index=%s image=%s env=%s", a, b, env);
}

static void cuda_is(struct world *w, const char *expected)
{
	AUTO_TEXT char *got = ask(w, "nvidia/cuda", FAKEREG_TAG, NULL, "linux/amd64", false);
	assert_string_equal(got, expected);
}

static void found(struct world *w)
{
	AUTO_TEXT char *expected = want("index", "amd64", "-");
	cuda_is(w, expected);
}

static void one_request_gives_index_and_platform_digest(void **state)
{
	struct world *w = *state;
	found(w);
	assert_int_equal(w->fake.manifests, 1);
	AUTO_TEXT char *accept = server_header(server_log(w->fake.server)->v[0], "Accept");
	assert_string_equal(accept, OCI_ACCEPT);
	AUTO_TEXT char *arm = ask(w, "nvidia/cuda", FAKEREG_TAG, NULL, "linux/arm64", false),
		       *expected = want("index", "arm64", "-");
	assert_string_equal(arm, expected);
}

static void what_is_not_there_is_an_answer(void **state)
{
	AUTO_TEXT char *tag = ask(*state, "nvidia/cuda", "1.0", NULL, "linux/amd64", false);
	AUTO_TEXT char *repository = ask(*state, "nobody/home", "1", NULL, "linux/amd64", false);
	AUTO_TEXT char *platform = ask(*state, "nvidia/cuda", FAKEREG_TAG, NULL, "linux/ppc64le", false);
	AUTO_TEXT char *single = ask(*state, "single", "1", NULL, "linux/arm64", false);
	assert_string_equal(tag, "none");
	assert_string_equal(repository, "none");
	assert_string_equal(platform, "none");
	assert_string_equal(single, "none");
}

static void a_single_image_tells_its_platform_in_its_config(void **state)
{
	AUTO_TEXT char *got = ask(*state, "single", "1", NULL, "linux/amd64", false),
		       *expected = want("", "amd64", "CUDA_VERSION=12.8.1");
	assert_string_equal(got, expected);
}

static void the_config_of_an_index_comes_when_asked_for(void **state)
{
	AUTO_TEXT char *got = ask(*state, "nvidia/cuda", FAKEREG_TAG, NULL, "linux/amd64", true);
	AUTO_TEXT char *expected = want("index", "amd64", "CUDA_VERSION=12.8.1");
	assert_string_equal(got, expected);
}

static void a_digest_is_asked_for_by_itself(void **state)
{
	AUTO_TEXT char *digest = xstrdup(fakereg_digest("index"));
	AUTO_TEXT char *got = ask(*state, "nvidia/cuda", NULL, digest, "linux/amd64", false),
		       *expected = want("index", "amd64", "-");
	assert_string_equal(got, expected);
}

static void a_registry_that_lies_about_a_digest_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *index = xstrdup(fakereg_digest("index"));
	w->fake.lies_in_header = true;
	AUTO_TEXT char *header = xasprintf("protocol: 127.0.0.1:P/nvidia/cuda:" FAKEREG_TAG
					   ": the registry lies: it says sha256:%064d, the body hashes to %s",
					   0, index);
	cuda_is(w, header);
	assert_int_equal(w->fake.manifests, 1);
	w->fake.lies_in_header = false;
	w->fake.lies_in_body = w->fake.no_digest_header = true;
	AUTO_TEXT char *got = ask(w, "nvidia/cuda", NULL, index, "linux/amd64", false);
	AUTO_TEXT char *start =
		xasprintf("protocol: 127.0.0.1:P/nvidia/cuda@%s: the registry lies: asked for %s, the body hashes to ",
			  index, index);
	assert_true(str_starts(got, start));
}

static void an_old_registry_without_digest_header_is_hashed(void **state)
{
	struct world *w = *state;
	w->fake.no_digest_header = true;
	found(w);
}

static void a_token_is_fetched_once_for_all_who_ask(void **state)
{
	struct world *w = *state;
	struct outcome o[5] = {{.w = w}};
	struct err err = ERR_INIT;
	AUTO_TEXT char *name = fakereg_name(&w->fake, "nvidia/cuda");
	w->fake.auth = "bearer";
	for (size_t i = 0; i < ARRAY_LEN(o); i++) {
		struct registry_ask a = {.repository = name,
					 .tag = FAKEREG_TAG,
					 .platform = "linux/amd64",
					 .on_done = on_done,
					 .self = &o[i]};
		assert_int_equal(registry_start(w->registry, &a, &err), 0);
	}
	assert_int_equal(caller_run(w->caller, &err), 0);
	AUTO_TEXT char *expected = want("index", "amd64", "-");
	for (size_t i = 0; i < ARRAY_LEN(o); i++) {
		AUTO_TEXT char *text = o[i].text;
		assert_string_equal(text, expected);
	}
	assert_int_equal(w->fake.tokens, 1);
	assert_int_equal(
		server_count(w->fake.server, "GET", "/token?service=fake&scope=repository%3Anvidia%2Fcuda%3Apull"), 1);
	/* the others waited for the first one's 401 */
	assert_int_equal(server_count(w->fake.server, "GET", "/v2/nvidia/cuda/manifests/" FAKEREG_TAG),
			 ARRAY_LEN(o) + 1);
}

static void an_expired_token_is_fetched_anew(void **state)
{
	struct world *w = *state;
	w->fake.auth = "bearer";
	w->fake.expire_after = 1;
	found(w);
	found(w);
	assert_int_equal(w->fake.tokens, 2);
}

static void a_realm_with_a_query_gets_more_of_it(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *realm = server_url(w->fake.server, "/token?account=x");
	w->fake.auth = "bearer";
	w->fake.realm = realm;
	found(w);
	assert_int_equal(server_count(w->fake.server, "GET",
				      "/token?account=x&service=fake&scope=repository%3Anvidia%2Fcuda%3Apull"),
			 1);
}

static void log_in(const struct fakereg *f, const char *auth)
{
	AUTO_TEXT char *text =
		xasprintf("{\"auths\":{\"127.0.0.1:%u\":{\"auth\":\"%s\"}}}", server_port(f->server), auth);
	setenv("DOCKER_AUTH_CONFIG", text, 1);
}

static void user_and_password_of_the_configuration_are_used(void **state)
{
	struct world *w = *state;
	w->fake.login = "bWU6c2VjcmV0";
	log_in(&w->fake, w->fake.login);
	w->fake.auth = "basic";
	found(w);
	w->fake.auth = "bearer";
	registry_free(w->registry);
	w->registry = registry_new(&(struct registry_opts){.caller = w->caller});
	found(w);
}

static void set_auths(const struct fakereg *f, const char *entry)
{
	AUTO_TEXT char *text = xasprintf("{\"auths\":{\"127.0.0.1:%u\":{%s}}}", server_port(f->server), entry);
	setenv("DOCKER_AUTH_CONFIG", text, 1);
}

static void an_identity_token_is_traded_for_a_token(void **state)
{
	struct world *w = *state;
	w->fake.auth = "bearer";
	w->fake.oauth = true;
	w->fake.login = "bWU6c2VjcmV0";
	set_auths(&w->fake, "\"identitytoken\":\"idt\"");
	found(w);
	assert_int_equal(server_count(w->fake.server, "POST", "/token"), 1);
}

/* RFC 6749 answers 400 for a refresh token that has expired or was revoked. */
static void a_login_that_was_revoked_is_an_error_of_access(void **state)
{
	struct world *w = *state;
	w->fake.auth = "bearer";
	w->fake.oauth = true;
	set_auths(&w->fake, "\"identitytoken\":\"old\"");
	cuda_is(w, "auth: 127.0.0.1:P/nvidia/cuda: http://127.0.0.1:P/token gives no token (401) (the credentials used "
		   "are those of DOCKER_AUTH_CONFIG)");
	w->fake.token_status = 400;
	cuda_is(w, "auth: 127.0.0.1:P/nvidia/cuda: http://127.0.0.1:P/token gives no token (400) (the credentials used "
		   "are those of DOCKER_AUTH_CONFIG)");
	assert_int_equal(server_count(w->fake.server, "POST", "/token"), 2);
}

/* The token service gives tokens that the registry does not take, as where the user's rights were withdrawn. */
static void a_token_that_is_not_taken_is_asked_for_twice_and_no_more(void **state)
{
	struct world *w = *state;
	w->fake.auth = "bearer";
	w->fake.login = "bWU6c2VjcmV0";
	w->fake.token_body = "{\"token\":\"withdrawn\"}";
	log_in(&w->fake, w->fake.login);
	cuda_is(w, "auth: 127.0.0.1:P/nvidia/cuda:" FAKEREG_TAG
		   ": access is denied (401): UNAUTHORIZED: authentication required (the credentials used are those of "
		   "DOCKER_AUTH_CONFIG)");
	assert_int_equal(w->fake.tokens, 2);
}

static void where_nothing_is_traded_user_and_password_are_used(void **state)
{
	struct world *w = *state;
	w->fake.auth = "bearer";
	w->fake.login = "bWU6c2VjcmV0";
	set_auths(&w->fake, "\"auth\":\"bWU6c2VjcmV0\",\"identitytoken\":\"idt\"");
	found(w);
	assert_int_equal(server_count(w->fake.server, "POST", "/token"), 1);
	assert_int_equal(w->fake.tokens, 1);
}

static void a_registry_token_is_sent_as_it_is(void **state)
{
	struct world *w = *state;
	w->fake.auth = "bearer";
	w->fake.registry_token = "rt";
	set_auths(&w->fake, "\"registrytoken\":\"rt\"");
	found(w);
	assert_int_equal(w->fake.tokens, 0);
}

static void a_token_service_that_fails_is_named(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *gone = xstrdup("http://127.0.0.1:1/token");
	w->fake.auth = "bearer";
	w->fake.token_status = 503;
	cuda_is(w, "network: 127.0.0.1:P: http://127.0.0.1:P/token?... answers 503 to the wish for a token");
	w->fake.token_status = 418;
	cuda_is(w, "protocol: 127.0.0.1:P: http://127.0.0.1:P/token?... answers 418 to the wish for a token");
	registry_free(w->registry);
	w->registry = registry_new(&(struct registry_opts){.caller = w->caller});
	w->fake.realm = gone;
	cuda_is(w, "network: 127.0.0.1:P: token: http://127.0.0.1:1/token?...: cannot connect: Connection refused");
}

static void access_that_is_denied_says_what_would_help(void **state)
{
	struct world *w = *state;
	w->fake.login = "bWU6c2VjcmV0";
	w->fake.auth = "basic";
	cuda_is(w, "auth: 127.0.0.1:P/nvidia/cuda: wants a login (no credentials for it were found; `docker login "
		   "127.0.0.1:P` stores some)");
	log_in(&w->fake, "bWU6d3Jvbmc=");
	registry_free(w->registry);
	w->registry = registry_new(&(struct registry_opts){.caller = w->caller});
	cuda_is(w, "auth: 127.0.0.1:P/nvidia/cuda: does not accept the user and password (the credentials used are "
		   "those of DOCKER_AUTH_CONFIG)");
	w->fake.auth = "bearer";
	registry_free(w->registry);
	w->registry = registry_new(&(struct registry_opts){.caller = w->caller});
	cuda_is(w, "auth: 127.0.0.1:P/nvidia/cuda: http://127.0.0.1:P/token?... gives no token (401) (the credentials "
		   "used are those of DOCKER_AUTH_CONFIG)");
}

static void a_403_shows_what_the_registry_says(void **state)
{
	struct world *w = *state;
	w->fake.status = 403;
	w->fake.status_times = 1;
	w->fake.status_body =
		"{\"errors\":[{\"code\":\"DENIED\",\"message\":\"requested access \\u001b[31m denied\"}]}";
	cuda_is(w, "auth: 127.0.0.1:P/nvidia/cuda:" FAKEREG_TAG
		   ": access is denied (403): DENIED: requested access ?[31m denied (it did not ask for a login)");
}

static void a_password_is_not_sent_to_a_foreign_realm(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *far = xasprintf("http://localhost:%u/token", server_port(w->other.server));
	w->fake.login = "bWU6c2VjcmV0";
	w->other.login = w->fake.login;
	log_in(&w->fake, w->fake.login);
	w->fake.auth = "bearer";
	w->fake.realm = far;
	cuda_is(w, "auth: 127.0.0.1:P/nvidia/cuda: http://localhost:Q/token?... gives no token (401) (the credentials "
		   "used are those of DOCKER_AUTH_CONFIG)");
	assert_int_equal(server_log(w->other.server)->n, 1);
	assert_null(strstr(server_log(w->other.server)->v[0], "Authorization"));
	assert_null(strstr(server_log(w->other.server)->v[0], "account="));
}

static void realms_that_lead_astray_are_not_asked(void **state)
{
	static const char *const rows[][2] = {
		{"http://169.254.169.254/token", "protocol: 127.0.0.1:P: asks for a token from "
						 "http://169.254.169.254/token, which is not a server of its own"},
		{"file:///etc/passwd", "protocol: 127.0.0.1:P: asks for a token from no valid address"},
		{"", "protocol: 127.0.0.1:P: asks for a token from no valid address"},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world *w = *state;
		registry_free(w->registry);
		w->registry = registry_new(&(struct registry_opts){.caller = w->caller});
		w->fake.auth = "bearer";
		w->fake.realm = rows[i][0];
		cuda_is(w, rows[i][1]);
	}
}

static void a_broken_token_is_a_broken_answer(void **state)
{
	struct world *w = *state;
	w->fake.auth = "bearer";
	w->fake.token_body = "{\"token\":\"a\",\"access_token\":\"b\"}";
	cuda_is(w, "protocol: http://127.0.0.1:P/token?...: holds two different tokens");
}

static void statuses_that_may_pass_are_tried_again(void **state)
{
	static const int statuses[] = {429, 500, 502, 503, 504, 408};
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		struct world *w = *state;
		w->fake.status = statuses[i];
		w->fake.status_times = CALLER_TRIES - 1;
		w->fake.status_headers = i % 2 ? "Retry-After: 3\r\n" : NULL;
		w->fake.manifests = 0;
		found(w);
		assert_int_equal(w->fake.manifests, CALLER_TRIES);
	}
}

static void statuses_that_do_not_pass_are_named(void **state)
{
	struct world *w = *state;
	w->fake.status = 503;
	w->fake.status_times = 100;
	cuda_is(w, "network: 127.0.0.1:P/nvidia/cuda:" FAKEREG_TAG ": the registry answers 503");
	assert_int_equal(w->fake.manifests, CALLER_TRIES);
	w->fake.status = 418;
	cuda_is(w, "protocol: 127.0.0.1:P/nvidia/cuda:" FAKEREG_TAG ": the registry answers 418");
}

static void a_rate_limit_that_lasts_is_not_waited_for(void **state)
{
	struct world *w = *state;
	w->fake.status = 429;
	w->fake.status_times = 100;
	w->fake.status_headers = "Retry-After: 99999999\r\n";
	w->fake.status_body =
		"{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"You have reached your pull rate limit.\"}]}";
	cuda_is(w, "network: 127.0.0.1:P/nvidia/cuda:" FAKEREG_TAG
		   ": too many requests for now (429), to be asked again after 99999999 s: TOOMANYREQUESTS: You have "
		   "reached your pull rate limit.");
	assert_int_equal(w->fake.manifests, 1);
}

static void references_that_are_none_are_refused_before_any_request(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;
	struct outcome o = {.w = w};
	static const char *const rows[][3] = {
		{"127.0.0.1:5000/x", NULL, "sha256:../../etc/passwd"},
		{"127.0.0.1:5000/X", "1", NULL},
		{"127.0.0.1:5000/x", "a/b", NULL},
		{"", "1", NULL},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct registry_ask a = {.repository = rows[i][0],
					 .tag = rows[i][1],
					 .digest = rows[i][2],
					 .platform = "linux/amd64",
					 .on_done = on_done,
					 .self = &o};
		assert_int_equal(registry_start(w->registry, &a, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		err_clear(&err);
	}
	assert_int_equal(o.calls, 0);
	assert_int_equal(caller_run(w->caller, &err), 0);
}

static void plain_http_is_for_this_machine_and_for_those_named_so(void **state)
{
	static const struct {
		const char *name, *bare;
		bool plain;
	} rows[] = {
		{"nvcr.io/nvidia/cuda", "nvcr.io/nvidia/cuda", false},
		{"127.0.0.1:5000/x", "127.0.0.1:5000/x", true},
		{"localhost:5000/x", "localhost:5000/x", true},
		{"[::1]:5000/x", "[::1]:5000/x", true},
		{"http://reg.lan:5000/x", "reg.lan:5000/x", true},
		{"https://127.0.0.1:5000/x", "127.0.0.1:5000/x", false},
		{"10.0.0.1:5000/x", "10.0.0.1:5000/x", false},
		{"ubuntu", "ubuntu", false},
		{"localhost.example/x", "localhost.example/x", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *bare = NULL;
		assert_int_equal(registry_is_plain(rows[i].name, &bare), rows[i].plain);
		assert_string_equal(bare, rows[i].bare);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(one_request_gives_index_and_platform_digest),
		T(what_is_not_there_is_an_answer),
		T(a_single_image_tells_its_platform_in_its_config),
		T(the_config_of_an_index_comes_when_asked_for),
		T(a_digest_is_asked_for_by_itself),
		T(a_registry_that_lies_about_a_digest_is_refused),
		T(an_old_registry_without_digest_header_is_hashed),
		T(a_token_is_fetched_once_for_all_who_ask),
		T(an_expired_token_is_fetched_anew),
		T(a_realm_with_a_query_gets_more_of_it),
		T(user_and_password_of_the_configuration_are_used),
		T(an_identity_token_is_traded_for_a_token),
		T(a_login_that_was_revoked_is_an_error_of_access),
		T(a_token_that_is_not_taken_is_asked_for_twice_and_no_more),
		T(where_nothing_is_traded_user_and_password_are_used),
		T(a_registry_token_is_sent_as_it_is),
		T(a_token_service_that_fails_is_named),
		T(access_that_is_denied_says_what_would_help),
		T(a_403_shows_what_the_registry_says),
		T(a_password_is_not_sent_to_a_foreign_realm),
		T(realms_that_lead_astray_are_not_asked),
		T(a_broken_token_is_a_broken_answer),
		T(statuses_that_may_pass_are_tried_again),
		T(statuses_that_do_not_pass_are_named),
		T(a_rate_limit_that_lasts_is_not_waited_for),
		T(references_that_are_none_are_refused_before_any_request),
		T(plain_http_is_for_this_machine_and_for_those_named_so),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
