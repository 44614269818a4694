#include "work/fetch_variants.h"

#include "adapt/digest.h"
#include "adapt/http_curl.h"
#include "adapt/http_url.h"
#include "base/file.h"
#include "base/str.h"
#include "source/folder.h"
#include "source/page.h"
#include "source/pyindex.h"
#include "source/wheelname.h"

#include <string.h>

struct looking {
	const struct fetch_opts *o;
	struct caller *caller;
	struct pages *pages;
	const char *dist; /* normalised */
	char *wanted;	  /* "torch-2.9.0-variants.json" */
	struct ver version;
	struct found_variants *found;
	struct link file; /* texts owned */
	struct buf text;
	struct err err;
};

void found_variants_free(struct found_variants *f)
{
	if (!f)
		return;
	wheelvariants_free(f->w);
	free(f->source);
	strv_clear(&f->files);
	free(f);
}

void found_variants_labels(const struct found_variants *f, const struct catalog *c, const char *platform,
			   struct strv *into)
{
	for (size_t i = 0; i < f->files.n; i++) {
		AUTO(wheelname) struct wheelname *w = wheelname_parse(f->files.v[i]);
		bool fits = false;

		for (size_t k = 0; w && k < c->n_pythons; k++)
			fits = fits || wheelname_tags_fit(w, catalog_str(c, c->pythons[k].name), platform);
		if (fits)
			strv_add_once(into, w->variant);
	}
}

/* --- the page --- */

static void take_link(struct looking *l, const struct link *link)
{
	AUTO(wheelname) struct wheelname *w = wheelname_parse(link->file);

	if (w && w->variant && str_eq(w->dist, l->dist) && ver_cmp_public(&w->version, &l->version) == 0)
		strv_add_once(&l->found->files, link->file);
	if (!str_eq(link->file, l->wanted) || l->file.file)
		return;
	l->file = (struct link){.file = xstrdup(link->file),
				.url = xstrdup(link->url),
				.path = xstrdup(link->path),
				.sha256 = xstrdup(link->sha256)};
}

static void on_links(void *self, const struct links *links, struct err *err)
{
	struct looking *l = self;

	if (err && l->err.kind == ERR_NONE)
		err_move(&l->err, err);
	for (size_t i = 0; links && i < links->n; i++)
		take_link(l, &links->v[i]);
}

/* --- the file --- */

static void on_text(void *self, const struct http_answer *a, struct err *err)
{
	struct looking *l = self;

	if (err) {
		err_move(&l->err, err);
	} else if (a->status != 200) {
		err_set(&l->err, a->status >= 500 || a->status == 429 ? ERR_NET : ERR_PROTOCOL,
			"%s: the index answers %d for a file that its page names", l->found->source, a->status);
	} else {
		buf_add(&l->text, a->body.data, a->body.len);
		caller_keep(l->caller);
	}
}

static int read_text(struct looking *l, struct err *err)
{
	struct call call = {.url = l->file.url,
			    .max_body = WHEELVARIANTS_BYTES,
			    .keep = CALL_KEEP_YOUNG,
			    .on_done = on_text,
			    .self = l};
	char hex[HASH_HEX_SIZE];

	if (l->file.path)
		return file_read(l->file.path, WHEELVARIANTS_BYTES, &l->text, err);
	caller_start(l->caller, &call);
	if (caller_run(l->caller, err) < 0)
		return -1;
	if (l->err.kind != ERR_NONE)
		return err_move(err, &l->err);
	hash_hex(buf_blob(&l->text, "file"), hex);
	if (l->file.sha256 && !str_eq(l->file.sha256, hex))
		return err_set(err, ERR_PROTOCOL, "%s: the page says sha256 %s, the file has %s", l->found->source,
			       l->file.sha256, hex);
	return 0;
}

/* --- places --- */

static int look_at_page(struct looking *l, const char *url, struct err *err)
{
	pages_get(l->pages, url, on_links, l);
	return caller_run(l->caller, err);
}

static int look_at_folder(struct looking *l, const char *place, struct err *err)
{
	AUTO_TEXT char *dir = l->o->dir ? file_join(l->o->dir, place) : xstrdup(place);
	AUTO(links) struct links *links = NULL;

	if (file_is_dir(dir) && folder_links(dir, false, &links, err) < 0)
		return -1;
	on_links(l, links, NULL);
	return 0;
}

/* Looks at one index: 0 the file is there, 1 it is not. */
static int look(struct looking *l, const char *base, struct err *err)
{
	size_t len = base ? strlen(base) : 0;
	bool page = str_starts(base ? base : "", "http://") || str_starts(base ? base : "", "https://");

	while (len && base[len - 1] == '/')
		len--;
	AUTO_TEXT char *place = len ? xasprintf("%.*s/%s/", (int)len, base, l->dist) : NULL;
	if (!place)
		return 1;
	if ((page ? look_at_page(l, place, err) : look_at_folder(l, place, err)) < 0)
		return -1;
	if (l->err.kind != ERR_NONE)
		return err_move(err, &l->err);
	return l->file.file ? 0 : 1;
}

static int find(struct looking *l, struct err *err)
{
	const struct manifest_sources *s = l->o->sources;
	AUTO_TEXT char *host = s->pypi ? NULL : pyindex_find(NULL);
	int rc = str_eq(s->torch, "pypi") ? 1 : look(l, s->torch, err);

	if (rc == 1)
		rc = look(l, s->pypi ? s->pypi : host, err);
	if (rc != 0)
		return rc;
	l->found->source = l->file.path ? xstrdup(l->file.path) : http_url_shown(l->file.url);
	strv_sort(&l->found->files);
	if (read_text(l, err) < 0)
		return -1;
	return wheelvariants_parse(buf_blob(&l->text, l->found->source), &l->found->w, err);
}

static int look_through(struct looking *l, struct http *http, struct err *err)
{
	const char *ca_name = l->o->sources->ca;
	AUTO_TEXT char *ca = ca_name && l->o->dir ? file_join(l->o->dir, ca_name) : xstrdup(ca_name);
	struct http_via via = {.ca_file = ca};
	AUTO(caller)
	struct caller *caller = caller_new(&(struct caller_opts){
		.http = http, .events = l->o->events, .via = &via, .cache = l->o->cache, .anew = l->o->anew});
	AUTO(pages) struct pages *pages = pages_new(caller);

	l->caller = caller;
	l->pages = pages;
	return find(l, err);
}

int fetch_variants(const char *package, const char *version, const struct fetch_opts *o, struct found_variants **ret,
		   struct err *err)
{
	struct http_curl_opts curl = {.user_agent = "cudabuild/" CUDABUILD_VERSION, .max_per_host = FETCH_CONNECTIONS};
	AUTO(http) struct http *http = NULL;
	AUTO(found_variants) struct found_variants *found = xcalloc(1, sizeof(*found));
	AUTO_TEXT char *dist = wheelname_normal(package);
	AUTO_TEXT char *name = xstrdup(dist);
	struct looking l = {.o = o, .dist = dist, .found = found};
	int rc;

	for (char *c = name; *c; c++)
		*c = *c == '-' ? '_' : *c;
	if (ver_parse(version, &l.version, err) < 0 || http_curl_new(&curl, &http, err) < 0)
		return -1;
	http->cancel = o->cancel;
	l.wanted = xasprintf("%s-%s-variants.json", name, version);
	rc = look_through(&l, http, err);
	free(l.wanted);
	free(l.file.file);
	free(l.file.url);
	free(l.file.path);
	free(l.file.sha256);
	buf_clear(&l.text);
	err_clear(&l.err);
	if (rc == 0)
		*ret = TAKE(found);
	return rc;
}
