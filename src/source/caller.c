#include "source/caller.h"

#include "adapt/http_url.h"
#include "base/str.h"
#include "source/caller_kept.h"
#include "source/caller_rest.h"
#include "source/caller_when.h"
#include "source/credential.h"
#include "source/netrc.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define BODY_MAX     (1024 * 1024)
#define ERROR_MAX    (64 * 1024) /* of what an error's answer says */
#define TOGETHER_MAX (32u << 20)
#define TOTAL_MS     (15 * 60 * 1000)
#define WAIT_BUSY    250 /* ms */
#define WAIT_BROKEN  50
#define STALLS	     2 /* tries of what stalls: each costs its whole time */

struct running {
	struct running *next;
	struct caller *owner;
	struct call q;
	char *method, *url, *user, *password, *body;
	struct strv headers;
	unsigned tries;
	bool in_flight, over;
	uint64_t id, due; /* due: when the next try begins, on the monotonic clock in ms */
	size_t sent;	  /* of body */
	struct stream stream;
	struct buf got;
	bool streaming;		    /* the body of this answer goes to q.on_data */
	bool failed_status, enough; /* an error's answer; as much of it as is read has come */
	struct rest rest;	    /* of a stream */
	struct err failed;	    /* kept until on_done */
	char *key;		    /* in the cache, or NULL */
	struct cache_entry kept;
	bool has_kept, sound;
};

struct caller {
	struct caller_opts opts;
	struct running *first, **last;
	struct running *delivered; /* whose on_done runs */
	struct strv warned;
	uint64_t until; /* when all calls must be done, on the monotonic clock */
	bool replayed;	/* and it was said */
};

static void running_free(struct running *r)
{
	if (r->in_flight)
		http_cancel(r->owner->opts.http, r->id);
	free(r->method);
	free(r->url);
	free(r->user);
	free(r->password);
	free(r->body);
	strv_clear(&r->headers);
	buf_clear(&r->got);
	err_clear(&r->failed);
	free(r->key);
	rest_clear(&r->rest);
	cache_entry_clear(&r->kept);
	free(r);
}

struct caller *caller_new(const struct caller_opts *opts)
{
	struct caller *c = xcalloc(1, sizeof(*c));
	c->opts = *opts;
	if (!c->opts.second_ms)
		c->opts.second_ms = 1000;
	if (!c->opts.patience.total_ms)
		c->opts.patience.total_ms = TOTAL_MS;
	if (!c->opts.together_max)
		c->opts.together_max = TOGETHER_MAX;
	c->until = caller_now_ms() + c->opts.patience.total_ms;
	c->last = &c->first;
	return c;
}

void caller_free(struct caller *c)
{
	if (!c)
		return;
	while (c->first) {
		struct running *r = c->first;
		c->first = r->next;
		running_free(r);
	}
	strv_clear(&c->warned);
	free(c);
}

void caller_warn(struct caller *c, const char *subject, const char *text)
{
	if (strv_has(&c->warned, text))
		return;
	strv_add(&c->warned, text);
	event_say(c->opts.events, EVENT_WARNING, subject, text);
}

/* --- when to try again --- */

/* Milliseconds until the next try: first, then four times as long each, and up to a quarter more, so that many do not
 * come back at once. */
static uint64_t backoff(const struct running *r, uint64_t first)
{
	uint64_t ms = first;
	for (unsigned i = 1; i < r->tries; i++)
		ms *= 4;
	ms += (uint64_t)(uintptr_t)r / 64 % (ms / 4);
	return ms * r->owner->opts.second_ms / 1000;
}

static void try_later(struct running *r, uint64_t ms, const char *subject, const char *why)
{
	uint64_t seconds = ms / r->owner->opts.second_ms;
	AUTO_TEXT char *text = xasprintf("%s; trying again in %llu s", why, (unsigned long long)seconds);
	if (seconds >= 2)
		event_say(r->owner->opts.events, EVENT_NOTE, subject, text);
	r->due = caller_now_ms() + ms;
}

/* What may be done twice without doing more than once. */
static bool may_repeat(const struct running *r)
{
	return str_eq(r->method, "GET") || str_eq(r->method, "HEAD");
}

static bool again_for_failure(struct running *r, const struct err *err)
{
	bool stalled = err->sys == ETIME, progress;

	rest_broke(&r->rest, r->url, &progress);
	if (progress)
		r->tries = 1;
	if (!caller_failure_passes(err) || !may_repeat(r) || r->tries >= (stalled ? STALLS : CALLER_TRIES))
		return false;
	uint64_t ms = backoff(r, WAIT_BROKEN);
	if (caller_now_ms() + ms >= r->owner->until)
		return false;
	try_later(r, ms, NULL, err->text);
	return true;
}

/* Whether the call is to be tried again, and then when. */
static bool again_for_status(struct running *r, const struct http_head *h)
{
	if (h->status == 416 && r->rest.resuming &&
	    r->tries < CALLER_TRIES) { /* the file has changed: all of it, then */
		r->rest.resuming = false;
		r->due = caller_now_ms();
		return true;
	}
	if (!caller_status_passes(h->status) || r->tries >= CALLER_TRIES || !may_repeat(r))
		return false;
	unsigned long asked = caller_retry_after(http_head_get(h, "retry-after"), (long long)time(NULL));
	if (asked > CALLER_WAIT_MAX)
		return false;
	uint64_t ms = asked ? (uint64_t)asked * r->owner->opts.second_ms : backoff(r, WAIT_BUSY);
	if (caller_now_ms() + ms >= r->owner->until)
		return false;
	AUTO_TEXT char *why = xasprintf("answered %d", h->status);
	AUTO_TEXT char *shown = http_url_shown(r->url);
	try_later(r, ms, shown, why);
	return true;
}

/* --- what is kept --- */

struct cache *caller_cache(const struct caller *c)
{
	return c->opts.cache;
}

static bool is_younger(const struct caller *c, uint64_t at, uint64_t seconds)
{
	uint64_t now = (uint64_t)time(NULL);

	return !c->opts.anew && at <= now && now - at < seconds;
}

bool caller_is_fresh(const struct caller *c, uint64_t at)
{
	return is_younger(c, at, CALLER_FRESH);
}

bool caller_replays(struct caller *c, const struct err *err, uint64_t at)
{
	uint64_t now = (uint64_t)time(NULL);

	if (c->opts.anew || err->kind != ERR_NET || caller_failure_passes(err) || at > now || now - at > CALLER_REPLAY)
		return false;
	if (!c->replayed) {
		AUTO_TEXT char *age = str_duration(now - at);
		AUTO_TEXT char *text = xasprintf("%s; what was answered %s ago is taken", err->text, age);

		event_say(c->opts.events, EVENT_WARNING, NULL, text);
	}
	c->replayed = true;
	return true;
}

void caller_keep(struct caller *c)
{
	if (c->delivered)
		c->delivered->sound = true;
}

/* Finds what is kept of the answer, and asks whether it is still so by its ETag. */
static void look_up(struct running *r)
{
	struct err ignored = ERR_INIT;
	AUTO(http_url) struct http_url *url = NULL;

	if (!r->owner->opts.cache || r->q.keep == CALL_KEEP_NOT || r->q.on_data || !str_eq(r->method, "GET") ||
	    http_url_parse(r->url, &url, &ignored) < 0) {
		err_clear(&ignored);
		return;
	}
	AUTO_TEXT char *bare = http_url_bare(url);
	r->key = xasprintf("GET %s", bare);
	r->has_kept =
		cache_get(r->owner->opts.cache, r->key, &r->kept) && caller_kept_whole(&r->kept, r->url, r->q.keep);
	if (r->has_kept && r->kept.etag && !r->kept.status)
		strv_addf(&r->headers, "If-None-Match: %s", r->kept.etag);
}

static bool is_believed(const struct running *r)
{
	uint64_t seconds = r->kept.status ? CALLER_FRESH_ABSENT : CALLER_FRESH;

	return r->has_kept && (r->q.keep == CALL_KEEP_EVER || is_younger(r->owner, r->kept.at, seconds));
}

/* Ends the call with what is kept. */
static void serve_kept(struct running *r)
{
	AUTO_STRV struct strv headers = STRV_INIT;
	struct http_answer answer = {.status = r->kept.status ? (int)r->kept.status : 200,
				     .url = r->kept.url ? r->kept.url : r->url,
				     .body = r->kept.body};

	if (r->kept.type)
		strv_addf(&headers, "content-type: %s", r->kept.type);
	if (r->kept.digest)
		strv_addf(&headers, "docker-content-digest: %s", r->kept.digest);
	answer.headers = headers;
	r->over = true;
	r->q.on_done(r->q.self, &answer, NULL);
}

/* What a server answered now goes into the cache; a 304 makes what is there new. */
static void keep_answer(struct running *r, const struct http_head *h)
{
	if (!r->key || !caller_kept_take(&r->kept, h, &r->got))
		return;
	r->kept.at = (uint64_t)time(NULL);
	cache_put(r->owner->opts.cache, r->key, &r->kept);
}

/* --- one try --- */

static long read_body(void *self, char *into, size_t len, struct err *err)
{
	struct running *r = self;
	size_t left = strlen(r->body) - r->sent;
	size_t n = left < len ? left : len;
	(void)err;
	memcpy(into, r->body + r->sent, n);
	r->sent += n;
	return (long)n;
}

static int on_head(void *self, const struct http_head *h, struct err *err)
{
	struct running *r = self;
	const char *coding = http_head_get(h, "content-encoding");
	r->failed_status = h->status >= 300;
	r->streaming = r->q.on_data && (h->status == 200 || (h->status == 206 && r->rest.resuming));
	if (r->streaming && h->status == 206)
		return rest_check(&r->rest, h, err);
	struct blob begin = {.name = h->url};
	if (r->streaming) {
		begin.len = rest_begin(&r->rest, h);
		return r->q.on_data(r->q.self, begin, err);
	}
	if (h->status != 200 || r->q.on_data || !coding || str_eq_case(coding, "identity"))
		return 0;
	AUTO_TEXT char *shown = http_url_shown(h->url);
	return err_set(err, ERR_PROTOCOL, "%s: is sent in an encoding that was not asked for", shown);
}

/* What the answers under way take: each is within its limit, but there are many. */
static uint64_t bytes_together(const struct caller *c)
{
	uint64_t sum = 0;
	for (const struct running *r = c->first; r; r = r->next)
		sum += r->got.len;
	return sum;
}

static int on_data(void *self, struct blob piece, struct err *err)
{
	struct running *r = self;
	if (r->streaming) {
		r->rest.passed += piece.len;
		if (r->q.on_data(r->q.self, piece, err) < 0)
			return -1;
		return rest_pace(&r->rest, r->owner->opts.patience.total_ms, r->url, err);
	}
	if (r->failed_status && r->got.len + piece.len > ERROR_MAX) {
		r->enough = true;
		return err_set(err, ERR_PROTOCOL, "enough");
	}
	if (bytes_together(r->owner) + piece.len > r->owner->opts.together_max) {
		AUTO_TEXT char *shown = http_url_shown(r->url), *limit = str_size(r->owner->opts.together_max);
		return err_set(err, ERR_PROTOCOL, "%s: the answers that come at once are larger than %s", shown, limit);
	}
	buf_add(&r->got, piece.data, piece.len);
	return 0;
}

/* There will be no answer: what was answered before stands in for it where it may. */
static void end_failed(struct running *r, struct err *err)
{
	bool late = err->sys == ETIME || err->sys == ETIMEDOUT;
	if (late && !r->q.on_data && caller_now_ms() + 1 >= r->owner->until)
		caller_say_over(r->url, r->owner->opts.patience.total_ms, err);
	if (r->has_kept && caller_replays(r->owner, err, r->kept.at))
		serve_kept(r);
	else
		r->q.on_done(r->q.self, NULL, err);
}

static void on_done(void *self, const struct http_head *h, struct err *err)
{
	struct running *r = self;
	r->in_flight = false;
	if (r->enough && h) /* the head is what counts */
		err = NULL;
	if (err && again_for_failure(r, err))
		return;
	if (!err && again_for_status(r, h))
		return;
	r->over = true;
	if (err) {
		end_failed(r, err);
		return;
	}
	if (h->status == 304 && r->has_kept && !r->kept.status) {
		keep_answer(r, h);
		serve_kept(r);
		return;
	}
	AUTO_TEXT char *url = xstrdup(h->url);
	struct http_answer answer = {
		.status = r->streaming ? 200 : h->status, .url = url, .headers = h->headers, .body = r->got};
	r->owner->delivered = r;
	r->q.on_done(r->q.self, &answer, NULL);
	r->owner->delivered = NULL;
	if (r->sound && (h->status == 200 || (caller_kept_absent(h->status) && r->q.keep == CALL_KEEP_YOUNG)))
		keep_answer(r, h);
}

static void begin(struct running *r)
{
	struct err err = ERR_INIT;
	struct http_req q = {
		.method = r->method,
		.url = r->url,
		.user = r->user,
		.password = r->password,
		.headers = r->headers,
		.via = r->q.via ? r->q.via : r->owner->opts.via,
		.max_redirects = 5,
		.connect_ms = r->owner->opts.patience.connect_ms,
		.stall_ms = r->owner->opts.patience.stall_ms,
		.max_body = r->q.max_body ? r->q.max_body : BODY_MAX,
		.on_head = on_head,
		.on_data = on_data,
		.on_done = on_done,
		.self = r,
	};
	if (r->body) {
		r->sent = 0;
		r->stream = (struct stream){.read = read_body, .self = r};
		q.body = &r->stream;
		q.body_len = (int64_t)strlen(r->body);
	}
	if (is_believed(r)) {
		serve_kept(r);
		return;
	}
	buf_cut(&r->got, 0);
	r->tries++;
	r->in_flight = true;
	r->enough = false;
	r->rest.began = caller_now_ms();
	if (!r->q.on_data)
		q.total_ms = r->owner->until > r->rest.began ? (uint32_t)(r->owner->until - r->rest.began) : 1;
	AUTO_STRV struct strv headers = STRV_INIT;
	if (r->rest.resuming) {
		strv_add_all(&headers, &r->headers);
		rest_ask(&r->rest, &headers);
		q.headers = headers;
		q.max_body = q.max_body > r->rest.passed ? q.max_body - r->rest.passed : 1;
	}
	if (http_start(r->owner->opts.http, &q, &r->id, &err) == 0)
		return;
	r->in_flight = false;
	r->over = true;
	r->q.on_done(r->q.self, NULL, &err);
	err_clear(&err);
}

static void use_netrc(struct running *r)
{
	netrc_find(r->url, &r->user, &r->password);
	AUTO_TEXT char *path = r->user ? netrc_path() : NULL;
	AUTO_TEXT char *warning = path ? credential_exposed(path) : NULL;
	if (warning)
		caller_warn(r->owner, NULL, warning);
}

void caller_start(struct caller *c, const struct call *q)
{
	struct running *r = xcalloc(1, sizeof(*r));
	r->owner = c;
	r->q = *q;
	r->method = xstrdup(q->method ? q->method : "GET");
	r->url = xstrdup(q->url);
	r->user = xstrdup(q->user);
	r->password = xstrdup(q->password);
	r->body = xstrdup(q->body);
	strv_add_all(&r->headers, &q->headers);
	if (!r->user)
		use_netrc(r);
	look_up(r);
	*c->last = r;
	c->last = &r->next;
}

static void begin_due(struct caller *c)
{
	for (struct running *r = c->first; r; r = r->next)
		if (!r->in_flight && !r->over && r->due <= caller_now_ms())
			begin(r);
}

static void drop_over(struct caller *c)
{
	struct running **at = &c->first;
	while (*at) {
		struct running *r = *at;
		if (r->over) {
			*at = r->next;
			running_free(r);
		} else {
			at = &r->next;
		}
	}
	c->last = at;
}

/* Milliseconds until the next try is due; -1: all that is left is in flight. */
static int until_due(const struct caller *c)
{
	uint64_t now = caller_now_ms(), first = UINT64_MAX;
	for (const struct running *r = c->first; r; r = r->next)
		if (!r->in_flight && r->due < first)
			first = r->due;
	if (first == UINT64_MAX)
		return -1;
	return first > now ? (int)(first - now) : 0;
}

int caller_run(struct caller *c, struct err *err)
{
	for (;;) {
		begin_due(c);
		drop_over(c);
		if (!c->first)
			return 0;
		if (http_poll(c->opts.http, until_due(c), NULL, 0, err) < 0)
			return -1;
	}
}
