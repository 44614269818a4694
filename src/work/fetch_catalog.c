#include "work/fetch_catalog.h"

#include "adapt/http_curl.h"
#include "base/file.h"
#include "base/str.h"
#include "model/catalog_find.h"
#include "model/label.h"
#include "source/folder.h"
#include "source/page.h"
#include "source/taglist.h"
#include "source/wheelindex.h"
#include "source/wheelname.h"

#include <string.h>

struct listing;

enum { NEW_PAGES = 200 };

/* One page: of torch's index (torch 0), or of the extensions of a torch minor. */
struct wanted {
	struct listing *all;
	uint32_t torch;
	uint16_t cuda;
};

/* One source of images. */
struct asked {
	struct listing *all;
	const char *name;
};

struct listing {
	const struct catalog *c;
	const struct fetch_opts *o;
	struct live *into;
	struct wanted *pages;
	struct asked *images;
	size_t npages, asked, cap; /* cap: callbacks hold places in pages */
	struct err err;		   /* the first that ends it */
	struct err images_err;	   /* the first of a source of images */
};

/* --- wheels --- */

static void take_wheel(struct wanted *p, const struct link *l)
{
	AUTO(wheelname) struct wheelname *name = wheelname_parse(l->file);
	const struct catalog *c = p->all->c;
	struct live_wheel w = {.torch = p->torch, .cuda = p->cuda};

	w.pkg = name ? pkg_of(name->dist) : PKG__MAX;
	if (!name || l->yanked || (p->torch ? w.pkg == PKG_TORCH || w.pkg == PKG__MAX : w.pkg != PKG_TORCH))
		return;
	w.version = catalog_ver_rel(&name->version);
	for (unsigned platform = 0; w.version && platform <= PLATFORM_ARM64; platform++) {
		w.platform = (enum platform)platform;
		w.pythons = 0;
		for (size_t i = 0; i < c->n_pythons; i++)
			if (wheelname_fits(name, catalog_str(c, c->pythons[i].name), catalog_platform_text(w.platform)))
				w.pythons |= UINT32_C(1) << i;
		if (w.pythons)
			live_add_wheel(p->all->into, &w);
	}
}

static bool has_wheel(const struct links *links)
{
	for (size_t i = 0; i < links->n; i++) {
		AUTO(wheelname) struct wheelname *name = wheelname_parse(links->v[i].file);

		if (name)
			return true;
	}
	return false;
}

static void on_links(void *self, const struct links *links, struct err *err)
{
	struct wanted *p = self;

	if (err && p->all->err.kind == ERR_NONE)
		err_move(&p->all->err, err);
	if (!links || !has_wheel(links))
		return;
	live_add_page(p->all->into, p->torch, p->cuda);
	for (size_t i = 0; i < links->n; i++)
		take_wheel(p, &links->v[i]);
}

static void want_page(struct listing *l, uint32_t torch, uint16_t cuda)
{
	for (size_t i = 0; i < l->npages; i++)
		if (l->pages[i].torch == torch && l->pages[i].cuda == cuda)
			return;
	if (l->npages < l->cap)
		l->pages[l->npages++] = (struct wanted){.all = l, .torch = torch, .cuda = cuda};
}

/* Every page that a row is of. */
static void want_pages(struct listing *l)
{
	l->cap = l->c->n_torch + l->c->n_wheels + NEW_PAGES;
	l->pages = xcalloc(l->cap, sizeof(*l->pages));
	for (size_t i = 0; i < l->c->n_torch; i++)
		want_page(l, 0, l->c->torch[i].cuda);
	for (size_t i = 0; i < l->c->n_wheels; i++)
		want_page(l, l->c->wheels[i].torch, l->c->wheels[i].cuda);
}

static char *page_place(const struct listing *l, const struct wanted *p)
{
	const struct manifest_sources *s = l->o->sources;
	const char *torch = s->torch && !str_eq(s->torch, "pypi") ? s->torch : WHEELINDEX_TORCH;
	const char *base = !p->torch ? torch : s->pyg ? s->pyg : WHEELINDEX_PYG;
	char cuda[CUDA_TEXT], rel[CUDA_TEXT];
	const char *slash = str_ends(base, "/") ? "" : "/";
	bool url = strstr(base, "://");

	cuda_key_variant(p->cuda, cuda);
	if (!p->torch)
		return xasprintf("%s%s%s/torch%s", base, slash, cuda, url ? "/" : "");
	return xasprintf("%s%storch-%s+%s%s", base, slash, catalog_rel_text(p->torch, rel), cuda, url ? ".html" : "");
}

static void look(struct listing *l, struct wanted *p, const char *place)
{
	AUTO_TEXT char *dir = l->o->dir ? file_join(l->o->dir, place) : xstrdup(place);
	AUTO(links) struct links *links = NULL;
	struct err err = ERR_INIT;
	int rc = file_is_dir(dir) ? folder_links(dir, false, &links, &err) : 0;

	on_links(p, links, rc < 0 ? &err : NULL);
	err_clear(&err);
}

static void ask_pages(struct listing *l, struct pages *pages)
{
	for (; l->asked < l->npages; l->asked++) {
		struct wanted *p = &l->pages[l->asked];
		AUTO_TEXT char *place = page_place(l, p);

		if (strstr(place, "://"))
			pages_get(pages, place, on_links, p);
		else
			look(l, p, place);
	}
}

/* The pages of extensions for torch releases that no row is of. */
static void want_newer(struct listing *l)
{
	for (size_t i = 0; i < l->into->nwheels; i++) {
		const struct live_wheel *w = &l->into->wheels[i];

		if (w->pkg == PKG_TORCH && REL_MINOR(w->version) > REL_MINOR(l->c->torch[l->c->n_torch - 1].version))
			want_page(l, REL_MINOR(w->version), w->cuda);
	}
}

/* --- tags --- */

static void on_tags(void *self, struct tags **found, struct err *err)
{
	struct asked *a = self;
	struct live *into = a->all->into;

	if (err) {
		AUTO_TEXT char *text = xasprintf("%s; no tag is taken for gone", err->text);

		event_say(a->all->o->events, EVENT_WARNING, a->name, text);
		into->tags_short = true;
		if (a->all->images_err.kind == ERR_NONE)
			err_move(&a->all->images_err, err);
		return;
	}
	into->has_tags = into->has_tags || *found;
	for (size_t i = 0; *found && i < (*found)->n; i++)
		strv_add(&into->tags, (*found)->v[i].name);
}

static void ask_images(struct listing *l, struct taglist *lists)
{
	const struct strv *images = &l->o->sources->images;

	l->images = xcalloc(images->n + 1, sizeof(*l->images));
	for (size_t i = 0; i < images->n; i++) {
		struct err err = ERR_INIT;

		l->images[i] = (struct asked){.all = l, .name = images->v[i]};
		if (taglist_start(lists, images->v[i], on_tags, &l->images[i], &err) < 0 && l->err.kind == ERR_NONE)
			err_move(&l->err, &err);
		err_clear(&err);
	}
}

/* --- all of it --- */

static int end(struct listing *l, struct err *err)
{
	if (l->err.kind == ERR_NONE && !l->into->has_tags && l->images_err.kind != ERR_NONE)
		err_move(&l->err, &l->images_err);
	err_clear(&l->images_err);
	if (l->err.kind != ERR_NONE)
		return err_move(err, &l->err);
	strv_sort(&l->into->tags);
	return 0;
}

static int list(struct listing *l, struct http *http, struct err *err)
{
	const char *ca_name = l->o->sources->ca;
	AUTO_TEXT char *ca = ca_name && l->o->dir ? file_join(l->o->dir, ca_name) : xstrdup(ca_name);
	struct http_via via = {.ca_file = ca};
	struct patience patience;

	if (patience_read(&patience, err) < 0)
		return -1;
	AUTO(caller)
	struct caller *caller = caller_new(&(struct caller_opts){.http = http,
								 .events = l->o->events,
								 .via = &via,
								 .cache = l->o->cache,
								 .anew = l->o->anew,
								 .patience = patience});
	AUTO(pages) struct pages *pages = pages_new(caller);
	AUTO(taglist)
	struct taglist *lists = taglist_new(&(struct taglist_opts){.caller = caller, .ca = ca, .cancel = l->o->cancel});

	want_pages(l);
	ask_images(l, lists);
	ask_pages(l, pages);
	if (caller_run(caller, err) < 0)
		return -1;
	want_newer(l);
	ask_pages(l, pages);
	if (caller_run(caller, err) < 0)
		return -1;
	return end(l, err);
}

int fetch_live(const struct catalog *c, const struct fetch_opts *o, struct live *into, struct err *err)
{
	struct listing l = {.c = c, .o = o, .into = into};
	struct http_curl_opts curl = {.user_agent = "cudabuild/" CUDABUILD_VERSION, .max_per_host = FETCH_CONNECTIONS};
	AUTO(http) struct http *own = NULL;
	int rc;

	if (!o->http && http_curl_new(&curl, &own, err) < 0)
		return -1;
	(o->http ? o->http : own)->cancel = o->cancel;
	rc = list(&l, o->http ? o->http : own, err);
	err_clear(&l.err);
	err_clear(&l.images_err);
	free(l.pages);
	free(l.images);
	return rc;
}

/* --- the lock --- */

static void ask_image(const struct plan_variant *v, const struct plan_image *i, struct needs *needs)
{
	struct fact_ask ask = {.kind = FACT_IMAGE};

	if (!i->repository || !i->tag || !i->digest)
		return;
	ask.family = xstrdup("own");
	ask.name = xasprintf("%s:%s", i->repository, i->tag);
	ask.platform = xstrdup(v->platform);
	needs_add(needs, &ask);
	fact_ask_clear(&ask);
}

static void compare_image(const struct plan_variant *v, const struct plan_image *i, const struct known *known,
			  struct drifts *into)
{
	struct fact_ask ask = {.kind = FACT_IMAGE};
	const struct fact *f;

	if (!i->repository || !i->tag || !i->digest)
		return;
	ask.family = xstrdup("own");
	ask.name = xasprintf("%s:%s", i->repository, i->tag);
	ask.platform = xstrdup(v->platform);
	f = known_find(known, &ask);
	AUTO_TEXT char *what = xasprintf("%s for %s", ask.name, v->platform);
	fact_ask_clear(&ask);
	if (f && !f->present)
		drifts_add(into, DRIFT_GONE, "lock", what, i->digest, NULL);
	else if (f && !str_eq(f->digest, i->digest))
		drifts_add(into, DRIFT_MOVED, "lock", what, i->digest, f->digest);
}

static bool was_said(const struct drifts *d, size_t from)
{
	for (size_t i = 0; i < from; i++)
		if (str_eq(d->v[i].what, d->v[from].what) && str_eq(d->v[i].old, d->v[from].old))
			return true;
	return false;
}

/* Variants share bases: each is said once. */
static void drop_repeated(struct drifts *d)
{
	struct drifts kept = DRIFTS_INIT;

	for (size_t i = 0; i < d->n; i++)
		if (!was_said(d, i))
			drifts_add(&kept, d->v[i].kind, d->v[i].subject, d->v[i].what, d->v[i].old, d->v[i].now);
	drifts_clear(d);
	*d = kept;
}

int fetch_moved(const struct plan *lock, const struct fetch_opts *o, struct drifts *into, struct err *err)
{
	AUTO_NEEDS struct needs needs = NEEDS_INIT;
	AUTO_KNOWN struct known known = KNOWN_INIT;

	for (size_t i = 0; i < lock->nvariants; i++) {
		ask_image(&lock->variants[i], &lock->variants[i].base, &needs);
		ask_image(&lock->variants[i], &lock->variants[i].devel, &needs);
	}
	if (fetch_needs(&needs, o, &known, err) < 0)
		return -1;
	for (size_t i = 0; i < lock->nvariants; i++) {
		compare_image(&lock->variants[i], &lock->variants[i].base, &known, into);
		compare_image(&lock->variants[i], &lock->variants[i].devel, &known, into);
	}
	drop_repeated(into);
	return 0;
}
