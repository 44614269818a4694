#include "adapt/http.h"

#include "base/str.h"

#include <string.h>

#define FETCH_MAX   (1024 * 1024)
#define CANCEL_WAIT 200

void http_free(struct http *h)
{
	if (!h)
		return;
	if (h->self)
		h->ops->free(h->self);
	free(h);
}

int http_start(struct http *h, const struct http_req *q, uint64_t *ret_id, struct err *err)
{
	uint64_t id = 0;
	if (h->ops->start(h->self, q, &id, err) < 0)
		return -1;
	if (ret_id)
		*ret_id = id;
	return 0;
}

int http_poll(struct http *h, int timeout_ms, struct pollfd *extra, size_t n, struct err *err)
{
	if (h->cancel && *h->cancel) {
		int signal = *h->cancel;
		err_set(err, ERR_CANCELED, "interrupted");
		err->sys = signal;
		return -1;
	}
	if (h->cancel && (timeout_ms < 0 || timeout_ms > CANCEL_WAIT))
		timeout_ms = CANCEL_WAIT;
	return h->ops->poll(h->self, timeout_ms, extra, n, err);
}

void http_cancel(struct http *h, uint64_t id)
{
	h->ops->cancel(h->self, id);
}

size_t http_in_flight(const struct http *h)
{
	return h->ops->in_flight(h->self);
}

static const char *header_at(const struct strv *headers, const char *name, size_t *at)
{
	size_t len = strlen(name);
	while (*at < headers->n) {
		const char *line = headers->v[(*at)++];
		if (strncmp(line, name, len) != 0 || line[len] != ':')
			continue;
		const char *value = line + len + 1;
		return value + strspn(value, " ");
	}
	return NULL;
}

const char *http_head_next(const struct http_head *h, const char *name, size_t *at)
{
	return header_at(&h->headers, name, at);
}

const char *http_head_get(const struct http_head *h, const char *name)
{
	size_t at = 0;
	return header_at(&h->headers, name, &at);
}

const char *http_answer_get(const struct http_answer *a, const char *name)
{
	size_t at = 0;
	return header_at(&a->headers, name, &at);
}

void http_answer_free(struct http_answer *a)
{
	if (!a)
		return;
	free(a->url);
	strv_clear(&a->headers);
	buf_clear(&a->body);
	free(a);
}

struct fetching {
	const struct http_req *q;
	struct http_answer *answer;
	struct err err;
	bool done;
};

static int fetch_data(void *self, struct blob piece, struct err *err)
{
	struct fetching *f = self;
	if (f->q->on_data)
		return f->q->on_data(f->q->self, piece, err);
	buf_add(&f->answer->body, piece.data, piece.len);
	return 0;
}

static void fetch_done(void *self, const struct http_head *h, struct err *err)
{
	struct fetching *f = self;
	f->done = true;
	if (h) {
		f->answer->status = h->status;
		f->answer->url = xstrdup(h->url);
		strv_add_all(&f->answer->headers, &h->headers);
	}
	if (err)
		err_move(&f->err, err);
}

int http_fetch(struct http *h, const struct http_req *q, struct http_answer **ret, struct err *err)
{
	AUTO(http_answer) struct http_answer *answer = xcalloc(1, sizeof(*answer));
	struct fetching f = {.q = q, .answer = answer, .err = ERR_INIT};
	struct http_req own = *q;
	uint64_t id = 0;
	own.on_head = NULL;
	own.on_data = fetch_data;
	own.on_done = fetch_done;
	own.self = &f;
	if (!own.max_body && !q->on_data)
		own.max_body = FETCH_MAX;
	if (http_start(h, &own, &id, err) < 0)
		return -1;
	while (!f.done) {
		if (http_poll(h, -1, NULL, 0, err) < 0) {
			http_cancel(h, id);
			err_clear(&f.err);
			return -1;
		}
	}
	if (f.err.kind != ERR_NONE)
		return err_move(err, &f.err);
	*ret = TAKE(answer);
	return 0;
}
