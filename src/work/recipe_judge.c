#include "work/recipe_judge.h"

#include "base/str.h"
#include "resolve/resolve.h"
#include "rules/arch.h"
#include "rules/match.h"
#include "rules/sdist.h"

#include <stdio.h>
#include <string.h>

struct reason *judge_say(struct judging *j, enum reason_code code, enum severity severity, const char *file,
			 size_t line, const char *subject)
{
	struct reason *r = reasons_add(&j->why->reasons, code, severity);
	r->subject = xstrdup(subject);
	r->file = xstrdup(file);
	r->line = line;
	return r;
}

void judge_name_torch(struct judging *j)
{
	char text[CUDA_TEXT];
	char cuda[CUDA_TEXT];
	const struct view_torch *t = &j->torch;
	const char *spec = t->from ? t->from->spec : "";
	bool range = *spec && strlen(spec) < 40 && !vars_unknown(spec);
	const char *version = range ? spec : "of any version";
	if (t->version)
		version = catalog_rel_text(t->version, text);
	(void)snprintf(j->torch_name, sizeof(j->torch_name), "torch %s%s%s", version,
		       !t->has_cuda ? ""
		       : t->cuda    ? " for CUDA "
				    : " for CPU",
		       t->has_cuda && t->cuda ? cuda_key_text(t->cuda, cuda) : "");
}

/* "torch_sparse 0.6.12"; the caller's. */
static char *name_of(const struct view_extension *e)
{
	char version[CUDA_TEXT];
	return xasprintf("%s%s%s", pkg_name(e->from->pkg), e->version ? " " : "",
			 e->version ? catalog_rel_text(e->version, version) : "");
}

char *judge_question(const struct judging *j)
{
	AUTO_BUF struct buf b = BUF_INIT;
	buf_addf(&b, "%s: %s", j->file, j->torch.there ? j->torch_name : "no torch");
	for (size_t i = 0; i < j->r->n; i++) {
		if (j->r->v[i].pkg == PKG_TORCH || recipe_view_repeats(j->r, i))
			continue;
		struct view_extension e = recipe_view_extension(&j->r->v[i], j->c, &j->torch, j->python);
		AUTO_TEXT char *name = name_of(&e);
		buf_addf(&b, ", %s", name);
	}
	return buf_take(&b);
}

struct keys_text judge_torch_cudas(const struct judging *j, uint32_t version)
{
	struct keys_text out = {.text = ""};
	char cuda[CUDA_TEXT];
	uint16_t last = UINT16_MAX;
	struct torch_query q = TORCH_QUERY_ANY;
	q.version = version;
	q.platform = PLATFORM_AMD64;
	for (const struct torch_row *row = NULL; version && (row = catalog_torch_next(j->c, &q, row));) {
		size_t len = strlen(out.text);
		if (row->cuda != last)
			(void)snprintf(out.text + len, sizeof(out.text) - len, "%s%s", len ? ", " : "",
				       cuda_key_text(row->cuda, cuda));
		last = row->cuda;
	}
	return out;
}

static struct reason *say(struct judging *j, enum reason_code code, enum severity severity,
			  const struct view_extension *e)
{
	AUTO_TEXT char *name = name_of(e);
	return judge_say(j, code, severity, e->from->file, e->from->line, name);
}

/* --- wheels
 * ----------------------------------------------------------------------------------------------------------- */

static const char *table_of(enum pkg pkg)
{
	return pkg == PKG_TORCH_SPARSE ? "torch_sparse.csv" : "torch_scatter.csv";
}

static char *page_for(const struct view_torch *t)
{
	char cuda[CUDA_TEXT];
	if (!t->version || !t->has_cuda)
		return xstrdup("-f https://data.pyg.org/whl/torch-X.Y.0+cuNNN.html of this torch");
	return xasprintf("-f https://data.pyg.org/whl/torch-%u.%u.0+%s.html", t->version >> 20,
			 t->version >> 10 & 1023U, cuda_key_variant(t->cuda, cuda));
}

static const char *for_cuda(uint16_t cuda)
{
	return cuda ? "CUDA " : "";
}

static bool check_pair(struct judging *j, const struct view_extension *e)
{
	const struct view_torch *t = &j->torch;
	char mine[CUDA_TEXT];
	char its[CUDA_TEXT];
	struct reason *r = NULL;
	AUTO_TEXT char *built = xasprintf("%u.%u", e->torch >> 20, e->torch >> 10 & 1023U);
	if (t->version && !match_torch(t->version, e->torch)) {
		r = say(j, REASON_TORCH_VERSION_MISMATCH, SEVERITY_ERROR, e);
		r->because =
			xasprintf("its wheels are built for torch %s, and the image has %s (%s:%zu): symbols are not "
				  "stable across torch minors",
				  built, j->torch_name, t->file, t->line);
		r->fact = xstrdup("compatibility, 1.1: rule 1");
		r->fix = page_for(t);
	}
	enum match m = t->has_cuda && e->has_cuda
			       ? match_cuda(t->cuda, e->cuda, e->from->pkg == PKG_TORCH_SPARSE ? e->version : 0)
			       : MATCH_YES;
	if (m == MATCH_YES)
		return !r;
	bool minor = m == MATCH_MINOR_REFUSED || m == MATCH_MINOR_WARNS;
	r = say(j,
		m == MATCH_CPU_ONLY    ? REASON_EXTENSION_CPU_ONLY
		: m == MATCH_TORCH_CPU ? REASON_MISSING_CUDA_LIBRARY
		: minor		       ? REASON_CUDA_MINOR_MISMATCH
				       : REASON_CUDA_MAJOR_MISMATCH,
		m == MATCH_MINOR_WARNS ? SEVERITY_WARNING : SEVERITY_ERROR, e);
	r->because = xasprintf("its wheels are built for %s%s, and torch (%s:%zu) is for %s%s%s", for_cuda(e->cuda),
			       cuda_key_text(e->cuda, its), t->file, t->line, for_cuda(t->cuda),
			       cuda_key_text(t->cuda, mine), t->by_default ? ", which is what PyPI carries" : "");
	r->fact = xstrdup("https://github.com/rusty1s/pytorch_sparse/issues/86");
	r->fix = page_for(t);
	return m == MATCH_MINOR_WARNS;
}

/* The newest release of a package: what pip takes as source archive where nothing is pinned. */
static uint32_t newest_of(const struct catalog *c, enum pkg pkg)
{
	uint32_t newest = 0;
	(void)catalog_wheel_versions(c, pkg, &newest, 1);
	return newest;
}

static void check_pin(struct judging *j, const struct view_extension *e)
{
	uint32_t newest = newest_of(j->c, e->from->pkg);
	char wheel[CUDA_TEXT];
	char sdist[CUDA_TEXT];
	uint32_t best = 0;
	struct wheel_query q = WHEEL_QUERY_ANY(e->from->pkg);
	q.torch = e->torch;
	q.cuda = e->cuda;
	q.platform = PLATFORM_AMD64;
	for (const struct wheel_row *row = NULL; e->has_cuda && (row = catalog_wheel_next(j->c, &q, row));)
		best = row->version > best ? row->version : best;
	if (*e->from->spec || e->from->no_index || !best)
		return;
	bool pulled = best < newest;
	struct reason *r = say(j, REASON_UNPINNED, pulled ? SEVERITY_ERROR : SEVERITY_WARNING, e);
	r->because =
		pulled ? xasprintf("no version is named: pip prefers the source archive of %s on PyPI to the newest "
				   "wheel of "
				   "the page, %s, and compiles it",
				   catalog_rel_text(newest, sdist), catalog_rel_text(best, wheel))
		       : xstrdup("no version is named: a newer source archive on PyPI would be preferred to the wheel");
	r->fact = xasprintf("%s: %s", table_of(e->from->pkg), catalog_rel_text(best, wheel));
	r->fix = xasprintf("%s==%s, and --no-index", pkg_name(e->from->pkg), catalog_rel_text(best, wheel));
}

static void check_wheel(struct judging *j, const struct view_extension *e)
{
	char cuda[CUDA_TEXT];
	if (!check_pair(j, e) || !e->has_cuda || e->from->pkg > PKG_TORCH_SCATTER)
		return;
	if (e->row) {
		check_pin(j, e);
		return;
	}
	struct wheel_query q = WHEEL_QUERY_ANY(e->from->pkg);
	q.version = e->version;
	q.torch = e->torch;
	q.cuda = e->cuda;
	q.platform = PLATFORM_AMD64;
	bool other_python = catalog_wheel_next(j->c, &q, NULL) != NULL;
	struct reason *r = say(j, other_python ? REASON_PYTHON_UNSUPPORTED : REASON_NO_WHEEL, SEVERITY_ERROR, e);
	r->because = xasprintf(
		"the page for torch %u.%u and %s %s has no wheel of it%s%s: pip takes the source archive without a "
		"word",
		e->torch >> 20, e->torch >> 10 & 1023U, e->cuda ? "CUDA" : "the variant", cuda_key_text(e->cuda, cuda),
		other_python ? " for Python " : "",
		other_python ? catalog_str(j->c, j->c->pythons[j->python].name) : "");
	r->fact = xstrdup(table_of(e->from->pkg));
	r->fix = xstrdup("a version that the page has, and --no-index, so that pip fails at once");
}

/* --- compiling
 * -------------------------------------------------------------------------------------------------------- */

static void check_toolkit(struct judging *j, const struct view_extension *e, const struct view_torch *t)
{
	const struct recipe_base *base = &j->r->bases[e->from->base];
	struct baseimage b = baseimage_read(j->c, base->image);
	char mine[CUDA_TEXT];
	char its[CUDA_TEXT];
	struct reason *r;
	bool nvcc = b.kind == BASEIMAGE_NGC || (b.has_flavor && b.flavor == FLAVOR_DEVEL);
	if (b.kind == BASEIMAGE_UNKNOWN || b.kind == BASEIMAGE_OTHER)
		return;
	if (!nvcc && e->from->force_cuda) {
		r = say(j, REASON_TOOLKIT_MISSING, SEVERITY_ERROR, e);
		r->because = xasprintf("it is compiled for CUDA, and %s has no nvcc", base->image);
		r->fact = xstrdup("compatibility, 6");
		r->fix = xstrdup("compile in a stage FROM nvidia/cuda:*-devel-* of torch's CUDA, or use wheels");
	} else if (!nvcc) {
		r = say(j, REASON_EXTENSION_CPU_ONLY, SEVERITY_ERROR, e);
		r->because = xasprintf("it is compiled where no nvcc is (%s): without CUDA", base->image);
		r->fact = xstrdup("compatibility, 6");
		r->fix = page_for(t);
	} else if (b.cuda && t->cuda && b.cuda / 100 != t->cuda / 100) {
		r = say(j, REASON_CUDA_MAJOR_MISMATCH, SEVERITY_ERROR, e);
		r->because = xasprintf("it is compiled by nvcc of CUDA %s (%s) for a torch of CUDA %s",
				       cuda_key_text(b.cuda, its), base->image, cuda_key_text(t->cuda, mine));
		r->fact = xstrdup("compatibility, 5: E15");
		r->fix = xasprintf("FROM nvidia/cuda:%s.*-devel-*, or torch for CUDA %s", mine, its);
	}
	if (nvcc && !e->from->force_cuda) {
		r = say(j, REASON_EXTENSION_CPU_ONLY, SEVERITY_ERROR, e);
		r->because =
			xstrdup("an image build sees no GPU, so without FORCE_CUDA=1 the CUDA library is not built");
		r->fact = xstrdup("compatibility, 6");
		r->fix = xstrdup("ENV FORCE_CUDA=1");
	}
	if (nvcc && !e->from->arch_list) {
		r = say(j, REASON_ARCH_LIST_UNSET, SEVERITY_WARNING, e);
		r->because = xstrdup(
			"an image build sees no GPU, and TORCH_CUDA_ARCH_LIST is not set: torch takes a list of its "
			"own, or fails");
		r->fact = xstrdup("compatibility, 6");
		r->fix = xstrdup("ENV TORCH_CUDA_ARCH_LIST=\"8.0 9.0+PTX\"");
	}
}

/* An architecture of TORCH_CUDA_ARCH_LIST that nvcc of the base does not compile for. */
static void check_arch_list(struct judging *j, const struct view_extension *e)
{
	const struct recipe_base *base = &j->r->bases[e->from->base];
	struct baseimage b = baseimage_read(j->c, base->image);
	struct arch_set set;
	char cuda[CUDA_TEXT];
	char cc[CUDA_TEXT];
	char first[CUDA_TEXT];
	const char *list = e->from->arch_list;
	if (!list || vars_unknown(list) || !b.cuda || !arch_list_parse(j->c, list, &set))
		return;
	for (size_t i = 0; i < j->c->n_archs; i++) {
		const struct arch_row *row = &j->c->archs[i];
		bool dropped = row->cuda_last && row->cuda_last < b.cuda;
		if (!((set.sass | set.ptx) >> i & 1) || (row->cuda_first <= b.cuda && !dropped))
			continue;
		struct reason *r = say(j, REASON_ARCH_NOT_COVERED, SEVERITY_ERROR, e);
		r->because =
			xasprintf("TORCH_CUDA_ARCH_LIST has %s, for which nvcc of CUDA %s does not compile: CUDA "
				  "%s %s does",
				  catalog_cc_text(row->cc, cc), cuda_key_text(b.cuda, cuda), dropped ? "up to" : "from",
				  cuda_key_text(dropped ? row->cuda_last : row->cuda_first, first));
		r->fact = xasprintf("archs.csv: %s", cc);
		r->fix = xasprintf("take %s out of the list; +PTX behind an older one serves newer GPUs", cc);
	}
}

/* There are no CUDA wheels of the extensions for arm64. */
static void check_platform(struct judging *j, const struct view_extension *e)
{
	const struct recipe_base *base = &j->r->bases[e->from->base];
	if (!base->platform || !e->has_cuda || !e->cuda || !strstr(base->platform, "arm64"))
		return;
	struct reason *r = say(j, REASON_NO_WHEEL, SEVERITY_ERROR, e);
	r->because =
		xasprintf("FROM asks for %s, for which there are no CUDA wheels of it: pip takes the source archive "
			  "without a word",
			  base->platform);
	r->fact = xstrdup("compatibility, 1.1: rule 4");
	r->fix = xstrdup("compile it there in a devel stage with FORCE_CUDA=1, or take the CPU page");
}

static void check_source(struct judging *j, const struct view_extension *e, size_t i)
{
	struct view_torch t = recipe_view_torch(j->r, j->c, j->file, i);
	struct reason *r;
	if (!t.there) {
		r = say(j, REASON_BUILD_ISOLATION, SEVERITY_ERROR, e);
		r->because = xstrdup("it is compiled before torch is installed, and its setup.py imports torch");
		r->fact = xstrdup("compatibility, 5: E16");
		r->fix = xstrdup("install torch in a command before, then this with --no-build-isolation");
		return;
	}
	if (t.version && j->torch.version && !match_torch(t.version, j->torch.version)) {
		r = say(j, REASON_TORCH_VERSION_MISMATCH, SEVERITY_ERROR, e);
		r->because = xasprintf("it is compiled for the torch of %s:%zu, which %s:%zu replaces by %s", t.file,
				       t.line, j->torch.file, j->torch.line, j->torch_name);
		r->fact = xstrdup("compatibility, 1.1: rule 1");
		r->fix = xstrdup("install torch once, before its extensions");
	}
	if (t.has_cuda && t.cuda)
		check_toolkit(j, e, &t);
	if (!t.has_cuda || t.cuda)
		check_arch_list(j, e);
	uint32_t version = e->version ? e->version : newest_of(j->c, e->from->pkg);
	enum sdist s = e->from->pkg == PKG_TORCH_SPARSE && t.version && !e->from->url
			       ? sdist_sparse(j->c, version, t.version, 0)
			       : SDIST_COMPILES;
	if (s == SDIST_TORCH_TOO_NEW || s == SDIST_TORCH_TOO_OLD) {
		r = say(j, REASON_SOURCE_DOES_NOT_COMPILE, SEVERITY_ERROR, e);
		r->because = xasprintf("its source archive does not compile with a torch so %s",
				       s == SDIST_TORCH_TOO_NEW ? "new" : "old");
		r->fact = xstrdup("requirements.csv");
		r->fix = page_for(&t);
	}
	if (!e->from->no_isolation) {
		r = say(j, REASON_BUILD_ISOLATION, SEVERITY_WARNING, e);
		r->because = xstrdup("no page is named, so it is compiled, and today's pip compiles in an environment "
				     "without torch");
		r->fact = xstrdup("compatibility, 5: E16");
		r->fix = page_for(&t);
	}
}

void judge_extension(struct judging *j, size_t i)
{
	struct view_extension e = recipe_view_extension(&j->r->v[i], j->c, &j->torch, j->python);
	struct reason *r;
	if (e.from->redirected) {
		r = say(j, REASON_UNPINNED, SEVERITY_WARNING, &e);
		r->because = xstrdup(
			"the shell takes the unquoted > as a redirection into a file: any version is installed");
		r->fact = xstrdup("compatibility, 8.9");
		r->fix = xstrdup("quote the requirement");
	}
	if (j->torch.foreign && !e.source) {
		r = say(j, REASON_TORCH_VERSION_MISMATCH, SEVERITY_ERROR, &e);
		r->because = xasprintf(
			"%s carries NVIDIA's own build of torch: wheels for upstream torch do not fit, even where "
			"version and CUDA agree",
			j->r->bases[j->r->nbases - 1].image);
		r->fact = xstrdup("compatibility, 8.5");
		r->fix = xstrdup("compile the extension there, or start from nvidia/cuda with upstream torch");
	} else if (e.broken) {
		r = say(j, REASON_PAGE_BROKEN, SEVERITY_ERROR, &e);
		r->because =
			xasprintf("its page cannot exist: %s; pip takes the source archive without a word", e.broken);
		r->fact = xstrdup("compatibility, 8.8");
		r->fix = page_for(&j->torch);
	} else if (e.has_torch) {
		check_wheel(j, &e);
		check_platform(j, &e);
	} else if (e.source && !j->r->v[i].conda) {
		check_source(j, &e, i);
	}
}

void judge_missing(struct judging *j)
{
	for (size_t i = 0; i < j->r->missing.n; i++) {
		struct reason *r = judge_say(j, REASON_UNPROVEN, SEVERITY_WARNING, j->file,
					     j->r->bases[j->r->nbases - 1].line, j->r->missing.v[i]);
		r->because = xstrdup(
			"this requirement file is not beside the Dockerfile, so what it installs was not looked at");
	}
	if (j->torch.there)
		return;
	struct reason *r = judge_say(j, REASON_VERSION_UNKNOWN, SEVERITY_WARNING, j->file,
				     j->r->bases[j->r->nbases - 1].line, "torch");
	r->because = xstrdup("nothing here installs torch, and the base is not known to bring it");
	j->unknown = true;
}

/* --- ways out
 * --------------------------------------------------------------------------------------------------------- */

static void put_version(char **field, uint32_t version)
{
	char text[CUDA_TEXT];
	free(*field);
	*field = version ? xstrdup(catalog_rel_text(version, text)) : NULL;
}

/* The variant as a suggestion. */
static void suggest_plan(struct judging *j, const struct plan_variant *p)
{
	AUTO_BUF struct buf change = BUF_INIT;
	AUTO_BUF struct buf result = BUF_INIT;
	buf_addf(&change, "torch, torch_sparse and torch_scatter for %s%s", p->cuda ? "CUDA " : "",
		 p->cuda ? p->cuda : "cpu");
	if (p->base.repository && p->base.tag)
		buf_addf(&change, ", on %s:%s", p->base.repository, p->base.tag);
	for (size_t i = 0; i < p->npackages; i++)
		buf_addf(&result, "%s%s %s%s%s", i ? ", " : "", pkg_name(p->packages[i].pkg), p->packages[i].version,
			 p->packages[i].label ? p->packages[i].label : "",
			 p->packages[i].way == WAY_SOURCE ? " (compiled)" : "");
	buf_addf(&result, ", Python %s", p->python.version);
	conflict_suggest(j->why, buf_take(&change), buf_take(&result));
}

static void try_cuda(struct judging *j, const struct view_extension *sparse, const char *cuda)
{
	AUTO(manifest) struct manifest *m = manifest_new(j->file);
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	struct resolve_opts opts = {.offline = true, .catalog = j->c};
	struct err err = ERR_INIT;
	struct manifest_variant *v = &m->variants[0];
	put_version(&v->packages[PKG_TORCH], j->torch.version);
	put_version(&v->packages[PKG_TORCH_SPARSE], sparse->version);
	if (!sparse->version)
		v->packages[PKG_TORCH_SPARSE] = xstrdup(">=0");
	strv_clear(&v->cuda);
	strv_add(&v->cuda, cuda);
	v->targets = xcalloc(j->ntargets + 1, sizeof(*v->targets));
	for (size_t i = 0; i < j->ntargets; i++)
		v->targets[i] = j->targets[i];
	v->ntargets = j->ntargets;
	int rc = resolve(m, NULL, &opts, &plan, &why, NULL, &err);
	v->ntargets = 0; /* what the targets own is the caller's */
	if (rc != RESOLVE_PLAN || !plan->nvariants) {
		err_clear(&err);
		return;
	}
	suggest_plan(j, &plan->variants[0]);
}

void judge_suggest(struct judging *j)
{
	char cuda[CUDA_TEXT];
	for (size_t i = 0; i < j->r->n; i++) {
		if (j->r->v[i].pkg != PKG_TORCH_SPARSE)
			continue;
		struct view_extension e = recipe_view_extension(&j->r->v[i], j->c, &j->torch, j->python);
		if (j->torch.has_cuda)
			try_cuda(j, &e, cuda_key_text(j->torch.cuda, cuda));
		if (e.has_cuda)
			try_cuda(j, &e, cuda_key_text(e.cuda, cuda));
		if (j->why->nsuggestions)
			return;
		try_cuda(j, &e, "best");
		e.version = 0;
		try_cuda(j, &e, "best");
		return;
	}
}
