#include "adapt/http_curl.h"

#include "adapt/http_guard.h"
#include "adapt/http_xfer.h"

#include <poll.h>
#include <pthread.h>
#include <string.h>

#define EXTRA_MAX 16
/* Transfers that begin together, and the time between such groups: many connections at one moment overflow what a
 * server has room for before it takes them up, and each that does is lost for a second. */
#define GROUP	 2
#define GROUP_MS 4
#define LATE_MS	 50 /* libcurl has the first word about times */

struct client {
	CURLM *multi;
	struct xfer *first, **last;
	uint64_t last_id;
	size_t moved;
	uint64_t group_at; /* when the group under way began, monotonic ms */
	unsigned group;	   /* transfers of it */
	bool waiting;	   /* there are more of them than a group has room for */
	struct http_guard guard;
	char *agent;
};

static void *curl_calloc(size_t n, size_t size)
{
	return xcalloc(n, size);
}

static void *curl_realloc(void *p, size_t size)
{
	return xreallocarray(p, size ? size : 1, 1);
}

static bool ready;

static void global_start(void)
{
	ready = curl_global_init_mem(CURL_GLOBAL_DEFAULT, xmalloc, free, curl_realloc, xstrdup, curl_calloc) ==
		CURLE_OK;
}

static int global_init(struct err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT; /* variants are built in threads */
	pthread_once(&once, global_start);
	return ready ? 0 : err_set(err, ERR_INTERNAL, "libcurl does not start");
}

static void client_free(void *self)
{
	struct client *c = self;
	while (c->first) {
		struct xfer *x = c->first;
		c->first = x->next;
		if (x->added)
			curl_multi_remove_handle(c->multi, x->easy);
		xfer_free(x);
	}
	if (c->multi)
		curl_multi_cleanup(c->multi);
	guard_clear(&c->guard);
	free(c->agent);
	free(c);
}

static int client_start(void *self, const struct http_req *q, uint64_t *ret_id, struct err *err)
{
	struct client *c = self;
	struct xfer *x = NULL;
	if (xfer_new(q, c->agent, &c->moved, &x, err) < 0)
		return -1;
	x->id = ++c->last_id;
	if (q->total_ms && q->total_ms != HTTP_NEVER)
		x->until = guard_now() + q->total_ms;
	guard_add(&c->guard, x);
	*ret_id = x->id;
	*c->last = x;
	c->last = &x->next;
	return 0;
}

static void client_cancel(void *self, uint64_t id)
{
	struct client *c = self;
	for (struct xfer *x = c->first; x; x = x->next)
		if (x->id == id)
			x->gone = true;
}

static size_t client_in_flight(const void *self)
{
	const struct client *c = self;
	size_t n = 0;
	for (const struct xfer *x = c->first; x; x = x->next)
		n += !x->gone;
	return n;
}

/* Whether one more may begin now. */
static bool takes_another(struct client *c)
{
	uint64_t now = guard_now();
	if (now - c->group_at >= GROUP_MS) {
		c->group_at = now;
		c->group = 0;
	}
	c->waiting = c->group == GROUP;
	c->group += !c->waiting;
	return !c->waiting;
}

/* What the callbacks asked for: libcurl lets neither add nor remove a transfer from inside one. */
static int sweep(struct client *c, struct err *err)
{
	c->waiting = false;
	for (struct xfer **at = &c->first; *at;) {
		struct xfer *x = *at;
		if (x->gone) {
			if (x->added)
				curl_multi_remove_handle(c->multi, x->easy);
			*at = x->next;
			xfer_free(x);
			continue;
		}
		if (!x->added && !c->waiting && takes_another(c)) {
			if (curl_multi_add_handle(c->multi, x->easy) != CURLM_OK)
				return err_set(err, ERR_INTERNAL, "libcurl takes no transfer");
			x->added = true;
		}
		at = &x->next;
	}
	c->last = &c->first;
	while (*c->last)
		c->last = &(*c->last)->next;
	return 0;
}

static void finish(struct client *c, CURL *easy, CURLcode result)
{
	void *p = NULL;
	curl_easy_getinfo(easy, CURLINFO_PRIVATE, &p);
	struct xfer *x = p;
	curl_multi_remove_handle(c->multi, easy);
	x->added = false;
	if (c->guard.cut) /* libcurl may take the end of the connection for that of a body */
		result = guard_result(x);
	if (!x->gone && xfer_end(x, result) == 0)
		x->gone = true;
}

/* libcurl does not watch the time of a transfer that waits for a connection of another one (HTTP/2), which may never be
 * free: what is over by our own clock is ended here. */
static void expire(struct client *c)
{
	uint64_t now = guard_now();
	for (struct xfer *x = c->first; x; x = x->next) {
		if (!x->added || x->gone || !x->until || now < x->until + LATE_MS)
			continue;
		curl_multi_remove_handle(c->multi, x->easy);
		x->added = false;
		x->expired = true;
		if (xfer_end(x, CURLE_OPERATION_TIMEDOUT) == 0)
			x->gone = true;
	}
}

static int turn(struct client *c, struct err *err)
{
	int running = 0, left = 0;
	CURLMsg *m;
	if (sweep(c, err) < 0)
		return -1;
	guard_begin(&c->guard);
	CURLMcode rc = curl_multi_perform(c->multi, &running);
	guard_end(&c->guard);
	if (rc != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl: %s", curl_multi_strerror(rc));
	while ((m = curl_multi_info_read(c->multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE)
			finish(c, m->easy_handle, m->data.result);
	expire(c);
	return sweep(c, err);
}

static int wait_for(struct client *c, int timeout_ms, struct pollfd *extra, size_t n, struct err *err)
{
	struct curl_waitfd fds[EXTRA_MAX];
	if (n > EXTRA_MAX)
		return err_set(err, ERR_INTERNAL, "too many descriptors to wait for");
	for (size_t i = 0; i < n; i++)
		fds[i] = (struct curl_waitfd){.fd = extra[i].fd,
					      .events = (short)((extra[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
								(extra[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0)),
					      .revents = 0};
	if (timeout_ms < 0)
		timeout_ms = 1000;
	if (c->waiting && timeout_ms > GROUP_MS)
		timeout_ms = GROUP_MS;
	CURLMcode rc = curl_multi_poll(c->multi, n ? fds : NULL, (unsigned)n, timeout_ms, NULL);
	if (rc != CURLM_OK)
		return err_set(err, ERR_INTERNAL, "libcurl: %s", curl_multi_strerror(rc));
	if (n)
		(void)poll(extra, (nfds_t)n, 0);
	return 0;
}

static int client_poll(void *self, int timeout_ms, struct pollfd *extra, size_t n, struct err *err)
{
	struct client *c = self;
	size_t before = c->moved;
	for (size_t i = 0; i < n; i++)
		extra[i].revents = 0;
	if (turn(c, err) < 0)
		return -1;
	if (wait_for(c, c->moved == before ? timeout_ms : 0, extra, n, err) < 0)
		return -1;
	return c->moved == before ? turn(c, err) : 0;
}

static const struct http_ops ops = {
	.start = client_start,
	.poll = client_poll,
	.cancel = client_cancel,
	.in_flight = client_in_flight,
	.free = client_free,
};

int http_curl_new(const struct http_curl_opts *opts, struct http **ret, struct err *err)
{
	AUTO(http) struct http *h = xcalloc(1, sizeof(*h));
	struct client *c;
	if (global_init(err) < 0)
		return -1;
	h->ops = &ops;
	h->self = c = xcalloc(1, sizeof(*c));
	c->last = &c->first;
	c->agent = xstrdup(opts ? opts->user_agent : NULL);
	c->multi = curl_multi_init();
	if (!c->multi)
		return err_set(err, ERR_INTERNAL, "libcurl does not start");
	curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX);
	if (opts && opts->max_per_host)
		curl_multi_setopt(c->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)opts->max_per_host);
	*ret = TAKE(h);
	return 0;
}
