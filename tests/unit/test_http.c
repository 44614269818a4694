#include "adapt/http.h"

#include "adapt/http_curl.h"
#include "base/str.h"
#include "support/server.h"
#include "support/t.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* What one test sees: a server, a client, and what was answered to paths. */
struct world {
	struct server *server, *other;
	struct http *http;
};

static bool serve_redirects(const struct server_request *q, struct buf *out)
{
	if (str_starts(q->path, "/loop"))
		server_reply(out, 302, "Location: /loop\r\n", "");
	else if (str_starts(q->path, "/near"))
		server_reply(out, 307, "Location: /plain?x=1\r\n", "go there");
	else if (str_starts(q->path, "/far/")) {
		AUTO_TEXT char *to = xasprintf("Location: http://127.0.0.1:%s/plain\r\n", q->path + 5);
		server_reply(out, 302, to, "");
	} else if (str_starts(q->path, "/accepted/")) {
		AUTO_TEXT char *to = xasprintf("Location: http://127.0.0.1:%s/upload/1\r\n", q->path + 10);
		server_reply(out, 202, to, "");
	} else if (str_starts(q->path, "/file"))
		server_reply(out, 302, "Location: file:///etc/passwd\r\n", "");
	else if (str_starts(q->path, "/ftp"))
		server_reply(out, 302, "Location: ftp://127.0.0.1/x\r\n", "");
	else if (str_starts(q->path, "/link"))
		server_reply(out, 302, "Location: http://169.254.169.254/secret\r\n", "");
	else
		return false;
	return true;
}

static bool serve_faults(const struct server_request *q, struct buf *out)
{
	if (str_starts(q->path, "/twolengths"))
		buf_adds(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc");
	else if (str_starts(q->path, "/smuggle"))
		buf_adds(out, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
	else if (str_starts(q->path, "/negative"))
		buf_adds(out, "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n");
	else if (str_starts(q->path, "/short"))
		buf_adds(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
	else if (str_starts(q->path, "/garbage"))
		buf_adds(out, "\x16\x03\x01 hello\r\n\r\n");
	else if (str_starts(q->path, "/silent"))
		server_pause(out, 20000);
	else if (str_starts(q->path, "/drip")) {
		buf_adds(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
		for (int i = 0; i < 100; i++) {
			server_pause(out, 200);
			buf_adds(out, "x");
		}
	} else if (str_starts(q->path, "/head")) {
		buf_adds(out, "HTTP/1.1 200 OK\r\n");
		for (int i = 0; i < 2000; i++)
			buf_addf(out, "X-%d: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n", i);
		buf_adds(out, "\r\n");
	} else
		return false;
	return true;
}

static bool serve(void *self, const struct server_request *q, struct buf *out)
{
	(void)self;
	if (serve_redirects(q, out))
		return true;
	if (serve_faults(q, out) || str_starts(q->path, "/close"))
		return false;
	if (str_starts(q->path, "/echo")) {
		AUTO_BUF struct buf body = BUF_INIT;
		buf_addf(&body, "%s %zu ", q->method, q->body.len);
		buf_add(&body, q->body.data, q->body.len < 64 ? q->body.len : 64);
		server_reply(out, 200, "", buf_text(&body));
	} else if (str_starts(q->path, "/big")) {
		buf_adds(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
		for (int i = 0; i < 64; i++) {
			buf_adds(out, "8000\r\n");
			buf_repeat(out, "0123456789abcdef", 2048);
			buf_adds(out, "\r\n");
		}
		buf_adds(out, "0\r\n\r\n");
	} else if (str_starts(q->path, "/continue")) {
		buf_adds(out, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
		server_reply(out, 200, "X-One: 1\r\nX-one:  2 \r\n", "late");
	} else if (str_starts(q->path, "/404")) {
		server_reply(out, 404, "", "nobody");
	} else {
		server_reply(out, 200, "Content-Type: text/plain\r\n", "hello");
	}
	return true;
}

static int setup(void **state)
{
	struct err err = ERR_INIT;
	struct world *w = xcalloc(1, sizeof(*w));
	w->server = server_start(serve, w, NULL);
	w->other = server_start(serve, w, NULL);
	assert_int_equal(http_curl_new(&(struct http_curl_opts){.user_agent = "cudabuild/test"}, &w->http, &err), 0);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	http_free(w->http);
	server_stop(w->server);
	server_stop(w->other);
	free(w);
	return 0;
}

/* Fetches a path of the server with the rest of q; fails the test where that fails. */
static struct http_answer *get(struct world *w, const char *path, struct http_req q)
{
	AUTO_TEXT char *url = server_url(w->server, path);
	struct http_answer *a = NULL;
	struct err err = ERR_INIT;
	q.url = url;
	if (http_fetch(w->http, &q, &a, &err) < 0)
		fail_msg("%s", err.text);
	return a;
}

/* Fetches and expects that kind of failure and text, in which %s stands for http://127.0.0.1:PORT. */
static void refused(struct world *w, const char *path, struct http_req q, enum err_kind kind, const char *text)
{
	AUTO_TEXT char *url = server_url(w->server, path), *host = server_url(w->server, "");
	struct http_answer *a = NULL;
	struct err err = ERR_INIT;
	AUTO_BUF struct buf want = BUF_INIT;
	for (; *text; text++) {
		if (*text == '%' && text[1] == 's' && text++)
			buf_adds(&want, host);
		else
			buf_addc(&want, *text);
	}
	q.url = url;
	assert_int_equal(http_fetch(w->http, &q, &a, &err), -1);
	assert_null(a);
	assert_string_equal(err.text, buf_text(&want));
	assert_int_equal(err.kind, kind);
	assert_int_equal(http_in_flight(w->http), 0);
	err_clear(&err);
}

static void an_answer_has_status_headers_and_body(void **state)
{
	AUTO(http_answer) struct http_answer *a = get(*state, "/plain", (struct http_req){.method = "GET"});
	assert_int_equal(a->status, 200);
	assert_string_equal(http_answer_get(a, "content-type"), "text/plain");
	assert_null(http_answer_get(a, "content"));
	assert_string_equal(buf_text(&a->body), "hello");
}

static void a_status_of_404_is_an_answer(void **state)
{
	AUTO(http_answer) struct http_answer *a = get(*state, "/404", (struct http_req){.method = NULL});
	assert_int_equal(a->status, 404);
	assert_string_equal(buf_text(&a->body), "nobody");
}

static void early_hints_are_not_the_head_and_repeated_headers_stay(void **state)
{
	AUTO(http_answer) struct http_answer *a = get(*state, "/continue", (struct http_req){.method = NULL});
	struct http_head h = {.headers = a->headers};
	size_t at = 0;
	assert_int_equal(a->status, 200);
	assert_null(http_answer_get(a, "link"));
	assert_string_equal(http_head_next(&h, "x-one", &at), "1");
	assert_string_equal(http_head_next(&h, "x-one", &at), "2");
	assert_null(http_head_next(&h, "x-one", &at));
}

static void a_head_request_has_no_body(void **state)
{
	struct world *w = *state;
	AUTO(http_answer)
	struct http_answer *a = get(w, "/404", (struct http_req){.method = "HEAD", .max_redirects = 5});
	assert_int_equal(a->status, 404);
	assert_int_equal(a->body.len, 0);
	assert_int_equal(server_count(w->server, "HEAD", "/404"), 1);
}

struct source {
	size_t left;
	bool breaks;
};

static long read_source(void *self, char *into, size_t len, struct err *err)
{
	struct source *s = self;
	size_t n = s->left < len ? s->left : len;
	if (s->breaks)
		return err_set(err, ERR_IO, "the source broke");
	memset(into, 'z', n);
	s->left -= n;
	return (long)n;
}

static void bodies_of_known_and_unknown_length_are_sent(void **state)
{
	struct source known = {.left = 300000}, unknown = {.left = 70000};
	struct stream a = {.read = read_source, .self = &known}, b = {.read = read_source, .self = &unknown};
	AUTO(http_answer)
	struct http_answer *put =
		get(*state, "/echo", (struct http_req){.method = "PUT", .body = &a, .body_len = 300000});
	AUTO(http_answer)
	struct http_answer *post =
		get(*state, "/echo", (struct http_req){.method = "POST", .body = &b, .body_len = -1});
	AUTO(http_answer) struct http_answer *none = get(*state, "/echo", (struct http_req){.method = "POST"});
	AUTO(http_answer) struct http_answer *del = get(*state, "/echo", (struct http_req){.method = "DELETE"});
	assert_true(str_starts(buf_text(&put->body), "PUT 300000 zzzz"));
	assert_true(str_starts(buf_text(&post->body), "POST 70000 zzzz"));
	assert_string_equal(buf_text(&none->body), "POST 0 ");
	assert_string_equal(buf_text(&del->body), "DELETE 0 ");
}

static void a_source_that_breaks_ends_the_request_with_its_error(void **state)
{
	struct source broken = {.breaks = true};
	struct stream s = {.read = read_source, .self = &broken};
	refused(*state, "/echo", (struct http_req){.method = "POST", .body = &s, .body_len = -1}, ERR_IO,
		"the source broke");
}

static void an_answer_over_its_limit_is_refused(void **state)
{
	refused(*state, "/big", (struct http_req){.max_body = 65536}, ERR_PROTOCOL,
		"%s/big: the answer is larger than 64.0 KiB");
	refused(*state, "/big", (struct http_req){.method = NULL}, ERR_PROTOCOL,
		"%s/big: the answer is larger than 1.0 MiB");
}

static int count(void *self, struct blob piece, struct err *err)
{
	size_t *n = self;
	*n += piece.len;
	if (*n > 3000000)
		return err_set(err, ERR_IO, "enough");
	return 0;
}

static void a_long_body_streams_through_on_data(void **state)
{
	size_t n = 0;
	AUTO(http_answer) struct http_answer *a = get(*state, "/big", (struct http_req){.on_data = count, .self = &n});
	assert_int_equal(n, 64 * 32768);
	assert_int_equal(a->body.len, 0);
	n = 2000000;
	refused(*state, "/big", (struct http_req){.on_data = count, .self = &n}, ERR_IO, "enough");
}

static void a_redirect_is_an_answer_unless_asked_to_follow(void **state)
{
	AUTO(http_answer) struct http_answer *plain = get(*state, "/near", (struct http_req){.method = NULL});
	AUTO(http_answer) struct http_answer *followed = get(*state, "/near", (struct http_req){.max_redirects = 1});
	assert_int_equal(plain->status, 307);
	assert_string_equal(buf_text(&plain->body), "go there");
	assert_int_equal(followed->status, 200);
	assert_string_equal(buf_text(&followed->body), "hello");
	assert_true(str_ends(followed->url, "/plain?x=1"));
}

static void a_redirect_of_a_post_is_not_followed(void **state)
{
	AUTO(http_answer)
	struct http_answer *a = get(*state, "/near", (struct http_req){.method = "POST", .max_redirects = 5});
	assert_int_equal(a->status, 307);
}

static void secrets_do_not_cross_to_another_origin(void **state)
{
	struct world *w = *state;
	AUTO_STRV struct strv headers = STRV_INIT;
	AUTO_TEXT char *path = xasprintf("/far/%u", server_port(w->other));
	strv_add(&headers, "Authorization: Bearer hidden");
	strv_add(&headers, "X-Registry-Auth: hidden");
	strv_add(&headers, "Cookie: hidden");
	strv_add(&headers, "Accept: text/html");
	AUTO(http_answer)
	struct http_answer *a = get(w, path, (struct http_req){.headers = headers, .max_redirects = 3});
	assert_int_equal(a->status, 200);
	assert_non_null(strstr(server_log(w->server)->v[0], "X-Registry-Auth: hidden"));
	assert_int_equal(server_log(w->other)->n, 1);
	assert_null(strstr(server_log(w->other)->v[0], "hidden"));
	AUTO_TEXT char *accept = server_header(server_log(w->other)->v[0], "Accept");
	assert_string_equal(accept, "text/html");
}

static void user_and_password_go_to_the_first_origin_only(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;
	AUTO(http_answer) struct http_answer *a = NULL;
	AUTO_TEXT char *url =
		xasprintf("http://me:hid%%40den@127.0.0.1:%u/far/%u", server_port(w->server), server_port(w->other));
	assert_int_equal(http_fetch(w->http, &(struct http_req){.url = url, .max_redirects = 2}, &a, &err), 0);
	AUTO_TEXT char *sent = server_header(server_log(w->server)->v[0], "Authorization");
	assert_string_equal(sent, "Basic bWU6aGlkQGRlbg==");
	AUTO_TEXT char *leaked = server_header(server_log(w->other)->v[0], "Authorization");
	assert_null(leaked);
	assert_null(strchr(a->url, '@'));
}

static void redirects_that_are_not_followed_say_where_they_led(void **state)
{
	struct http_req q = {.max_redirects = 5};
	refused(*state, "/loop", q, ERR_PROTOCOL, "%s/loop: more than 5 redirects");
	refused(*state, "/file", q, ERR_PROTOCOL,
		"%s/file: redirects to something that is not followed: 'file:///etc/passwd': not an http or https URL");
	refused(*state, "/ftp", q, ERR_PROTOCOL,
		"%s/ftp: redirects to something that is not followed: 'ftp://127.0.0.1/x': not an http or https URL");
	refused(*state, "/link", q, ERR_PROTOCOL,
		"%s/link: redirects into this machine: http://169.254.169.254/secret");
}

static void answers_that_break_the_protocol_are_refused(void **state)
{
	struct http_req q = {.method = NULL};
	refused(*state, "/twolengths", q, ERR_PROTOCOL, "%s/twolengths: broken answer: two different Content-Length");
	refused(*state, "/smuggle", q, ERR_PROTOCOL,
		"%s/smuggle: broken answer: Content-Length beside Transfer-Encoding");
	refused(*state, "/head", q, ERR_PROTOCOL, "%s/head: broken answer: too many headers");
	refused(*state, "/short", q, ERR_NET, "%s/short: the answer was cut short");
	refused(*state, "/close", q, ERR_NET, "%s/close: the server closed the connection without an answer");
	refused(*state, "/garbage", q, ERR_PROTOCOL, "%s/garbage: Received HTTP/0.9 when not allowed");
}

static void a_negative_length_is_refused(void **state)
{
	struct world *w = *state;
	AUTO_TEXT char *url = server_url(w->server, "/negative");
	struct http_answer *a = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(http_fetch(w->http, &(struct http_req){.url = url}, &a, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
}

static void a_stalled_server_ends_in_time(void **state)
{
	refused(*state, "/drip", (struct http_req){.stall_ms = 1000}, ERR_NET,
		"%s/drip: stalled: less than 1 KiB/s for 1 s");
	refused(*state, "/silent", (struct http_req){.stall_ms = HTTP_NEVER, .total_ms = 300}, ERR_NET,
		"%s/silent: not finished within 1 s");
}

static void an_upload_that_nobody_takes_ends_in_time(void **state)
{
	struct world *w = *state;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr *any = (void *)&at;
	socklen_t len = sizeof(at);
	int deaf = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* it is connected to, and never read from */
	struct source much = {.left = 1u << 30};
	struct stream body = {.read = read_source, .self = &much};
	struct http_answer *a = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(bind(deaf, any, sizeof(at)), 0);
	assert_int_equal(listen(deaf, 8), 0);
	assert_int_equal(getsockname(deaf, any, &len), 0);
	AUTO_TEXT char *url = xasprintf("http://127.0.0.1:%u/upload", ntohs(at.sin_port));
	struct http_req q = {.method = "PUT", .url = url, .body = &body, .body_len = 1 << 30, .stall_ms = 1000};
	assert_int_equal(http_fetch(w->http, &q, &a, &err), -1);
	close(deaf);
	AUTO_TEXT char *want = xasprintf("%s: stalled: less than 1 KiB/s for 1 s", url);
	assert_string_equal(err.text, want);
	assert_true(much.left > 1u << 29);
}

static void a_place_for_an_upload_is_not_gone_to(void **state)
{
	struct world *w = *state;
	AUTO_STRV struct strv headers = STRV_INIT;
	static const char *const ways[] = {"/accepted/", "/far/"};
	strv_add(&headers, "Authorization: Bearer hidden");
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct source some = {.left = 1000};
		struct stream body = {.read = read_source, .self = &some};
		AUTO_TEXT char *path = xasprintf("%s%u", ways[i], server_port(w->other));
		struct http_req q = {.method = "PUT", .headers = headers, .body = &body, .body_len = 1000};
		q.max_redirects = 5;
		AUTO(http_answer) struct http_answer *a = get(w, path, q);
		assert_int_equal(a->status, i ? 302 : 202);
		assert_non_null(http_answer_get(a, "location")); /* whoever asked may look where it leads */
	}
	assert_int_equal(server_log(w->other)->n, 0);
}

static void a_port_where_nobody_listens_is_named(void **state)
{
	struct world *w = *state;
	struct http_answer *a = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(http_fetch(w->http, &(struct http_req){.url = "http://u:hidden@127.0.0.1:1/v2/"}, &a, &err),
			 -1);
	assert_int_equal(err.kind, ERR_NET);
	assert_string_equal(err.text, "http://127.0.0.1:1/v2/: cannot connect: Connection refused");
}

static void a_bad_url_is_refused_before_anything_starts(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;
	assert_int_equal(http_start(w->http, &(struct http_req){.url = "nvcr.io/v2"}, NULL, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "'nvcr.io/v2': not an http or https URL");
	assert_int_equal(http_in_flight(w->http), 0);
}

struct many {
	struct world *w;
	size_t done, failed, again;
	uint64_t victim;
};

static void many_done(void *self, const struct http_head *h, struct err *err)
{
	struct many *m = self;
	struct err start = ERR_INIT;
	m->done++;
	m->failed += err != NULL || h->status != 200;
	if (m->again) {
		AUTO_TEXT char *url = server_url(m->w->server, "/plain");
		m->again--;
		assert_int_equal(http_start(m->w->http, &(struct http_req){.url = url, .on_done = many_done, .self = m},
					    NULL, &start),
				 0);
	}
	if (m->victim)
		http_cancel(m->w->http, m->victim);
}

static void many_transfers_run_at_once_and_callbacks_start_and_cancel_others(void **state)
{
	struct many m = {.w = *state, .again = 10};
	struct err err = ERR_INIT;
	AUTO_TEXT char *url = server_url(m.w->server, "/plain"), *slow = server_url(m.w->server, "/silent");
	struct http_req q = {.url = url, .on_done = many_done, .self = &m};
	for (int i = 0; i < 20; i++)
		assert_int_equal(http_start(m.w->http, &q, NULL, &err), 0);
	q.url = slow;
	assert_int_equal(http_start(m.w->http, &q, &m.victim, &err), 0);
	assert_int_equal(http_in_flight(m.w->http), 21);
	assert_int_equal(m.done, 0);
	while (http_in_flight(m.w->http))
		assert_int_equal(http_poll(m.w->http, -1, NULL, 0, &err), 0);
	assert_int_equal(m.done, 30);
	assert_int_equal(m.failed, 0);
}

static void waiting_ends_for_other_descriptors_and_for_signals(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;
	int ends[2];
	volatile int cancel = 15;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	struct pollfd p = {.fd = ends[0], .events = POLLIN};
	assert_int_equal(http_poll(w->http, -1, &p, 1, &err), 0);
	assert_int_equal(p.revents, POLLIN);
	close(ends[0]);
	close(ends[1]);
	w->http->cancel = &cancel;
	AUTO_TEXT char *url = server_url(w->server, "/silent");
	struct http_answer *a = NULL;
	assert_int_equal(http_fetch(w->http, &(struct http_req){.url = url}, &a, &err), -1);
	assert_int_equal(err.kind, ERR_CANCELED);
	assert_int_equal(err.sys, 15);
	assert_int_equal(http_in_flight(w->http), 0);
}

static void a_unix_socket_is_reached_by_its_path(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;
	AUTO_TEXT char *path = xasprintf("/tmp/cudabuild-test-%d.sock", (int)getpid());
	struct server *s = server_start(serve, NULL, path);
	struct http_via via = {.unix_path = path};
	AUTO(http_answer) struct http_answer *a = NULL, *none = NULL;
	assert_int_equal(http_fetch(w->http, &(struct http_req){.url = "http://docker/plain", .via = &via}, &a, &err),
			 0);
	assert_string_equal(buf_text(&a->body), "hello");
	server_stop(s);
	unlink(path);
	assert_int_equal(
		http_fetch(w->http, &(struct http_req){.url = "http://docker/plain", .via = &via}, &none, &err), -1);
	AUTO_TEXT char *want = xasprintf("%s: cannot connect: No such file or directory", path);
	assert_string_equal(err.text, want);
}

static void a_proxy_is_asked_for_others_and_never_for_the_loopback(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;
	AUTO_TEXT char *proxy = server_url(w->other, "");
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	setenv("http_proxy", proxy, 1);
	AUTO(http_answer) struct http_answer *near = get(w, "/plain", (struct http_req){.method = NULL}), *far = NULL;
	assert_int_equal(near->status, 200);
	assert_int_equal(server_log(w->other)->n, 0);
	assert_int_equal(http_fetch(w->http, &(struct http_req){.url = "http://registry.invalid/plain"}, &far, &err),
			 0);
	unsetenv("http_proxy");
	assert_true(str_starts(server_log(w->other)->v[0], "GET http://registry.invalid/plain HTTP/1.1"));
}

static bool serve_407(void *self, const struct server_request *q, struct buf *out)
{
	(void)self;
	(void)q;
	server_reply(out, 407, "Proxy-Authenticate: Basic realm=\"x\"\r\n", "no");
	return true;
}

static void a_proxy_that_refuses_is_named_without_its_password(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;
	struct http_answer *a = NULL;
	struct server *proxy = server_start(serve_407, NULL, NULL);
	unsigned port = server_port(proxy);
	AUTO_TEXT char *url = xasprintf("http://me:hidden@127.0.0.1:%u", port);
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	setenv("https_proxy", url, 1);
	assert_int_equal(http_fetch(w->http, &(struct http_req){.url = "https://registry.invalid/v2/"}, &a, &err), -1);
	unsetenv("https_proxy");
	server_stop(proxy);
	AUTO_TEXT char *want =
		xasprintf("https://registry.invalid/v2/: the proxy 127.0.0.1:%u wants a login (407)", port);
	assert_int_equal(err.kind, ERR_AUTH);
	assert_string_equal(err.text, want);
	assert_string_equal(err.hint, "it does not accept the user and password that https_proxy holds");
}

/* What asking for http://registry.invalid/ says where the variable names that proxy. */
static void proxied(struct world *w, const char *proxy, const char *text, const char *hint)
{
	struct err err = ERR_INIT;
	struct http_answer *a = NULL;
	setenv("http_proxy", proxy, 1);
	assert_int_equal(http_fetch(w->http, &(struct http_req){.url = "http://registry.invalid/"}, &a, &err), -1);
	unsetenv("http_proxy");
	assert_string_equal(err.text, text);
	assert_string_equal(err.hint, hint);
}

static void a_proxy_that_cannot_be_used_is_named_without_its_password(void **state)
{
	struct world *w = *state;
	struct server *proxy = server_start(serve_407, NULL, NULL);
	AUTO_TEXT char *url = xasprintf("127.0.0.1:%u", server_port(proxy));
	AUTO_TEXT char *wants =
		xasprintf("http://registry.invalid/: the proxy 127.0.0.1:%u wants a login (407)", server_port(proxy));
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	proxied(w, url, wants, "http_proxy may hold one: http://USER:PASSWORD@HOST:PORT");
	server_stop(proxy);
	proxied(w, "http://me:hidden@127.0.0.1:1",
		"http://registry.invalid/: cannot connect to the proxy 127.0.0.1:1: Connection refused",
		"http_proxy names it; no_proxy names hosts that are asked directly");
	proxied(w, "http://me:hidden@proxy.invalid:3128",
		"http://registry.invalid/: no such host: the proxy proxy.invalid:3128", "http_proxy names it");
	proxied(w, "http://me:hidden@ho st:99999",
		"http://registry.invalid/: the proxy that the environment names is no address", "http_proxy names it");
	proxied(w, "odd://me:hidden@127.0.0.1:1",
		"http://registry.invalid/: the proxy that the environment names is no address", "http_proxy names it");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_answer_has_status_headers_and_body),
		T(a_status_of_404_is_an_answer),
		T(early_hints_are_not_the_head_and_repeated_headers_stay),
		T(a_head_request_has_no_body),
		T(bodies_of_known_and_unknown_length_are_sent),
		T(a_source_that_breaks_ends_the_request_with_its_error),
		T(an_answer_over_its_limit_is_refused),
		T(a_long_body_streams_through_on_data),
		T(a_redirect_is_an_answer_unless_asked_to_follow),
		T(a_redirect_of_a_post_is_not_followed),
		T(secrets_do_not_cross_to_another_origin),
		T(user_and_password_go_to_the_first_origin_only),
		T(redirects_that_are_not_followed_say_where_they_led),
		T(answers_that_break_the_protocol_are_refused),
		T(a_negative_length_is_refused),
		T(a_stalled_server_ends_in_time),
		T(an_upload_that_nobody_takes_ends_in_time),
		T(a_place_for_an_upload_is_not_gone_to),
		T(a_port_where_nobody_listens_is_named),
		T(a_bad_url_is_refused_before_anything_starts),
		T(many_transfers_run_at_once_and_callbacks_start_and_cancel_others),
		T(waiting_ends_for_other_descriptors_and_for_signals),
		T(a_unix_socket_is_reached_by_its_path),
		T(a_proxy_is_asked_for_others_and_never_for_the_loopback),
		T(a_proxy_that_refuses_is_named_without_its_password),
		T(a_proxy_that_cannot_be_used_is_named_without_its_password),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
