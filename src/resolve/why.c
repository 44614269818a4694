#include "resolve/why.h"

#include "base/str.h"
#include "resolve/rows.h"

#include <string.h>

void why_say(struct conflict *c, enum reason_code code, char *subject, char *because, const char *fact_table,
	     char *fact_row, const char *source, char *fix)
{
	struct reason *r = reasons_add(&c->reasons, code, SEVERITY_ERROR);
	r->subject = subject;
	r->because = because;
	r->fact = fact_row ? xasprintf("%s: %s", fact_table, fact_row) : xstrdup(fact_table);
	r->source = source && *source ? xstrdup(source) : NULL;
	r->fix = fix;
	free(fact_row);
}

/* "torch 1.8.1+cu102" as written; "torch_scatter" where it is implied. */
static char *subject_of(const struct ask *a, enum pkg pkg)
{
	const char *text = a->pkg[pkg].text;
	return xasprintf("%s%s%s", pkg_name(pkg), text ? " " : "", text ? text : "");
}

/* --- versions ----------------------------------------------------------------------------------------------------- */

/* The one version that is asked for, as far as rows can hold it; 0: a range. */
static uint32_t exact_of(const struct ask *a, enum pkg pkg)
{
	const struct ver *v = a->pkg[pkg].spec ? spec_exact(a->pkg[pkg].spec) : NULL;
	return v ? catalog_ver_near(v) : 0;
}

/* Whether the specifier asks for something behind the newest version that the catalog knows. */
static bool asks_for_newer(const struct ask *a, enum pkg pkg, uint32_t newest)
{
	struct ver last = catalog_rel_ver(newest);
	const struct spec *spec = a->pkg[pkg].spec;
	for (size_t i = 0; spec && i < spec->n; i++) {
		const struct spec_clause *clause = &spec->v[i];
		bool lower_bound = clause->op == SPEC_EQ || clause->op == SPEC_GE || clause->op == SPEC_COMPATIBLE ||
				   clause->op == SPEC_GT;
		int order = lower_bound ? ver_cmp_release(&clause->ver, &last) : -1;
		if (order > 0 || (order == 0 && clause->op == SPEC_GT))
			return true;
	}
	return false;
}

static void all_versions(const struct ask *a, enum pkg pkg, struct keys *into)
{
	for (size_t i = 0; pkg == PKG_TORCH && i < a->c->n_torch; i++)
		keys_add(into, a->c->torch[i].version);
	for (size_t i = 0; pkg != PKG_TORCH && i < a->c->n_wheels; i++)
		if (a->c->wheels[i].pkg == pkg)
			keys_add(into, a->c->wheels[i].version);
}

/* The neighbours of a version that is not there: "the nearest are 0.6.1 and 0.6.3". */
static char *neighbours(const struct keys *all, uint32_t version)
{
	struct keys near = {.n = 0};
	for (size_t i = 0; i < all->n; i++) {
		bool before = all->v[i] < version && (i + 1 == all->n || all->v[i + 1] > version);
		bool after = all->v[i] > version && (i == 0 || all->v[i - 1] < version);
		if (before || after || all->v[i] == version)
			keys_add(&near, all->v[i]);
	}
	AUTO_TEXT char *text = keys_versions(&near);
	return xasprintf("the nearest %s %s", near.n == 1 ? "is" : "are", text);
}

void why_no_version(const struct ask *a, enum pkg pkg, struct conflict *c)
{
	struct keys all = {.n = 0};
	char text[CUDA_TEXT];
	all_versions(a, pkg, &all);
	uint32_t newest = all.n ? all.v[all.n - 1] : 0;
	AUTO_TEXT char *range = keys_versions(&all);
	if (!all.n || asks_for_newer(a, pkg, newest)) {
		c->verdict = VERDICT_UNKNOWN;
		why_say(c, REASON_VERSION_UNKNOWN, subject_of(a, pkg),
			all.n ? xasprintf("newer than the catalog, whose last %s is %s", pkg_name(pkg),
					  catalog_rel_text(newest, text))
			      : xasprintf("the catalog has no rows of %s", pkg_name(pkg)),
			all.n ? "versions in the catalog" : "catalog", all.n ? xstrdup(range) : NULL, NULL,
			all.n ? xasprintf("%s: \"%s\", or `cudabuild catalog update`", pkg_name(pkg),
					  catalog_rel_text(newest, text))
			      : NULL);
		return;
	}
	const char *bound = a->v->bound[pkg];
	if (bound) {
		why_say(c, REASON_CONTRADICTION, subject_of(a, pkg),
			xasprintf("%s narrows what the manifest says of %s, and no version from %s meets both", bound,
				  pkg_name(pkg), range),
			bound, NULL, NULL, xasprintf("the same version of %s in both", pkg_name(pkg)));
		return;
	}
	uint32_t exact = exact_of(a, pkg);
	AUTO_TEXT char *near = exact ? neighbours(&all, exact) : xstrdup(range);
	uint32_t best = exact ? keys_nearest(&all, exact) : newest;
	why_say(c, REASON_NO_WHEEL, subject_of(a, pkg),
		exact ? xasprintf("no row of the catalog has this version, which is no proof that it was never "
				  "published; %s",
				  near)
		      : xasprintf("no version from %s meets this", range),
		"versions in the catalog", xstrdup(range), NULL,
		xasprintf("%s: \"%s\"", pkg_name(pkg), catalog_rel_text(best, text)));
}

/* --- torch ---------------------------------------------------------------------------------------------------------
 */

/* The rows that fell at a step, by what that step compares. */
struct fallen {
	struct keys versions, cudas, platforms, minors;
	uint32_t pythons;
	uint16_t glibc;
	const struct torch_row *last;
};

static void gather(const struct ask *a, enum torch_step step, struct fallen *f)
{
	for (size_t i = 0; i < a->c->n_torch; i++) {
		const struct torch_row *row = &a->c->torch[i];
		if (rows_torch(a, row) != step)
			continue;
		keys_add(&f->versions, row->version);
		keys_add(&f->minors, REL_MINOR(row->version));
		keys_add(&f->cudas, row->cuda);
		keys_add(&f->platforms, row->platform);
		f->pythons |= row->pythons;
		f->glibc = row->glibc;
		f->last = row;
	}
}

static char *torch_versions_text(const struct fallen *f)
{
	AUTO_TEXT char *versions = keys_versions(&f->versions);
	return xasprintf("torch %s", versions);
}

/* What CUDA was asked for: the one version, or the entries as written. The caller's. */
static char *asked_cuda(const struct ask *a)
{
	char text[CUDA_TEXT];
	return a->ncudas == 1 ? xstrdup(cuda_key_text(a->cudas[0], text)) : strv_join(&a->v->cuda, ", ");
}

const char *why_has(const char *versions)
{
	return strstr(versions, " and ") || strstr(versions, " to ") ? "have" : "has";
}

static void say_torch_cuda(const struct ask *a, const struct fallen *f, struct conflict *c)
{
	AUTO_TEXT char *versions = torch_versions_text(f);
	AUTO_TEXT char *cudas = keys_cudas(&f->cudas);
	AUTO_TEXT char *asked = asked_cuda(a);
	char near[CUDA_TEXT];
	struct keys gpus = {.n = 0};
	for (size_t i = 0; i < f->cudas.n; i++)
		if (f->cudas.v[i])
			keys_add(&gpus, f->cudas.v[i]);
	uint32_t nearest = a->ncudas ? keys_nearest(&gpus, a->cudas[0]) : 0;
	why_say(c, REASON_NO_WHEEL, xasprintf("%s, CUDA %s", versions, asked),
		xasprintf("%s %s wheels for %s on %s, and none for %s", versions, why_has(versions), cudas,
			  catalog_platform_text(a->platform), asked),
		"torch.csv", xasprintf("%s: %s", versions, cudas), catalog_str(a->c, f->last->source),
		nearest ? xasprintf("cuda: \"%s\"", cuda_key_text((uint16_t)nearest, near)) : NULL);
}

static void say_torch_python(const struct ask *a, const struct fallen *f, struct conflict *c)
{
	AUTO_TEXT char *versions = torch_versions_text(f);
	AUTO_BUF struct buf pythons = BUF_INIT;
	catalog_pythons_text(a->c, f->pythons, &pythons);
	const char *asked = a->v->python ? a->v->python : "any";
	why_say(c, REASON_PYTHON_UNSUPPORTED, xasprintf("%s, Python %s", versions, asked),
		xasprintf("%s %s wheels for Python %s, and none for %s", versions, why_has(versions),
			  buf_text(&pythons), asked),
		"torch.csv", xasprintf("%s: Python %s", versions, buf_text(&pythons)),
		catalog_str(a->c, f->last->source), NULL);
}

static void say_glibc(const struct ask *a, const char *what, uint16_t needed, const char *table, const char *source,
		      struct conflict *c)
{
	char need[CUDA_TEXT];
	char have[CUDA_TEXT] = "";
	const struct os_row *os = a->noses ? a->oses[0] : NULL;
	(void)catalog_minor_text(needed, need);
	if (os)
		(void)catalog_minor_text(os->glibc, have);
	const char *name = os ? catalog_str(a->c, os->name) : "the OS";
	why_say(c, REASON_GLIBC_TOO_OLD, xasprintf("%s on %s", what, name),
		xasprintf("the wheel was built for glibc %s; %s has %s", need, name, have), table,
		xasprintf("%s: glibc %s", what, need), source, NULL);
}

static void say_torch_label(const struct ask *a, const struct fallen *f, struct conflict *c)
{
	AUTO_TEXT char *versions = torch_versions_text(f);
	why_say(c, REASON_NO_WHEEL, subject_of(a, PKG_TORCH),
		xasprintf("%s %s no wheel labelled +%s", versions, why_has(versions), a->pkg[PKG_TORCH].local),
		"torch.csv", xstrdup(versions), catalog_str(a->c, f->last->source), NULL);
}

static void say_torch_platform(const struct ask *a, const struct fallen *f, struct conflict *c)
{
	AUTO_TEXT char *versions = torch_versions_text(f);
	AUTO_STRV struct strv names = STRV_INIT;
	for (size_t i = 0; i < f->platforms.n; i++)
		strv_add(&names, catalog_platform_text((enum platform)f->platforms.v[i]));
	AUTO_TEXT char *platforms = strv_join(&names, ", ");
	why_say(c, REASON_PLATFORM_UNSUPPORTED, xasprintf("%s on %s", versions, catalog_platform_text(a->platform)),
		xasprintf("%s %s wheels for %s only", versions, why_has(versions), platforms), "torch.csv",
		xasprintf("%s: %s", versions, platforms), catalog_str(a->c, f->last->source), NULL);
}

static void say_minor_label(const struct ask *a, const struct fallen *f, struct conflict *c)
{
	AUTO_TEXT char *versions = torch_versions_text(f);
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++) {
		const struct label *l = &a->pkg[p].label;
		if (!a->pkg[p].has_label || !l->has_torch)
			continue;
		why_say(c, REASON_TORCH_VERSION_MISMATCH, subject_of(a, (enum pkg)p),
			xasprintf("its label says torch %u.%u, and torch is %s; its symbols are not stable across "
				  "torch minors",
				  l->torch_major, l->torch_minor, versions + strlen("torch ")),
			"label", xasprintf("+%s", a->pkg[p].local), NULL,
			xasprintf("torch: \"%u.%u.*\"", l->torch_major, l->torch_minor));
	}
}

bool why_torch(const struct ask *a, struct conflict *c)
{
	struct fallen f = {.pythons = 0};
	enum torch_step step = rows_torch_furthest(a);
	gather(a, step, &f);
	switch (step) {
	case TORCH_VERSION:
		why_no_version(a, PKG_TORCH, c);
		break;
	case TORCH_MINOR_LABEL:
		say_minor_label(a, &f, c);
		break;
	case TORCH_PLATFORM:
		say_torch_platform(a, &f, c);
		break;
	case TORCH_CUDA:
		say_torch_cuda(a, &f, c);
		break;
	case TORCH_LABEL:
		say_torch_label(a, &f, c);
		break;
	case TORCH_PYTHON:
		say_torch_python(a, &f, c);
		break;
	case TORCH_GLIBC: {
		AUTO_TEXT char *versions = torch_versions_text(&f);
		say_glibc(a, versions, f.glibc, "torch.csv", catalog_str(a->c, f.last->source), c);
		break;
	}
	case TORCH_OK:
		return false;
	}
	return true;
}
