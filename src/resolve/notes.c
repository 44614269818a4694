#include "resolve/notes.h"

#include "base/str.h"
#include "resolve/pick.h"
#include "rules/driver_fit.h"
#include "rules/forecast.h"
#include "rules/libs.h"

#include <string.h>

char *notes_package(const struct ask *a, const struct choice *ch, enum pkg pkg)
{
	char text[CUDA_TEXT];
	uint32_t version = pkg == PKG_TORCH ? ch->torch->version : ch->pick[pkg].version;
	if (version)
		return xasprintf("%s %s", pkg_name(pkg), catalog_rel_text(version, text));
	return xasprintf("%s %s", pkg_name(pkg), a->pkg[pkg].spec ? a->pkg[pkg].spec->v[0].text : "");
}

static const char *cuda_of(const struct choice *ch, char into[CUDA_TEXT])
{
	return cuda_key_text(ch->torch->cuda, into);
}

/* The driver that would do: of the toolkit for PTX and an image's own requirement, else of the minor-version
 * compatibility. */
static const struct driver *least_driver(const struct ask *a, const struct choice *ch, struct fit fit)
{
	const struct toolkit_row *row = catalog_toolkit(a->c, fit.cuda ? fit.cuda : ch->torch->cuda);
	if (fit.code == REASON_DRIVER_TOO_OLD || fit.code == REASON_COMPAT_MISSING || fit.code == REASON_FORWARD_COMPAT)
		return catalog_driver_min(a->c, ch->torch->cuda);
	if (fit.code == REASON_COMPRESSION_TOO_NEW)
		return driver_least_for_zstd(a->c);
	return row ? &row->driver_min : NULL;
}

static char *about_driver(const struct ask *a, const struct choice *ch, const struct ask_target *t, struct fit fit)
{
	char cuda[CUDA_TEXT];
	char have[DRIVER_TEXT];
	char need[DRIVER_TEXT] = "?";
	const struct driver *least = least_driver(a, ch, fit);
	if (least)
		(void)driver_text(least, need);
	if (fit.code == REASON_COMPRESSION_TOO_NEW)
		return xasprintf("nvcc of CUDA %s compresses device code by zstd, which driver %s cannot read (%s can)",
				 cuda_of(ch, cuda), driver_text(&t->driver, have), need);
	if (fit.code == REASON_DRIVER_REFUSED_BY_IMAGE)
		return xasprintf("the base image's own requirement, cuda>=%s, refuses driver %s (it needs %s)",
				 cuda_of(ch, cuda), driver_text(&t->driver, have), need);
	return xasprintf("driver %s is older than %s, which CUDA %s needs", driver_text(&t->driver, have), need,
			 cuda_of(ch, cuda));
}

static char *about_compat(const struct choice *ch, const struct ask_target *t, enum reason_code code)
{
	char cuda[CUDA_TEXT];
	char have[DRIVER_TEXT];
	const char *gpu = t->from->gpu ? t->from->gpu : "a GPU of no given name";
	(void)cuda_of(ch, cuda);
	(void)driver_text(&t->driver, have);
	if (code == REASON_FORWARD_COMPAT)
		return xasprintf(
			"driver %s needs cuda-compat for CUDA %s, which %s does not take: it is no data-center GPU",
			have, cuda, gpu);
	if (code == REASON_COMPAT_MISSING)
		return xasprintf("driver %s needs cuda-compat for CUDA %s, which only NVIDIA's base images bring", have,
				 cuda);
	return xasprintf("driver %s needs cuda-compat for CUDA %s; whether %s takes it is not established", have, cuda,
			 gpu);
}

char *notes_target(const struct ask *a, const struct choice *ch, const struct ask_target *t, struct fit fit)
{
	char cc[CUDA_TEXT];
	char cuda[CUDA_TEXT];
	char have[DRIVER_TEXT];
	const char *built = cuda_key_text(fit.cuda ? fit.cuda : ch->torch->cuda, cuda);
	AUTO_TEXT char *who = fit.culprit == PKG__MAX ? NULL : notes_package(a, ch, fit.culprit);
	const char *own = who ? who : "the image";
	switch ((int)fit.code) {
	case REASON_DRIVER_TOO_OLD:
	case REASON_DRIVER_REFUSED_BY_IMAGE:
	case REASON_COMPRESSION_TOO_NEW:
		return about_driver(a, ch, t, fit);
	case REASON_FORWARD_COMPAT:
	case REASON_COMPAT_MISSING:
	case REASON_COMPAT_UNKNOWN:
		return about_compat(ch, t, fit.code);
	case REASON_ARCH_NOT_COVERED:
		return xasprintf("%s for CUDA %s has no kernels for compute capability %s", own, built,
				 catalog_cc_text(t->cc, cc));
	case REASON_ARCH_UNKNOWN:
		return xasprintf("which GPUs %s for CUDA %s serves is not established", own, built);
	case REASON_JIT_AT_FIRST_USE:
		return xasprintf("%s has no machine code for %s: the driver compiles its kernels at first use", own,
				 catalog_cc_text(t->cc, cc));
	case REASON_PTX_TOO_NEW:
		return xasprintf("%s has only PTX of CUDA %s for %s, which driver %s cannot compile", own, built,
				 catalog_cc_text(t->cc, cc), driver_text(&t->driver, have));
	default:
		return NULL;
	}
}

char *notes_target_fact(const struct ask *a, const struct choice *ch, const struct ask_target *t, struct fit fit)
{
	AUTO_BUF struct buf b = BUF_INIT;
	char cuda[CUDA_TEXT];
	char need[DRIVER_TEXT];
	const struct driver *least = least_driver(a, ch, fit);
	if (fit.code == REASON_COMPAT_UNKNOWN || fit.code == REASON_FORWARD_COMPAT)
		return xasprintf("gpus.csv: %s", t->from->gpu ? t->from->gpu : "no product is named");
	if (fit.culprit != PKG__MAX) {
		AUTO_TEXT char *who = notes_package(a, ch, fit.culprit);
		bool compiled = fit.culprit != PKG_TORCH && ch->pick[fit.culprit].way == WAY_SOURCE;
		buf_addf(&b, "%s%s: %s %s: ", compiled ? "what is compiled" : pkg_name(fit.culprit),
			 compiled ? "" : ".csv", who, cuda_key_variant(fit.cuda, cuda));
		catalog_archs_text(a->c, fit_archs(ch, fit.culprit), &b);
		return buf_take(&b);
	}
	if (fit.code == REASON_COMPRESSION_TOO_NEW && least)
		return xasprintf("toolkits.csv: CUDA %s: zstd by default, read from driver %s on", cuda_of(ch, cuda),
				 driver_text(least, need));
	return least ? xasprintf("toolkits.csv: CUDA %s: driver %s", cuda_of(ch, cuda), driver_text(least, need))
		     : NULL;
}

/* Whether a newer driver mends it. */
static bool is_about_driver(struct fit fit)
{
	return fit.fit == FIT_NO &&
	       (fit.code == REASON_DRIVER_TOO_OLD || fit.code == REASON_PTX_TOO_NEW ||
		fit.code == REASON_DRIVER_REFUSED_BY_IMAGE || fit.code == REASON_COMPRESSION_TOO_NEW ||
		fit.code == REASON_COMPAT_MISSING || fit.code == REASON_FORWARD_COMPAT);
}

char *notes_target_fix(const struct ask *a, const struct choice *ch, const struct ask_target *t, struct fit fit)
{
	struct ask_target newer = *t;
	char need[DRIVER_TEXT];
	for (const struct driver *least; is_about_driver(fit) && (least = least_driver(a, ch, fit));) {
		if (driver_cmp(least, &newer.driver) <= 0)
			return NULL;
		newer.driver = *least;
		fit = fit_target(a, ch, &newer); /* what is new enough for one thing may be too old for the next */
	}
	if (fit.fit == FIT_NO || !t->has_driver || driver_cmp(&newer.driver, &t->driver) == 0)
		return NULL;
	return xasprintf("driver %s or newer on %s", driver_text(&newer.driver, need), t->from->name);
}

/* --- notes of a choice ---------------------------------------------------------------------------------------------
 */

static const char *source_text(const struct ask *a, text_off source)
{
	const char *text = catalog_str(a->c, source);
	return *text ? text : NULL;
}

static void note_cuda(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	char cuda[CUDA_TEXT];
	const char *entry = a->v->cuda.n == 1 ? a->v->cuda.v[0] : NULL;
	AUTO_TEXT char *torch = notes_package(a, ch, PKG_TORCH);
	if (str_eq(entry, "best") && !a->cuda_named)
		plan_add_note(v, "cuda", "info", source_text(a, ch->torch->source),
			      "CUDA %s: the newest%s for which %s and every extension have wheels", cuda_of(ch, cuda),
			      a->ntargets ? " that the targets run and" : "", torch);
}

static void note_torch(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	const struct spec *spec = a->pkg[PKG_TORCH].spec;
	AUTO_TEXT char *torch = notes_package(a, ch, PKG_TORCH);
	if (!spec || !spec_exact(spec))
		plan_add_note(v, "torch", "info", source_text(a, ch->torch->source),
			      "%s: the newest that is allowed%s and beside which every package fits", torch,
			      a->ntargets ? ", that the targets run" : "");
}

static void note_python(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	if (!ch->own_python && !a->m->sources.python && !catalog_managed(a->c, ch->python, a->platform))
		plan_add_note(v, "python-source-unknown", "warning", NULL,
			      "the wheels are for Python %s, and it is neither %s's own nor a known standalone one: an "
			      "image needs one in `sources.python`",
			      v->python.version, v->os);
	else if (a->v->python && !ch->own_python)
		plan_add_note(v, "python", "info", NULL, "Python %s is not %s's own: a managed one is installed",
			      v->python.version, v->os);
}

static void note_os(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	const char *own = ch->own_python ? "its own Python" : "a managed Python";
	if (!a->v->os)
		plan_add_note(v, "os", "info", source_text(a, ch->os->source),
			      "%s: the newest Ubuntu whose glibc serves the wheels%s", v->os,
			      ch->nvidia ? " and that has base images for this CUDA version" : "");
	if (!a->v->python)
		plan_add_note(v, "python", "info", NULL, "Python %s: %s, %s", v->python.version, own,
			      ch->own_python ? "for which every wheel exists" : "the newest that all wheels share");
	note_python(a, ch, v);
}

static void note_base(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	enum libs_need need = libs_needed(a->c, ch->torch->cuda, (enum libs)ch->torch->libs, ask_has_extensions(a),
					  ch->pick[PKG_TORCH_SPARSE].version);
	const char *soname = libs_soname(ch->torch->cuda, need);
	AUTO_TEXT char *sparse = ch->pick[PKG_TORCH_SPARSE].used ? notes_package(a, ch, PKG_TORCH_SPARSE) : NULL;
	if (need == LIBS_NEED_CUSPARSE && soname)
		plan_add_note(v, "base", "info", NULL, "runtime base: %s is linked with %s, which no wheel brings",
			      sparse, soname);
	if (need != LIBS_NEED_CUSPARSE && ch->nvidia && a->base == ASK_BASE_AUTO)
		plan_add_note(v, "base", "info", NULL, "base flavor, the smallest: %s%s",
			      soname ? soname : "every CUDA library that is asked for is in a wheel",
			      soname ? " is all that the wheels do not bring" : "");
	if (ch->nvidia && ch->tag_rank < 3 && str_eq(v->base.presence, "unknown"))
		plan_add_note(v, "base-tag-unproven", "warning", source_text(a, ch->bases.tag[ch->flavor]->evidence),
			      "%s:%s: nobody has shown that this tag is still there (presence: unknown)",
			      v->base.repository, v->base.tag);
	if (ch->torch->cuda && !ch->nvidia && a->base == ASK_BASE_AUTO)
		plan_add_note(v, "base", "info", NULL,
			      "no NVIDIA base image for CUDA %s: %s without CUDA libraries, the wheels bring theirs",
			      v->cuda, v->os);
	if (a->base == ASK_BASE_OWN && !a->v->os)
		plan_add_note(v, "base", "warning", NULL, "%s is taken for %s: set `os` if it is another", a->own,
			      v->os);
}

/* What NVIDIA's policy says of the tags in use; those of one CUDA version share their fate unless one is superseded. */
static void note_forecast(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	const struct tag_row *said = NULL;
	for (unsigned i = 0; i < FLAVOR__MAX; i++) {
		const struct tag_row *tag = ch->bases.tag[i];
		bool used = (ch->nvidia && i == (unsigned)ch->flavor) || (ch->devel && i == FLAVOR_DEVEL);
		if (!tag || !used)
			continue;
		struct forecast f = forecast_tag(a->c, tag);
		if (f.kind == FORECAST_NONE || (said && f.kind != FORECAST_SUPERSEDED))
			continue;
		AUTO_TEXT char *text = forecast_text(a->c, tag, &f);
		AUTO_TEXT char *source = forecast_source(a->c, &f);
		plan_add_note(v, "base-tag-forecast", f.kind == FORECAST_SUPERSEDED ? "warning" : "info", source, "%s",
			      text);
		said = tag;
	}
}

/* Whether torch is of a minor that came after all wheels of that version: its newest release alone was compiled with
 * such ones (rules/sdist.h). */
static bool is_behind(const struct catalog *c, enum pkg pkg, uint32_t version, uint32_t torch)
{
	struct wheel_query q = WHEEL_QUERY_ANY(pkg);
	uint32_t newest = 0;
	uint32_t last = 0;
	for (const struct wheel_row *row = NULL; (row = catalog_wheel_next(c, &q, row));) {
		newest = row->version > newest ? row->version : newest;
		last = row->version == version && row->torch > last ? row->torch : last;
	}
	return version < newest && last && REL_MINOR(torch) > REL_MINOR(last);
}

static void note_sources(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *p = &v->packages[i];
		if (p->way != WAY_SOURCE)
			continue;
		plan_add_note(v, "source", "info", NULL, "%s %s is compiled%s%s, about %u min on 8 cores",
			      pkg_name(p->pkg), p->version, v->arch_list ? " for " : "",
			      v->arch_list ? v->arch_list : "", p->minutes);
		if (ch->pick[p->pkg].sdist == SDIST_UNPROVEN ||
		    is_behind(a->c, p->pkg, ch->pick[p->pkg].version, ch->torch->version))
			plan_add_note(v, "unproven", "warning", NULL, "%s %s was not seen to compile with this torch",
				      pkg_name(p->pkg), p->version);
	}
}

static void note_minor(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	char mine[CUDA_TEXT];
	char its[CUDA_TEXT];
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++) {
		const struct pick *pick = &ch->pick[p];
		if (!pick->used || pick->cuda == ch->torch->cuda)
			continue;
		AUTO_TEXT char *who = notes_package(a, ch, (enum pkg)p);
		plan_add_note(v, "cuda-minor-mismatch", "warning", pick->row ? source_text(a, pick->row->source) : NULL,
			      "%s is built for CUDA %s, torch for %s: the same major, so it loads", who,
			      cuda_key_text(pick->cuda, its), cuda_key_text(ch->torch->cuda, mine));
	}
}

static void note_assumed(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	char torch[CUDA_TEXT];
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++) {
		const struct plan_package *package = plan_package(v, (enum pkg)p);
		if (!pick_is_assumed(&ch->pick[p]) || (package && package->file))
			continue;
		AUTO_TEXT char *who = notes_package(a, ch, (enum pkg)p);
		plan_add_note(
			v, PLAN_NOTE_ASSUMED, "warning", NULL,
			"%s: the catalog has no row of it beside torch %s; a wheel is assumed until the index is asked",
			who, catalog_rel_text(ch->torch->version, torch));
	}
}

/* A GPU that no table knows, or a driver that does not know the GPU: older than the one that came with the first CUDA
 * for it, or of a branch that has dropped it. No rule of CUDA forbids the pair, so that it is a remark on the target.
 */
static void note_driver(const struct ask *a, const struct ask_target *t, struct plan_variant *v)
{
	char cc[CUDA_TEXT];
	char cuda[CUDA_TEXT];
	char have[DRIVER_TEXT];
	const struct arch_row *arch = catalog_arch(a->c, t->cc);
	const struct toolkit_row *first = arch ? catalog_toolkit(a->c, arch->cuda_first) : NULL;
	(void)catalog_cc_text(t->cc, cc);
	if (t->cc && !arch)
		plan_add_note(
			v, "compute-unknown", "warning", NULL,
			"target %s: archs.csv has no compute capability %s: judged by the rules for code and PTX alone",
			t->from->name, cc);
	if (!t->has_driver || !arch || arch->jetson)
		return;
	(void)driver_text(&t->driver, have);
	if (first && t->driver.branch < first->driver_min.branch)
		plan_add_note(v, "driver-before-gpu", "warning", source_text(a, arch->source),
			      "target %s: driver %s is older than R%u, which came with CUDA %s, the first for compute "
			      "capability %s: it most likely does not know this GPU",
			      t->from->name, have, first->driver_min.branch, cuda_key_text(arch->cuda_first, cuda), cc);
	if (arch->driver_last && t->driver.branch > arch->driver_last)
		plan_add_note(v, "driver-dropped-gpu", "warning", source_text(a, arch->source),
			      "target %s: R%u is the last driver branch for compute capability %s (%s): driver %s does "
			      "not serve it",
			      t->from->name, arch->driver_last, cc, catalog_str(a->c, arch->name), have);
}

/* A branch alone is any of its releases: which of them will do is said, where not all do. */
static void note_branch(const struct ask *a, const struct choice *ch, const struct ask_target *t,
			struct plan_variant *v)
{
	const struct toolkit_row *row = catalog_toolkit(a->c, ch->torch->cuda);
	const struct driver *const due[] = {catalog_driver_min(a->c, ch->torch->cuda), row ? &row->driver_min : NULL};
	const struct driver *least = NULL;
	char cuda[CUDA_TEXT];
	char have[DRIVER_TEXT];
	char need[DRIVER_TEXT];
	if (!t->has_driver || !t->driver.whole)
		return;
	for (size_t i = 0; i < ARRAY_LEN(due); i++)
		if (due[i] && due[i]->branch == t->driver.branch && (!least || driver_cmp(due[i], least) > 0))
			least = due[i];
	if (least)
		plan_add_note(v, "driver-branch", "info", NULL,
			      "target %s: driver %s is taken as %s or newer, which CUDA %s needs", t->from->name,
			      driver_text(&t->driver, have), driver_text(least, need), cuda_of(ch, cuda));
}

static void note_targets(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	for (size_t i = 0; i < a->ntargets; i++) {
		struct fit fit = fit_target(a, ch, &a->targets[i]);
		note_driver(a, &a->targets[i], v);
		note_branch(a, ch, &a->targets[i], v);
		if (fit.code == REASON__MAX)
			continue;
		AUTO_TEXT char *text = notes_target(a, ch, &a->targets[i], fit);
		AUTO_TEXT char *fact = notes_target_fact(a, ch, &a->targets[i], fit);
		plan_add_note(v, reason_code_name(fit.code), fit.fit == FIT_NO ? "warning" : "info", fact,
			      "target %s: %s", a->targets[i].from->name, text);
	}
	if (!a->v->ntargets && ch->torch->cuda && v->driver_min) {
		AUTO_BUF struct buf archs = BUF_INIT;
		catalog_archs_text(a->c, ch->torch->archs, &archs);
		plan_add_note(v, "targets", "info", NULL,
			      "no targets: driver %s or newer and a GPU of torch's list (%s) are assumed",
			      v->driver_min, buf_text(&archs));
	}
}

void notes_add(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	note_torch(a, ch, v);
	note_cuda(a, ch, v);
	note_os(a, ch, v);
	note_base(a, ch, v);
	note_forecast(a, ch, v);
	note_minor(a, ch, v);
	note_sources(a, ch, v);
	note_assumed(a, ch, v);
	note_targets(a, ch, v);
}
