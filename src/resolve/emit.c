#include "resolve/emit.h"

#include "base/file.h"
#include "base/str.h"
#include "resolve/facts.h"
#include "resolve/fit.h"
#include "resolve/notes.h"
#include "rules/arch.h"

#include <string.h>

/* --- base images
 * ------------------------------------------------------------------------------------------------------- */

static void image_from_fact(struct plan_image *i, const struct fact *fact)
{
	i->repository = xstrdup(fact->repository);
	i->index_digest = xstrdup(fact->index_digest);
	i->digest = xstrdup(fact->digest);
	i->presence = xstrdup("live");
	i->source = xstrdup(fact->source);
}

/* Splits "registry/name:tag@digest" of an own image. */
static void image_own(struct plan_image *i, const char *reference)
{
	const char *at = strchr(reference, '@');
	size_t len = at ? (size_t)(at - reference) : strlen(reference);
	AUTO_TEXT char *name = xstrndup(reference, len);
	char *slash = strrchr(name, '/');
	char *colon = strchr(slash ? slash : name, ':');
	if (colon)
		*colon = '\0';
	i->repository = xstrdup(name);
	i->tag = colon ? xstrdup(colon + 1) : at ? NULL : xstrdup("latest");
	i->digest = at ? xstrdup(at + 1) : NULL;
	i->presence = xstrdup(at ? "listed" : "unknown");
}

/* The repository that an unproven image is taken from: the first of the sources, or below os_images. */
static char *repository_of(const struct ask *a, const struct fact_ask *q)
{
	const struct manifest_sources *s = &a->m->sources;
	if (str_eq(q->family, "os"))
		return xasprintf("%s/%s", s->os_images, q->name);
	return xstrdup(s->images.n ? s->images.v[0] : "nvcr.io/nvidia/cuda");
}

static const char *presence_of(const struct ask *a, const struct choice *ch, const struct fact_ask *q)
{
	if (str_eq(q->family, "os"))
		return "listed";
	(void)a;
	return ch->tag_rank == 3 ? "listed" : "unknown";
}

/* What the catalog rests on for an image that no registry was asked for; NULL for the user's own. */
static char *image_source(const struct ask *a, const struct choice *ch, const struct fact_ask *q)
{
	if (str_eq(q->family, "own"))
		return NULL;
	if (str_eq(q->family, "os"))
		return xasprintf("catalog: %s", catalog_str(a->c, ch->os->source));
	const struct tag_row *tag = catalog_tag(a->c, q->tag);
	return tag ? xasprintf("catalog: %s", catalog_str(a->c, tag->seen)) : NULL;
}

static void emit_image(const struct ask *a, const struct choice *ch, struct fact_ask q /* cleared */,
		       struct plan_image *into)
{
	const struct fact *fact = q.family ? known_find(a->known, &q) : NULL;
	if (str_eq(q.family, "own")) {
		image_own(into, q.name);
	} else if (q.family) {
		into->tag = xstrdup(q.tag);
	}
	if (fact && fact->present) {
		free(into->repository);
		free(into->digest);
		free(into->presence);
		image_from_fact(into, fact);
	} else if (q.family && !into->repository) {
		into->repository = repository_of(a, &q);
		into->presence = xstrdup(presence_of(a, ch, &q));
		into->source = image_source(a, ch, &q);
	}
	fact_ask_clear(&q);
}

/* --- packages
 * ------------------------------------------------------------------------------------------------------------ */

static char *index_of(const struct ask *a, const struct fact_ask *q)
{
	const struct manifest_sources *s = &a->m->sources;
	if (str_eq(q->channel, "index"))
		return xasprintf("%s/%.*s", str_eq(s->torch, "pypi") ? "https://download.pytorch.org/whl" : s->torch,
				 (int)strcspn(q->variant, "."), q->variant);
	if (str_eq(q->channel, "pyg"))
		return xasprintf("%s/torch-%s+%s.html", s->pyg, q->torch, q->variant);
	return NULL;
}

static const char *row_label(const struct ask *a, const struct choice *ch, enum pkg pkg)
{
	const char *label = "";
	if (pkg == PKG_TORCH)
		label = catalog_str(a->c, ch->torch->label);
	else if (ch->pick[pkg].row)
		label = catalog_str(a->c, ch->pick[pkg].row->label);
	return *label ? label : NULL;
}

static unsigned count_bits(uint32_t bits)
{
	unsigned n = 0;
	for (; bits; bits &= bits - 1)
		n++;
	return n;
}

static void package_from_fact(struct plan_package *p, const struct fact *fact)
{
	p->file = xstrdup(fact->file);
	p->url = xstrdup(fact->url);
	p->sha256 = xstrdup(fact->sha256);
	free(p->source);
	p->source = xstrdup(fact->source);
	if (fact->label) {
		free(p->label);
		p->label = xstrdup(fact->label);
	}
	if (fact->path) {
		free(p->channel);
		p->channel = xstrdup("directory");
	}
}

/* Where the row of a package was read; NULL where none has it. */
static char *package_source(const struct ask *a, const struct choice *ch, enum pkg pkg)
{
	const struct pick *pick = &ch->pick[pkg];
	const struct requirement_row *row = NULL;
	text_off source = 0;
	if (pkg == PKG_TORCH)
		source = ch->torch->source;
	else if (pick->row)
		source = pick->row->source;
	else if (pkg == PKG_TORCH_SPARSE && pick->way == WAY_SOURCE)
		row = catalog_requirement(a->c, pick->version);
	source = row ? row->source : source;
	return source ? xasprintf("catalog: %s", catalog_str(a->c, source)) : NULL;
}

static void emit_package(const struct ask *a, const struct choice *ch, enum pkg pkg, struct plan_variant *v)
{
	struct fact_ask q = facts_package(a, ch, pkg);
	const struct fact *fact = known_find(a->known, &q);
	struct plan_package *p = plan_add_package(v, pkg);
	p->version = xstrdup(q.version);
	p->way = pkg == PKG_TORCH ? WAY_WHEEL : ch->pick[pkg].way;
	p->label = p->way == WAY_WHEEL ? xstrdup(row_label(a, ch, pkg)) : NULL;
	p->channel = xstrdup(q.channel);
	p->index = index_of(a, &q);
	if (p->way == WAY_SOURCE)
		p->minutes = sdist_minutes(pkg, count_bits(ch->compiled.sass));
	p->source = package_source(a, ch, pkg);
	if (fact && fact->present)
		package_from_fact(p, fact);
	if (fact && fact->present && fact->path) { /* a directory has no pages: the source itself is the place */
		free(p->index);
		p->index = xstrdup(pkg == PKG_TORCH ? a->m->sources.torch : a->m->sources.pyg);
		free(p->source); /* as the manifest has it: the lock does not depend on where the manifest lies */
		p->source = xstrdup(p->index);
	}
	fact_ask_clear(&q);
}

/* --- the variant
 * ------------------------------------------------------------------------------------------------------------ */

static void emit_python(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	struct fact_ask q = {.kind = FACT_PYTHON};
	const struct managed_row *row = catalog_managed(a->c, ch->python, a->platform);
	v->python.version = xstrdup(catalog_str(a->c, a->c->pythons[ch->python].name));
	v->python.managed = !ch->own_python;
	if (ch->own_python)
		return;
	if (!a->m->sources.python) {
		if (row) {
			v->python.url = xstrdup(catalog_str(a->c, row->url));
			v->python.sha256 = xstrdup(catalog_str(a->c, row->sha256));
			v->python.source = xasprintf("catalog: %s", catalog_str(a->c, row->source));
		}
		return;
	}
	q.python = xstrdup(v->python.version);
	q.platform = xstrdup(v->platform);
	const struct fact *fact = known_find(a->known, &q);
	if (fact && fact->present) {
		v->python.file = xstrdup(fact->file);
		v->python.url = xstrdup(fact->url);
		v->python.sha256 = xstrdup(fact->sha256);
		v->python.source = xstrdup(fact->path ? a->m->sources.python : fact->source);
	}
	fact_ask_clear(&q);
}

static void emit_cuda(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	char text[CUDA_TEXT];
	char driver[DRIVER_TEXT];
	uint16_t cuda = ch->torch->cuda;
	const struct driver *least = catalog_driver_min(a->c, cuda);
	v->cuda_tag = xstrdup(cuda_key_variant(cuda, text));
	if (!cuda)
		return;
	v->cuda = xstrdup(cuda_key_text(cuda, text));
	v->driver_min = least ? xstrdup(driver_text(least, driver)) : NULL;
	if (!a->m->base_keep)
		v->require = cuda >= 1100 ? xasprintf("cuda>=%u.0", cuda / 100U)
					  : xasprintf("cuda>=%u.%u", cuda / 100U, cuda % 100U);
	if (ch->sources)
		v->arch_list = arch_list(a->c, ch->compiled);
	v->probe_stage = ch->devel && a->m->test.probe != PROBE_INJECT;
	if (v->probe_stage && ch->compiled.known)
		v->probe_archs = arch_list(a->c, ch->compiled);
	v->nvidia_env = !ch->nvidia && a->base != ASK_BASE_OWN;
}

static void emit_targets(const struct ask *a, const struct choice *ch, struct plan_variant *v)
{
	char cc[CUDA_TEXT];
	for (size_t i = 0; i < a->ntargets; i++) {
		const struct ask_target *t = &a->targets[i];
		struct fit fit = fit_target(a, ch, t);
		struct plan_target *p = plan_add_target(v, t->from->name);
		p->gpu = xstrdup(t->from->gpu);
		p->compute = t->cc ? xstrdup(catalog_cc_text(t->cc, cc)) : NULL;
		p->driver = xstrdup(t->from->driver);
		p->fit = fit.fit;
		p->native = fit.fit == FIT_YES && fit.native && (t->cc || !ch->torch->cuda);
		p->because = notes_target(a, ch, t, fit);
		if (p->fit == FIT_YES && !t->cc && !t->has_driver)
			p->fit = FIT_UNKNOWN;
	}
}

static void emit_pip(const struct manifest_variant *from, struct plan_variant *v)
{
	for (size_t i = 0; i < from->pip.n; i++) {
		const char *entry = from->pip.v[i];
		if (!str_starts(entry, "-r")) {
			plan_add_pip(v, entry);
			continue;
		}
		for (entry += strlen("-r"); *entry == ' ' || *entry == '='; entry++)
			;
		strv_add(&v->pip_files, entry);
	}
	strv_add_all(&v->apt, &from->apt);
}

static const char *flavor_of(const struct ask *a, const struct choice *ch)
{
	if (a->base == ASK_BASE_OWN)
		return "own";
	return ch->nvidia ? catalog_flavor_text(ch->flavor) : "os";
}

void emit_variant(const struct ask *a, const struct choice *ch, const char *name, struct plan *into)
{
	struct plan_variant *v = plan_add_variant(into);
	v->name = xstrdup(name);
	v->platform = xstrdup(catalog_platform_text(a->platform));
	v->os = xstrdup(catalog_str(a->c, ch->os->name));
	v->os_packages = xstrdup(catalog_str(a->c, ch->os->packager));
	v->flavor = xstrdup(flavor_of(a, ch));
	emit_image(a, ch, facts_base(a, ch), &v->base);
	emit_image(a, ch, facts_devel(a, ch), &v->devel);
	emit_python(a, ch, v);
	for (unsigned p = 0; p < PKG__MAX; p++)
		if (p == PKG_TORCH || ch->pick[p].used)
			emit_package(a, ch, (enum pkg)p, v);
	emit_cuda(a, ch, v);
	emit_targets(a, ch, v);
	emit_pip(a->v, v);
	notes_add(a, ch, v);
}
