#include "source/wheelindex.h"

#include "adapt/digest.h"
#include "adapt/http_url.h"
#include "base/file.h"
#include "base/str.h"
#include "source/folder.h"
#include "source/page.h"
#include "source/pick.h"
#include "source/pyindex.h"
#include "source/wheelname.h"

#include <string.h>
#include <time.h>

/* Where a question is asked: a page or a folder, and what it says of its wheels. */
struct place {
	char *where;
	bool is_page;
	enum pick_place says;
};

#define PLACES_MAX 4

struct wheelindex {
	struct wheelindex_opts opts;
	char *torch, *pyg, *pypi, *python;
	struct pages *pages;
	struct question *questions;
};

struct question {
	struct question *next;
	struct wheelindex *owner;
	struct fact_ask ask;
	const char *base, *canonical; /* of the channel; canonical NULL: URLs are not kept */
	struct place places[PLACES_MAX];
	size_t n, at;
	void (*on_done)(void *self, struct fact *fact, struct err *err);
	void *self;
	struct fact fact;
	struct hash hash;
	struct cache_entry kept; /* "HASH SIZE" of a file that was hashed before */
	char *key;		 /* in the cache, or NULL */
	bool too_large;
};

static char *owned(const char *text, const char *fallback)
{
	char *own = xstrdup(text && *text ? text : fallback);
	for (size_t len = own ? strlen(own) : 0; len > 1 && own[len - 1] == '/';)
		own[--len] = '\0';
	return own;
}

struct wheelindex *wheelindex_new(const struct wheelindex_opts *o)
{
	struct wheelindex *w = xcalloc(1, sizeof(*w));
	w->opts = *o;
	/* `pypi` is about the variant that the plain wheel is; resolving asks for the others on the public index. */
	w->torch = owned(str_eq(o->torch, "pypi") ? NULL : o->torch, WHEELINDEX_TORCH);
	w->pyg = owned(o->pyg, WHEELINDEX_PYG);
	w->pypi = o->pypi && *o->pypi ? owned(o->pypi, NULL) : NULL;
	w->python = owned(o->python, NULL);
	w->pages = pages_new(o->caller);
	return w;
}

static void question_free(struct question *q)
{
	for (size_t i = 0; i < q->n; i++)
		free(q->places[i].where);
	fact_ask_clear(&q->ask);
	fact_clear(&q->fact);
	cache_entry_clear(&q->kept);
	free(q->key);
	free(q);
}

void wheelindex_free(struct wheelindex *w)
{
	if (!w)
		return;
	while (w->questions) {
		struct question *q = w->questions;
		w->questions = q->next;
		question_free(q);
	}
	pages_free(w->pages);
	free(w->torch);
	free(w->pyg);
	free(w->pypi);
	free(w->python);
	free(w);
}

/* --- where to look --- */

static void add_page(struct question *q, enum pick_place says, char *url)
{
	q->places[q->n++] = (struct place){.where = url, .is_page = true, .says = says};
}

static void add_folder(struct question *q, enum pick_place says, const char *below)
{
	const char *base = str_starts(q->base, "file://") ? q->base + strlen("file://") : q->base;
	AUTO_TEXT char *root = q->owner->opts.dir ? file_join(q->owner->opts.dir, base) : xstrdup(base);
	q->places[q->n++] = (struct place){.where = below ? file_join(root, below) : TAKE(root), .says = says};
}

static bool is_url(const char *where)
{
	return str_starts(where, "http://") || str_starts(where, "https://");
}

static void places_pypi(struct question *q, const char *dist)
{
	if (is_url(q->base)) {
		add_page(q, PICK_FLAT, xasprintf("%s/%s/", q->base, dist));
		return;
	}
	add_folder(q, PICK_FLAT, dist);
	add_folder(q, PICK_FLAT, NULL);
}

static void places_index(struct question *q, const char *dist)
{
	const char *label = q->ask.variant ? q->ask.variant : "cpu";
	AUTO_TEXT char *variant = xstrndup(label, strcspn(label, ".")); /* second builds lie beside the plain ones */
	AUTO_TEXT char *below = xasprintf("%s/%s", variant, dist);
	if (is_url(q->base)) {
		add_page(q, PICK_VARIANT, xasprintf("%s/%s/", q->base, below));
		add_page(q, PICK_VARIANT, xasprintf("%s/%s/torch_stable.html", q->base, variant));
		add_page(q, PICK_FLAT, xasprintf("%s/torch_stable.html", q->base));
		return;
	}
	add_folder(q, PICK_VARIANT, below);
	add_folder(q, PICK_VARIANT, variant);
	add_folder(q, PICK_FLAT, NULL);
}

static void places_pyg(struct question *q)
{
	const char *variant = q->ask.variant ? q->ask.variant : "cpu", *torch = q->ask.torch ? q->ask.torch : "";
	AUTO_TEXT char *below = xasprintf("torch-%s+%s", torch, variant);
	if (is_url(q->base)) {
		add_page(q, PICK_VARIANT, xasprintf("%s/%s.html", q->base, below));
		add_page(q, PICK_FLAT, xasprintf("%s/torch-%s.html", q->base, torch));
		return;
	}
	add_folder(q, PICK_VARIANT, below);
	add_folder(q, PICK_FLAT, NULL);
}

static void places_python(struct question *q)
{
	if (!q->base)
		return;
	if (is_url(q->base))
		add_page(q, PICK_FLAT, xasprintf("%s/", q->base));
	else
		add_folder(q, PICK_FLAT, NULL);
}

static void find_places(struct question *q)
{
	struct wheelindex *w = q->owner;
	bool plain = q->ask.kind == FACT_SDIST || !q->ask.channel || str_eq(q->ask.channel, "pypi");
	AUTO_TEXT char *dist = wheelname_normal(q->ask.package ? q->ask.package : "");
	if (q->ask.kind == FACT_PYTHON) {
		q->base = w->python;
		places_python(q);
	} else if (plain) {
		if (!w->pypi) /* looked for only now: without configuration it is pip that must be asked */
			w->pypi = pyindex_find(NULL);
		q->base = w->pypi;
		if (q->base)
			places_pypi(q, dist);
	} else if (str_eq(q->ask.channel, "pyg")) {
		q->base = w->pyg;
		q->canonical = WHEELINDEX_PYG;
		places_pyg(q);
	} else {
		q->base = w->torch;
		q->canonical = WHEELINDEX_TORCH;
		places_index(q, dist);
	}
}

/* --- the end --- */

static void finish(struct question *q, struct err *err)
{
	q->fact.ask = fact_ask_copy(&q->ask);
	q->on_done(q->self, err ? NULL : &q->fact, err);
	fact_clear(&q->fact);
}

static void fail(struct question *q, struct err *err)
{
	finish(q, err);
	err_clear(err);
}

/* The URL as the public index has it. The caller's; NULL where none is kept. */
static char *canonical_url(const struct question *q, const char *url)
{
	struct err err = ERR_INIT;
	AUTO(http_url) struct http_url *base = NULL;
	if (!url || q->ask.kind == FACT_PYTHON)
		return xstrdup(url);
	if (!q->canonical)
		return NULL;
	if (http_url_parse(q->base, &base, &err) < 0) {
		err_clear(&err);
		return xstrdup(url);
	}
	AUTO_TEXT char *bare = http_url_bare(base);
	size_t len = strlen(bare);
	if (!str_starts(url, bare) || url[len] != '/')
		return xstrdup(url);
	return xasprintf("%s%s", q->canonical, url + len);
}

/* --- hashing --- */

static int on_bytes(void *self, struct blob piece, struct err *err)
{
	struct question *q = self;
	if (!piece.data) {
		hash_init(&q->hash);
		q->fact.size = 0;
	}
	q->too_large = piece.len > WHEELINDEX_HASH_MAX - q->fact.size;
	if (q->too_large)
		return err_set(err, ERR_PROTOCOL, "%s: too large to be hashed", q->fact.file);
	if (!piece.data)
		return 0;
	q->fact.size += piece.len;
	hash_add(&q->hash, piece.data, piece.len);
	return 0;
}

/* Finds what the file hashed to when it was fetched before. */
static bool find_hash(struct question *q, const char *url)
{
	struct cache *cache = caller_cache(q->owner->opts.caller);
	struct err ignored = ERR_INIT;
	AUTO(http_url) struct http_url *u = NULL;
	if (!cache || http_url_parse(url, &u, &ignored) < 0) {
		err_clear(&ignored);
		return false;
	}
	AUTO_TEXT char *bare = http_url_bare(u);
	q->key = xasprintf("SHA256 %s", bare);
	return cache_get(cache, q->key, &q->kept);
}

/* Takes what was kept; false where it is no hash and size. */
static bool take_kept(struct question *q)
{
	const char *text = buf_text(&q->kept.body), *at = text + 64;
	uint64_t size;
	if (q->kept.body.len < 66 || strspn(text, "0123456789abcdef") != 64 || *at++ != ' ' ||
	    !str_to_u64(at, WHEELINDEX_HASH_MAX, &size))
		return false;
	q->fact.sha256 = xstrndup(text, 64);
	q->fact.size = size;
	return true;
}

static void keep_hash(struct question *q, const char *etag)
{
	if (!q->key || !q->fact.sha256)
		return;
	cache_entry_clear(&q->kept);
	q->kept = (struct cache_entry){.etag = xstrdup(etag), .at = (uint64_t)time(NULL)};
	buf_addf(&q->kept.body, "%s %llu", q->fact.sha256, (unsigned long long)q->fact.size);
	cache_put(caller_cache(q->owner->opts.caller), q->key, &q->kept);
}

/* The file was not read to its end. */
static void end_unhashed(struct question *q, struct err *err)
{
	if (q->too_large) { /* then nobody states a hash */
		q->fact.size = 0;
		finish(q, NULL);
	} else if (q->kept.at && caller_replays(q->owner->opts.caller, err, q->kept.at) && take_kept(q)) {
		finish(q, NULL);
	} else {
		finish(q, err);
	}
}

static void on_hashed(void *self, const struct http_answer *a, struct err *err)
{
	struct question *q = self;
	struct err own = ERR_INIT;
	char hex[HASH_HEX_SIZE];
	if (err) {
		end_unhashed(q, err);
	} else if (a->status == 304 && take_kept(q)) {
		keep_hash(q, q->kept.etag);
		finish(q, NULL);
	} else if (a->status != 200) {
		AUTO_TEXT char *shown = http_url_shown(a->url);
		err_set(&own,
			a->status == 401 || a->status == 403   ? ERR_AUTH
			: a->status == 429 || a->status >= 500 ? ERR_NET
							       : ERR_PROTOCOL,
			"%s: the index answers %d for a file that its page names", shown, a->status);
		fail(q, &own);
	} else {
		hash_end(&q->hash, hex);
		q->fact.sha256 = xstrdup(hex);
		keep_hash(q, http_answer_get(a, "etag"));
		finish(q, NULL);
	}
}

/* Credentials of the page serve for files of the same origin. */
static void fetch_hash(struct question *q, const char *page, const char *url)
{
	struct err err = ERR_INIT;
	AUTO(http_url) struct http_url *u = NULL;
	AUTO_STRV struct strv headers = STRV_INIT;
	bool known = find_hash(q, url);
	if (known && caller_is_fresh(q->owner->opts.caller, q->kept.at) && take_kept(q)) {
		finish(q, NULL);
		return;
	}
	if (known && q->kept.etag)
		strv_addf(&headers, "If-None-Match: %s", q->kept.etag);
	struct call call = {.headers = headers,
			    .url = url,
			    .max_body = 2 * WHEELINDEX_HASH_MAX,
			    .on_data = on_bytes,
			    .on_done = on_hashed,
			    .self = q};
	if (http_url_same_origin(page, url) && http_url_parse(page, &u, &err) == 0) {
		call.user = u->user;
		call.password = u->password;
	}
	err_clear(&err);
	caller_start(q->owner->opts.caller, &call);
}

/* --- the steps of a question --- */

static void step(struct question *q);

static long pick(struct question *q, const struct links *links, enum pick_place says)
{
	if (q->ask.kind == FACT_PYTHON)
		return pick_python(links, &q->ask);
	if (q->ask.kind == FACT_SDIST)
		return pick_sdist(links, &q->ask);
	return pick_wheel(links, &q->ask, says, &q->fact.label);
}

static void take(struct question *q, const struct link *l, const struct place *from)
{
	struct err err = ERR_INIT;
	q->fact.present = true;
	q->fact.source = http_url_shown(from->where);
	q->fact.file = xstrdup(l->file);
	q->fact.url = canonical_url(q, l->url);
	q->fact.path = xstrdup(l->path);
	q->fact.sha256 = xstrdup(l->sha256);
	q->fact.size = l->size;
	if (l->path && folder_hash(l->path, &q->fact.sha256, &q->fact.size, &err) < 0)
		fail(q, &err);
	else if (!q->fact.sha256 && l->url)
		fetch_hash(q, from->where, l->url);
	else
		finish(q, NULL);
}

static void on_links(void *self, const struct links *links, struct err *err)
{
	struct question *q = self;
	const struct place *at = &q->places[q->at];
	if (err) {
		finish(q, err);
		return;
	}
	long i = links ? pick(q, links, at->says) : -1;
	if (i >= 0) {
		take(q, &links->v[i], at);
		return;
	}
	q->at++;
	step(q);
}

static void look(struct question *q, const struct place *at)
{
	AUTO(links) struct links *links = NULL;
	struct err err = ERR_INIT;
	int rc = folder_links(at->where, q->ask.kind == FACT_PYTHON, &links, &err);
	on_links(q, rc == 0 ? links : NULL, rc < 0 ? &err : NULL);
	err_clear(&err);
}

static void step(struct question *q)
{
	if (q->at == q->n) {
		q->fact.source = q->n ? http_url_shown(q->places[0].where) : xstrdup("no source");
		finish(q, NULL);
	} else if (q->places[q->at].is_page) {
		pages_get(q->owner->pages, q->places[q->at].where, on_links, q);
	} else {
		look(q, &q->places[q->at]);
	}
}

/* A folder that is named and not there is no place without wheels but a mistake; nor is an index that nobody knows. */
static int check_place(const struct question *q, struct err *err)
{
	const struct place *root = q->n ? &q->places[q->n - 1] : NULL;
	if (!q->base && q->ask.kind != FACT_PYTHON) {
		err_set(err, ERR_MISSING, "no Python index is configured, and there is no pip to ask for its own");
		return err_hint(err, "set PIP_INDEX_URL, or `pypi` in the manifest's `sources`");
	}
	if (!root || root->is_page || file_is_dir(root->where))
		return 0;
	err_set(err, ERR_IO, "'%s': there is no such folder", root->where);
	return err_hint(err, "it is named in the manifest's `sources`");
}

void wheelindex_start(struct wheelindex *w, const struct fact_ask *a,
		      void (*on_done)(void *self, struct fact *fact, struct err *err), void *self)
{
	struct question *q = xcalloc(1, sizeof(*q));
	struct err err = ERR_INIT;
	q->owner = w;
	q->ask = fact_ask_copy(a);
	q->on_done = on_done;
	q->self = self;
	q->next = w->questions;
	w->questions = q;
	find_places(q);
	if (check_place(q, &err) < 0)
		fail(q, &err);
	else
		step(q);
}
