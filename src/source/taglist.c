#include "source/taglist.h"

#include "adapt/http_url.h"
#include "base/str.h"
#include "source/place.h"
#include "source/registry.h"

#include <string.h>

enum { AUTH_TRIES = 2 };

struct listing {
	struct listing *next;
	struct taglist *owner;
	struct place *place; /* of the registry */
	bool hub, over;	     /* hub: its API is asked, not the registry */
	char *url;	     /* of the page under way */
	char *used;	     /* the Authorization it carries */
	struct strv seen;
	unsigned auth_tries;
	struct tags *tags;
	void (*on_done)(void *self, struct tags **found, struct err *err);
	void *self;
};

struct taglist {
	struct taglist_opts opts;
	struct listing *listings;
};

struct taglist *taglist_new(const struct taglist_opts *o)
{
	struct taglist *l = xcalloc(1, sizeof(*l));

	l->opts = *o;
	if (!l->opts.hub)
		l->opts.hub = TAGLIST_HUB;
	return l;
}

void taglist_free(struct taglist *l)
{
	if (!l)
		return;
	while (l->listings) {
		struct listing *q = l->listings;

		l->listings = q->next;
		place_free(q->place);
		free(q->url);
		free(q->used);
		strv_clear(&q->seen);
		tags_free(q->tags);
		free(q);
	}
	free(l);
}

/* --- the end of a list --- */

static void finish(struct listing *q, bool found, struct err *err)
{
	if (q->over)
		return;
	q->over = true;
	if (!found || err) {
		tags_free(q->tags);
		q->tags = NULL;
	}
	q->on_done(q->self, &q->tags, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tag *)a)->name, ((const struct tag *)b)->name);
}

/* Sorts, and drops what was named twice. */
static void settle(struct tags *t)
{
	size_t kept = 0;

	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_name);
	for (size_t i = 0; i < t->n; i++) {
		struct tag one = t->v[i];

		if (kept && str_eq(t->v[kept - 1].name, one.name)) {
			free(one.name);
			free(one.digest);
			strv_clear(&one.platforms);
			continue;
		}
		t->v[kept++] = one;
	}
	t->n = kept;
}

static void fail(struct listing *q, enum err_kind kind, const char *why, const struct http_answer *a)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *shown = http_url_shown(q->url);

	err_set(&err, kind, "%s: %s", shown, why);
	if (kind == ERR_AUTH)
		token_explain(q->place->token, &err);
	if (kind == ERR_AUTH && a)
		caller_hint_clock(a, &err);
	finish(q, false, &err);
	err_clear(&err);
}

/* --- pages --- */

static void send(struct listing *q);

/* A registry behind another path than its own (Artifactory) links to what it takes for its list: of such a link the
 * query counts. */
static void keep_path(const struct listing *q, char **url)
{
	const char *query = strchr(*url, '?');
	size_t path = strcspn(*url, "?");
	AUTO_TEXT char *list = xstrndup(*url, path);

	if (!q->hub && query && str_ends(list, "/tags/list")) {
		char *own = xasprintf("%.*s%s", (int)strcspn(q->url, "?"), q->url, query);

		free(*url);
		*url = own;
	}
}

/* Why a next page is not asked for: it must be on the same origin, not seen before, and not one too many. */
static const char *check_next(const struct listing *q, const char *next, char **ret)
{
	AUTO_TEXT char *url = NULL;
	struct err err = ERR_INIT;

	if (http_url_join(q->url, next, &url, &err) < 0) {
		err_clear(&err);
		return "its next page is no URL";
	}
	if (!http_url_same_origin(q->url, url))
		return "its next page is on another host";
	keep_path(q, &url);
	if (strv_has(&q->seen, url))
		return "its pages go round in circles";
	if (q->seen.n == TAGLIST_PAGES)
		return "its pages do not end";
	*ret = TAKE(url);
	return NULL;
}

static void go_on(struct listing *q, const char *next)
{
	AUTO_TEXT char *url = NULL;
	const char *why = next ? check_next(q, next, &url) : NULL;

	if (why) {
		fail(q, ERR_PROTOCOL, why, NULL);
		return;
	}
	caller_keep(q->owner->opts.caller);
	if (!next) {
		settle(q->tags);
		finish(q, true, NULL);
		return;
	}
	free(q->url);
	q->url = TAKE(url);
	q->auth_tries = 0;
	send(q);
}

static void start_registry(struct listing *q)
{
	q->hub = false;
	free(q->url);
	q->url = xasprintf("%s/v2/%s/tags/list?n=1000", q->place->base, q->place->repository.path);
	strv_clear(&q->seen);
	tags_free(q->tags);
	q->tags = xcalloc(1, sizeof(*q->tags));
	q->tags->source = xasprintf("%s/%s", q->place->repository.domain, q->place->repository.path);
	send(q);
}

static void on_ready(void *self, struct err *err)
{
	struct listing *q = self;

	if (err)
		finish(q, false, err);
	else
		send(q);
}

static void take_page(struct listing *q, const struct http_answer *a)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *next = NULL;
	AUTO_TEXT char *shown = http_url_shown(q->url);
	struct blob page = buf_blob(&a->body, shown);
	int rc = q->hub ? taglist_read_hub(page, q->tags, &next, &err) : taglist_read_registry(page, q->tags, &err);

	if (rc < 0 && !str_starts(err.text, shown))
		err_wrap(&err, "%s", shown);
	if (rc < 0) {
		finish(q, false, &err);
		err_clear(&err);
		return;
	}
	if (!q->hub)
		next = taglist_link_next(http_answer_get(a, "link"));
	go_on(q, next);
}

static void refuse(struct listing *q, const struct http_answer *a)
{
	AUTO_TEXT char *shown = http_url_shown(a->url), *why = NULL;
	bool login = a->status == 401 || a->status == 403;

	if (login && place_is_foreign(q->place, a))
		why = xasprintf("the registry redirects to %s, which wants a login of its own (%d)", shown, a->status);
	else if (login)
		why = xasprintf("access is denied (%d)", a->status);
	else
		why = xasprintf("the registry answers %d", a->status);
	fail(q, login ? ERR_AUTH : a->status == 429 || a->status >= 500 ? ERR_NET : ERR_PROTOCOL, why, a);
}

static void on_page(void *self, const struct http_answer *a, struct err *err)
{
	struct listing *q = self;
	bool absent = a && a->status == 404 && q->seen.n == 1; /* of a later page it says nothing of the repository */

	if (q->hub && (err ? err->kind == ERR_NET : a->status != 200 && !absent)) {
		start_registry(q); /* Docker Hub's API is not everywhere where its registry is */
	} else if (err) {
		finish(q, false, err);
	} else if (a->status == 401 && !q->hub && q->auth_tries < AUTH_TRIES && !place_is_foreign(q->place, a)) {
		q->auth_tries++;
		token_refused(q->place->token, q->used, a, on_ready, q);
	} else if (absent) {
		finish(q, false, NULL);
	} else if (a->status != 200) {
		refuse(q, a);
	} else {
		take_page(q, a);
	}
}

static void send(struct listing *q)
{
	AUTO_STRV struct strv headers = STRV_INIT;
	const char *line = q->hub ? NULL : token_line(q->place->token);
	/* of a registry's page the Link would be lost */
	struct call c = {.url = q->url,
			 .max_body = TAGLIST_BYTES,
			 .keep = q->hub ? CALL_KEEP_YOUNG : CALL_KEEP_NOT,
			 .on_done = on_page,
			 .self = q};

	strv_add_once(&q->seen, q->url);
	free(q->used);
	q->used = xstrdup(line);
	if (line)
		strv_add(&headers, line);
	strv_add(&headers, "Accept: application/json");
	c.headers = headers;
	if (!q->hub)
		c.via = &q->place->via;
	caller_start(q->owner->opts.caller, &c);
}

int taglist_start(struct taglist *l, const char *repository,
		  void (*on_done)(void *self, struct tags **found, struct err *err), void *self, struct err *err)
{
	const char *bare;
	bool plain = registry_is_plain(repository, &bare), hub;
	struct listing *q;
	struct ref ref;

	if (ref_parse_repository(bare, &ref, err) < 0)
		return -1;
	hub = str_eq(ref.domain, "docker.io");
	q = xcalloc(1, sizeof(*q));
	q->owner = l;
	q->hub = hub;
	q->place = place_new(&ref, plain, l->opts.caller, l->opts.ca, l->opts.cancel);
	q->on_done = on_done;
	q->self = self;
	q->next = l->listings;
	l->listings = q;
	if (!hub) {
		start_registry(q);
		return 0;
	}
	q->tags = xcalloc(1, sizeof(*q->tags));
	q->tags->source = xstrdup("hub.docker.com");
	q->url = xasprintf("%s/v2/namespaces/%.*s/repositories/%s/tags?page_size=100", l->opts.hub,
			   (int)strcspn(ref.path, "/"), ref.path, strrchr(ref.path, '/') + 1);
	send(q);
	return 0;
}
