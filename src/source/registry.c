#include "source/registry.h"

#include "adapt/digest.h"
#include "adapt/http_url.h"
#include "base/str.h"
#include "source/place.h"

#include <string.h>
#include <time.h>

#define AUTH_TRIES 2

/* Who waits until a place answered for the first time. */
struct line {
	struct line *next;
	struct place *place; /* owned */
	enum { LINE_NEW, LINE_TRIED, LINE_OPEN } state;
	struct query *held, **last;
};

enum step { STEP_TAG, STEP_IMAGE, STEP_CONFIG };

struct query {
	struct query *next, *next_held;
	struct registry *owner;
	struct line *line;
	struct place *place; /* the line's */
	char *platform;
	bool want_config, over;
	void (*on_done)(void *self, const struct registry_image *found, struct err *err);
	void *self;
	struct ref ref; /* with tag and digest, for messages */
	enum step step;
	unsigned auth_tries;
	char *used;	      /* the Authorization of the request under way */
	struct digest wanted; /* what the body must hash to; "" = whatever the tag has */
	uint64_t size;	      /* STEP_CONFIG: what the manifest says */
	struct registry_image found;
	struct oci_config *config;
};

struct registry {
	struct registry_opts opts;
	struct line *lines;
	struct query *queries;
};

static void query_free(struct query *q)
{
	free(q->platform);
	free(q->used);
	oci_config_free(q->config);
	free(q);
}

struct registry *registry_new(const struct registry_opts *o)
{
	struct registry *r = xcalloc(1, sizeof(*r));
	r->opts = *o;
	return r;
}

void registry_free(struct registry *r)
{
	if (!r)
		return;
	while (r->queries) {
		struct query *q = r->queries;
		r->queries = q->next;
		query_free(q);
	}
	while (r->lines) {
		struct line *l = r->lines;
		r->lines = l->next;
		place_free(l->place);
		free(l);
	}
	free(r);
}

/* --- places --- */

bool registry_is_plain(const char *name, const char **bare)
{
	bool http = str_starts(name, "http://"), https = str_starts(name, "https://");
	*bare = name + (http ? 7 : https ? 8 : 0);
	AUTO_TEXT char *host = xstrndup(*bare, strcspn(*bare, "/"));
	const char *from = host;
	char *end = NULL;
	if (*host == '[') {
		from = host + 1;
		end = strchr(host, ']');
	} else {
		end = strrchr(host, ':');
	}
	if (end)
		*end = '\0';
	return http || (!https && strchr(*bare, '/') && http_host_reach(from) == HTTP_REACH_LOOPBACK);
}

static struct line *line_of(struct registry *r, const struct ref *ref, bool plain)
{
	AUTO_TEXT char *base = place_base(ref, plain);
	for (struct line *l = r->lines; l; l = l->next)
		if (str_eq(l->place->base, base) && str_eq(l->place->repository.path, ref->path))
			return l;
	struct line *l = xcalloc(1, sizeof(*l));
	l->place = place_new(ref, plain, r->opts.caller, r->opts.ca, r->opts.cancel);
	l->last = &l->held;
	l->next = r->lines;
	r->lines = l;
	return l;
}

/* --- the end of a question --- */

static void finish(struct query *q, bool found, struct err *err)
{
	if (q->over)
		return;
	q->over = true;
	q->found.repository = q->place->repository;
	q->found.config = q->config;
	q->on_done(q->self, found && !err ? &q->found : NULL, err);
}

static void fail(struct query *q, struct err *err)
{
	finish(q, false, err);
	err_clear(err);
}

/* `a`: the answer that says so. */
static void fail_with(struct query *q, enum err_kind kind, const char *text, const struct http_answer *a)
{
	struct err err = ERR_INIT;
	char name[REF_TEXT];
	err_set(&err, kind, "%s: %s", ref_text(&q->ref, name), text);
	if (kind == ERR_AUTH)
		token_explain(q->place->token, &err);
	if (kind == ERR_AUTH)
		caller_hint_clock(a, &err);
	fail(q, &err);
}

/* The registry led to another server, and that one wants a login: it gets none of this one's. */
static void refuse_foreign(struct query *q, const struct http_answer *a)
{
	struct err err = ERR_INIT;
	char name[REF_TEXT];
	AUTO_TEXT char *shown = http_url_shown(a->url);
	err_set(&err, ERR_AUTH, "%s: the registry redirects to %s, which wants a login of its own (%d)",
		ref_text(&q->ref, name), shown, a->status);
	err_hint(&err, "a password for %s is not shown to others", q->place->repository.domain);
	fail(q, &err);
}

static void refuse_status(struct query *q, const struct http_answer *a)
{
	if (a->status == 401 && place_is_foreign(q->place, a)) {
		refuse_foreign(q, a);
		return;
	}
	AUTO_TEXT char *why = place_said(buf_blob(&a->body, "answer"));
	const char *asked = http_answer_get(a, "retry-after");
	AUTO_TEXT char *again = str_shown(caller_retry_after(asked, (long long)time(NULL)) ? asked : "", 40);
	AUTO_BUF struct buf text = BUF_INIT;
	enum err_kind kind = ERR_PROTOCOL;
	if (a->status == 401 || a->status == 403) {
		kind = ERR_AUTH;
		buf_addf(&text, "access is denied (%d)", a->status);
	} else if (a->status == 429) {
		kind = ERR_NET;
		buf_adds(&text, "too many requests for now (429)");
		if (*again)
			buf_addf(&text, ", to be asked again after %s%s", again, strchr(again, ' ') ? "" : " s");
	} else {
		kind = a->status >= 500 ? ERR_NET : ERR_PROTOCOL;
		buf_addf(&text, "the registry answers %d", a->status);
	}
	if (*why)
		buf_addf(&text, ": %s", why);
	fail_with(q, kind, buf_text(&text), a);
}

/* --- requests --- */

static void send_query(struct query *q);

/* The place answered, or cannot. */
static void release(struct line *l)
{
	struct query *q = l->held;
	l->state = LINE_OPEN;
	l->held = NULL;
	l->last = &l->held;
	while (q) {
		struct query *next = q->next_held;
		send_query(q);
		q = next;
	}
}

static void on_ready(void *self, struct err *err)
{
	struct query *q = self;
	if (q->line->state == LINE_TRIED)
		release(q->line);
	if (err)
		finish(q, false, err);
	else
		send_query(q);
}

static bool is_digest(const char *text)
{
	return text && str_starts(text, "sha256:");
}

/* Holds the body against what it was asked by and what the header says. */
static int check_digest(struct query *q, const struct http_answer *a, struct digest *ret, struct err *err)
{
	char hex[HASH_HEX_SIZE], name[REF_TEXT];
	const char *stated = http_answer_get(a, "docker-content-digest");
	struct digest got;
	hash_hex(buf_blob(&a->body, "body"), hex);
	if (digest_from_hex(hex, &got, err) < 0)
		return -1;
	ref_text(&q->ref, name);
	if (digest_is_set(&q->wanted) && !digest_eq(&q->wanted, &got))
		return err_set(err, ERR_PROTOCOL, "%s: the registry lies: asked for %s, the body hashes to %s", name,
			       q->wanted.text, got.text);
	if (is_digest(stated) && !str_eq(stated, got.text)) {
		AUTO_TEXT char *shown = str_shown(stated, 80);
		return err_set(err, ERR_PROTOCOL, "%s: the registry lies: it says %s, the body hashes to %s", name,
			       shown, got.text);
	}
	*ret = got;
	return 0;
}

static void take_config(struct query *q, const struct http_answer *a, struct err *err)
{
	AUTO_TEXT char *shown = http_url_shown(a->url);
	if (a->body.len != q->size)
		err_set(err, ERR_PROTOCOL, "%s: a config of %zu bytes where the manifest says %llu", q->place->base,
			a->body.len, (unsigned long long)q->size);
	else if (oci_config_parse(buf_blob(&a->body, shown), &q->config, err) == 0)
		finish(q, oci_is_platform(q->config->os, q->config->arch, q->config->variant, q->platform), NULL);
}

static void take_index(struct query *q, const struct oci_manifest *m, const struct digest *digest)
{
	const struct oci_entry *e = oci_find(m, q->platform);
	q->found.index = *digest;
	if (!e) {
		finish(q, false, NULL);
		return;
	}
	q->found.image = e->digest;
	if (!q->want_config) {
		finish(q, true, NULL);
		return;
	}
	q->step = STEP_IMAGE;
	q->wanted = e->digest;
	send_query(q);
}

static void take_manifest(struct query *q, const struct http_answer *a, const struct digest *digest, struct err *err)
{
	AUTO(oci_manifest) struct oci_manifest *m = NULL;
	AUTO_TEXT char *shown = http_url_shown(a->url);
	if (oci_manifest_parse(buf_blob(&a->body, shown), &m, err) < 0)
		return;
	if (!oci_is_as_typed(m, http_answer_get(a, "content-type"))) {
		err_set(err, ERR_PROTOCOL, "%s: is %s, but its Content-Type says %s", shown,
			m->is_index ? "an index" : "an image", m->is_index ? "an image" : "an index");
		return;
	}
	if (m->is_index && q->step == STEP_TAG) {
		take_index(q, m, digest);
		return;
	}
	if (m->is_index) {
		err_set(err, ERR_PROTOCOL, "%s: an index inside an index", shown);
		return;
	}
	if (m->config_size > OCI_CONFIG_MAX || !m->config_size) {
		err_set(err, ERR_PROTOCOL, "%s: a config of %llu bytes", shown, (unsigned long long)m->config_size);
		return;
	}
	q->found.image = *digest;
	q->step = STEP_CONFIG;
	q->wanted = m->config;
	q->size = m->config_size;
	send_query(q);
}

static bool may_log_in(const struct query *q, const struct http_answer *a)
{
	return a->status == 401 && q->auth_tries < AUTH_TRIES && !place_is_foreign(q->place, a);
}

static void on_answer(void *self, const struct http_answer *a, struct err *err)
{
	struct query *q = self;
	struct err own = ERR_INIT;
	struct digest digest;
	bool login = !err && may_log_in(q, a);
	if (!login && q->line->state == LINE_TRIED)
		release(q->line);
	if (err) {
		finish(q, false, err);
	} else if (login) {
		q->auth_tries++;
		token_refused(q->place->token, q->used, a, on_ready, q);
	} else if (a->status == 404 && q->step == STEP_TAG) {
		caller_keep(q->owner->opts.caller);
		finish(q, false, NULL);
	} else if (a->status != 200) {
		refuse_status(q, a);
	} else if (check_digest(q, a, &digest, &own) == 0) {
		if (q->step == STEP_CONFIG)
			take_config(q, a, &own);
		else
			take_manifest(q, a, &digest, &own);
	}
	if (own.kind != ERR_NONE)
		fail(q, &own);
	else if (a && a->status == 200)
		caller_keep(q->owner->opts.caller);
}

/* The first question shows whether a login is wanted; the others wait for it, so that a registry is not asked in vain
 * by all of them. */
static void send_or_hold(struct query *q)
{
	struct line *l = q->line;
	if (l->state == LINE_TRIED) {
		*l->last = q;
		l->last = &q->next_held;
		return;
	}
	if (l->state == LINE_NEW)
		l->state = LINE_TRIED;
	send_query(q);
}

static void send_query(struct query *q)
{
	AUTO_STRV struct strv headers = STRV_INIT;
	bool blob = q->step == STEP_CONFIG;
	const char *line = token_line(q->place->token);
	const char *which = digest_is_set(&q->wanted) ? q->wanted.text : q->ref.tag;
	AUTO_TEXT char *url = xasprintf("%s/v2/%s/%s/%s", q->place->base, q->place->repository.path,
					blob ? "blobs" : "manifests", which);
	free(q->used);
	q->used = xstrdup(line);
	if (line)
		strv_add(&headers, line);
	strv_add(&headers, blob ? "Accept: */*" : "Accept: " OCI_ACCEPT);
	struct call c = {.url = url,
			 .headers = headers,
			 .via = &q->place->via,
			 .max_body = blob ? q->size : OCI_MANIFEST_MAX,
			 .keep = digest_is_set(&q->wanted) ? CALL_KEEP_EVER : CALL_KEEP_YOUNG,
			 .on_done = on_answer,
			 .self = q};
	caller_start(q->owner->opts.caller, &c);
}

static int read_ref(const struct registry_ask *a, const char *bare, struct ref *ret, struct err *err)
{
	struct ref named;
	struct digest digest = {.text = ""};
	if (ref_parse(bare, &named, err) < 0)
		return -1;
	if (a->digest && digest_parse(a->digest, &digest, err) < 0)
		return -1;
	if (!a->digest)
		digest = named.digest;
	const char *tag = a->tag ? a->tag : named.tag[0] ? named.tag : digest_is_set(&digest) ? NULL : "latest";
	return ref_with(&named, tag, digest_is_set(&digest) ? &digest : NULL, ret, err);
}

int registry_start(struct registry *r, const struct registry_ask *a, struct err *err)
{
	struct ref ref;
	const char *bare;
	bool plain = registry_is_plain(a->repository, &bare);
	if (read_ref(a, bare, &ref, err) < 0)
		return -1;
	if (digest_is_set(&ref.digest) && !is_digest(ref.digest.text))
		return err_set(err, ERR_INPUT, "'%s': only sha256 digests are supported", ref.digest.text);
	struct query *q = xcalloc(1, sizeof(*q));
	q->owner = r;
	q->line = line_of(r, &ref, plain);
	q->place = q->line->place;
	q->platform = xstrdup(a->platform);
	q->want_config = a->want_config;
	q->on_done = a->on_done;
	q->self = a->self;
	q->ref = ref;
	q->wanted = ref.digest;
	q->next = r->queries;
	r->queries = q;
	send_or_hold(q);
	return 0;
}
