#include "resolve/survey.h"

#include "base/str.h"
#include "resolve/cudas.h"
#include "resolve/notes.h"
#include "resolve/survey_why.h"
#include "rules/match.h"

#include <string.h>

/* The ways to install a combination, in the order in which they are tried. */
enum way { BY_WHEELS, BY_BOTH, BY_COMPILING, WAY__MAX };

/* The combinations of one torch with one torch_sparse. */
struct gathering {
	struct matrix *m;
	const struct ask *a;
	uint32_t sparse;
	bool found[WAY__MAX];
	struct choice best[WAY__MAX];
	uint32_t pythons, source_pythons, oses, source_oses;
	enum stage stage; /* the furthest; far came there first */
	struct choice far;
};

/* --- one row --- */

/* What would be compiled for that device alone. */
static struct choice compiled_for(const struct ask *a, const struct choice *ch, unsigned cc)
{
	struct choice one = *ch;
	if (ch->sources && cc && !a->archs.known)
		one.compiled = arch_compile_set(a->c, ch->torch->cuda, &cc, 1, ch->torch->archs);
	return one;
}

static struct fit fit_of(const struct gathering *g, enum way way, const struct ask_target *t)
{
	struct choice one = compiled_for(g->a, &g->best[way], t->cc);
	return fit_target(g->a, &one, t);
}

static void add_gpu(struct matrix_gpus *into, uint32_t bit, struct fit fit)
{
	if (fit.fit == FIT_UNKNOWN)
		into->unknown |= bit;
	else if (fit.fit == FIT_YES && fit.native)
		into->native |= bit;
	else if (fit.fit == FIT_YES)
		into->jit |= bit;
}

static void judge_gpus(const struct gathering *g, struct matrix_row *row)
{
	for (size_t i = 0; row->cuda && i < g->a->c->n_archs && i < 32; i++) {
		struct ask_target t = {.cc = g->a->c->archs[i].cc};
		uint32_t bit = UINT32_C(1) << i;
		for (unsigned way = 0; way < WAY__MAX; way++) {
			if (!g->found[way])
				continue;
			struct fit fit = fit_of(g, (enum way)way, &t);
			add_gpu(way == BY_WHEELS ? &row->wheels : &row->source, bit, fit);
			if (fit.fit == FIT_NO && fit.culprit == PKG_TORCH)
				row->torch_lacks |= bit;
		}
	}
}

static enum matrix_cell cell_of(enum way way, struct fit fit)
{
	if (fit.fit == FIT_NO)
		return CELL_NO;
	if (fit.fit == FIT_UNKNOWN)
		return CELL_UNKNOWN;
	if (way != BY_WHEELS)
		return CELL_SOURCE;
	return fit.native ? CELL_NATIVE : CELL_JIT;
}

/* By wheels if that runs, else compiled: as resolve() prefers. */
static void judge_target(const struct gathering *g, const struct ask_target *t, struct matrix_verdict *v)
{
	for (unsigned way = 0; way < WAY__MAX && v->cell == CELL_NO; way++) {
		if (!g->found[way])
			continue;
		struct choice one = compiled_for(g->a, &g->best[way], t->cc);
		struct fit fit = fit_target(g->a, &one, t);
		free(v->because);
		v->cell = cell_of((enum way)way, fit);
		v->code = fit.code;
		v->because = fit.code == REASON__MAX ? NULL : notes_target(g->a, &one, t, fit);
		if (!one.torch->cuda && !v->because)
			v->because = xstrdup("without CUDA: it runs on the processor alone");
	}
}

static bool is_unproven(const struct choice *ch)
{
	for (unsigned p = 0; p < PKG__MAX; p++)
		if (ch->pick[p].used && ch->pick[p].way == WAY_SOURCE && ch->pick[p].sdist == SDIST_UNPROVEN)
			return true;
	return false;
}

static void finish_row(struct gathering *g)
{
	const struct torch_row *torch = g->far.torch;
	if (!torch)
		return;
	struct matrix_row *row = matrix_add(g->m, torch->version, g->sparse, torch->cuda);
	for (unsigned way = WAY__MAX; way-- > 0;) {
		if (!g->found[way])
			continue;
		row->way = way == BY_WHEELS ? CELL_NATIVE : CELL_SOURCE;
		row->scatter = g->best[way].pick[PKG_TORCH_SCATTER].version;
		row->unproven = is_unproven(&g->best[way]);
	}
	row->pythons = g->pythons;
	row->source_pythons = g->source_pythons;
	row->oses = g->oses ? g->oses : g->source_oses;
	if (row->way == CELL_NO) {
		survey_why(g->a, g->stage, &g->far, row);
	} else {
		judge_gpus(g, row);
		for (size_t i = 0; i < g->m->ntargets; i++)
			judge_target(g, &g->a->targets[i], &row->targets[i]);
	}
}

/* --- all combinations --- */

static void keep(struct gathering *g, enum way way, const struct choice *ch)
{
	if (!g->found[way] || search_better(ch, &g->best[way]))
		g->best[way] = *ch;
	g->found[way] = true;
	*(way == BY_WHEELS ? &g->pythons : &g->source_pythons) |= UINT32_C(1) << ch->python;
	size_t os = (size_t)(ch->os - g->a->c->oses);
	*(way == BY_WHEELS ? &g->oses : &g->source_oses) |= os < 32 ? UINT32_C(1) << os : 0;
}

static void restart(struct gathering *g)
{
	*g = (struct gathering){.m = g->m, .a = g->a, .sparse = g->sparse};
}

static void see(void *self, enum stage stage, bool compiled, const struct choice *ch)
{
	struct gathering *g = self;
	if (g->far.torch != ch->torch) {
		finish_row(g);
		restart(g);
		g->stage = stage;
		g->far = *ch;
	}
	if (stage > g->stage) {
		g->stage = stage;
		g->far = *ch;
	}
	if (stage == STAGE_FOUND)
		keep(g, !ch->sources ? BY_WHEELS : compiled ? BY_COMPILING : BY_BOTH, ch);
}

static int survey_sparse(const struct ask *base, uint32_t version, struct matrix *into, struct err *err)
{
	AUTO(ask) struct ask *a = ask_copy(base);
	AUTO(spec) struct spec *spec = NULL;
	char text[CUDA_TEXT];
	if (spec_parse_bare(catalog_rel_text(version, text), &spec, err) < 0)
		return -1;
	a->pkg[PKG_TORCH_SPARSE].spec = spec;
	struct gathering g = {.m = into, .a = a, .sparse = version};
	search_each(a, see, &g);
	finish_row(&g);
	return 0;
}

/* The CUDA versions of the question, each once: all of an entry that is a word. */
static int allow_cudas(struct ask *a, struct err *err)
{
	uint16_t found[ASK_CUDAS] = {0};
	size_t n = 0;
	for (size_t i = 0; i < a->v->cuda.n; i++) {
		const char *entry = a->v->cuda.v[i];
		struct err none = ERR_INIT;
		struct cuda cuda;
		bool exact = cuda_parse(entry, &cuda, &none) == 0;
		bool word = str_eq(entry, "best") || str_eq(entry, "all") || str_eq(entry, "per-target");
		err_clear(&none);
		cudas_all(a);
		if (exact)
			cudas_only(a, cuda_key(&cuda));
		else if (!word && cudas_match(a, entry, err) < 0)
			return -1;
		for (size_t k = 0; k < a->ncudas && n < ASK_CUDAS; k++)
			found[n++] = a->cudas[k];
		if (str_eq(entry, "best") && !a->ntargets && n < ASK_CUDAS)
			found[n++] = 0;
	}
	memcpy(a->cudas, found, n * sizeof(*found));
	a->ncudas = n;
	uint16_t label = 0;
	if (cudas_label(a, &label))
		cudas_only(a, label);
	a->cuda_named = true;
	return 0;
}

static void add_targets(struct matrix *m, const struct ask *a)
{
	char cc[CUDA_TEXT];
	m->targets = xcalloc(a->ntargets + 1, sizeof(*m->targets));
	m->ntargets = a->ntargets;
	for (size_t i = 0; i < a->ntargets; i++) {
		const struct ask_target *t = &a->targets[i];
		m->targets[i] = (struct matrix_target){.name = xstrdup(t->from->name),
						       .gpu = xstrdup(t->from->gpu),
						       .compute = t->cc ? xstrdup(catalog_cc_text(t->cc, cc)) : NULL,
						       .driver = xstrdup(t->from->driver)};
	}
}

int survey(const struct manifest *m, const struct catalog *c, struct matrix **ret, struct err *err)
{
	const struct manifest_variant *v = &m->variants[0];
	AUTO(ask) struct ask *a = NULL;
	if (!c)
		c = &catalog_builtin;
	if (ask_new(m, v, v->platforms.v[0], c, &a, err) < 0 || allow_cudas(a, err) < 0)
		return -1;
	a->pkg[PKG_TORCH_SPARSE].wanted = true;
	if (!a->pkg[PKG_TORCH_SCATTER].wanted)
		a->pkg[PKG_TORCH_SCATTER].wanted = a->pkg[PKG_TORCH_SCATTER].implied = true;
	AUTO(matrix) struct matrix *into = matrix_new(c, a->platform);
	add_targets(into, a);
	uint32_t versions[64];
	size_t n = catalog_wheel_versions(c, PKG_TORCH_SPARSE, versions, ARRAY_LEN(versions));
	for (size_t i = 0; i < n && i < ARRAY_LEN(versions); i++)
		if (ask_allows(a, PKG_TORCH_SPARSE, versions[i]) && survey_sparse(a, versions[i], into, err) < 0)
			return -1;
	matrix_sort(into);
	*ret = TAKE(into);
	return 0;
}
