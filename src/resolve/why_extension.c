#include "base/str.h"
#include "model/catalog_find.h"
#include "resolve/rows.h"
#include "resolve/why.h"
#include "rules/match.h"
#include "rules/sdist.h"

/* The wheels that fell at the furthest step, by what that step compares. */
struct fallen {
	struct keys versions, torches, cudas, platforms;
	uint32_t pythons;
	uint16_t glibc;
	const struct wheel_row *last;
};

static void gather(const struct ask *a, enum pkg pkg, enum wheel_step step, struct fallen *f)
{
	for (size_t i = 0; i < a->c->n_wheels; i++) {
		const struct wheel_row *row = &a->c->wheels[i];
		if (row->pkg != pkg || rows_wheel(a, row) != step)
			continue;
		keys_add(&f->versions, row->version);
		keys_add(&f->torches, REL_MINOR(row->torch));
		keys_add(&f->cudas, row->cuda);
		for (unsigned p = 0; p < PLATFORM__MAX; p++)
			if (row->platforms >> p & 1)
				keys_add(&f->platforms, p + 1);
		f->pythons |= row->pythons;
		f->glibc = match_wheel_glibc(row);
		f->last = row;
	}
}

/* The torch minors and CUDA versions that torch's own rows leave. */
static void torch_left(const struct ask *a, struct keys *minors, struct keys *cudas)
{
	for (size_t i = 0; i < a->c->n_torch; i++)
		if (rows_torch(a, &a->c->torch[i]) == TORCH_OK) {
			keys_add(minors, REL_MINOR(a->c->torch[i].version));
			keys_add(cudas, a->c->torch[i].cuda);
		}
}

/* The table of a package's rows. */
static const char *why_table(enum pkg pkg)
{
	static const char *const tables[PKG__MAX] = {"torch.csv",	  "torch_sparse.csv",	   "torch_scatter.csv",
						     "torch_cluster.csv", "torch_spline_conv.csv", "pyg_lib.csv"};
	return tables[pkg];
}

static char *versions_of(enum pkg pkg, const struct keys *versions)
{
	AUTO_TEXT char *text = keys_versions(versions);
	return xasprintf("%s %s", pkg_name(pkg), text);
}

/* "cuda: \"13.0\"" where naming it would let the package be compiled; NULL elsewhere. */
static char *fix_by_compiling(const struct ask *a, enum pkg pkg, const struct keys *cudas)
{
	char text[CUDA_TEXT];
	if (pkg == PKG_PYG_LIB)
		return NULL;
	if (a->cuda_named || a->wheels != WHEELS_PREFER || !cudas->n || !cudas->v[cudas->n - 1])
		return NULL;
	return xasprintf("cuda: \"%s\" named exactly lets %s be compiled",
			 cuda_key_text((uint16_t)cudas->v[cudas->n - 1], text), pkg_name(pkg));
}

/* The same, and where no target wants a GPU, the wheels without CUDA that there are. */
static char *fix_cpu_only(const struct ask *a, enum pkg pkg, const struct keys *cudas)
{
	AUTO_TEXT char *compiling = fix_by_compiling(a, pkg, cudas);
	if (a->v->ntargets)
		return TAKE(compiling);
	return xasprintf("%s%scuda: cpu takes the wheels there are, without a GPU", compiling ? compiling : "",
			 compiling ? "; " : "");
}

static void say_torch(const struct ask *a, enum pkg pkg, const struct fallen *f, struct conflict *c)
{
	struct keys minors = {.n = 0};
	struct keys cudas = {.n = 0};
	torch_left(a, &minors, &cudas);
	AUTO_TEXT char *left = keys_minors(&minors);
	AUTO_TEXT char *built = keys_minors(&f->torches);
	AUTO_TEXT char *what = versions_of(pkg, &f->versions);
	why_say(c, pkg == PKG_TORCH_SCATTER && a->pkg[pkg].implied ? REASON_MISSING_TORCH_SCATTER : REASON_NO_WHEEL,
		xasprintf("%s, torch %s", what, left),
		xasprintf("%s %s wheels for torch %s, and none for %s", what, why_has(what), built, left),
		why_table(pkg), xasprintf("%s: torch %s", what, built), catalog_str(a->c, f->last->source),
		fix_by_compiling(a, pkg, &cudas));
}

static void say_cuda(const struct ask *a, enum pkg pkg, const struct fallen *f, struct conflict *c)
{
	struct keys minors = {.n = 0};
	struct keys cudas = {.n = 0};
	torch_left(a, &minors, &cudas);
	AUTO_TEXT char *left = keys_cudas(&cudas);
	AUTO_TEXT char *built = keys_cudas(&f->cudas);
	AUTO_TEXT char *what = versions_of(pkg, &f->versions);
	AUTO_TEXT char *torch = keys_minors(&minors);
	bool cpu_only = f->cudas.n == 1 && f->cudas.v[0] == 0;
	why_say(c, cpu_only ? REASON_EXTENSION_CPU_ONLY : REASON_NO_WHEEL, xasprintf("%s, CUDA %s", what, left),
		xasprintf("beside torch %s, %s %s wheels for %s on %s, and none for %s", torch, what, why_has(what),
			  built, catalog_platform_text(a->platform), left),
		why_table(pkg), xasprintf("%s, torch %s: %s", what, torch, built), catalog_str(a->c, f->last->source),
		cpu_only ? fix_cpu_only(a, pkg, &cudas) : fix_by_compiling(a, pkg, &cudas));
}

static void say_python(const struct ask *a, enum pkg pkg, const struct fallen *f, struct conflict *c)
{
	AUTO_BUF struct buf pythons = BUF_INIT;
	AUTO_TEXT char *what = versions_of(pkg, &f->versions);
	const char *asked = a->v->python ? a->v->python : "any that torch has";
	catalog_pythons_text(a->c, f->pythons, &pythons);
	why_say(c, REASON_PYTHON_UNSUPPORTED, xasprintf("%s, Python %s", what, asked),
		xasprintf("%s %s wheels for Python %s, and none for %s", what, why_has(what), buf_text(&pythons),
			  asked),
		why_table(pkg), xasprintf("%s: Python %s", what, buf_text(&pythons)),
		catalog_str(a->c, f->last->source), NULL);
}

static void say_platform(const struct ask *a, enum pkg pkg, const struct fallen *f, struct conflict *c)
{
	AUTO_TEXT char *what = versions_of(pkg, &f->versions);
	why_say(c, REASON_PLATFORM_UNSUPPORTED, xasprintf("%s on %s", what, catalog_platform_text(a->platform)),
		xasprintf("%s %s no wheel for %s", what, why_has(what), catalog_platform_text(a->platform)),
		why_table(pkg), xstrdup(what), catalog_str(a->c, f->last->source),
		xstrdup("an exactly named CUDA is compiled"));
}

static void say_glibc(const struct ask *a, enum pkg pkg, const struct fallen *f, struct conflict *c)
{
	char need[CUDA_TEXT];
	char have[CUDA_TEXT] = "";
	AUTO_TEXT char *what = versions_of(pkg, &f->versions);
	const char *os = a->noses ? catalog_str(a->c, a->oses[0]->name) : "the OS";
	(void)catalog_minor_text(f->glibc, need);
	if (a->noses)
		(void)catalog_minor_text(a->oses[0]->glibc, have);
	why_say(c, REASON_GLIBC_TOO_OLD, xasprintf("%s on %s", what, os),
		xasprintf("the wheel was built on a host with glibc %s; %s has %s", need, os, have), why_table(pkg),
		xasprintf("%s: glibc %s", what, need), catalog_str(a->c, f->last->source), NULL);
}

static void say_abi(const struct ask *a, enum pkg pkg, const struct fallen *f, struct conflict *c)
{
	AUTO_TEXT char *what = versions_of(pkg, &f->versions);
	why_say(c, REASON_CXX11_ABI_MISMATCH, xasprintf("%s, torch +%s", what, a->pkg[PKG_TORCH].local),
		xasprintf("this torch uses the new C++ string ABI, %s was built for the old one", what), "torch.csv",
		xasprintf("torch +%s: cxx11_abi 1", a->pkg[PKG_TORCH].local), catalog_str(a->c, f->last->source),
		xstrdup("torch without that label"));
}

/* Says why compiling, which was allowed, does not help. */
static bool say_source(const struct ask *a, enum pkg pkg, struct conflict *c)
{
	size_t before = c->reasons.n;
	struct keys minors = {.n = 0};
	struct keys cudas = {.n = 0};
	if (pkg != PKG_TORCH_SPARSE || !ask_may_compile(a))
		return false;
	torch_left(a, &minors, &cudas);
	for (size_t i = 0; i < a->c->n_requirements && minors.n; i++) {
		const struct requirement_row *row = &a->c->requirements[i];
		uint32_t torch = minors.v[minors.n - 1];
		enum sdist sdist = sdist_sparse(a->c, row->last, torch, 0);
		if (!ask_allows(a, pkg, row->last) || (sdist != SDIST_TORCH_TOO_NEW && sdist != SDIST_TORCH_TOO_OLD))
			continue;
		AUTO_TEXT char *minor = keys_minors(&minors);
		char text[CUDA_TEXT];
		why_say(c, REASON_SOURCE_DOES_NOT_COMPILE,
			xasprintf("torch_sparse %s, torch %s", catalog_rel_text(row->last, text), minor),
			xasprintf("its source archive does not compile with %s torch",
				  sdist == SDIST_TORCH_TOO_NEW ? "so new a" : "so old a"),
			"requirements.csv", xstrdup(catalog_str(a->c, row->note)), catalog_str(a->c, row->source),
			NULL);
	}
	return c->reasons.n > before;
}

/* Rows say nothing of this torch or version: one version must be named, which is then assumed. */
static bool say_unlisted(const struct ask *a, enum pkg pkg, enum wheel_step step, struct conflict *c)
{
	struct keys minors = {.n = 0};
	struct keys cudas = {.n = 0};
	bool exact = a->pkg[pkg].spec && spec_exact(a->pkg[pkg].spec);
	if (pkg < PKG_TORCH_CLUSTER || exact || step != WHEEL_TORCH)
		return false;
	torch_left(a, &minors, &cudas);
	for (size_t i = 0; i < minors.n; i++) {
		struct wheel_query q = WHEEL_QUERY_ANY(pkg);
		q.torch = minors.v[i];
		if (catalog_wheel_next(a->c, &q, NULL))
			return false;
	}
	AUTO_TEXT char *left = keys_minors(&minors);
	const char *text = a->pkg[pkg].text ? a->pkg[pkg].text : "";
	c->verdict = VERDICT_UNKNOWN;
	why_say(c, REASON_VERSION_UNKNOWN, xasprintf("%s %s, torch %s", pkg_name(pkg), text, left),
		xasprintf("the catalog has no rows of %s for torch %s, so a range cannot be resolved", pkg_name(pkg),
			  left),
		why_table(pkg), NULL, NULL, xasprintf("name one version: %s: \"X.Y.Z\"", pkg_name(pkg)));
	return true;
}

bool why_extension(const struct ask *a, enum pkg pkg, struct conflict *c)
{
	struct fallen f = {.pythons = 0};
	enum wheel_step step = rows_wheel_furthest(a, pkg);
	if (say_unlisted(a, pkg, step, c))
		return true;
	if (a->wheels == WHEELS_NEVER && step != WHEEL_VERSION)
		return say_source(a, pkg, c);
	gather(a, pkg, step, &f);
	switch (step) {
	case WHEEL_VERSION:
		why_no_version(a, pkg, c);
		break;
	case WHEEL_TORCH:
		say_torch(a, pkg, &f, c);
		break;
	case WHEEL_PLATFORM:
		say_platform(a, pkg, &f, c);
		break;
	case WHEEL_CUDA:
		say_cuda(a, pkg, &f, c);
		break;
	case WHEEL_PYTHON:
		say_python(a, pkg, &f, c);
		break;
	case WHEEL_GLIBC:
		say_glibc(a, pkg, &f, c);
		break;
	case WHEEL_ABI:
		say_abi(a, pkg, &f, c);
		break;
	case WHEEL_OK:
		return false;
	}
	(void)say_source(a, pkg, c);
	return true;
}
