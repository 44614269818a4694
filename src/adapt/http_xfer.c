#include "adapt/http_xfer.h"

#include "adapt/http_url.h"
#include "base/str.h"

#include <string.h>

#define HEAD_MAX	  (64 * 1024)
#define HEADERS_MAX	  256
#define REDIRECT_BODY_MAX (64 * 1024)

/* --- the answer's head --- */

static int broken(struct xfer *x, const char *what)
{
	AUTO_TEXT char *shown = http_url_shown(x->url);
	return err_set(&x->err, ERR_PROTOCOL, "%s: broken answer: %s", shown, what);
}

static void head_begin(struct xfer *x, const char *line, size_t len)
{
	const char *space = memchr(line, ' ', len);
	uint64_t status = 0;
	if (space) {
		AUTO_TEXT char *digits = xstrndup(space + 1, 3);
		if (!str_to_u64(digits, 999, &status))
			status = 0;
	}
	x->status = (int)status;
	strv_clear(&x->head);
}

static int head_line(struct xfer *x, const char *line, size_t len)
{
	const char *colon = memchr(line, ':', len);
	if (!colon)
		return 0;
	if (x->head.n >= HEADERS_MAX)
		return broken(x, "too many headers");
	AUTO_BUF struct buf out = BUF_INIT;
	for (const char *p = line; p < colon; p++)
		buf_addc(&out, str_lower(*p));
	const char *value = colon + 1, *end = line + len;
	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	buf_adds(&out, ": ");
	for (; value < end; value++)
		buf_addc(&out, *value ? *value : '?');
	strv_own(&x->head, buf_take(&out));
	return 0;
}

static struct http_head head_of(const struct xfer *x)
{
	return (struct http_head){.status = x->status, .url = x->url, .headers = x->head};
}

/* Two lengths, a length that is no number, or a length beside chunks are what request smuggling is made of. */
static int head_check(struct xfer *x)
{
	struct http_head h = head_of(x);
	const char *first = NULL, *value;
	uint64_t number;
	for (size_t at = 0; (value = http_head_next(&h, "content-length", &at)) != NULL;) {
		if (!str_to_u64(value, INT64_MAX, &number))
			return broken(x, "a Content-Length that is no length");
		if (first && !str_eq(first, value))
			return broken(x, "two different Content-Length");
		first = value;
	}
	if (first && http_head_get(&h, "transfer-encoding"))
		return broken(x, "Content-Length beside Transfer-Encoding");
	return 0;
}

static bool is_redirect(const struct xfer *x)
{
	struct http_head h = head_of(x);
	if (!x->q.max_redirects || !(str_eq(x->method, "GET") || str_eq(x->method, "HEAD")))
		return false;
	switch (x->status) {
	case 301:
	case 302:
	case 303:
	case 307:
	case 308:
		return http_head_get(&h, "location") != NULL;
	default:
		return false;
	}
}

static int head_end(struct xfer *x)
{
	if (x->status < 200) /* 100 Continue and friends: the real head follows */
		return 0;
	if (head_check(x) < 0)
		return -1;
	if (x->status == 407 && xfer_refused_by_proxy(x, x->status, &x->err))
		return -1;
	x->head_done = true;
	x->redirecting = is_redirect(x);
	if (x->redirecting || !x->q.on_head)
		return 0;
	struct http_head h = head_of(x);
	return x->q.on_head(x->q.self, &h, &x->err);
}

size_t xfer_on_header(char *data, size_t size, size_t n, void *self)
{
	struct xfer *x = self;
	size_t all = size * n, len = all;
	(*x->moved)++;
	if (x->gone || x->err.kind != ERR_NONE)
		return 0;
	x->head_bytes += all;
	if (x->head_bytes > HEAD_MAX) {
		broken(x, "a head without end");
		return 0;
	}
	while (len && (data[len - 1] == '\n' || data[len - 1] == '\r'))
		len--;
	int rc = 0;
	if (x->head_done) /* trailers */
		return all;
	if (len >= 5 && memcmp(data, "HTTP/", 5) == 0)
		head_begin(x, data, len);
	else if (len)
		rc = head_line(x, data, len);
	else
		rc = head_end(x);
	return rc < 0 ? 0 : all;
}

/* --- bodies --- */

size_t xfer_on_write(char *data, size_t size, size_t n, void *self)
{
	struct xfer *x = self;
	size_t len = size * n;
	(*x->moved)++;
	if (x->gone || x->err.kind != ERR_NONE)
		return 0;
	x->got += len;
	if (x->redirecting)
		return x->got > REDIRECT_BODY_MAX ? 0 : len;
	if (x->q.max_body && x->got > x->q.max_body) {
		AUTO_TEXT char *shown = http_url_shown(x->url), *limit = str_size(x->q.max_body);
		err_set(&x->err, ERR_PROTOCOL, "%s: the answer is larger than %s", shown, limit);
		return 0;
	}
	if (!x->q.on_data)
		return len;
	struct blob piece = {.name = x->url, .data = data, .len = len};
	return x->q.on_data(x->q.self, piece, &x->err) < 0 ? 0 : len;
}

size_t xfer_on_read(char *into, size_t size, size_t n, void *self)
{
	struct xfer *x = self;
	(*x->moved)++;
	if (x->gone)
		return CURL_READFUNC_ABORT;
	long got = x->q.body->read(x->q.body->self, into, size * n, &x->err);
	return got < 0 ? CURL_READFUNC_ABORT : (size_t)got;
}

/* --- the end --- */

/* What may cross to another origin: everything else may hold a secret. */
static bool is_harmless(const char *line)
{
	static const char *const names[] = {"Accept", "Range", "If-Range", "If-None-Match", "If-Modified-Since"};
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (xfer_header_is(line, names[i]))
			return true;
	return false;
}

static void drop_secrets(struct xfer *x)
{
	AUTO_STRV struct strv kept = STRV_INIT;
	for (size_t i = 0; i < x->headers.n; i++)
		if (is_harmless(x->headers.v[i]))
			strv_add(&kept, x->headers.v[i]);
	strv_clear(&x->headers);
	x->headers = kept;
	kept = (struct strv)STRV_INIT;
	xfer_set_headers(x);
	free(x->user);
	free(x->password);
	x->user = x->password = NULL;
	curl_easy_setopt(x->easy, CURLOPT_USERNAME, NULL);
	curl_easy_setopt(x->easy, CURLOPT_PASSWORD, NULL);
	curl_easy_setopt(x->easy, CURLOPT_SSLCERT, NULL);
	curl_easy_setopt(x->easy, CURLOPT_SSLKEY, NULL);
}

static int not_followed(const char *from, struct err *err)
{
	err->kind = ERR_PROTOCOL;
	return err_wrap(err, "%s: redirects to something that is not followed", from);
}

static int check_target(struct xfer *x, const char *to, struct err *err)
{
	AUTO(http_url) struct http_url *a = NULL, *b = NULL;
	AUTO_TEXT char *from = http_url_shown(x->url), *shown = http_url_shown(to);
	if (http_url_parse(x->url, &a, err) < 0 || http_url_parse(to, &b, err) < 0)
		return not_followed(from, err);
	if (x->q.via && x->q.via->unix_path)
		return err_set(err, ERR_PROTOCOL, "%s: a unix socket redirects to %s", from, shown);
	if (str_eq(a->scheme, "https") && !str_eq(b->scheme, "https"))
		return err_set(err, ERR_PROTOCOL, "%s: redirects from https to %s", from, shown);
	enum http_reach ra = http_host_reach(a->host), rb = http_host_reach(b->host);
	if ((rb == HTTP_REACH_LOOPBACK || rb == HTTP_REACH_LINK) && ra != rb)
		return err_set(err, ERR_PROTOCOL, "%s: redirects into this machine: %s", from, shown);
	return 0;
}

static int follow(struct xfer *x, struct err *err)
{
	struct http_head h = head_of(x);
	AUTO_TEXT char *shown = http_url_shown(x->url), *to = NULL;
	if (++x->hops > x->q.max_redirects)
		return err_set(err, ERR_PROTOCOL, "%s: more than %u redirects", shown, x->q.max_redirects);
	if (http_url_join(x->url, http_head_get(&h, "location"), &to, err) < 0)
		return not_followed(shown, err);
	if (check_target(x, to, err) < 0)
		return -1;
	if (!http_url_same_origin(x->url, to))
		drop_secrets(x);
	if (xfer_set_url(x, to, false, err) < 0)
		return -1;
	strv_clear(&x->head);
	x->head_bytes = 0;
	x->status = 0;
	x->got = 0;
	x->head_done = x->redirecting = false;
	return 0;
}

int xfer_end(struct xfer *x, CURLcode result)
{
	struct err err = ERR_INIT;
	(*x->moved)++;
	if (x->err.kind != ERR_NONE)
		err_move(&err, &x->err);
	else if (x->redirecting && (result == CURLE_OK || result == CURLE_WRITE_ERROR)) {
		if (follow(x, &err) == 0)
			return 1;
	} else if (result != CURLE_OK)
		xfer_fault(x, result, &err);
	else if (!x->head_done && broken(x, "no head") < 0)
		err_move(&err, &x->err);
	struct http_head h = head_of(x);
	x->q.on_done(x->q.self, x->head_done ? &h : NULL, err.kind == ERR_NONE ? NULL : &err);
	err_clear(&err);
	return 0;
}
