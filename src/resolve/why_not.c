#include "base/str.h"
#include "resolve/notes.h"
#include "resolve/why.h"
#include "rules/compiler.h"
#include "rules/driver_fit.h"
#include "rules/libs.h"
#include "rules/match.h"

#include <string.h>

#define DENIED_SHOWN 12

static bool has_variant(const struct ask *a, enum pkg pkg)
{
	return a->pkg[pkg].has_label && a->pkg[pkg].label.has_variant;
}

static uint16_t variant_of(const struct ask *a, enum pkg pkg)
{
	return cuda_key(&a->pkg[pkg].label.variant);
}

static enum reason_code code_of(enum match m)
{
	switch (m) {
	case MATCH_MAJOR:
		return REASON_CUDA_MAJOR_MISMATCH;
	case MATCH_TORCH_CPU:
		return REASON_MISSING_CUDA_LIBRARY;
	case MATCH_CPU_ONLY:
		return REASON_EXTENSION_CPU_ONLY;
	case MATCH_MINOR_REFUSED:
	case MATCH_MINOR_WARNS:
	case MATCH_YES:
		break;
	}
	return REASON_CUDA_MINOR_MISMATCH;
}

static char *because_of(enum match m, const char *left, const char *right, uint16_t torch, uint16_t extension)
{
	char a[CUDA_TEXT];
	char b[CUDA_TEXT];
	(void)cuda_key_text(torch, a);
	(void)cuda_key_text(extension, b);
	if (m == MATCH_CPU_ONLY)
		return xasprintf("%s has no CUDA code, %s is built for CUDA %s", right, left, a);
	if (m == MATCH_TORCH_CPU)
		return xasprintf("%s is built for CUDA %s and needs libtorch_cuda.so, which %s has not", right, b,
				 left);
	if (m == MATCH_MAJOR)
		return xasprintf("%s is built for CUDA %s, %s for CUDA %s: two CUDA majors cannot share one process",
				 left, a, right, b);
	return xasprintf("%s is built for CUDA %s, %s for CUDA %s: this minor difference is refused", left, a, right,
			 b);
}

static uint32_t sparse_version(const struct ask *a)
{
	const struct spec *spec = a->pkg[PKG_TORCH_SPARSE].spec;
	const struct ver *v = spec ? spec_exact(spec) : NULL;
	return v ? catalog_ver_rel(v) : 0;
}

static void compare_sides(struct conflict *c, uint16_t left, uint16_t right)
{
	char text[CUDA_TEXT];
	const char *mine = libs_soname(left, LIBS_NEED_CUDART);
	const char *its = libs_soname(right, LIBS_NEED_CUDART);
	conflict_compare(c, "built for CUDA", xstrdup(cuda_key_text(left, text)), xstrdup(cuda_key_text(right, text)));
	conflict_compare(c, "loads", xstrdup(mine ? mine : "no CUDA"), xstrdup(its ? its : "no CUDA"));
}

/* Compares one side's CUDA with an extension's label; adds a reason where they exclude each other. */
static void clash(const struct ask *a, const char *left, uint16_t torch, enum pkg pkg, struct conflict *c)
{
	uint16_t its = variant_of(a, pkg);
	char text[CUDA_TEXT];
	enum match m = match_cuda(torch, its, pkg == PKG_TORCH_SPARSE ? sparse_version(a) : 0);
	if (m == MATCH_YES || m == MATCH_MINOR_WARNS)
		return;
	AUTO_TEXT char *right = xasprintf("%s %s", pkg_name(pkg), a->pkg[pkg].text);
	if (!c->left) {
		c->left = xstrdup(left);
		c->right = xstrdup(right);
		compare_sides(c, torch, its);
	}
	why_say(c, code_of(m), xasprintf("%s, %s", left, right), because_of(m, left, right, torch, its),
		"labels of the wheels", xasprintf("+%s", a->pkg[pkg].local),
		"https://github.com/rusty1s/pytorch_sparse/issues/86",
		its ? xasprintf("the same CUDA for both%s%s%s", a->ntargets ? "" : ": cuda: \"",
				a->ntargets ? "" : cuda_key_text(its, text), a->ntargets ? "" : "\"")
		    : xasprintf("%s without that label", pkg_name(pkg)));
}

/* What an exactly named CUDA says, 0 and false where the list leaves a choice. */
static bool named_cuda(const struct ask *a, uint16_t *ret)
{
	struct err err = ERR_INIT;
	struct cuda cuda;
	if (a->v->cuda.n != 1 || cuda_parse(a->v->cuda.v[0], &cuda, &err) < 0) {
		err_clear(&err);
		return false;
	}
	*ret = cuda_key(&cuda);
	return true;
}

/* The side that the extensions are compared with: torch's label, the named CUDA, or the first extension's label. */
static bool left_side(const struct ask *a, char **name, uint16_t *cuda)
{
	char text[CUDA_TEXT];
	if (has_variant(a, PKG_TORCH)) {
		*cuda = variant_of(a, PKG_TORCH);
		*name = xasprintf("torch %s", a->pkg[PKG_TORCH].text);
		return true;
	}
	if (named_cuda(a, cuda)) {
		*name = xasprintf("torch for CUDA %s", cuda_key_text(*cuda, text));
		return true;
	}
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++) {
		if (!has_variant(a, (enum pkg)p))
			continue;
		*cuda = variant_of(a, (enum pkg)p);
		*name = xasprintf("%s %s", pkg_name((enum pkg)p), a->pkg[p].text);
		return true;
	}
	return false;
}

static void clash_with_named(const struct ask *a, struct conflict *c)
{
	uint16_t named = 0;
	char text[CUDA_TEXT];
	if (!has_variant(a, PKG_TORCH) || !named_cuda(a, &named) || named == variant_of(a, PKG_TORCH))
		return;
	uint16_t its = variant_of(a, PKG_TORCH);
	why_say(c, REASON_CONTRADICTION, xasprintf("torch %s, cuda %s", a->pkg[PKG_TORCH].text, a->v->cuda.v[0]),
		xasprintf("the label of torch says CUDA %s, the variant asks for another", cuda_key_text(its, text)),
		"manifest", NULL, NULL,
		xasprintf("cuda: \"%s\", or torch without its label", cuda_key_text(its, text)));
}

/* The manifest and a requirement file name labels that no wheel has both of. */
static void clash_with_file(const struct ask *a, enum pkg pkg, struct conflict *c)
{
	const char *place = a->v->bound[pkg] ? a->v->bound[pkg] : "a requirement file";
	why_say(c, REASON_CONTRADICTION, xasprintf("%s %s, %s", pkg_name(pkg), a->pkg[pkg].text, place),
		xasprintf("the manifest asks for %s %s, %s for %s: no wheel has both labels", pkg_name(pkg),
			  a->pkg[pkg].text, place, a->v->other[pkg]),
		place, xasprintf("%s==%s", pkg_name(pkg), a->v->other[pkg]), NULL,
		xasprintf("%s: \"%s\", or the same label in the file", pkg_name(pkg), a->v->other[pkg]));
}

struct conflict *why_entry(const struct ask *a, const char *entry, uint16_t label)
{
	struct conflict *c = conflict_new(VERDICT_CONFLICT);
	char text[CUDA_TEXT];
	c->question = ask_text(a);
	(void)cuda_key_text(label, text);
	why_say(c, REASON_CONTRADICTION, xasprintf("cuda %s", entry),
		xasprintf("a label says CUDA %s, which `cuda: \"%s\"` leaves out", text, entry), "manifest", NULL, NULL,
		xasprintf("cuda: \"%s\", or the package without its label", text));
	return c;
}

struct conflict *why_labels(const struct ask *a)
{
	AUTO(conflict) struct conflict *c = conflict_new(VERDICT_CONFLICT);
	AUTO_TEXT char *name = NULL;
	uint16_t cuda = 0;
	for (unsigned p = 0; p < PKG__MAX; p++)
		if (a->v->other[p])
			clash_with_file(a, (enum pkg)p, c);
	clash_with_named(a, c);
	if (left_side(a, &name, &cuda))
		for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++)
			if (has_variant(a, (enum pkg)p))
				clash(a, name, cuda, (enum pkg)p, c);
	if (!c->reasons.n)
		return NULL;
	c->question = ask_text(a);
	return TAKE(c);
}

/* --- beyond single packages ------------------------------------------------------------------------------------------
 */

/* Whether an OS of the catalog has the tags of a flavor for a CUDA version. */
static bool has_tags(const struct ask *a, uint16_t cuda, const struct os_row *os, enum flavor flavor)
{
	struct base_set set;
	return catalog_bases(a->c, cuda, catalog_str(a->c, os->name), 1U << flavor, 1U << a->platform, &set, 1) > 0;
}

/* The newest other CUDA version of this torch that has base images on an allowed OS, 0 if none has. */
static uint16_t cuda_with_tags(const struct ask *a, const struct choice *ch)
{
	uint16_t best = 0;
	for (size_t i = 0; i < a->c->n_torch; i++) {
		const struct torch_row *row = &a->c->torch[i];
		bool other = row->version == ch->torch->version && row->platform == a->platform && row->cuda > best &&
			     row->cuda != ch->torch->cuda;
		for (size_t o = 0; other && o < a->noses; o++)
			if (has_tags(a, row->cuda, a->oses[o], ch->flavor))
				best = row->cuda;
	}
	return best;
}

/* "tags.csv: 10.2-runtime on ubuntu16.04, ubuntu18.04": where the tags are. The caller's. */
static char *where_tags_are(const struct ask *a, const struct choice *ch, const char *cuda)
{
	AUTO_STRV struct strv names = STRV_INIT;
	for (size_t i = 0; i < a->c->n_oses; i++)
		if (has_tags(a, ch->torch->cuda, &a->c->oses[i], ch->flavor))
			strv_add(&names, catalog_str(a->c, a->c->oses[i].name));
	AUTO_TEXT char *list = strv_join(&names, ", ");
	return xasprintf("%s-%s on %s", cuda, catalog_flavor_text(ch->flavor), names.n ? list : "no operating system");
}

/* Whether the tags are there, only not of the patch that is asked for; text: those that are. */
static bool other_patches(const struct ask *a, const struct choice *ch, struct strv *patches)
{
	struct base_set sets[16];
	char text[CUDA_TEXT];
	unsigned flavors = 1U << ch->flavor | (ch->devel ? 1U << FLAVOR_DEVEL : 0);
	for (size_t o = 0; a->patch >= 0 && o < a->noses; o++) {
		size_t n = catalog_bases(a->c, ch->torch->cuda, catalog_str(a->c, a->oses[o]->name), flavors,
					 1U << a->platform, sets, ARRAY_LEN(sets));
		for (size_t i = 0; i < n && i < ARRAY_LEN(sets); i++)
			if (sets[i].cuda.patch != (unsigned)a->patch)
				strv_add_once(patches, cuda_text(&sets[i].cuda, text));
	}
	return patches->n > 0;
}

static void say_base(const struct ask *a, const struct choice *ch, struct conflict *c)
{
	char text[CUDA_TEXT];
	char near[CUDA_TEXT];
	const char *os = a->v->os ? a->v->os : "any Ubuntu";
	AUTO_STRV struct strv patches = STRV_INIT;
	AUTO_TEXT char *torch = notes_package(a, ch, PKG_TORCH);
	AUTO_TEXT char *minor = xstrdup(cuda_key_text(ch->torch->cuda, text));
	AUTO_TEXT char *cuda = a->patch >= 0 ? xasprintf("%s.%d", minor, a->patch) : xstrdup(minor);
	bool patch = other_patches(a, ch, &patches);
	AUTO_TEXT char *list = strv_join(&patches, ", ");
	uint16_t best = cuda_with_tags(a, ch);
	why_say(c, REASON_BASE_TAG_MISSING, xasprintf("CUDA %s on %s", cuda, os),
		xasprintf("no registry is known to have the base images that %s needs (%s%s) for CUDA %s on %s%s%s",
			  torch, catalog_flavor_text(ch->flavor), ch->devel ? " and devel" : "", cuda, os,
			  patch ? "; there are those of " : "", list),
		"tags.csv", where_tags_are(a, ch, minor), NULL,
		patch  ? xasprintf("cuda: \"%s\", or any patch: cuda: \"%s\"", patches.v[0], minor)
		: best ? xasprintf("cuda: \"%s\" is the nearest that works", cuda_key_text(best, near))
		       : xstrdup("another os"));
}

/* The base that the manifest insists on lacks a library that no wheel brings. */
static bool say_library(const struct ask *a, const struct choice *ch, struct conflict *c)
{
	enum libs_need need = libs_needed(a->c, ch->torch->cuda, (enum libs)ch->torch->libs, ask_has_extensions(a),
					  ch->pick[PKG_TORCH_SPARSE].version);
	bool lacks = (a->base == ASK_BASE_OS && need != LIBS_NEED_NONE) ||
		     (a->base == ASK_BASE_BASE && need == LIBS_NEED_CUSPARSE);
	const char *soname = libs_soname(ch->torch->cuda, need);
	enum pkg pkg = need == LIBS_NEED_CUSPARSE ? PKG_TORCH_SPARSE : PKG_TORCH;
	if (!lacks)
		return false;
	AUTO_TEXT char *who = notes_package(a, ch, pkg);
	why_say(c, REASON_MISSING_CUDA_LIBRARY, xasprintf("base: %s", a->v->base),
		need == LIBS_NEED_CUSPARSE
			? xasprintf("%s is linked with %s, which no wheel brings", who, soname)
			: xasprintf("the extensions need %s, which %s carries under another name only", soname, who),
		need == LIBS_NEED_CUSPARSE ? "requirements.csv" : "torch.csv", xstrdup(who), NULL,
		xasprintf("base: %s", need == LIBS_NEED_CUSPARSE ? "runtime" : "base"));
	return true;
}

/* The gcc of the OS cannot compile for this torch, or is none that this toolkit takes. */
static void say_compiler(const struct ask *a, const struct choice *ch, const char *where, struct conflict *c)
{
	char least[CUDA_TEXT], has[CUDA_TEXT], cuda[CUDA_TEXT], version[CUDA_TEXT];
	const char *os = catalog_str(a->c, ch->os->name);
	const struct toolkit_row *t = ch->torch->cuda ? catalog_toolkit(a->c, ch->torch->cuda) : NULL;
	bool old = ch->os->gcc < compiler_least(ch->torch->version);
	catalog_minor_text(ch->os->gcc, has);
	char *because;
	if (old)
		because = xasprintf("the headers of torch %s need gcc %s, %s has %s",
				    catalog_rel_text(ch->torch->version, version),
				    catalog_minor_text(compiler_least(ch->torch->version), least), os, has);
	else
		because =
			xasprintf("nvcc of CUDA %s takes gcc %d to %d, %s has %s", cuda_key_text(ch->torch->cuda, cuda),
				  t ? t->gcc_min / 100 : 0, t ? t->gcc_max / 100 : 0, os, has);
	why_say(c, REASON_SOURCE_DOES_NOT_COMPILE, xstrdup(where), because, old ? "os_images.csv" : "toolkits.csv",
		xasprintf("%s: gcc %s", os, has), catalog_str(a->c, old || !t ? ch->os->source : t->source),
		xstrdup("another os"));
}

/* No package alone is to blame: the furthest combination is shown. */
static void say_combination(const struct ask *a, const struct found *f, struct conflict *c)
{
	const struct choice *ch = &f->choice;
	char cuda[CUDA_TEXT];
	AUTO_TEXT char *torch = notes_package(a, ch, PKG_TORCH);
	const char *python = catalog_str(a->c, a->c->pythons[ch->python].name);
	enum pkg pkg = f->other == PKG__MAX ? PKG_TORCH : f->other;
	AUTO_TEXT char *where = xasprintf("%s for CUDA %s, Python %s, %s", torch, cuda_key_text(ch->torch->cuda, cuda),
					  python, catalog_str(a->c, ch->os->name));
	if (f->stage == STAGE_MANAGED)
		why_say(c, REASON_PYTHON_UNSUPPORTED, xasprintf("Python %s", python),
			xasprintf("%s has another Python, and no standalone %s is known",
				  catalog_str(a->c, ch->os->name), python),
			"managed.csv", NULL, NULL, xstrdup("another os or python, or sources.python"));
	else if (f->stage == STAGE_COMPILER)
		say_compiler(a, ch, where, c);
	else if (f->stage == STAGE_COMPILE)
		why_say(c, REASON_ARCH_UNKNOWN, xstrdup(where),
			xstrdup("no GPU architectures are known to compile for"), "torch.csv", xstrdup(where), NULL,
			xstrdup("targets, or build.arch_list"));
	else
		why_say(c,
			pkg == PKG_TORCH_SCATTER && a->pkg[pkg].implied ? REASON_MISSING_TORCH_SCATTER
									: REASON_NO_WHEEL,
			xasprintf("%s beside %s", pkg_name(pkg), where),
			xasprintf("the rows that fit one by one share no combination; the furthest, %s, has no %s",
				  where, pkg_name(pkg)),
			"catalog", xstrdup(where), NULL, NULL);
}

static void say_unknown_place(const struct ask *a, struct conflict *c)
{
	if (a->noses == 0) {
		const struct os_row *near = a->v->os ? catalog_os_nearest(a->c, a->v->os) : NULL;
		why_say(c, REASON_OS_UNKNOWN, xasprintf("os %s", a->v->os),
			xstrdup("the catalog has no row of this operating system"), "os_images.csv", NULL, NULL,
			near ? xasprintf("os: %s", catalog_str(a->c, near->name)) : NULL);
	}
	if (a->platform == PLATFORM__MAX)
		why_say(c, REASON_PLATFORM_UNSUPPORTED, xstrdup("platform"),
			xstrdup("no wheels are known for this platform"), "catalog", NULL, NULL,
			xstrdup("platforms: [linux/amd64]"));
	if (a->noses && a->pythons == 0)
		why_say(c, REASON_PYTHON_UNSUPPORTED, xasprintf("Python %s", a->v->python),
			xstrdup("no wheel of torch is known for this Python"), "pythons.csv", NULL, NULL, NULL);
}

static bool say_packages(const struct ask *a, struct conflict *c)
{
	if (why_torch(a, c))
		return true;
	bool said = false;
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX && !said; p++)
		said = a->pkg[p].wanted && why_extension(a, (enum pkg)p, c);
	return said;
}

/* What registries and indexes denied, since that is why rows of the catalog fell. */
static void say_denied(const struct ask *a, struct conflict *c)
{
	size_t said = 0;
	for (size_t i = 0; a->some_absent && i < a->known->n && said < DENIED_SHOWN; i++) {
		const struct fact *fact = &a->known->v[i];
		if (fact->present)
			continue;
		bool image = fact->ask.kind == FACT_IMAGE;
		struct reason *r =
			reasons_add(&c->reasons, image ? REASON_BASE_TAG_MISSING : REASON_NO_WHEEL, SEVERITY_INFO);
		r->subject = fact_ask_text(&fact->ask);
		r->because = xstrdup("it was asked for and is not there");
		r->fact = xasprintf("answer of %s", fact->source ? fact->source : "a source");
		said++;
	}
}

struct conflict *why_not(const struct ask *a, const struct found *f)
{
	struct conflict *c = conflict_new(VERDICT_CONFLICT);
	c->question = ask_text(a);
	say_unknown_place(a, c);
	if (c->reasons.n)
		return c;
	if (f->stage == STAGE_BASE) {
		if (!say_library(a, &f->choice, c))
			say_base(a, &f->choice, c);
	} else if ((f->stage >= STAGE_COMPILE || !say_packages(a, c)) && f->choice.torch)
		say_combination(a, f, c);
	say_denied(a, c);
	return c;
}

/* A driver that is too old for the CUDA major cannot read its compressed device code either: cuda-compat, which brings
 * newer libraries, mends both, and an extension alone neither. */
static void say_zstd(const struct ask *a, const struct choice *ch, const struct ask_target *t, struct conflict *c)
{
	struct fit fit = {
		.fit = FIT_NO, .code = REASON_COMPRESSION_TOO_NEW, .culprit = PKG__MAX, .cuda = ch->torch->cuda};
	AUTO_TEXT char *fact = notes_target_fact(a, ch, t, fit);
	const struct toolkit_row *row = catalog_toolkit(a->c, ch->torch->cuda);
	why_say(c, fit.code, xasprintf("target %s", t->from->name), notes_target(a, ch, t, fit), "toolkits.csv",
		fact ? xstrdup(fact + strlen("toolkits.csv: ")) : NULL, row ? catalog_str(a->c, row->source) : NULL,
		notes_target_fix(a, ch, t, fit));
}

struct conflict *why_no_target(const struct ask *a, const struct choice *ch)
{
	struct conflict *c = conflict_new(VERDICT_CONFLICT);
	c->question = ask_text(a);
	for (size_t i = 0; i < a->ntargets; i++) {
		const struct ask_target *t = &a->targets[i];
		struct fit fit = fit_target(a, ch, t);
		if (fit.fit != FIT_NO)
			continue;
		AUTO_TEXT char *fact = notes_target_fact(a, ch, t, fit);
		const char *source = fit.culprit == PKG_TORCH ? catalog_str(a->c, ch->torch->source) : NULL;
		why_say(c, fit.code, xasprintf("target %s", t->from->name), notes_target(a, ch, t, fit),
			fact ? fact : "catalog", NULL, source, notes_target_fix(a, ch, t, fit));
		if (fit.code == REASON_DRIVER_TOO_OLD && driver_needs_zstd(a->c, ch->torch->cuda) &&
		    driver_reads_zstd(a->c, &t->driver) == DRIVER_TOO_OLD)
			say_zstd(a, ch, t, c);
	}
	return c;
}
