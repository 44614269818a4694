/* How a stream that breaks goes on: by Range where the file is known to be the same, from the start where it is not. */
#include "source/caller.h"
#include "source/caller_when.h"

#include "adapt/http_curl.h"
#include "base/str.h"
#include "support/server.h"
#include "support/t.h"

#define WHOLE 2500000
#define TAG   "\"v1\""

/* A file of WHOLE bytes; `how` names what the server does. */
struct world {
	struct server *server;
	struct http *http;
	struct caller *caller;
	const char *how;
	size_t step;	       /* bytes per answer before it breaks */
	struct strv asked;     /* Range and If-Range of each request */
	unsigned begun, wrong; /* what on_data saw */
	size_t got;
};

static bool is(const struct world *w, const char *how)
{
	return str_eq(w->how, how);
}

static char byte_at(size_t i)
{
	return (char)('a' + i % 23 + i / 1000 % 3);
}

static void add_bytes(const struct world *w, size_t from, struct buf *out)
{
	size_t end = from + w->step < WHOLE ? from + w->step : WHOLE;
	for (size_t i = from; i < end; i++)
		buf_addc(out, byte_at(i));
}

static void add_rest(struct world *w, size_t from, struct buf *out)
{
	const char *etag = is(w, "changes") ? "\"v2\"" : TAG;
	size_t first = is(w, "shifts") ? from - 1 : from, whole = is(w, "grows") ? WHOLE + 1 : WHOLE;
	buf_addf(out, "HTTP/1.1 206 Partial\r\nETag: %s\r\nContent-Length: %zu\r\n", etag, WHOLE - from);
	if (!is(w, "silent about it"))
		buf_addf(out, "Content-Range: bytes %zu-%d/%zu\r\n", first, WHOLE - 1, whole);
	buf_adds(out, "\r\n");
	add_bytes(w, from, out);
}

static bool serve(void *self, const struct server_request *q, struct buf *out)
{
	struct world *w = self;
	AUTO_TEXT char *range = server_header(q->head, "Range"), *when = server_header(q->head, "If-Range");
	uint64_t from = 0;
	strv_addf(&w->asked, "%s %s", range ? range : "-", when ? when : "-");
	if (range && !is(w, "deaf")) {
		const char *at = range + strlen("bytes=");
		assert_true(str_scan_u64(&at, WHOLE, &from));
		if (is(w, "out of range"))
			server_reply(out, 416, "", "");
		else
			add_rest(w, (size_t)from, out);
		w->how = is(w, "out of range") ? "cured" : w->how;
	} else {
		buf_addf(out, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%s\r\n", WHOLE,
			 is(w, "weak")	   ? "ETag: W/\"v1\"\r\n"
			 : is(w, "no tag") ? ""
					   : "ETag: " TAG "\r\n");
		if (is(w, "cured"))
			w->step = WHOLE;
		add_bytes(w, 0, out);
	}
	return false;
}

static int setup(void **state)
{
	struct err err = ERR_INIT;
	struct world *w = xcalloc(1, sizeof(*w));
	w->how = "";
	w->step = 1200000;
	w->server = server_start(serve, w, NULL);
	assert_int_equal(http_curl_new(NULL, &w->http, &err), 0);
	w->caller = caller_new(&(struct caller_opts){.http = w->http, .second_ms = 1});
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	caller_free(w->caller);
	http_free(w->http);
	server_stop(w->server);
	strv_clear(&w->asked);
	free(w);
	return 0;
}

static int on_piece(void *self, struct blob piece, struct err *err)
{
	struct world *w = self;
	(void)err;
	if (!piece.data) {
		w->begun++;
		w->got = w->wrong = 0;
	}
	for (size_t i = 0; piece.data && i < piece.len; i++)
		w->wrong += piece.data[i] != byte_at(w->got++);
	return 0;
}

struct outcome {
	struct world *w; /* first: on_data gets it */
	char *text;
};

static int pass_piece(void *self, struct blob piece, struct err *err)
{
	return on_piece(((struct outcome *)self)->w, piece, err);
}

static void on_done(void *self, const struct http_answer *a, struct err *err)
{
	struct outcome *o = self;
	o->text = err ? xasprintf("%s: %s", err_kind_name(err->kind), err->text) : xasprintf("%d", a->status);
}

/* "STATUS begun got wrong" or the error behind its host; the caller's. */
static char *fetch(struct world *w, const char *how, const char *path)
{
	struct outcome o = {.w = w};
	struct err err = ERR_INIT;
	AUTO_TEXT char *url = server_url(w->server, path), *host = server_url(w->server, "");
	w->how = how;
	caller_start(
		w->caller,
		&(struct call){.url = url, .max_body = 8 << 20, .on_data = pass_piece, .on_done = on_done, .self = &o});
	assert_int_equal(caller_run(w->caller, &err), 0);
	AUTO_TEXT char *text = o.text;
	char *at = strstr(text, host);
	if (at)
		return xasprintf("%.*sH%s", (int)(at - text), text, at + strlen(host));
	return xasprintf("%s begun %u got %zu wrong %u", text, w->begun, w->got, w->wrong);
}

static void a_stream_goes_on_where_it_broke(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *got = fetch(w, "", "/file");
	assert_string_equal(got, "200 begun 1 got 2500000 wrong 0");
	assert_int_equal(w->asked.n, 3);
	assert_string_equal(w->asked.v[0], "- -");
	assert_string_equal(w->asked.v[1], "bytes=1200000- \"v1\"");
	assert_string_equal(w->asked.v[2], "bytes=2400000- \"v1\"");
}

static void what_breaks_at_any_byte_is_put_together_right(void **state)
{
	struct world *w = *state;
	srand(18);
	for (int round = 0; round < 8; round++) {
		w->step = (size_t)(700000 + rand() % 1200000);
		w->begun = 0;
		strv_clear(&w->asked);
		AUTO_TEXT char *got = fetch(w, "", "/file");
		if (!str_eq(got, "200 begun 1 got 2500000 wrong 0"))
			fail_msg("breaking each %zu bytes: %s", w->step, got);
		assert_int_equal(w->asked.n, (WHOLE + w->step - 1) / w->step);
	}
}

static void a_digest_in_the_url_is_as_good_as_an_etag(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *got = fetch(w, "no tag", "/v2/x/blobs/sha256:00");
	assert_string_equal(got, "200 begun 1 got 2500000 wrong 0");
	assert_string_equal(w->asked.v[1], "bytes=1200000- -");
}

static void what_may_have_changed_begins_anew_and_is_given_up(void **state)
{
	static const char *const rows[] = {"no tag", "weak", "deaf"};
	struct world *w = *state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		w->begun = 0;
		strv_clear(&w->asked);
		AUTO_TEXT char *got = fetch(w, rows[i], "/file");
		assert_string_equal(got, "network: H/file: the answer was cut short");
		assert_int_equal(w->begun, CALLER_TRIES);
		assert_int_equal(w->asked.n, CALLER_TRIES);
		assert_int_equal(w->got, 1200000);
	}
}

static void a_rest_that_is_not_the_rest_is_refused(void **state)
{
	static const char *const rows[] = {"changes", "shifts", "grows", "silent about it"};
	struct world *w = *state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		w->begun = 0;
		strv_clear(&w->asked);
		AUTO_TEXT char *got = fetch(w, rows[i], "/file");
		assert_string_equal(got, "protocol: H/file: answers with another part of the file than was asked for");
		assert_int_equal(w->asked.n, 2);
		assert_int_equal(w->begun, 1);
	}
}

static void a_rest_that_is_not_there_any_more_is_fetched_whole(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *got = fetch(w, "out of range", "/file");
	assert_string_equal(got, "200 begun 2 got 2500000 wrong 0");
	assert_int_equal(w->asked.n, 3);
}

static void a_stream_that_brings_little_is_given_up(void **state)
{
	struct world *w = *state;
	w->step = 1000;
	AUTO_TEXT char *got = fetch(w, "", "/file");
	assert_string_equal(got, "network: H/file: the answer was cut short");
	assert_int_equal(w->asked.n, CALLER_TRIES);
}

static void a_content_range_says_first_and_whole(void **state)
{
	static const struct {
		const char *value;
		bool good;
	} rows[] = {
		{"bytes 0-0/1", true},
		{"bytes 5-9/10", true},
		{"bytes 5-9/9", false},
		{"bytes 9-5/10", false},
		{"bytes 5-9/*", false},
		{"bytes */10", false},
		{"bytes -1-9/10", false},
		{"5-9/10", false},
		{"bytes 5-9/10 ", false},
		{"bytes 5-", false},
		{"", false},
		{NULL, false},
		{"bytes 99999999999999999999-9/10", false},
	};
	uint64_t first, whole;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(caller_content_range(rows[i].value, &first, &whole), rows[i].good);
	assert_true(caller_content_range("bytes 5-9/10", &first, &whole));
	assert_int_equal(first, 5);
	assert_int_equal(whole, 10);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_stream_goes_on_where_it_broke),	      T(what_breaks_at_any_byte_is_put_together_right),
		T(a_digest_in_the_url_is_as_good_as_an_etag), T(what_may_have_changed_begins_anew_and_is_given_up),
		T(a_rest_that_is_not_the_rest_is_refused),    T(a_rest_that_is_not_there_any_more_is_fetched_whole),
		T(a_stream_that_brings_little_is_given_up),   cmocka_unit_test(a_content_range_says_first_and_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
