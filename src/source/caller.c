#include "source/caller.h"

#include "adapt/digest.h"
#include "adapt/http_url.h"
#include "base/str.h"
#include "source/netrc.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define BODY_MAX    (1024 * 1024)
#define WAIT_BUSY   250 /* ms */
#define WAIT_BROKEN 50

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
	bool streaming;	   /* the body of this answer goes to q.on_data */
	struct err failed; /* kept until on_done */
	char *key;	   /* in the cache, or NULL */
	struct cache_entry kept;
	bool has_kept, sound;
};

struct caller {
	struct caller_opts opts;
	struct running *first, **last;
	struct running *delivered; /* whose on_done runs */
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
	cache_entry_clear(&r->kept);
	free(r);
}

struct caller *caller_new(const struct caller_opts *opts)
{
	struct caller *c = xcalloc(1, sizeof(*c));
	c->opts = *opts;
	if (!c->opts.second_ms)
		c->opts.second_ms = 1000;
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
	free(c);
}

static uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- when to try again --- */

static long long http_date(const char *value)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *comma = strchr(value, ',');
	if (!comma || strlen(comma) < strlen(", 01 Jan 2026 00:00:00 GMT"))
		return 0;
	const char *at = comma + 2;
	uint64_t day, year, hour, minute, second;
	if (!str_scan_u64(&at, 31, &day) || *at++ != ' ')
		return 0;
	char name[4] = {at[0], at[1], at[2], '\0'};
	const char *month = strstr(months, name);
	if (!month || (month - months) % 3 || at[3] != ' ')
		return 0;
	at += 4;
	if (!str_scan_u64(&at, 9999, &year) || *at++ != ' ' || !str_scan_u64(&at, 23, &hour) || *at++ != ':' ||
	    !str_scan_u64(&at, 59, &minute) || *at++ != ':' || !str_scan_u64(&at, 60, &second) || year < 1970)
		return 0;
	struct tm t = {.tm_mday = (int)day,
		       .tm_mon = (int)(month - months) / 3,
		       .tm_year = (int)year - 1900,
		       .tm_hour = (int)hour,
		       .tm_min = (int)minute,
		       .tm_sec = (int)second};
	return (long long)timegm(&t);
}

unsigned long caller_retry_after(const char *value, long long now)
{
	uint64_t seconds = 0;
	if (!value)
		return 0;
	if (str_to_u64(value, UINT32_MAX, &seconds))
		return (unsigned long)seconds;
	if (str_is_digit(*value) && strspn(value, "0123456789") == strlen(value))
		return UINT32_MAX;
	long long then = http_date(value);
	return then > now ? (unsigned long)(then - now) : 0;
}

static bool status_may_pass(int status)
{
	switch (status) {
	case 408:
	case 429:
	case 500:
	case 502:
	case 503:
	case 504:
		return true;
	default:
		return false;
	}
}

static bool failure_may_pass(const struct err *err)
{
	/* said by adapt/http: the host does not exist, or nothing answers there; waiting seconds does not change that
	 */
	return err->kind == ERR_NET && err->sys != ECONNREFUSED && err->sys != EHOSTUNREACH &&
	       err->sys != ENETUNREACH && err->sys != ETIMEDOUT;
}

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
	r->due = now_ms() + ms;
}

/* Whether the call is to be tried again, and then when. */
static bool again_for_status(struct running *r, const struct http_head *h)
{
	if (!status_may_pass(h->status) || r->tries >= CALLER_TRIES)
		return false;
	unsigned long asked = caller_retry_after(http_head_get(h, "retry-after"), (long long)time(NULL));
	if (asked > CALLER_WAIT_MAX)
		return false;
	uint64_t ms = asked ? (uint64_t)asked * r->owner->opts.second_ms : backoff(r, WAIT_BUSY);
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

bool caller_is_fresh(const struct caller *c, uint64_t at)
{
	uint64_t now = (uint64_t)time(NULL);

	return !c->opts.anew && at <= now && now - at < CALLER_FRESH;
}

void caller_keep(struct caller *c)
{
	if (c->delivered)
		c->delivered->sound = true;
}

/* Whether an entry is what it must be by the digests that go with it. */
static bool is_whole(const struct running *r)
{
	const char *named = r->q.keep == CALL_KEEP_EVER ? strstr(r->url, "sha256:") : NULL;
	const char *stated = r->kept.digest && str_starts(r->kept.digest, "sha256:") ? r->kept.digest : NULL;
	char hex[HASH_HEX_SIZE];

	hash_hex(buf_blob(&r->kept.body, "body"), hex);
	return (r->q.keep != CALL_KEEP_EVER || (named && str_eq(named + strlen("sha256:"), hex))) &&
	       (!stated || str_eq(stated + strlen("sha256:"), hex));
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
	r->has_kept = cache_get(r->owner->opts.cache, r->key, &r->kept) && is_whole(r);
	if (r->has_kept && r->kept.etag)
		strv_addf(&r->headers, "If-None-Match: %s", r->kept.etag);
}

static bool is_believed(const struct running *r)
{
	return r->has_kept && (r->q.keep == CALL_KEEP_EVER || caller_is_fresh(r->owner, r->kept.at));
}

/* Ends the call with what is kept. */
static void serve_kept(struct running *r)
{
	AUTO_STRV struct strv headers = STRV_INIT;
	struct http_answer answer = {.status = 200, .url = r->kept.url ? r->kept.url : r->url, .body = r->kept.body};

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
	struct err ignored = ERR_INIT;
	AUTO(http_url) struct http_url *url = NULL;

	if (!r->key || http_head_get(h, "content-encoding") || http_url_parse(h->url, &url, &ignored) < 0) {
		err_clear(&ignored);
		return;
	}
	if (h->status == 200) {
		cache_entry_clear(&r->kept);
		r->kept = (struct cache_entry){.etag = xstrdup(http_head_get(h, "etag")),
					       .type = xstrdup(http_head_get(h, "content-type")),
					       .digest = xstrdup(http_head_get(h, "docker-content-digest")),
					       .url = http_url_bare(url)};
		buf_add(&r->kept.body, r->got.data, r->got.len);
	}
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
	r->streaming = r->q.on_data && h->status == 200;
	if (!r->streaming)
		return 0;
	const char *length = http_head_get(h, "content-length");
	uint64_t len = 0;
	if (length && !str_to_u64(length, SIZE_MAX / 2, &len))
		len = 0;
	struct blob begin = {.name = h->url, .len = (size_t)len};
	return r->q.on_data(r->q.self, begin, err);
}

static int on_data(void *self, struct blob piece, struct err *err)
{
	struct running *r = self;
	if (r->streaming)
		return r->q.on_data(r->q.self, piece, err);
	if (r->got.len + piece.len > BODY_MAX && r->q.on_data) /* an error's page */
		return 0;
	buf_add(&r->got, piece.data, piece.len);
	return 0;
}

static void on_done(void *self, const struct http_head *h, struct err *err)
{
	struct running *r = self;
	r->in_flight = false;
	if (err && failure_may_pass(err) && r->tries < CALLER_TRIES) {
		try_later(r, backoff(r, WAIT_BROKEN), NULL, err->text);
		return;
	}
	if (!err && again_for_status(r, h))
		return;
	r->over = true;
	if (err) {
		r->q.on_done(r->q.self, NULL, err);
		return;
	}
	if (h->status == 304 && r->has_kept) {
		keep_answer(r, h);
		serve_kept(r);
		return;
	}
	AUTO_TEXT char *url = xstrdup(h->url);
	struct http_answer answer = {.status = h->status, .url = url, .headers = h->headers, .body = r->got};
	r->owner->delivered = r;
	r->q.on_done(r->q.self, &answer, NULL);
	r->owner->delivered = NULL;
	if (r->sound && h->status == 200)
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
		.stall_ms = r->owner->opts.stall_ms,
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
	if (http_start(r->owner->opts.http, &q, &r->id, &err) == 0)
		return;
	r->in_flight = false;
	r->over = true;
	r->q.on_done(r->q.self, NULL, &err);
	err_clear(&err);
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
		netrc_find(q->url, &r->user, &r->password);
	look_up(r);
	*c->last = r;
	c->last = &r->next;
}

static void begin_due(struct caller *c)
{
	for (struct running *r = c->first; r; r = r->next)
		if (!r->in_flight && !r->over && r->due <= now_ms())
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
	uint64_t now = now_ms(), first = UINT64_MAX;
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
