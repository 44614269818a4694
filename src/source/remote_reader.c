#include "base/str.h"
#include "source/caller_rest.h"
#include "source/caller_when.h"
#include "source/remote_parts.h"

#include <errno.h>
#include <string.h>
#include <time.h>

enum {
	TRIES = 4,   /* without a byte in between */
	STALLS = 2,  /* the same, of what stalls */
	STARTS = 40, /* of one layer in all */
	AUTH_TRIES = 2,
	REFUSAL_MAX = 64 << 10,
	BUSY_MS = 250,
};

struct remote_reader {
	const struct remote *r;
	struct remote_way way;
	char *what; /* for messages */
	struct oci_blob blob;
	uint64_t taken; /* bytes that came in all */
	uint64_t skip;	/* of the answer under way: came already */
	struct buf ready;
	size_t at;
	unsigned tries, starts, auth_tries;
	uint64_t id;
	bool begun, in_flight;
	bool whole;		   /* the answer has said how long it is */
	bool enough;		   /* of a refusal; the rest was not read */
	uint64_t start;		   /* when it began, on the monotonic clock in ms */
	char *used;		   /* the Authorization of the request under way */
	struct http_answer answer; /* its status; head and body where it is a refusal */
	struct err failed;
};

static void answer_clear(struct remote_reader *rd)
{
	free(rd->answer.url);
	strv_clear(&rd->answer.headers);
	buf_clear(&rd->answer.body);
	rd->answer = (struct http_answer){.status = 0};
	err_clear(&rd->failed);
}

static void stop_transfer(struct remote_reader *rd)
{
	if (rd->in_flight)
		http_cancel(rd->way.http, rd->id);
	rd->in_flight = false;
	answer_clear(rd);
	free(rd->used);
	rd->used = NULL;
}

void remote_reader_free(struct remote_reader *rd)
{
	if (!rd)
		return;
	stop_transfer(rd);
	remote_way_close(&rd->way);
	buf_clear(&rd->ready);
	free(rd->what);
	free(rd);
}

int remote_reader_new(const struct remote *r, struct remote_reader **ret, struct err *err)
{
	AUTO(remote_reader) struct remote_reader *rd = xcalloc(1, sizeof(*rd));

	rd->r = r;
	if (remote_way_open(&r->ref, r->plain, &r->opts, &rd->way, err) < 0)
		return -1;
	*ret = TAKE(rd);
	return 0;
}

/* --- one request --- */

static bool is_bytes(int status)
{
	return status == 200 || status == 206;
}

/* "bytes 1000-4095/4096" must begin where we are. */
static bool range_fits(const struct http_head *h, uint64_t from)
{
	const char *range = http_head_get(h, "content-range");
	uint64_t first = 0;

	if (!range || !str_starts(range, "bytes "))
		return false;
	range += strlen("bytes ");
	return str_scan_u64(&range, UINT64_MAX, &first) && *range == '-' && first == from;
}

static int on_head(void *self, const struct http_head *h, struct err *err)
{
	struct remote_reader *rd = self;

	rd->answer.status = h->status;
	rd->whole = http_head_get(h, "content-length") != NULL;
	if (h->status == 206 && !range_fits(h, rd->taken))
		return err_set(err, ERR_PROTOCOL, "%s: the registry gives another range than the one asked for",
			       rd->what);
	rd->skip = h->status == 200 ? rd->taken : 0;
	if (!is_bytes(h->status)) {
		rd->answer.url = xstrdup(h->url);
		strv_add_all(&rd->answer.headers, &h->headers);
	}
	return 0;
}

static int on_data(void *self, struct blob piece, struct err *err)
{
	struct remote_reader *rd = self;
	size_t drop;

	if (!is_bytes(rd->answer.status)) {
		rd->enough = rd->answer.body.len + piece.len > REFUSAL_MAX;
		if (rd->enough)
			return err_set(err, ERR_PROTOCOL, "enough");
		buf_add(&rd->answer.body, piece.data, piece.len);
		return 0;
	}
	drop = rd->skip < piece.len ? (size_t)rd->skip : piece.len;
	rd->skip -= drop;
	rd->taken += piece.len - drop;
	if (rd->taken > rd->blob.size)
		return err_set(err, ERR_PROTOCOL, "%s: more bytes than the manifest says (%llu)", rd->what,
			       (unsigned long long)rd->blob.size);
	if (piece.len > drop)
		rd->tries = rd->auth_tries = 0;
	buf_add(&rd->ready, piece.data + drop, piece.len - drop);
	return rest_pace(&(struct rest){.passed = rd->taken, .began = rd->start}, rd->way.patience.total_ms, rd->what,
			 err);
}

static void on_done(void *self, const struct http_head *h, struct err *err)
{
	struct remote_reader *rd = self;

	(void)h;
	rd->in_flight = false;
	if (err && !rd->enough)
		err_move(&rd->failed, err);
}

static int start(struct remote_reader *rd, struct err *err)
{
	AUTO_STRV struct strv headers = STRV_INIT;
	const char *line = token_line(rd->way.place->token);
	AUTO_TEXT char *url = xasprintf("%s/v2/%s/blobs/%s", rd->way.place->base, rd->way.place->repository.path,
					rd->blob.digest.text);

	stop_transfer(rd);
	if (!line && rd->auth_tries == 0)
		line = rd->r->line;
	rd->used = xstrdup(line);
	if (line)
		strv_add(&headers, line);
	strv_add(&headers, "Accept: */*");
	if (rd->taken > 0)
		strv_addf(&headers, "Range: bytes=%llu-", (unsigned long long)rd->taken);
	rd->starts++;
	rd->begun = true;
	rd->whole = rd->enough = false;
	rd->start = caller_now_ms();
	if (http_start(rd->way.http,
		       &(struct http_req){.url = url,
					  .headers = headers,
					  .via = &rd->way.place->via,
					  .max_redirects = 5,
					  .connect_ms = rd->way.patience.connect_ms,
					  .stall_ms = rd->way.patience.stall_ms,
					  .on_head = on_head,
					  .on_data = on_data,
					  .on_done = on_done,
					  .self = rd},
		       &rd->id, err) < 0)
		return -1;
	rd->in_flight = true;
	return 0;
}

/* --- what comes next --- */

/* Waits, and begins again where the last one ended. */
static int again(struct remote_reader *rd, uint64_t ms, struct err *err)
{
	unsigned second = rd->r->opts.second_ms ? rd->r->opts.second_ms : 1000;
	uint64_t until = caller_now_ms() + ms * second / 1000;

	for (uint64_t now = caller_now_ms(); now < until; now = caller_now_ms())
		if (http_poll(rd->way.http, (int)(until - now), NULL, 0, err) < 0)
			return -1;
	return start(rd, err);
}

static bool may_pass(const struct remote_reader *rd)
{
	const struct err *e = &rd->failed;
	int status = rd->answer.status;

	if (rd->tries >= (e->sys == ETIME ? STALLS : TRIES) || rd->starts >= STARTS)
		return false;
	if (e->kind != ERR_NONE)
		return e->kind == ERR_NET && e->sys != ECONNREFUSED && e->sys != EHOSTUNREACH &&
		       e->sys != ENETUNREACH && e->sys != ETIMEDOUT;
	return (is_bytes(status) && !rd->whole) || status == 408 || status == 429 || status == 500 ||
	       (status > 501 && status < 505);
}

static uint64_t wait_of(struct remote_reader *rd)
{
	unsigned long asked = caller_retry_after(http_answer_get(&rd->answer, "retry-after"), (long long)time(NULL));
	uint64_t ms = BUSY_MS;

	for (unsigned i = 1; i < rd->tries; i++)
		ms *= 4;
	return asked > 0 ? (uint64_t)asked * 1000 : ms;
}

static int login(struct remote_reader *rd, struct err *err)
{
	rd->auth_tries++;
	if (remote_way_login(&rd->way, rd->used, &rd->answer, err) < 0)
		return -1;
	return start(rd, err);
}

static int give_up(struct remote_reader *rd, struct err *err)
{
	if (rd->failed.kind != ERR_NONE)
		return err_move(err, &rd->failed);
	if (is_bytes(rd->answer.status))
		return err_set(err, ERR_PROTOCOL, "%s: the registry gives %llu of %llu bytes", rd->what,
			       (unsigned long long)rd->taken, (unsigned long long)rd->blob.size);
	if (rd->answer.status == 404)
		return err_set(err, ERR_PROTOCOL, "%s: the registry does not have it", rd->what);
	return remote_way_refused(&rd->way, rd->what, &rd->answer, err);
}

/* The transfer is over and nothing is left of it: 0 the layer is whole, 1 another transfer began. */
static int go_on(struct remote_reader *rd, struct err *err)
{
	bool failed = rd->failed.kind != ERR_NONE;

	if (!failed && is_bytes(rd->answer.status) && rd->taken == rd->blob.size)
		return 0;
	if (!failed && rd->answer.status == 401 && rd->auth_tries < AUTH_TRIES && rd->starts < STARTS &&
	    !place_is_foreign(rd->way.place, &rd->answer))
		return login(rd, err) < 0 ? -1 : 1;
	rd->tries++;
	if (!may_pass(rd) || wait_of(rd) > (uint64_t)CALLER_WAIT_MAX * 1000)
		return give_up(rd, err);
	event_say(rd->r->opts.events, EVENT_NOTE, rd->what,
		  failed ? rd->failed.text : "the registry broke off or is busy; asking for the rest");
	return again(rd, wait_of(rd), err) < 0 ? -1 : 1;
}

static long layer_read_some(void *self, char *into, size_t len, struct err *err)
{
	struct remote_reader *rd = self;
	size_t n;

	while (rd->at == rd->ready.len) {
		int rc = 1;

		buf_cut(&rd->ready, 0);
		rd->at = 0;
		if (!rd->begun)
			rc = start(rd, err) < 0 ? -1 : 1;
		else if (rd->in_flight)
			rc = http_poll(rd->way.http, -1, NULL, 0, err) < 0 ? -1 : 1;
		else
			rc = go_on(rd, err);
		if (rc <= 0)
			return rc;
	}
	n = rd->ready.len - rd->at < len ? rd->ready.len - rd->at : len;
	memcpy(into, rd->ready.data + rd->at, n);
	rd->at += n;
	return (long)n;
}

struct stream remote_layer(struct remote_reader *rd, const struct oci_blob *layer)
{
	char name[REF_TEXT];

	stop_transfer(rd);
	buf_cut(&rd->ready, 0);
	rd->at = 0;
	rd->blob = *layer;
	rd->taken = rd->skip = 0;
	rd->tries = rd->starts = rd->auth_tries = 0;
	rd->begun = false;
	free(rd->what);
	rd->what = xasprintf("%s: layer %s", ref_repository(&rd->r->ref, name), layer->digest.text);
	return (struct stream){.read = layer_read_some, .self = rd};
}
