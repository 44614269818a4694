#include "source/linkpage.h"

#include "adapt/html.h"
#include "adapt/http_url.h"
#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"

#include <string.h>

#define JSON_TYPE "application/vnd.pypi.simple.v1+json"

static void link_clear(struct link *l)
{
	free(l->file);
	free(l->url);
	free(l->path);
	free(l->folder);
	free(l->sha256);
}

void links_free(struct links *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		link_clear(&l->v[i]);
	free(l->v);
	free(l);
}

struct links *links_new(void)
{
	return xcalloc(1, sizeof(struct links));
}

static void add(struct links *l, struct link link)
{
	if (l->n == l->cap) {
		l->cap = mem_grow(l->cap);
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n++] = link;
}

void links_add_file(struct links *l, const char *dir, const char *name)
{
	add(l, (struct link){.file = xstrdup(name), .path = file_join(dir, name), .folder = xstrdup(dir)});
}

struct reading {
	struct links *links;
	const char *base; /* what relative links start from */
	const char *page; /* for messages */
	bool tls;	  /* it came over it */
	enum http_reach reach;
};

static bool is_hex(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!str_is_digit(text[i]) && !(str_lower(text[i]) >= 'a' && str_lower(text[i]) <= 'f'))
			return false;
	return true;
}

/* The digits of "sha256=HEX" in a fragment; NULL where it holds none. The caller's. */
static char *fragment_hash(const char *fragment)
{
	const char *at = fragment ? strstr(fragment, "sha256=") : NULL;
	if (!at)
		return NULL;
	at += strlen("sha256=");
	if (strlen(at) < 64 || !is_hex(at, 64) || (at[64] && at[64] != '&'))
		return NULL;
	AUTO_TEXT char *digits = xstrndup(at, 64);
	return str_lowered(digits);
}

static bool is_name(const char *name)
{
	if (!*name || *name == '.' || !str_utf8_valid(name, strlen(name)))
		return false;
	for (; *name; name++)
		if ((unsigned char)*name < ' ' || *name == 0x7f || *name == '/' || *name == '\\')
			return false;
	return true;
}

/* A page of elsewhere leads to no server of this machine or link. */
static bool may_reach(const struct reading *r, const char *host)
{
	enum http_reach there = http_host_reach(host);
	return there == r->reach || (there != HTTP_REACH_LOOPBACK && there != HTTP_REACH_LINK);
}

/* Takes an absolute URL with fragment into a link without name; false where it is none of a file. */
static bool read_url(const struct reading *r, const char *url, struct link *l)
{
	struct err err = ERR_INIT;
	AUTO(http_url) struct http_url *u = NULL;
	const char *hash = strchr(url, '#');
	AUTO_TEXT char *plain = xstrndup(url, strcspn(url, "#"));
	if (http_url_parse(plain, &u, &err) < 0) {
		err_clear(&err);
		return false;
	}
	const char *slash = strrchr(u->path, '/');
	AUTO_TEXT char *dir = xstrndup(u->path, (size_t)(slash - u->path));
	AUTO_TEXT char *file = http_url_unescape(slash + 1), *folder = http_url_unescape(dir);
	if (!file || !folder || !is_name(file) || !may_reach(r, u->host))
		return false;
	l->url = http_url_bare(u);
	l->file = TAKE(file);
	l->folder = TAKE(folder);
	l->sha256 = fragment_hash(hash);
	return true;
}

static int read_link(struct reading *r, const char *href, struct link *l, struct err *err)
{
	struct err bad = ERR_INIT;
	AUTO_TEXT char *url = NULL;
	if (r->links->n >= LINKPAGE_MAX)
		return err_set(err, ERR_PROTOCOL, "%s: more than %d links", r->page, LINKPAGE_MAX);
	if (http_url_join(r->base, href, &url, &bad) < 0) {
		err_clear(&bad);
		return 0;
	}
	return read_url(r, url, l) ? 1 : 0;
}

/* Keeps a link (taken), unless anybody on the way could give another file than the one that a page over TLS means. */
static void keep(struct reading *r, struct link *l)
{
	if (r->tls && !l->sha256 && str_starts(l->url, "http:"))
		link_clear(l);
	else
		add(r->links, *l);
}

/* --- HTML --- */

static int on_link(void *self, const struct html_link *h, struct err *err)
{
	struct reading *r = self;
	struct link l = {.yanked = h->yanked != NULL};
	int rc = read_link(r, h->href, &l, err);
	if (rc > 0)
		keep(r, &l);
	return rc < 0 ? -1 : 0;
}

static int ignore_link(void *self, const struct html_link *h, struct err *err)
{
	(void)self;
	(void)h;
	(void)err;
	return 0;
}

static int read_html(struct blob page, struct reading *r, struct err *err)
{
	AUTO_TEXT char *named = NULL, *base = NULL;
	char *unused = NULL;
	struct err bad = ERR_INIT;
	/* <base> stands in front of the links, but its place is not promised */
	if (html_links(page, ignore_link, NULL, &named, err) < 0)
		return -1;
	if (named && http_url_join(r->base, named, &base, &bad) == 0)
		r->base = base;
	err_clear(&bad);
	int rc = html_links(page, on_link, r, &unused, err);
	if (rc == 0)
		free(unused);
	return rc;
}

/* --- JSON --- */

static int read_hash(struct jval file, char **ret, struct err *err)
{
	struct jval hashes;
	const char *text = NULL;
	if (jval_get_opt(file, "hashes", JDOC_OBJECT, &hashes, err) < 0)
		return -1;
	if (!jval_is_there(hashes))
		return 0;
	if (jval_text_opt(hashes, "sha256", &text, err) < 0)
		return -1;
	if (text && strlen(text) == 64 && is_hex(text, 64)) {
		free(*ret);
		*ret = str_lowered(text);
	}
	return 0;
}

/* PEP 691: false, true, or the reason as a text. */
static int read_yanked(struct jval file, bool *ret, struct err *err)
{
	struct jval v = jval_member(file, "yanked");
	if (!jval_is_there(v) || jval_type(v) == JDOC_NULL)
		return 0;
	if (jval_type(v) == JDOC_BOOL)
		return jval_as_bool(v, ret, err);
	*ret = true;
	return 0;
}

static int read_details(struct jval file, struct link *l, struct err *err)
{
	if (read_yanked(file, &l->yanked, err) < 0 || read_hash(file, &l->sha256, err) < 0)
		return -1;
	return jval_u64_opt(file, "size", 1ull << 53, &l->size, err);
}

static int read_file(struct jval at, struct reading *r, struct err *err)
{
	const char *url = NULL;
	struct link l = {.size = 0};
	if (jval_want(at, JDOC_OBJECT, err) < 0 || jval_text(at, "url", &url, err) < 0)
		return -1;
	int rc = read_link(r, url, &l, err);
	if (rc <= 0)
		return rc;
	if (read_details(at, &l, err) < 0) {
		link_clear(&l);
		return -1;
	}
	keep(r, &l);
	return 0;
}

static int read_json(struct blob page, struct reading *r, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct jval files, it = {.doc = NULL};
	if (jdoc_parse_as(ERR_PROTOCOL, page, &doc, err) < 0 ||
	    jval_get(jdoc_root(doc), "files", JDOC_ARRAY, &files, err) < 0)
		return -1;
	while (jval_next(files, &it))
		if (read_file(it, r, err) < 0)
			return -1;
	return 0;
}

int linkpage_parse(struct blob page, const char *url, const char *type, struct links **ret, struct err *err)
{
	AUTO(links) struct links *l = links_new();
	AUTO_TEXT char *shown = http_url_shown(url);
	struct reading r = {.links = l, .base = url, .page = shown};
	bool json = type && str_starts(type, JSON_TYPE);
	AUTO(http_url) struct http_url *own = NULL;
	if (http_url_parse(url, &own, err) < 0)
		return -1;
	r.tls = str_eq(own->scheme, "https");
	r.reach = http_host_reach(own->host);
	page.name = shown;
	if ((json ? read_json(page, &r, err) : read_html(page, &r, err)) < 0)
		return -1;
	*ret = TAKE(l);
	return 0;
}
