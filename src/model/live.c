#include "model/live.h"

#include "base/str.h"
#include "model/catalog_find.h"

#include <string.h>

void live_clear(struct live *l)
{
	free(l->wheels);
	free(l->pages);
	strv_clear(&l->tags);
	*l = (struct live)LIVE_INIT;
}

static bool same_place(const struct live_wheel *a, const struct live_wheel *b)
{
	return a->pkg == b->pkg && a->version == b->version && a->torch == b->torch && a->cuda == b->cuda &&
	       a->platform == b->platform;
}

void live_add_wheel(struct live *l, const struct live_wheel *w)
{
	for (size_t i = 0; i < l->nwheels; i++)
		if (same_place(&l->wheels[i], w)) {
			l->wheels[i].pythons |= w->pythons;
			return;
		}
	l->wheels = xreallocarray(l->wheels, l->nwheels + 1, sizeof(*l->wheels));
	l->wheels[l->nwheels++] = *w;
}

static bool was_read(const struct live *l, uint32_t torch, uint16_t cuda)
{
	for (size_t i = 0; i < l->npages; i++)
		if (l->pages[i].torch == torch && l->pages[i].cuda == cuda)
			return true;
	return false;
}

void live_add_page(struct live *l, uint32_t torch, uint16_t cuda)
{
	if (was_read(l, torch, cuda))
		return;
	l->pages = xreallocarray(l->pages, l->npages + 1, sizeof(*l->pages));
	l->pages[l->npages++] = (struct live_page){.torch = torch, .cuda = cuda};
}

/* --- differences --- */

void drifts_clear(struct drifts *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].subject);
		free(d->v[i].what);
		free(d->v[i].old);
		free(d->v[i].now);
	}
	free(d->v);
	*d = (struct drifts)DRIFTS_INIT;
}

void drifts_add(struct drifts *d, enum drift_kind kind, const char *subject, const char *what, const char *old,
		const char *now)
{
	d->v = xreallocarray(d->v, d->n + 1, sizeof(*d->v));
	d->v[d->n++] = (struct drift){.kind = kind,
				      .subject = xstrdup(subject),
				      .what = xstrdup(what),
				      .old = xstrdup(old),
				      .now = xstrdup(now)};
}

const char *drift_kind_text(enum drift_kind k)
{
	static const char *const texts[] = {[DRIFT_NEW] = "new", [DRIFT_GONE] = "gone", [DRIFT_MOVED] = "moved"};

	return texts[k];
}

/* The catalog's rows in the form of a list, for the pages that were read. */
static void rows_as_live(const struct catalog *c, const struct live *read, struct live *into)
{
	for (size_t i = 0; i < c->n_torch; i++) {
		const struct torch_row *r = &c->torch[i];
		struct live_wheel w = {.pkg = PKG_TORCH,
				       .version = r->version,
				       .cuda = r->cuda,
				       .platform = (enum platform)r->platform,
				       .pythons = r->pythons};

		if (r->channel == CHANNEL_INDEX && w.platform <= PLATFORM_ARM64 && was_read(read, 0, r->cuda))
			live_add_wheel(into, &w);
	}
	for (size_t i = 0; i < c->n_wheels; i++) {
		const struct wheel_row *r = &c->wheels[i];
		struct live_wheel w = {.pkg = (enum pkg)r->pkg,
				       .version = r->version,
				       .torch = r->torch,
				       .cuda = r->cuda,
				       .pythons = r->pythons};

		for (unsigned p = 0; p <= PLATFORM_ARM64; p++) {
			w.platform = (enum platform)p;
			if ((r->platforms & 1u << p) && was_read(read, r->torch, r->cuda))
				live_add_wheel(into, &w);
		}
	}
}

static uint32_t pythons_of(const struct live *l, const struct live_wheel *w)
{
	for (size_t i = 0; i < l->nwheels; i++)
		if (same_place(&l->wheels[i], w))
			return l->wheels[i].pythons;
	return 0;
}

static char *wheel_text(const struct live_wheel *w)
{
	char version[CUDA_TEXT], torch[CUDA_TEXT], cuda[CUDA_TEXT];
	AUTO_TEXT char *page = w->torch ? xasprintf("torch %s, ", catalog_rel_text(w->torch, torch)) : xstrdup("");

	return xasprintf("%s %s (%s%s) on %s", pkg_name(w->pkg), catalog_rel_text(w->version, version), page,
			 cuda_key_variant(w->cuda, cuda), catalog_platform_text(w->platform));
}

/* Adds what `a` has and `b` has not. */
static void beyond(const struct live *a, const struct live *b, struct live *into)
{
	for (size_t i = 0; i < a->nwheels; i++) {
		struct live_wheel w = a->wheels[i];

		w.pythons &= ~pythons_of(b, &w);
		if (w.pythons)
			live_add_wheel(into, &w);
	}
}

void live_compare(const struct catalog *c, const struct live *l, struct live *added, struct live *gone)
{
	struct live rows = LIVE_INIT;

	rows_as_live(c, l, &rows);
	beyond(l, &rows, added);
	beyond(&rows, l, gone);
	live_clear(&rows);
}

static void say_wheels(const struct catalog *c, const struct live *l, enum drift_kind kind, struct drifts *into)
{
	for (size_t i = 0; i < l->nwheels; i++) {
		AUTO_BUF struct buf pythons = BUF_INIT;
		AUTO_TEXT char *what = wheel_text(&l->wheels[i]);

		catalog_pythons_text(c, l->wheels[i].pythons, &pythons);
		drifts_add(into, kind, "wheel", what, kind == DRIFT_GONE ? buf_text(&pythons) : NULL,
			   kind == DRIFT_NEW ? buf_text(&pythons) : NULL);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool has_sorted(const struct strv *s, const char *text)
{
	return s->n && bsearch(&text, s->v, s->n, sizeof(*s->v), compare);
}

/* "12.8.1-base-ubuntu22.04", "13.0.0-cudnn-devel-ubi9": a version, then a flavour somewhere. */
static bool is_nvidia_tag(const char *tag)
{
	uint64_t number;
	const char *at = tag;

	if (!str_scan_u64(&at, 99, &number) || *at++ != '.' || !str_scan_u64(&at, 99, &number))
		return false;
	return strstr(at, "-base") || strstr(at, "-runtime") || strstr(at, "-devel");
}

void live_compare_tags(const struct catalog *c, const struct live *l, struct drifts *into)
{
	AUTO_STRV struct strv rows = STRV_INIT;

	if (!l->has_tags)
		return;

	for (size_t i = 0; i < c->n_tags; i++) {
		const struct tag_row *r = &c->tags[i];
		const char *tag = catalog_str(c, r->tag);
		bool removed = r->presence == PRESENCE_REMOVED, listed = has_sorted(&l->tags, tag);

		strv_add(&rows, tag);
		if (removed && listed)
			drifts_add(into, DRIFT_NEW, "tag", tag, catalog_presence_text(PRESENCE_REMOVED), NULL);
		else if (!listed && !l->tags_short && r->presence <= PRESENCE_UNSUPPORTED)
			drifts_add(into, DRIFT_GONE, "tag", tag, catalog_presence_text((enum presence)r->presence),
				   NULL);
	}
	strv_sort(&rows);
	for (size_t i = 0; i < l->tags.n; i++)
		if (is_nvidia_tag(l->tags.v[i]) && !has_sorted(&rows, l->tags.v[i]))
			drifts_add(into, DRIFT_NEW, "tag", l->tags.v[i], NULL, NULL);
}

void live_drift(const struct catalog *c, const struct live *l, struct drifts *into)
{
	struct live added = LIVE_INIT, gone = LIVE_INIT;

	live_compare(c, l, &added, &gone);
	say_wheels(c, &added, DRIFT_NEW, into);
	say_wheels(c, &gone, DRIFT_GONE, into);
	live_compare_tags(c, l, into);
	live_clear(&added);
	live_clear(&gone);
}
