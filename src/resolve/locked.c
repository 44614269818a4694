#include "resolve/locked.h"

#include "base/file.h"
#include "base/str.h"
#include "model/ver.h"

#include <string.h>

/* source: who said so when it was locked. */
static struct fact fact_of(enum fact_kind kind, const char *source)
{
	return (struct fact){.ask = {.kind = kind}, .present = true, .source = xstrdup(source ? source : "lock")};
}

/* An image's pins: from sources.images, from below sources.os_images, or the user's own. */
static void add_image(const struct manifest *m, const struct plan_variant *v, const struct plan_image *i, bool own,
		      struct known *into)
{
	struct fact f = fact_of(FACT_IMAGE, i->source);
	const char *os = m->sources.os_images;
	size_t len = os ? strlen(os) : 0;

	if (own) {
		f.ask.family = xstrdup("own");
		f.ask.name = xasprintf("%s%s%s", i->repository, i->tag ? ":" : "", i->tag ? i->tag : "");
	} else if (strv_has(&m->sources.images, i->repository)) {
		f.ask.family = xstrdup("cuda");
	} else if (len && strncmp(i->repository, os, len) == 0 && i->repository[len] == '/') {
		f.ask.family = xstrdup("os");
		f.ask.name = xstrdup(i->repository + len + 1);
	}
	if (!own)
		f.ask.tag = xstrdup(i->tag);
	f.ask.platform = xstrdup(v->platform);
	f.repository = xstrdup(i->repository);
	f.index_digest = xstrdup(i->index_digest);
	f.digest = xstrdup(i->digest);
	if (f.ask.family && i->digest)
		known_add(into, &f);
	fact_clear(&f);
}

/* "cu130" of "+pt211cu130" or "+cu130", "cpu" of "+pt211cpu", all of "+cu117.with.pypi.cudnn"; else the variant's own.
 */
static char *variant_of(const struct plan_variant *v, const struct plan_package *p)
{
	const char *at = p->label ? strstr(p->label, "cu") : NULL;

	if (p->pkg == PKG_TORCH && p->label && strchr(p->label, '.'))
		return xstrdup(p->label + 1);
	if (p->label && str_ends(p->label, "cpu"))
		return xstrdup("cpu");
	return xstrdup(at ? at : v->cuda_tag);
}

/* "2.7.0" of the variant's torch 2.7.1: the page that extensions lie on. */
static char *page_of(const struct plan_variant *v)
{
	const struct plan_package *torch = plan_package(v, PKG_TORCH);
	struct err ignored = ERR_INIT;
	struct ver ver;

	if (!torch || ver_parse(torch->version, &ver, &ignored) < 0) {
		err_clear(&ignored);
		return NULL;
	}
	return xasprintf("%llu.%llu.0", (unsigned long long)ver_part(&ver, 0), (unsigned long long)ver_part(&ver, 1));
}

static void ask_wheel(const struct plan_variant *v, const struct plan_package *p, struct fact_ask *q)
{
	bool pypi = str_eq(p->channel, "pypi");

	q->channel = xstrdup(pypi ? "pypi" : p->pkg == PKG_TORCH ? "index" : "pyg");
	q->variant = pypi ? NULL : variant_of(v, p);
	q->torch = p->pkg == PKG_TORCH ? NULL : page_of(v);
	q->python = xstrdup(v->python.version);
	q->platform = xstrdup(v->platform);
}

static void add_package(const struct plan_variant *v, const struct plan_package *p, struct known *into)
{
	struct fact f = fact_of(p->way == WAY_WHEEL ? FACT_WHEEL : FACT_SDIST, p->source);

	f.ask.package = xstrdup(pkg_name(p->pkg));
	f.ask.version = xstrdup(p->version);
	if (p->way == WAY_WHEEL)
		ask_wheel(v, p, &f.ask);
	else
		f.ask.channel = xstrdup("pypi");
	f.file = xstrdup(p->file);
	f.url = xstrdup(p->url);
	f.sha256 = xstrdup(p->sha256);
	f.label = xstrdup(p->label);
	if (str_eq(p->channel, "directory") && p->index && p->file)
		f.path = file_join(p->index, p->file);
	if (p->file)
		known_add(into, &f);
	fact_clear(&f);
}

static void add_python(const struct plan_variant *v, struct known *into)
{
	struct fact f = fact_of(FACT_PYTHON, v->python.source);

	f.ask.python = xstrdup(v->python.version);
	f.ask.platform = xstrdup(v->platform);
	f.file = xstrdup(v->python.file);
	f.url = xstrdup(v->python.url);
	f.sha256 = xstrdup(v->python.sha256);
	if (v->python.managed && v->python.file)
		known_add(into, &f);
	fact_clear(&f);
}

void locked_facts(const struct manifest *m, const struct plan *lock, struct known *into)
{
	for (size_t i = 0; i < lock->nvariants; i++) {
		const struct plan_variant *v = &lock->variants[i];

		add_image(m, v, &v->base, str_eq(v->flavor, "own"), into);
		if (v->devel.repository)
			add_image(m, v, &v->devel, false, into);
		for (size_t k = 0; k < v->npackages; k++)
			add_package(v, &v->packages[k], into);
		add_python(v, into);
	}
}
