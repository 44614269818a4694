#include "resolve/change.h"

#include "base/str.h"
#include "model/catalog_find.h"
#include "model/spec.h"

#include <string.h>

/* What a line costs by itself, beside the distance of its values: a base is changed more easily than torch. */
static const unsigned costs[WISH__MAX] = {
	[PKG_TORCH] = 5,	 [PKG_TORCH_SPARSE] = 3,      [PKG_TORCH_SCATTER] = 3,
	[PKG_TORCH_CLUSTER] = 3, [PKG_TORCH_SPLINE_CONV] = 3, [PKG_PYG_LIB] = 3,
	[WISH_CUDA] = 3,	 [WISH_PYTHON] = 2,	      [WISH_OS] = 2,
	[WISH_BASE] = 1,	 [WISH_PLATFORM] = 20,	      [WISH_TARGETS] = 30,
	[WISH_GPU] = 30,	 [WISH_DRIVER] = 8,	      [WISH_WHEELS] = 2,
	[WISH_ARCHS] = 1,	 [WISH_SOURCE] = 1,	      [WISH_KEEP] = 1,
	[WISH_PROBE] = 1,
};

static void add(struct changes *c, char *value /* taken */, unsigned cost)
{
	if (c->n == CHANGES_MAX) {
		free(value);
		return;
	}
	size_t at = c->n++;
	for (; at > 0 && c->v[at - 1].cost > cost; at--)
		c->v[at] = c->v[at - 1];
	c->v[at] = (struct change){.value = value, .cost = cost};
}

void changes_clear(struct changes *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].value);
	c->n = 0;
}

/* The exact version of a text as rows can hold it, 0 where it is a range; with other whether that version without more
 * is another value, since a label or a suffix stands there. */
static uint32_t exact(const char *text, bool *other)
{
	AUTO(spec) struct spec *spec = NULL;
	struct err err = ERR_INIT;
	if (spec_parse_bare(text, &spec, &err) < 0) {
		err_clear(&err);
		return 0;
	}
	const struct ver *v = spec_exact(spec);
	*other = spec_local(spec) || (v && !catalog_ver_rel(v));
	return v ? catalog_ver_near(v) : 0;
}

/* What it costs to go from the version at place at, the one at hand, to the i-th; a newer one is the dearer of two. */
static unsigned version_cost(const uint32_t *all, size_t i, size_t at, uint32_t now, unsigned base)
{
	unsigned far = (unsigned)(i > at ? 2 * (i - at) : 2 * (at - i) + (i < at ? 1U : 0U));
	if (all[i] == now)
		return 0;
	return REL_MINOR(all[i]) == REL_MINOR(now) ? 1 + far / 4 : base + far;
}

/* Versions in order of their distance from the one at hand; a range counts from the newest. */
static void add_versions(const struct wish *w, enum pkg pkg, unsigned base, struct changes *c)
{
	uint32_t all[CHANGES_MAX];
	bool other = false;
	uint32_t now = exact(w->v.packages[pkg], &other);
	size_t n = pkg == PKG_TORCH ? catalog_torch_versions(w->base->c, all, CHANGES_MAX)
				    : catalog_wheel_versions(w->base->c, pkg, all, CHANGES_MAX);
	size_t at = 0;
	n = n < CHANGES_MAX ? n : CHANGES_MAX;
	if (w->v.other[pkg])
		add(c, xstrdup(w->v.other[pkg]), 0);
	while (now && at < n && all[at] > now)
		at++;
	for (size_t i = 0; i < n; i++) {
		char text[CUDA_TEXT];
		if (all[i] != now || other)
			add(c, xstrdup(catalog_rel_text(all[i], text)), version_cost(all, i, at, now, base));
	}
}

static void add_cudas(const struct wish *w, unsigned base, struct changes *c)
{
	uint16_t all[CHANGES_MAX];
	struct err err = ERR_INIT;
	struct cuda now = {.major = 0};
	size_t n = catalog_torch_cudas(w->base->c, all, CHANGES_MAX);
	bool named = cuda_parse(wish_value(w, WISH_CUDA), &now, &err) == 0 && now.major;
	err_clear(&err);
	size_t at = 0;
	while (named && at < n && all[at] > cuda_key(&now))
		at++;
	for (size_t i = 0; i < n && i < CHANGES_MAX; i++) {
		char text[CUDA_TEXT];
		unsigned far = (unsigned)(i > at ? 2 * (i - at) : 2 * (at - i));
		bool major = all[i] / 100 != now.major;
		if (all[i] && (!named || all[i] != cuda_key(&now) || now.has_patch))
			add(c, xstrdup(cuda_key_text(all[i], text)), base + far + (named && major ? 4 : 0));
	}
}

static void add_pythons(const struct wish *w, unsigned base, struct changes *c)
{
	const struct catalog *cat = w->base->c;
	int now = catalog_python(cat, wish_value(w, WISH_PYTHON));
	for (size_t i = 0; i < cat->n_pythons; i++) {
		int far = now >= 0 ? (int)i - now : (int)(cat->n_pythons - i);
		if (!cat->pythons[i].threaded && far)
			add(c, xstrdup(catalog_str(cat, cat->pythons[i].name)),
			    base + (unsigned)(far < 0 ? -far : far));
	}
}

static void add_oses(const struct wish *w, unsigned base, struct changes *c)
{
	const struct os_row *rows[CHANGES_MAX];
	const struct os_row *now = catalog_os(w->base->c, wish_value(w, WISH_OS));
	size_t n = catalog_oses(w->base->c, "ubuntu", rows, CHANGES_MAX);
	for (size_t i = 0; i < n && i < CHANGES_MAX; i++) {
		int far = now ? rows[i]->release / 100 - now->release / 100 : (int)i;
		if (rows[i] != now)
			add(c, xstrdup(catalog_str(w->base->c, rows[i]->name)),
			    base + (unsigned)(far < 0 ? -far : far));
	}
}

/* Drivers that toolkits ask for, newer than the one at hand. */
static void add_drivers(const struct wish *w, unsigned base, struct changes *c)
{
	const struct catalog *cat = w->base->c;
	struct err err = ERR_INIT;
	struct driver now;
	char text[DRIVER_TEXT];
	if (driver_parse(wish_value(w, WISH_DRIVER), &now, &err) < 0) {
		err_clear(&err);
		return;
	}
	for (size_t i = 0; i < cat->n_toolkits; i++) {
		const struct driver *const both[] = {&cat->toolkits[i].driver_compat, &cat->toolkits[i].driver_min};
		for (size_t k = 0; k < ARRAY_LEN(both); k++)
			if (driver_cmp(both[k], &now) > 0)
				add(c, xstrdup(driver_text(both[k], text)), base + (both[k]->branch - now.branch) / 20);
	}
}

void changes_of(const struct wish *w, enum wish_line line, struct changes *ret)
{
	unsigned base = costs[line];
	ret->n = 0;
	if (line < WISH_CUDA)
		add_versions(w, (enum pkg)line, base, ret);
	else if (line == WISH_CUDA)
		add_cudas(w, base, ret);
	else if (line == WISH_PYTHON)
		add_pythons(w, base, ret);
	else if (line == WISH_OS)
		add_oses(w, base, ret);
	else if (line == WISH_DRIVER)
		add_drivers(w, base, ret);
	else if (line == WISH_BASE)
		add(ret, xstrdup("auto"), base);
	else if (line == WISH_PLATFORM)
		add(ret, xstrdup("linux/amd64"), base);
	else if (line >= WISH_WHEELS)
		add(ret, NULL, base);
}

void changes_make(struct wish *w, enum wish_line line, const struct changes *c, size_t i)
{
	if (c->v[i].value)
		wish_set(w, line, c->v[i].value);
	else
		wish_drop(w, line);
}

char *changes_text(const struct wish *w, enum wish_line line, const struct changes *c, size_t i)
{
	struct wish before;
	if (c->v[i].value && line == WISH_DRIVER)
		return xasprintf("driver %s or newer on %s", c->v[i].value, w->target.name);
	if (c->v[i].value)
		return wish_text(w, line);
	wish_init(&before, w->base, NULL);
	AUTO_TEXT char *text = wish_text(&before, line);
	wish_clear(&before);
	return xasprintf("without %s", text);
}
