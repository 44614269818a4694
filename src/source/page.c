#include "source/page.h"

#include "adapt/http_url.h"
#include "base/str.h"

#define ACCEPT "Accept: application/vnd.pypi.simple.v1+json, text/html;q=0.2, application/vnd.pypi.simple.v1+html;q=0.2"

struct waiter {
	struct waiter *next;
	void (*ready)(void *self, const struct links *links, struct err *err);
	void *self;
};

struct page {
	struct page *next;
	struct pages *owner;
	char *url;
	struct links *links;
	struct err err;
	struct waiter *waiters, **last;
	bool done;
};

struct pages {
	struct caller *caller;
	struct page *first;
	size_t n_links; /* of all pages: they stay */
};

struct pages *pages_new(struct caller *caller)
{
	struct pages *p = xcalloc(1, sizeof(*p));
	p->caller = caller;
	return p;
}

void pages_free(struct pages *pages)
{
	if (!pages)
		return;
	while (pages->first) {
		struct page *p = pages->first;
		pages->first = p->next;
		while (p->waiters) {
			struct waiter *w = p->waiters;
			p->waiters = w->next;
			free(w);
		}
		free(p->url);
		links_free(p->links);
		err_clear(&p->err);
		free(p);
	}
	free(pages);
}

/* Indexes on S3 answer 403 for what is not there; of these it is known. */
static bool is_absent(const struct http_answer *a)
{
	if (a->status == 404 || a->status == 410)
		return true;
	return a->status == 403 &&
	       (str_starts(a->url, "https://download.pytorch.org/") || str_starts(a->url, "https://data.pyg.org/"));
}

static void refuse(struct page *p, const struct http_answer *a)
{
	AUTO_TEXT char *shown = http_url_shown(p->url);
	if (a->status == 401 || a->status == 403) {
		err_set(&p->err, ERR_AUTH, "%s: access is denied (%d)", shown, a->status);
		err_hint(&p->err, "credentials for it come from its URL or from a netrc file");
	} else if (a->status == 429 || a->status >= 500) {
		err_set(&p->err, ERR_NET, "%s: the index answers %d", shown, a->status);
	} else {
		err_set(&p->err, ERR_PROTOCOL, "%s: the index answers %d", shown, a->status);
	}
}

static void tell(struct page *p)
{
	struct waiter *w = p->waiters;
	p->done = true;
	p->waiters = NULL;
	p->last = &p->waiters;
	while (w) {
		struct waiter *next = w->next;
		struct err own = ERR_INIT;
		if (p->err.kind != ERR_NONE) {
			err_set(&own, p->err.kind, "%s", p->err.text);
			if (p->err.hint[0])
				err_hint(&own, "%s", p->err.hint);
		}
		w->ready(w->self, p->links, p->err.kind == ERR_NONE ? NULL : &own);
		err_clear(&own);
		free(w);
		w = next;
	}
}

static bool is_too_much(struct page *p)
{
	p->owner->n_links += p->links->n;
	if (p->owner->n_links <= LINKPAGE_MAX)
		return false;
	links_free(p->links);
	p->links = NULL;
	return true;
}

static void on_page(void *self, const struct http_answer *a, struct err *err)
{
	struct page *p = self;
	if (err) {
		err_move(&p->err, err);
	} else if (a->status == 200) {
		AUTO_TEXT char *shown = http_url_shown(p->url);
		if (linkpage_parse(buf_blob(&a->body, a->url), a->url, http_answer_get(a, "content-type"), &p->links,
				   &p->err) < 0)
			p->links = NULL;
		else if (is_too_much(p))
			err_set(&p->err, ERR_PROTOCOL, "%s: more than %d links, with the pages before it", shown,
				LINKPAGE_MAX);
		else
			caller_keep(p->owner->caller);
	} else if (is_absent(a)) {
		caller_keep(p->owner->caller);
	} else {
		refuse(p, a);
	}
	tell(p);
}

static struct page *begin(struct pages *pages, const char *url)
{
	AUTO_STRV struct strv headers = STRV_INIT;
	struct page *p = xcalloc(1, sizeof(*p));
	p->owner = pages;
	p->url = xstrdup(url);
	p->last = &p->waiters;
	p->next = pages->first;
	pages->first = p;
	strv_add(&headers, ACCEPT);
	struct call q = {.url = url,
			 .headers = headers,
			 .max_body = LINKPAGE_BYTES,
			 .keep = CALL_KEEP_YOUNG,
			 .on_done = on_page,
			 .self = p};
	caller_start(pages->caller, &q);
	return p;
}

static struct page *find(const struct pages *pages, const char *url)
{
	struct page *p = pages->first;
	while (p && !str_eq(p->url, url))
		p = p->next;
	return p;
}

void pages_get(struct pages *pages, const char *url,
	       void (*ready)(void *self, const struct links *links, struct err *err), void *self)
{
	struct page *p = find(pages, url);
	struct waiter *w = xcalloc(1, sizeof(*w));
	if (!p)
		p = begin(pages, url);
	w->ready = ready;
	w->self = self;
	*p->last = w;
	p->last = &w->next;
	if (p->done)
		tell(p);
}
