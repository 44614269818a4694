#include "adapt/digest.h"
#include "adapt/http_curl.h"
#include "adapt/http_url.h"
#include "base/str.h"
#include "source/registry.h"
#include "source/remote_parts.h"

#include <string.h>

enum { AUTH_TRIES = 2, NESTED_MAX = 2, ASKED_MAX = 32 };

#if defined(__aarch64__)
#define OWN_PLATFORM "linux/arm64"
#else
#define OWN_PLATFORM "linux/amd64"
#endif

void remote_free(struct remote *r)
{
	if (!r)
		return;
	free(r->platform);
	buf_clear(&r->config);
	free(r->layers);
	free(r->line);
	free(r);
}

/* --- the way --- */

int remote_way_open(const struct ref *ref, bool plain, const struct remote_opts *o, struct remote_way *into,
		    struct err *err)
{
	static const struct http_curl_opts curl = {.user_agent = "cudabuild/" CUDABUILD_VERSION};

	if (patience_read(&into->patience, err) < 0 || http_curl_new(&curl, &into->http, err) < 0)
		return -1;
	into->http->cancel = o->cancel;
	into->caller = caller_new(&(struct caller_opts){
		.http = into->http, .events = o->events, .second_ms = o->second_ms, .patience = into->patience});
	into->place = place_new(ref, plain, into->caller, o->ca, o->cancel);
	return 0;
}

void remote_way_close(struct remote_way *w)
{
	place_free(w->place);
	caller_free(w->caller);
	http_free(w->http);
	*w = (struct remote_way){.http = NULL};
}

static void on_ready(void *self, struct err *err)
{
	struct err *into = self;

	if (err)
		err_move(into, err);
}

int remote_way_login(struct remote_way *w, const char *used, const struct http_answer *refusal, struct err *err)
{
	struct err why = ERR_INIT;

	token_refused(w->place->token, used, refusal, on_ready, &why);
	if (caller_run(w->caller, err) < 0) {
		err_clear(&why);
		return -1;
	}
	return why.kind == ERR_NONE ? 0 : err_move(err, &why);
}

int remote_way_refused(const struct remote_way *w, const char *what, const struct http_answer *a, struct err *err)
{
	AUTO_TEXT char *said = place_said(buf_blob(&a->body, "answer"));
	const char *joint = said[0] ? ": " : "";

	if (a->status == 401 && place_is_foreign(w->place, a)) {
		AUTO_TEXT char *shown = http_url_shown(a->url);

		return err_set(err, ERR_AUTH, "%s: the registry redirects to %s, which wants a login of its own (401)",
			       what, shown);
	}
	if (a->status == 401 || a->status == 403) {
		err_set(err, ERR_AUTH, "%s: access is denied (%d)%s%s", what, a->status, joint, said);
		token_explain(w->place->token, err);
		caller_hint_clock(a, err);
		return -1;
	}
	if (a->status == 429)
		return err_set(err, ERR_NET, "%s: too many requests for now (429)%s%s", what, joint, said);
	return err_set(err, a->status >= 500 ? ERR_NET : ERR_PROTOCOL, "%s: the registry answers %d%s%s", what,
		       a->status, joint, said);
}

/* --- one document --- */

struct asking {
	uint64_t max;		   /* bytes of the answer */
	struct http_answer answer; /* status 0: none */
	struct err err;
};

static void on_answer(void *self, const struct http_answer *a, struct err *err)
{
	struct asking *into = self;

	if (err) {
		err_move(&into->err, err);
		return;
	}
	into->answer.status = a->status;
	into->answer.url = xstrdup(a->url);
	strv_add_all(&into->answer.headers, &a->headers);
	buf_add(&into->answer.body, a->body.data, a->body.len);
}

static void asking_clear(struct asking *a)
{
	free(a->answer.url);
	strv_clear(&a->answer.headers);
	buf_clear(&a->answer.body);
	err_clear(&a->err);
	*a = (struct asking){.max = a->max, .answer = {.status = 0}, .err = ERR_INIT};
}
#define AUTO_ASKING __attribute__((cleanup(asking_clear)))

static int ask_once(struct remote_way *w, const char *url, bool config, struct asking *into, struct err *err)
{
	AUTO_STRV struct strv headers = STRV_INIT;
	const char *line = token_line(w->place->token);
	AUTO_TEXT char *used = xstrdup(line);

	if (line)
		strv_add(&headers, line);
	strv_add(&headers, config ? "Accept: */*" : "Accept: " OCI_ACCEPT);
	caller_start(w->caller, &(struct call){.url = url,
					       .headers = headers,
					       .via = &w->place->via,
					       .max_body = into->max,
					       .on_done = on_answer,
					       .self = into});
	if (caller_run(w->caller, err) < 0)
		return -1;
	if (into->err.kind != ERR_NONE)
		return err_move(err, &into->err);
	if (into->answer.status != 401 || place_is_foreign(w->place, &into->answer))
		return 0;
	return remote_way_login(w, used, &into->answer, err) < 0 ? -1 : 1;
}

/* Holds a document against what it was asked by and what its header says. */
static int check_digest(const char *what, const char *asked, const struct http_answer *a, const struct digest *got,
			struct err *err)
{
	const char *stated = http_answer_get(a, "docker-content-digest");
	AUTO_TEXT char *shown = str_shown(stated ? stated : "", 80);

	if (str_starts(asked, "sha256:") && !str_eq(asked, got->text))
		return err_set(err, ERR_PROTOCOL, "%s: the registry lies: asked for %s, the body hashes to %s", what,
			       asked, got->text);
	if (str_starts(shown, "sha256:") && !str_eq(stated, got->text))
		return err_set(err, ERR_PROTOCOL, "%s: the registry lies: it says %s, the body hashes to %s", what,
			       shown, got->text);
	return 0;
}

/* The document behind kind ("manifests", "blobs") and name; its digest in *ret. 1: there is none. */
static int get(struct remote_way *w, const char *what, const char *kind, const char *name, struct asking *into,
	       struct digest *ret, struct err *err)
{
	AUTO_TEXT char *url = xasprintf("%s/v2/%s/%s/%s", w->place->base, w->place->repository.path, kind, name);
	char hex[HASH_HEX_SIZE];
	int rc = 1;

	if (strchr(name, ':') && !str_starts(name, "sha256:"))
		return err_set(err, ERR_PROTOCOL, "%s: only sha256 digests are supported, not %s", what, name);
	for (unsigned i = 0; i <= AUTH_TRIES && rc == 1; i++) {
		if (i > 0)
			asking_clear(into);
		rc = ask_once(w, url, kind[0] == 'b', into, err);
	}
	if (rc < 0)
		return -1;
	if (into->answer.status == 404)
		return 1;
	if (into->answer.status != 200)
		return remote_way_refused(w, what, &into->answer, err);
	hash_hex(buf_blob(&into->answer.body, url), hex);
	if (digest_from_hex(hex, ret, err) < 0)
		return -1;
	return check_digest(what, name, &into->answer, ret, err);
}

/* --- from a name to an image --- */

struct search {
	struct remote_way way;
	struct remote *r;
	char what[REF_TEXT];
	unsigned asked;
	struct strv seen; /* platforms that were passed by */
};

static const char *wanted(const struct search *s)
{
	return s->r->opts.platform ? s->r->opts.platform : OWN_PLATFORM;
}

static int take_config(struct search *s, const struct oci_manifest *m, const struct digest *image, struct err *err)
{
	AUTO_ASKING struct asking a = {.max = m->config_size, .err = ERR_INIT};
	AUTO(oci_config) struct oci_config *c = NULL;
	AUTO_TEXT char *name = xasprintf("%s: config", s->what);
	struct digest got;
	int rc;

	if (m->config_size > OCI_CONFIG_MAX || !m->config_size)
		return err_set(err, ERR_PROTOCOL, "%s: a config of %llu bytes", s->what,
			       (unsigned long long)m->config_size);
	rc = get(&s->way, s->what, "blobs", m->config.text, &a, &got, err);

	if (rc == 1)
		return err_set(err, ERR_PROTOCOL, "%s: the registry does not have the image's config", s->what);
	if (rc < 0 || oci_config_parse(buf_blob(&a.answer.body, name), &c, err) < 0)
		return -1;
	if (s->r->opts.platform && !oci_is_platform(c->os, c->arch, c->variant, s->r->opts.platform)) {
		strv_addf(&s->seen, "%s/%s", c->os, c->arch);
		return 1;
	}
	s->r->platform = xasprintf("%s/%s", c->os, c->arch);
	s->r->image = *image;
	buf_add(&s->r->config, a.answer.body.data, a.answer.body.len);
	return 0;
}

static int take_image(struct search *s, struct oci_manifest *m, const struct digest *image, struct err *err)
{
	int rc = take_config(s, m, image, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < m->n_blobs; i++)
		if (!str_starts(m->blobs[i].digest.text, "sha256:"))
			return err_set(err, ERR_PROTOCOL, "%s: a layer whose digest is no sha256", s->what);
	s->r->layers = m->blobs;
	s->r->n_layers = m->n_blobs;
	m->blobs = NULL;
	return 0;
}

static int descend(struct search *s, const char *name, unsigned depth, struct err *err);

/* What an index has, the best first: the platform's image; else what is nested or names none; else, where none was
 * asked for, any image. */
static int take_index(struct search *s, const struct oci_manifest *m, unsigned depth, struct err *err)
{
	const struct oci_entry *e = oci_find(m, wanted(s));
	int rc = 1;

	if (e)
		return descend(s, e->digest.text, depth + 1, err);
	for (size_t i = 0; i < m->n_blobs && rc == 1; i++)
		rc = descend(s, m->blobs[i].digest.text, depth + 1, err);
	for (size_t i = 0; i < m->n && rc == 1; i++) {
		if (str_eq(m->v[i].os, "unknown") || str_eq(m->v[i].arch, "unknown"))
			continue; /* an attestation */
		strv_addf(&s->seen, "%s/%s", m->v[i].os, m->v[i].arch);
		if (!s->r->opts.platform)
			rc = descend(s, m->v[i].digest.text, depth + 1, err);
	}
	return rc;
}

/* 0 found, 1 not for this platform; at depth 0 also: no such name (nothing was seen). */
static int descend(struct search *s, const char *name, unsigned depth, struct err *err)
{
	AUTO_ASKING struct asking a = {.max = OCI_MANIFEST_MAX, .err = ERR_INIT};
	AUTO(oci_manifest) struct oci_manifest *m = NULL;
	struct digest digest;
	int rc;

	if (depth > NESTED_MAX || s->asked++ > ASKED_MAX)
		return err_set(err, ERR_PROTOCOL, "%s: indexes nested too deep", s->what);
	rc = get(&s->way, s->what, "manifests", name, &a, &digest, err);
	if (rc == 1 && depth > 0)
		return err_set(err, ERR_PROTOCOL, "%s: the registry does not have the manifest %s of its own index",
			       s->what, name);
	if (rc != 0)
		return rc;
	if (oci_manifest_parse(buf_blob(&a.answer.body, s->what), &m, err) < 0)
		return -1;
	if (!oci_is_as_typed(m, http_answer_get(&a.answer, "content-type")))
		return err_set(err, ERR_PROTOCOL, "%s: is %s, but its Content-Type says %s", s->what,
			       m->is_index ? "an index" : "an image", m->is_index ? "an image" : "an index");
	return m->is_index ? take_index(s, m, depth, err) : take_image(s, m, &digest, err);
}

static int no_platform(const struct search *s, struct err *err)
{
	AUTO_TEXT char *list = NULL;

	if (s->seen.n == 0 && s->asked == 1)
		return 1;
	list = strv_join(&s->seen, ", ");
	err_set(err, ERR_USAGE, "'%s' has no image for %s", s->what, wanted(s));
	return list[0] ? err_hint(err, "it has: %s", list) : -1;
}

static int search(struct search *s, struct err *err)
{
	const struct ref *ref = &s->r->ref;
	int rc;

	if (remote_way_open(ref, s->r->plain, &s->r->opts, &s->way, err) < 0)
		return -1;
	rc = descend(s, digest_is_set(&ref->digest) ? ref->digest.text : ref->tag, 0, err);
	s->r->line = xstrdup(token_line(s->way.place->token));
	return rc == 1 ? no_platform(s, err) : rc;
}

static int read_name(const char *text, struct remote *into, struct err *err)
{
	struct ref named;
	const char *bare;

	into->plain = registry_is_plain(text, &bare);
	if (ref_parse(bare, &named, err) < 0) {
		err->kind = ERR_USAGE;
		return -1;
	}
	if (digest_is_set(&named.digest) && !str_starts(named.digest.text, "sha256:"))
		return err_set(err, ERR_USAGE, "'%s': only sha256 digests are supported", named.digest.text);
	if (!named.tag[0] && !digest_is_set(&named.digest))
		return ref_with(&named, "latest", NULL, &into->ref, err);
	into->ref = named;
	return 0;
}

int remote_find(const char *reference, const struct remote_opts *o, struct remote **ret, struct err *err)
{
	AUTO(remote) struct remote *r = xcalloc(1, sizeof(*r));
	struct search s = {.r = r};
	int rc;

	r->opts = *o;
	if (read_name(reference, r, err) < 0)
		return -1;
	ref_text(&r->ref, s.what);
	rc = search(&s, err);
	remote_way_close(&s.way);
	strv_clear(&s.seen);
	if (rc != 0)
		return rc;
	*ret = TAKE(r);
	return 0;
}
