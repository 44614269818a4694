#include "engine/call.h"

#include "adapt/http_url.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define BODY_MAX (4u << 20)

uint64_t engine_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void engine_closing_begin(struct engine *e)
{
	if (e->closing++ == 0)
		e->deadline = engine_now() + CALL_CLOSING_MS;
}

void engine_closing_end(struct engine *e)
{
	e->closing--;
}

int engine_turn(struct engine *e, int ms, struct err *err)
{
	if (!e->closing && e->stop && *e->stop) {
		err_set(err, ERR_CANCELED, "canceled");
		err->sys = *e->stop;
		return -1;
	}
	if (e->closing && engine_now() > e->deadline)
		return err_set(err, ERR_ENGINE, "engine %s: no answer within %d s", e->host->address,
			       CALL_CLOSING_MS / 1000);
	return http_poll(e->http, ms < 100 ? ms : 100, NULL, 0, err);
}

void answer_clear(struct answer *a)
{
	strv_clear(&a->headers);
	buf_clear(&a->body);
}

const char *answer_header(const struct answer *a, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < a->headers.n; i++) {
		const char *h = a->headers.v[i];

		if (strncmp(h, name, len) == 0 && h[len] == ':')
			return h + len + 1 + strspn(h + len + 1, " ");
	}
	return NULL;
}

static int flight_on_head(void *self, const struct http_head *h, struct err *err)
{
	struct flight *f = self;

	(void)err;
	f->answer.status = h->status;
	strv_add_all(&f->answer.headers, &h->headers);
	f->headed = true;
	return 0;
}

static int flight_on_data(void *self, struct blob piece, struct err *err)
{
	struct flight *f = self;
	uint64_t max = f->call.max_body ? f->call.max_body : BODY_MAX;

	if (f->call.on_data && f->answer.status < 300)
		return f->call.on_data(f->call.self, piece, err);
	if (piece.len > max - f->answer.body.len)
		return err_set(err, ERR_ENGINE, "engine %s: an answer of more than %llu bytes", f->e->host->address,
			       (unsigned long long)max);
	buf_add(&f->answer.body, piece.data, piece.len);
	return 0;
}

/* What the transport says, as an error of the engine. */
static void flight_fault(struct flight *f, const struct err *from)
{
	bool net = from->kind == ERR_NET || from->kind == ERR_PROTOCOL;
	const char *socket = f->e->host->socket, *text = from->text;

	if (socket && str_starts(text, socket) &&
	    str_starts(text + strlen(socket), ": ")) /* the address says it already */
		text += strlen(socket) + 2;
	if (net)
		err_set(&f->err, ERR_ENGINE, "engine %s: %s", f->e->host->address, text);
	else
		err_set(&f->err, from->kind, "%s", from->text);
	f->err.sys = from->sys;
	if (from->hint[0])
		err_hint(&f->err, "%s", from->hint);
	if (from->detail)
		err_detail(&f->err, xstrdup(from->detail));
}

static void flight_on_done(void *self, const struct http_head *h, struct err *err)
{
	struct flight *f = self;

	(void)h;
	f->done = true;
	if (err)
		flight_fault(f, err);
}

static long flight_read_text(void *self, char *into, size_t len, struct err *err)
{
	struct flight *f = self;
	size_t left = f->text.len - f->sent, take = left < len ? left : len;

	(void)err;
	if (take > 0)
		memcpy(into, f->text.data + f->sent, take);
	f->sent += take;
	return (long)take;
}

/* The body of the request, and headers that go with it. */
static void flight_body(struct flight *f, const struct call *c, struct http_req *q)
{
	if (c->json) {
		jdoc_dump(c->json, JDOC_COMPACT, &f->text);
		f->text_stream = (struct stream){.read = flight_read_text, .self = f};
		q->body = &f->text_stream;
		q->body_len = (int64_t)f->text.len;
		strv_add(&q->headers, "Content-Type: application/json");
	} else if (c->body) {
		q->body = c->body;
		q->body_len = c->body_len;
		if (c->content_type)
			strv_addf(&q->headers, "Content-Type: %s", c->content_type);
	}
	if (c->header)
		strv_add(&q->headers, c->header);
}

int flight_start(struct engine *e, const struct call *c, struct flight **ret, struct err *err)
{
	AUTO(flight) struct flight *f = xcalloc(1, sizeof(*f));
	const char *api = e->libpod && str_starts(c->path, "/libpod/") ? e->libpod : e->api;
	AUTO_TEXT char *url =
		api ? xasprintf("%s/v%s%s", e->host->url, api, c->path) : xasprintf("%s%s", e->host->url, c->path);
	struct http_req q = {
		.method = c->method,
		.url = url,
		.via = &e->via,
		.stall_ms = c->lasting ? HTTP_NEVER : 0,
		.on_head = flight_on_head,
		.on_data = flight_on_data,
		.on_done = flight_on_done,
		.self = f,
	};

	f->e = e;
	f->call = *c;
	f->call.json = NULL;
	flight_body(f, c, &q);
	int failed = http_start(e->http, &q, &f->id, err);

	strv_clear(&q.headers);
	if (failed) {
		f->done = true;
		return -1;
	}
	*ret = TAKE(f);
	return 0;
}

int flight_result(struct flight *f, struct err *err)
{
	if (f->err.kind == ERR_NONE)
		return 0;
	return err_move(err, &f->err);
}

int flight_wait(struct flight *f, struct err *err)
{
	while (!f->done) {
		if (engine_turn(f->e, 1000, err) == 0)
			continue;
		http_cancel(f->e->http, f->id);
		f->done = true;
		return -1;
	}
	return flight_result(f, err);
}

void flight_free(struct flight *f)
{
	if (!f)
		return;
	if (!f->done)
		http_cancel(f->e->http, f->id);
	answer_clear(&f->answer);
	err_clear(&f->err);
	buf_clear(&f->text);
	free(f);
}

int call_run(struct engine *e, const struct call *c, struct answer *ret, struct err *err)
{
	AUTO(flight) struct flight *f = NULL;

	if (flight_start(e, c, &f, err) < 0 || flight_wait(f, err) < 0)
		return -1;
	*ret = f->answer;
	f->answer = (struct answer){.status = 0};
	return 0;
}

char *answer_message(const struct answer *a)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct err ignored = ERR_INIT;
	const char *message = NULL;

	if (jdoc_parse(buf_blob(&a->body, "answer"), &doc, &ignored) == 0 &&
	    jval_text_opt(jdoc_root(doc), "message", &message, &ignored) == 0 && message)
		return str_shown(message, 600);
	err_clear(&ignored);
	if (a->body.len == 0)
		return xasprintf("status %d", a->status);
	return str_shown(buf_text(&a->body), 600);
}

int call_fail(struct engine *e, const struct answer *a, const char *what, struct err *err)
{
	AUTO_TEXT char *message = answer_message(a);

	return err_set(err, ERR_ENGINE, "engine %s: %s: %s", e->host->address, what, message);
}

int call_json(struct engine *e, const struct call *c, const char *what, struct jdoc **ret, struct err *err)
{
	AUTO_ANSWER struct answer a = {.status = 0};

	if (call_run(e, c, &a, err) < 0)
		return -1;
	if (a.status == 404)
		return 1;
	if (a.status >= 300)
		return call_fail(e, &a, what, err);
	if (ret && jdoc_parse_as(ERR_ENGINE, buf_blob(&a.body, what), ret, err) < 0)
		return err_wrap(err, "engine %s", e->host->address);
	return 0;
}

void call_query(struct buf *path, const char *key, const char *value)
{
	AUTO_TEXT char *escaped = http_url_escape(value);

	buf_addc(path, strchr(buf_text(path), '?') ? '&' : '?');
	buf_addf(path, "%s=%s", key, escaped);
}

void call_path(struct buf *path, const char *text)
{
	for (; *text; text++) {
		if (str_is_alnum(*text) || strchr("-._~/:@", *text))
			buf_addc(path, *text);
		else
			buf_addf(path, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

char *call_filter(const char *key, const struct strv *texts)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	struct buf out = BUF_INIT;

	jval_put_strv(jdoc_root(doc), key, texts);
	jdoc_dump(doc, JDOC_COMPACT, &out);
	return buf_take(&out);
}

void call_put_pairs(struct jval into, const char *key, const struct strv *pairs)
{
	struct jval object = jval_put_object(into, key);

	for (size_t i = 0; pairs && i < pairs->n; i++) {
		size_t len = strcspn(pairs->v[i], "=");
		AUTO_TEXT char *name = xstrndup(pairs->v[i], len);

		jval_put_text(object, name, pairs->v[i][len] ? pairs->v[i] + len + 1 : "");
	}
}

int call_get_pairs(struct jval from, const char *key, struct strv *into, struct err *err)
{
	struct jval object, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_OBJECT, &object, err) < 0)
		return -1;
	while (jval_is_there(object) && jval_next(object, &it)) {
		const char *value;

		if (jval_as_text(it, &value, err) < 0)
			return -1;
		strv_addf(into, "%s=%s", it.key, value);
	}
	strv_sort(into);
	return 0;
}

int call_name(const char *prefix, char ret[CALL_NAME_SIZE], struct err *err)
{
	uint64_t random[2];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return err_set(err, ERR_INTERNAL, "the kernel gives no random bytes");
	snprintf(ret, CALL_NAME_SIZE, "%.12s%016llx%016llx", prefix, (unsigned long long)random[0],
		 (unsigned long long)random[1]);
	return 0;
}
