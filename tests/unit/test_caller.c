#include "source/caller.h"

#include "adapt/http_curl.h"
#include "base/str.h"
#include "support/faulty.h"
#include "support/server.h"
#include "support/t.h"

struct world {
	struct server *server;
	struct http *inner, *http;
	struct faulty faulty;
	struct caller *caller;
	unsigned broken; /* answers that are cut short, from the first on */
	struct buf notes;
};

static bool serve(void *self, const struct server_request *q, struct buf *out)
{
	struct world *w = self;
	if (w->broken) {
		w->broken--;
		buf_adds(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
		return false;
	}
	if (str_starts(q->path, "/post"))
		server_reply(out, 200, "", q->body.data);
	else if (str_starts(q->path, "/busy"))
		server_reply(out, 503, "Retry-After: 30\r\n", "busy");
	else if (str_starts(q->path, "/zip"))
		server_reply(out, 200, "Content-Encoding: gzip\r\n", "whole");
	else if (str_starts(q->path, "/large")) {
		buf_addf(out, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", 60000);
		buf_repeat(out, "xxxxxxxx", 60000 / 8 - 1);
		server_pause(out, 300); /* until all are as far */
		buf_adds(out, "xxxxxxxx");
		return false;
	} else if (str_starts(q->path, "/silent"))
		server_pause(out, 20000);
	else if (str_starts(q->path, "/wordy")) {
		buf_adds(out, "HTTP/1.1 403 No\r\nContent-Length: 99999999\r\n\r\n");
		buf_repeat(out, "xxxxxxxx", 200000 / 8);
		server_pause(out, 20000);
	} else
		server_reply(out, 200, "", "whole");
	return true;
}

static void note(void *self, const struct event *e)
{
	struct world *w = self;
	buf_addf(&w->notes, "%s|%s\n", e->subject ? e->subject : "-", e->text);
}

static int setup(void **state)
{
	struct err err = ERR_INIT;
	struct world *w = xcalloc(1, sizeof(*w));
	static struct events events;
	events = (struct events){.emit = note, .self = w};
	w->server = server_start(serve, w, NULL);
	assert_int_equal(http_curl_new(NULL, &w->inner, &err), 0);
	w->faulty.inner = w->inner;
	w->http = faulty_new(&w->faulty);
	w->caller = caller_new(&(struct caller_opts){.http = w->http, .second_ms = 1, .events = &events});
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	caller_free(w->caller);
	http_free(w->http);
	http_free(w->inner);
	server_stop(w->server);
	buf_clear(&w->notes);
	free(w);
	return 0;
}

struct outcome {
	char *text;
	unsigned calls;
};

static void on_done(void *self, const struct http_answer *a, struct err *err)
{
	struct outcome *o = self;
	free(o->text);
	o->text = err ? xasprintf("%s: %s", err_kind_name(err->kind), err->text)
		      : xasprintf("%d %s", a->status, buf_text(&a->body));
	o->calls++;
}

static char *call(struct world *w, const char *path, struct call q)
{
	struct outcome o = {.text = NULL};
	struct err err = ERR_INIT;
	AUTO_TEXT char *url = server_url(w->server, path);
	q.url = url;
	q.on_done = on_done;
	if (!q.on_data)
		q.self = &o;
	caller_start(w->caller, &q);
	assert_int_equal(caller_run(w->caller, &err), 0);
	return o.text;
}

static void a_broken_connection_is_tried_again_with_an_empty_body(void **state)
{
	struct world *w = *state;
	w->broken = CALLER_TRIES - 1;
	AUTO_TEXT char *got = call(w, "/x", (struct call){.method = NULL});
	assert_string_equal(got, "200 whole");
	assert_int_equal(server_count(w->server, "GET", "/x"), CALLER_TRIES);
}

static void a_connection_that_keeps_breaking_is_given_up(void **state)
{
	struct world *w = *state;
	w->broken = 100;
	AUTO_TEXT char *got = call(w, "/x", (struct call){.method = NULL}),
		       *want = server_url(w->server, "/x: the answer was cut short");
	assert_true(str_starts(got, "network: "));
	assert_string_equal(got + strlen("network: "), want);
	assert_int_equal(server_count(w->server, "GET", "/x"), CALLER_TRIES);
}

static void nobody_listening_is_not_tried_again(void **state)
{
	struct world *w = *state;
	w->faulty.nth = 1;
	AUTO_TEXT char *got = call(w, "/x", (struct call){.method = NULL});
	assert_string_equal(got, "network: refused by the test");
	assert_int_equal(w->faulty.started, 1);
}

static void what_is_no_get_is_not_sent_twice(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *sent = call(w, "/post", (struct call){.method = "POST", .body = "grant_type=x"});
	assert_string_equal(sent, "200 grant_type=x");
	AUTO_TEXT char *busy = call(w, "/busy", (struct call){.method = "POST", .body = "grant_type=x"});
	assert_string_equal(busy, "503 busy");
	w->broken = 1;
	AUTO_TEXT char *broken = call(w, "/post", (struct call){.method = "POST", .body = "grant_type=x"});
	assert_true(str_ends(broken, "/post: the answer was cut short"));
	assert_int_equal(server_count(w->server, "POST", "/post"), 2);
	assert_int_equal(server_count(w->server, "POST", "/busy"), 1);
}

static void an_encoding_that_was_not_asked_for_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *got = call(w, "/zip", (struct call){.method = NULL});
	AUTO_TEXT char *want = server_url(w->server, "/zip: is sent in an encoding that was not asked for");
	assert_string_equal(got + strlen("protocol: "), want);
	assert_int_equal(server_count(w->server, "GET", "/zip"), 1);
}

static void of_an_errors_page_the_beginning_is_read(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *got = call(w, "/wordy", (struct call){.max_body = 4 << 20});
	assert_true(str_starts(got, "403 xxxx"));
	assert_in_range(strlen(got), 1000, 65536 + 4);
}

static void all_calls_together_have_so_much_time(void **state)
{
	struct world *w = *state;
	struct caller_opts o = {.http = w->http, .second_ms = 1, .patience = {.total_ms = 300}};
	AUTO_TEXT char *want =
		server_url(w->server, "/silent: not answered within the 0s that there are for all questions");
	caller_free(w->caller);
	w->caller = caller_new(&o);
	AUTO_TEXT char *got = call(w, "/silent", (struct call){.method = NULL});
	assert_string_equal(got + strlen("network: "), want);
	o.patience.total_ms = 200;
	o.second_ms = 1000;
	caller_free(w->caller);
	w->caller = caller_new(&o);
	AUTO_TEXT char *busy = call(w, "/busy", (struct call){.method = NULL}); /* which is to be asked again in 30 s */
	assert_string_equal(busy, "503 busy");
	assert_int_equal(server_count(w->server, "GET", "/busy"), 1);
}

static void answers_that_come_at_once_are_bounded_together(void **state)
{
	struct world *w = *state;
	struct outcome o[3] = {{.text = NULL}};
	struct err err = ERR_INIT;
	AUTO_TEXT char *url = server_url(w->server, "/large");
	struct caller_opts opts = {.http = w->http, .second_ms = 1, .together_max = 102400};
	unsigned refused = 0;
	caller_free(w->caller);
	w->caller = caller_new(&opts);
	for (size_t i = 0; i < ARRAY_LEN(o); i++)
		caller_start(w->caller, &(struct call){.url = url, .on_done = on_done, .self = &o[i]});
	assert_int_equal(caller_run(w->caller, &err), 0);
	AUTO_TEXT char *want = xasprintf("protocol: %s: the answers that come at once are larger than 100.0 KiB", url);
	for (size_t i = 0; i < ARRAY_LEN(o); i++) {
		refused += str_eq(o[i].text, want);
		assert_true(str_eq(o[i].text, want) || str_starts(o[i].text, "200 xxxx"));
		free(o[i].text);
	}
	assert_in_range(refused, 1, 2);
}

static void what_stalls_is_tried_twice(void **state)
{
	struct world *w = *state;
	struct caller_opts o = {.http = w->http, .second_ms = 1, .patience = {.stall_ms = 1000}};
	AUTO_TEXT char *want = server_url(w->server, "/silent: stalled: less than 1 KiB/s for 1 s");
	caller_free(w->caller);
	w->caller = caller_new(&o);
	AUTO_TEXT char *got = call(w, "/silent", (struct call){.method = NULL});
	assert_string_equal(got + strlen("network: "), want);
	assert_int_equal(server_count(w->server, "GET", "/silent"), 2);
}

static void long_waits_are_shown_without_the_urls_secrets(void **state)
{
	struct world *w = *state;
	struct outcome o = {.text = NULL};
	struct err err = ERR_INIT;
	AUTO_TEXT char *url = xasprintf("http://me:secret@127.0.0.1:%u/busy?token=secret", server_port(w->server));
	caller_start(w->caller, &(struct call){.url = url, .on_done = on_done, .self = &o});
	assert_int_equal(caller_run(w->caller, &err), 0);
	AUTO_TEXT char *text = o.text;
	assert_string_equal(text, "503 busy");
	assert_null(strstr(buf_text(&w->notes), "secret"));
	assert_non_null(strstr(buf_text(&w->notes), "/busy?...|answered 503; trying again in 30 s\n"));
}

static void a_bad_url_comes_through_on_done(void **state)
{
	struct world *w = *state;
	struct outcome o = {.text = NULL};
	struct err err = ERR_INIT;
	caller_start(w->caller, &(struct call){.url = "nonsense", .on_done = on_done, .self = &o});
	assert_int_equal(o.calls, 0);
	assert_int_equal(caller_run(w->caller, &err), 0);
	AUTO_TEXT char *text = o.text;
	assert_string_equal(text, "input: 'nonsense': not an http or https URL");
}

struct streamed {
	struct buf got;
	unsigned begun;
};

static int on_piece(void *self, struct blob piece, struct err *err)
{
	struct streamed *s = self;
	(void)err;
	if (piece.data) {
		buf_add(&s->got, piece.data, piece.len);
		return 0;
	}
	s->begun++;
	buf_cut(&s->got, 0);
	return 0;
}

static void on_streamed(void *self, const struct http_answer *a, struct err *err)
{
	(void)self;
	assert_null(err);
	assert_int_equal(a->status, 200);
	assert_int_equal(a->body.len, 0);
}

static void a_stream_begins_anew_with_each_try(void **state)
{
	struct world *w = *state;
	struct streamed s = {.begun = 0};
	struct err err = ERR_INIT;
	AUTO_TEXT char *url = server_url(w->server, "/x");
	w->broken = 2;
	caller_start(w->caller, &(struct call){.url = url, .on_data = on_piece, .on_done = on_streamed, .self = &s});
	assert_int_equal(caller_run(w->caller, &err), 0);
	assert_int_equal(s.begun, 3);
	assert_string_equal(buf_text(&s.got), "whole");
	buf_clear(&s.got);
}

static void retry_after_is_seconds_or_a_date(void **state)
{
	static const struct {
		const char *value;
		unsigned long seconds;
	} rows[] = {
		{NULL, 0},
		{"", 0},
		{"0", 0},
		{"120", 120},
		{"-5", 0},
		{"99999999999999999999", UINT32_MAX},
		{"Wed, 21 Oct 2015 07:28:00 GMT", 60},
		{"Wed, 21 Oct 2015 07:26:00 GMT", 0},
		{"Wed, 21 Oct 2015 08:27:00 GMT", 3600},
		{"Wed, 21 Foo 2015 07:28:00 GMT", 0},
		{"Wed, 21 Oct 2015", 0},
		{"Wed, aa bbb cccc dd:ee:ff GMT", 0},
		{"soon", 0},
		{", 000000000000000000000000000001 ", 0}, /* nothing behind its end is read */
		{", 000000000000000000000000000001 J", 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *own = xstrdup(rows[i].value);
		assert_int_equal(caller_retry_after(own, 1445412420), rows[i].seconds);
	}
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_broken_connection_is_tried_again_with_an_empty_body),
		T(a_connection_that_keeps_breaking_is_given_up),
		T(nobody_listening_is_not_tried_again),
		T(what_is_no_get_is_not_sent_twice),
		T(an_encoding_that_was_not_asked_for_is_refused),
		T(of_an_errors_page_the_beginning_is_read),
		T(all_calls_together_have_so_much_time),
		T(answers_that_come_at_once_are_bounded_together),
		T(what_stalls_is_tried_twice),
		T(long_waits_are_shown_without_the_urls_secrets),
		T(a_bad_url_comes_through_on_done),
		T(a_stream_begins_anew_with_each_try),
		cmocka_unit_test(retry_after_is_seconds_or_a_date),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
