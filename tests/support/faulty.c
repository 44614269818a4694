#include "support/faulty.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* A request that is passed on with its callbacks caught. */
struct caught {
	struct faulty *owner;
	struct http_req q;
	bool chosen;
};

static int on_head(void *self, const struct http_head *h, struct err *err)
{
	struct caught *c = self;
	return c->q.on_head ? c->q.on_head(c->q.self, h, err) : 0;
}

static int on_data(void *self, struct blob piece, struct err *err)
{
	struct caught *c = self;
	if (!c->q.on_data)
		return 0;
	if (!c->chosen || c->owner->how != FAULTY_LIES || !piece.len)
		return c->q.on_data(c->q.self, piece, err);
	AUTO_TEXT char *copy = xstrndup(piece.data, piece.len);
	copy[piece.len - 1] = (char)(copy[piece.len - 1] ^ 1);
	c->chosen = false;
	piece.data = copy;
	return c->q.on_data(c->q.self, piece, err);
}

static void on_done(void *self, const struct http_head *h, struct err *err)
{
	struct caught *c = self;
	struct err own = ERR_INIT;
	if (c->chosen && c->owner->how != FAULTY_LIES) {
		err_set(&own, ERR_NET, "%s",
			c->owner->how == FAULTY_REFUSED ? "refused by the test" : "reset by the test");
		own.sys = c->owner->how == FAULTY_REFUSED ? ECONNREFUSED : 0;
		c->q.on_done(c->q.self, NULL, &own);
		err_clear(&own);
	} else {
		c->q.on_done(c->q.self, h, err);
	}
	free(c);
}

static int start(void *self, const struct http_req *q, uint64_t *ret_id, struct err *err)
{
	struct faulty *f = self;
	struct caught *c = xcalloc(1, sizeof(*c));
	struct http_req own = *q;
	c->owner = f;
	c->q = *q;
	c->chosen = ++f->started == f->nth;
	own.on_head = on_head;
	own.on_data = on_data;
	own.on_done = on_done;
	own.self = c;
	if (http_start(f->inner, &own, ret_id, err) == 0)
		return 0;
	free(c);
	return -1;
}

static int poll_inner(void *self, int timeout_ms, struct pollfd *extra, size_t n, struct err *err)
{
	struct faulty *f = self;
	return http_poll(f->inner, timeout_ms, extra, n, err);
}

static void cancel(void *self, uint64_t id)
{
	struct faulty *f = self;
	http_cancel(f->inner, id);
}

static size_t in_flight(const void *self)
{
	const struct faulty *f = self;
	return http_in_flight(f->inner);
}

static void keep(void *self)
{
	(void)self;
}

static const struct http_ops ops = {
	.start = start, .poll = poll_inner, .cancel = cancel, .in_flight = in_flight, .free = keep};

struct http *faulty_new(struct faulty *f)
{
	struct http *h = xcalloc(1, sizeof(*h));
	h->ops = &ops;
	h->self = f;
	return h;
}
