#include "source/taglist.h"

#include "adapt/http_curl.h"
#include "base/file.h"
#include "base/str.h"
#include "support/server.h"
#include "support/t.h"

#define D "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* Docker Hub's API and a registry in one; `how` names what they do. */
struct world {
	struct server *server;
	struct http *http;
	const char *how;
	unsigned tokens, pages;
	char *foreign; /* "http://127.0.0.1:1" */
};

static bool is(const struct world *w, const char *how)
{
	return str_eq(w->how, how);
}

static void serve_hub(struct world *w, const struct server_request *q, struct buf *out)
{
	AUTO_TEXT char *self = server_url(w->server, q->path), *body = NULL;
	AUTO_TEXT char *second = xasprintf("%s%s", self, strstr(self, "page=2") ? "" : "&page=2");
	const char *images = is(w, "object")
				     ? "{\"os\":\"linux\",\"architecture\":\"amd64\"}"
				     : "[{\"os\":\"linux\",\"architecture\":\"amd64\",\"status\":\"active\"},"
				       "{\"os\":\"linux\",\"architecture\":\"arm64\",\"status\":\"active\"},"
				       "{\"os\":\"linux\",\"architecture\":\"ppc64le\",\"status\":\"inactive\"},"
				       "{\"os\":\"unknown\",\"architecture\":\"unknown\"}]";

	if (strstr(q->path, "page=2"))
		body = xasprintf(
			"{\"count\":3,\"next\":%s%s%s,\"results\":[{\"name\":\"b\",\"digest\":null,\"images\":[]},"
			"{\"name\":\"a\"},{\"name\":\"not a tag\"}]}",
			is(w, "loop") ? "\"" : "", is(w, "loop") ? self : "null", is(w, "loop") ? "\"" : "");
	else
		body = xasprintf("{\"count\":3,\"next\":\"%s\",\"results\":[{\"name\":\"c\",\"digest\":\"" D
				 "\",\"images\":%s,\"full_size\":1}]}",
				 is(w, "foreign") ? "https://evil.example/page" : second, images);
	server_reply(out, 200, "Content-Type: application/json\r\n", body);
}

static void serve_token(struct world *w, struct buf *out)
{
	AUTO_TEXT char *body = xasprintf("{\"token\":\"t%u\"}", ++w->tokens);

	server_reply(out, 200, "", body);
}

/* Whether the request carries the newest token; else a 401 was answered. */
static bool is_let_in(struct world *w, const struct server_request *q, struct buf *out)
{
	AUTO_TEXT char *given = server_header(q->head, "Authorization");
	AUTO_TEXT char *want = xasprintf("Bearer t%u", w->tokens);
	AUTO_TEXT char *realm = server_url(w->server, "/token");
	AUTO_TEXT char *line = xasprintf("WWW-Authenticate: Bearer realm=\"%s\",service=\"x\"\r\n", realm);
	bool second = strstr(q->path, "last="), expired = is(w, "expires") && second && w->tokens == 1;

	if (w->tokens && str_eq(given, want) && !expired)
		return true;
	server_reply(out, 401, line, "");
	return false;
}

static void serve_registry(struct world *w, const struct server_request *q, struct buf *out)
{
	bool second = strstr(q->path, "last=");
	AUTO_TEXT char *link = NULL;

	if (!is_let_in(w, q, out))
		return;
	if (is(w, "unlimited"))
		link = xasprintf("Link: </v2/nvidia/cuda/tags/list?n=1&last=%u>; rel=\"next\"\r\n", ++w->pages);
	else if (is(w, "self"))
		link = xasprintf("Link: <%s>; rel=\"next\"\r\n", q->path);
	else if (is(w, "astray"))
		link = xasprintf("Link: <%s/v2/nvidia/cuda/tags/list?last=c>; rel=next\r\n", w->foreign);
	else if (!second)
		link = xasprintf("Link: <%s?last=c>; rel=\"next\"\r\n",
				 is(w, "elsewhere") ? "/v2/cuda/tags/list" : "/v2/nvidia/cuda/tags/list");
	if (is(w, "null"))
		server_reply(out, 200, "", "{\"name\":\"nvidia/cuda\",\"tags\":null}");
	else if (is(w, "missing") || (is(w, "half") && second) || !str_starts(q->path, "/v2/nvidia/cuda/tags/list"))
		server_reply(out, 404, "", "{\"errors\":[{\"code\":\"NAME_UNKNOWN\"}]}");
	else if (is(w, "broken"))
		server_reply(out, 200, "", "{\"tags\":[\"a\",");
	else if (is(w, "number"))
		server_reply(out, 200, "", "{\"tags\":[1]}");
	else if (is(w, "refused"))
		server_reply(out, 403, "", "");
	else
		server_reply(out, 200, link ? link : "",
			     second ? "{\"tags\":[\"a\",\"b\",\"" D "\",\"\"]}" : "{\"tags\":[\"c\",\"b\"]}");
}

static bool serve(void *self, const struct server_request *q, struct buf *out)
{
	struct world *w = self;

	if (str_starts(q->path, "/v2/namespaces/"))
		serve_hub(w, q, out);
	else if (str_starts(q->path, "/token"))
		serve_token(w, out);
	else
		serve_registry(w, q, out);
	return true;
}

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct err err = ERR_INIT;

	setenv("HOME", "/nonexistent", 1);
	w->how = "";
	w->foreign = xstrdup("http://127.0.0.1:1");
	w->server = server_start(serve, w, NULL);
	assert_int_equal(http_curl_new(NULL, &w->http, &err), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	http_free(w->http);
	server_stop(w->server);
	free(w->foreign);
	free(w);
	return 0;
}

struct outcome {
	struct buf text;
	unsigned calls;
};

static void on_done(void *self, struct tags **found, struct err *err)
{
	struct outcome *o = self;

	o->calls++;
	if (err)
		buf_addf(&o->text, "%s: %s", err_kind_name(err->kind), err->text);
	else if (!*found)
		buf_adds(&o->text, "none");
	for (size_t i = 0; !err && *found && i < (*found)->n; i++) {
		const struct tag *t = &(*found)->v[i];
		AUTO_TEXT char *platforms = strv_join(&t->platforms, "+");

		buf_addf(&o->text, "%s%s%s%.9s%s%s", i ? ", " : "", t->name, t->digest ? "@" : "",
			 t->digest ? t->digest : "", *platforms ? " " : "", platforms);
		assert_ptr_equal(tags_find(*found, t->name), t);
	}
}

/* What asking gives, with the server's address taken out; the caller's. */
static char *ask(struct world *w, const char *how, bool hub)
{
	AUTO(caller) struct caller *c = caller_new(&(struct caller_opts){.http = w->http, .second_ms = 1});
	AUTO_TEXT char *here = server_url(w->server, "");
	AUTO(taglist) struct taglist *l = taglist_new(&(struct taglist_opts){.caller = c, .hub = here});
	AUTO_TEXT char *own = xasprintf("%s/nvidia/cuda", here + strlen("http://"));
	struct outcome o = {.calls = 0};
	struct err err = ERR_INIT;

	w->how = how;
	w->tokens = w->pages = 0;
	assert_int_equal(taglist_start(l, hub ? "docker.io/nvidia/cuda" : own, on_done, &o, &err), 0);
	assert_int_equal(caller_run(c, &err), 0);
	assert_int_equal(o.calls, 1);
	AUTO_TEXT char *text = buf_take(&o.text);
	char *at = strstr(text, here);
	return at ? xasprintf("%.*sH%s", (int)(at - text), text, at + strlen(here)) : TAKE(text);
}

struct row {
	const char *how, *want;
};

static void asks(struct world *w, bool hub, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_TEXT char *got = ask(w, rows[i].how, hub);

		assert_string_equal(got, rows[i].want);
	}
}

static void docker_hub_names_digests_and_platforms_page_by_page(void **state)
{
	static const struct row rows[] = {
		{"", "a, b, c@sha256:01 linux/amd64+linux/arm64"},
		{"object", "a, b, c@sha256:01 linux/amd64"},
	};

	asks(*state, true, rows, ARRAY_LEN(rows));
}

static void pages_of_docker_hub_that_lead_astray_are_refused(void **state)
{
	static const struct row rows[] = {
		{"loop", "protocol: H/v2/namespaces/nvidia/repositories/cuda/tags?...: its pages go round in circles"},
		{"foreign",
		 "protocol: H/v2/namespaces/nvidia/repositories/cuda/tags?...: its next page is on another host"},
	};

	asks(*state, true, rows, ARRAY_LEN(rows));
}

static void a_registry_is_listed_with_a_token_and_its_links(void **state)
{
	static const struct row rows[] = {
		{"", "a, b, c"},	  {"null", ""}, {"missing", "none"}, {"expires", "a, b, c"},
		{"elsewhere", "a, b, c"}, /* a Link without the first part of the path, as Artifactory's */
	};

	asks(*state, false, rows, ARRAY_LEN(rows));
}

static void an_expired_token_in_mid_list_is_renewed_once(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *got = ask(w, "expires", false);

	assert_string_equal(got, "a, b, c");
	assert_int_equal(w->tokens, 2);
}

static void lists_that_break_the_protocol_are_refused(void **state)
{
	static const struct row rows[] = {
		{"self", "protocol: H/v2/nvidia/cuda/tags/list?...: its pages go round in circles"},
		{"astray", "protocol: H/v2/nvidia/cuda/tags/list?...: its next page is on another host"},
		{"broken", "protocol: H/v2/nvidia/cuda/tags/list?...:1:13: ']' expected near end of file"},
		{"number", "protocol: H/v2/nvidia/cuda/tags/list?...: /tags/0: must be a string, not an integer"},
		{"half", "protocol: H/v2/nvidia/cuda/tags/list?...: the registry answers 404"},
		{"refused", "auth: H/v2/nvidia/cuda/tags/list?...: access is denied (403)"},
	};

	asks(*state, false, rows, ARRAY_LEN(rows));
}

static void a_list_without_end_ends(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *got = ask(w, "unlimited", false);

	assert_string_equal(got, "protocol: H/v2/nvidia/cuda/tags/list?...: its pages do not end");
	assert_in_range(w->pages, TAGLIST_PAGES, TAGLIST_PAGES + 1);
}

static void links_are_read_as_they_are_written(void **state)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{"</a>; rel=\"next\"", "/a"},
		{"</a>; rel=next", "/a"},
		{"</p>; rel=\"prev\", </n>; rel=\"next\"", "/n"},
		{"</a>; title=\"x\"; rel=\"first next\"", "/a"},
		{"</A>; REL=NEXT", "/A"},
		{"</p>; rel=\"prev\"", NULL},
		{"<unfinished", NULL},
		{"</a>; rel=\"nextish\"", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = taglist_link_next(rows[i].value);

		if (rows[i].want)
			assert_string_equal(got, rows[i].want);
		else
			assert_null(got);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(docker_hub_names_digests_and_platforms_page_by_page),
		TEST(pages_of_docker_hub_that_lead_astray_are_refused),
		TEST(a_registry_is_listed_with_a_token_and_its_links),
		TEST(an_expired_token_in_mid_list_is_renewed_once),
		TEST(lists_that_break_the_protocol_are_refused),
		TEST(a_list_without_end_ends),
		cmocka_unit_test(links_are_read_as_they_are_written),
	};
#undef TEST
	return cmocka_run_group_tests(tests, NULL, NULL);
}
