#include "resolve/search.h"

#include "base/str.h"
#include "resolve/bases.h"
#include "resolve/facts.h"
#include "resolve/fit.h"
#include "resolve/keep.h"
#include "resolve/pick.h"
#include "rules/arch.h"
#include "rules/compiler.h"
#include "rules/libs.h"
#include "rules/match.h"

#include <string.h>

#define MEMO 64

struct memo {
	uint16_t cuda;
	unsigned flavors;
	const struct os_row *os;
	int rank;
	struct base_set set;
};

struct searching {
	const struct ask *a;
	struct found *found;
	search_each_fn *each; /* or NULL: the best is kept in found */
	void *self;
	struct picker picker;
	struct memo memo[MEMO];
	size_t nmemo;
};

static int64_t own_python(const struct ask *a, const struct os_row *os, int python)
{
	return catalog_python_of(a->c, os->python) == python;
}

static void score(const struct ask *a, struct choice *ch)
{
	int64_t *s = ch->score;
	s[SCORE_FAILS] = -(int64_t)ch->fails;
	s[SCORE_KEEP] = keep_score(a, ch);
	s[SCORE_ASSUMED] = 0;
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++)
		s[SCORE_ASSUMED] -= pick_is_assumed(&ch->pick[p]);
	s[SCORE_SOURCES] = -(int64_t)ch->sources;
	s[SCORE_JIT] = -(int64_t)ch->not_native;
	s[SCORE_TORCH] = ch->torch->version;
	s[SCORE_CUDA] = ch->torch->cuda;
	s[SCORE_SPARSE] = ch->pick[PKG_TORCH_SPARSE].version;
	s[SCORE_SCATTER] = ch->pick[PKG_TORCH_SCATTER].version;
	s[SCORE_CLUSTER] = ch->pick[PKG_TORCH_CLUSTER].version;
	s[SCORE_SPLINE_CONV] = ch->pick[PKG_TORCH_SPLINE_CONV].version;
	s[SCORE_PYG_LIB] = ch->pick[PKG_PYG_LIB].version;
	s[SCORE_TAG] = ch->tag_rank;
	s[SCORE_OS] = ch->os->release;
	s[SCORE_OWN_PYTHON] = ch->own_python;
	s[SCORE_PYTHON] = a->c->pythons[ch->python].version;
}

bool search_better(const struct choice *x, const struct choice *y)
{
	for (unsigned i = 0; i < SCORE__MAX; i++)
		if (x->score[i] != y->score[i])
			return x->score[i] > y->score[i];
	return false;
}

/* Notes that a combination came as far as stage, or is an answer; keeps the better one of the furthest. */
static void reached(struct searching *s, enum stage stage, struct choice *ch, enum pkg other)
{
	struct found *f = s->found;
	score(s->a, ch);
	if (s->each) {
		s->each(s->self, stage, s->picker.compile, ch);
		return;
	}
	if (f->choice.torch && (stage < f->stage || (stage == f->stage && !search_better(ch, &f->choice))))
		return;
	f->stage = stage;
	f->other = other;
	f->choice = *ch;
}

static int bases(struct searching *s, uint16_t cuda, const struct os_row *os, unsigned flavors, struct base_set *ret)
{
	for (size_t i = 0; i < s->nmemo; i++) {
		const struct memo *m = &s->memo[i];
		if (m->cuda == cuda && m->os == os && m->flavors == flavors) {
			*ret = m->set;
			return m->rank;
		}
	}
	int rank = bases_pick(s->a, cuda, os, flavors, ret);
	if (s->nmemo < MEMO)
		s->memo[s->nmemo++] = (struct memo){.cuda = cuda,
						    .flavors = flavors,
						    .os = os,
						    .rank = rank,
						    .set = rank ? *ret : (struct base_set){.tag = {NULL}}};
	return rank;
}

enum flavor search_flavor(const struct ask *a, const struct choice *ch, bool *os_suffices)
{
	enum libs_need need = libs_needed(a->c, ch->torch->cuda, (enum libs)ch->torch->libs, ask_has_extensions(a),
					  ch->pick[PKG_TORCH_SPARSE].version);
	*os_suffices = need == LIBS_NEED_NONE;
	return need == LIBS_NEED_CUSPARSE ? FLAVOR_RUNTIME : FLAVOR_BASE;
}

/* The final base is the OS's image (or the user's own): only a stage with nvcc needs NVIDIA's tags. */
static bool base_without_nvidia(struct searching *s, struct choice *ch)
{
	bool has_image = *catalog_str(s->a->c, ch->os->image) && (ch->os->arches >> s->a->platform & 1);
	ch->nvidia = false;
	ch->tag_rank = 3;
	if ((s->a->base != ASK_BASE_OWN && !has_image) || facts_base_absent(s->a, ch))
		return false;
	if (ch->devel)
		ch->tag_rank = bases(s, ch->torch->cuda, ch->os, 1U << FLAVOR_DEVEL, &ch->bases);
	return ch->tag_rank > 0;
}

/* Whether any allowed OS that serves torch has NVIDIA's tags of these flavors. */
static bool nvidia_has_tags(struct searching *s, const struct choice *ch, unsigned flavors)
{
	const struct ask *a = s->a;
	for (size_t o = 0; o < a->noses; o++) {
		struct base_set set;
		if (match_glibc(a->oses[o]->glibc, ch->torch->glibc) &&
		    bases(s, ch->torch->cuda, a->oses[o], flavors, &set))
			return true;
	}
	return false;
}

/* By itself, the OS's own image is taken only where NVIDIA has no base for this CUDA version at all. */
static bool base_of_last_resort(struct searching *s, struct choice *ch, unsigned flavors)
{
	if (s->a->base != ASK_BASE_AUTO || s->a->patch >= 0 || nvidia_has_tags(s, ch, flavors))
		return false;
	bool there = base_without_nvidia(s, ch);
	ch->tag_rank = 0;
	return there;
}

static bool choose_base(struct searching *s, struct choice *ch)
{
	const struct ask *a = s->a;
	bool os_suffices = false;
	ch->flavor = search_flavor(a, ch, &os_suffices);
	if (ch->torch->cuda == 0 || a->base == ASK_BASE_OWN)
		return base_without_nvidia(s, ch);
	if (a->base == ASK_BASE_OS)
		return os_suffices && base_without_nvidia(s, ch);
	if (a->base == ASK_BASE_RUNTIME)
		ch->flavor = FLAVOR_RUNTIME;
	if (a->base == ASK_BASE_BASE && ch->flavor != FLAVOR_BASE)
		return false;
	unsigned flavors = 1U << ch->flavor | (ch->devel ? 1U << FLAVOR_DEVEL : 0);
	ch->nvidia = true;
	ch->tag_rank = bases(s, ch->torch->cuda, ch->os, flavors, &ch->bases);
	return ch->tag_rank || (os_suffices && base_of_last_resort(s, ch, flavors));
}

/* The compute capabilities of the targets, each once. */
static size_t target_ccs(const struct ask *a, unsigned *ccs, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < a->ntargets && n < max; i++) {
		size_t k = 0;
		while (k < n && ccs[k] != a->targets[i].cc)
			k++;
		if (k == n && a->targets[i].cc)
			ccs[n++] = a->targets[i].cc;
	}
	return n;
}

/* What is compiled and for which GPUs; false where no architectures or no toolkit are known. */
static bool choose_compilation(const struct ask *a, struct choice *ch)
{
	unsigned ccs[64];
	for (unsigned p = 0; p < PKG__MAX; p++)
		ch->sources += ch->pick[p].used && ch->pick[p].way == WAY_SOURCE;
	ch->devel = ch->torch->cuda && (ch->sources || a->probe_stage);
	if (!ch->devel)
		return true;
	size_t n = target_ccs(a, ccs, ARRAY_LEN(ccs));
	ch->compiled = a->archs.known ? a->archs : arch_compile_set(a->c, ch->torch->cuda, ccs, n, ch->torch->archs);
	return ch->compiled.known || !ch->sources;
}

static void judge_targets(const struct ask *a, struct choice *ch)
{
	for (size_t i = 0; i < a->ntargets; i++) {
		struct fit fit = fit_target(a, ch, &a->targets[i]);
		ch->fails += fit.fit == FIT_NO;
		ch->not_native += fit.fit == FIT_UNKNOWN || (fit.fit == FIT_YES && !fit.native);
	}
}

/* Fills the extensions; the stage that fails, or STAGE_COMPILE when all are there. */
static enum stage pick_all(struct searching *s, struct choice *ch, enum pkg *other)
{
	static const enum stage stages[PKG__MAX] = {
		[PKG_TORCH_SPARSE] = STAGE_SPARSE, [PKG_TORCH_SCATTER] = STAGE_SCATTER};
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++) {
		if (!s->a->pkg[p].wanted || pick_extension(&s->picker, ch, (enum pkg)p))
			continue;
		*other = (enum pkg)p;
		return stages[p] ? stages[p] : STAGE_OTHER;
	}
	return STAGE_COMPILE;
}

static enum stage consider(struct searching *s, struct choice *ch, enum pkg *other)
{
	const struct ask *a = s->a;
	if (!match_python(ch->torch->pythons, ch->python) ||
	    facts_wheel_absent(a, PKG_TORCH, ch->torch->version, ch->torch, ch->torch->cuda, ch->python))
		return STAGE_PYTHON;
	if (!match_glibc(ch->os->glibc, ch->torch->glibc))
		return STAGE_GLIBC;
	ch->own_python = own_python(a, ch->os, ch->python);
	bool known_archive = a->any_python || a->m->sources.python || catalog_managed(a->c, ch->python, a->platform);
	if (!ch->own_python && (!known_archive || facts_python_absent(a, ch->python)))
		return STAGE_MANAGED;
	enum stage stage = pick_all(s, ch, other);
	if (stage != STAGE_COMPILE || !choose_compilation(a, ch))
		return stage;
	if (ch->sources && compiler_fits(a->c, ch->torch->cuda, ch->os, ch->torch->version) != COMPILER_FITS)
		return STAGE_COMPILER;
	if (!choose_base(s, ch))
		return STAGE_BASE;
	judge_targets(a, ch);
	return STAGE_FOUND;
}

/* One combination: with wheels where there are any and, where some target does not run by them, compiled. */
static void with_python(struct searching *s, const struct torch_row *torch, const struct os_row *os, int python)
{
	const struct ask *a = s->a;
	bool stuck = true;
	for (int compiled = 0; compiled < 2 && stuck; compiled++) {
		struct choice ch = {.torch = torch, .os = os, .python = python};
		enum pkg other = PKG__MAX;
		s->picker.compile = compiled;
		enum stage stage = consider(s, &ch, &other);
		reached(s, stage, &ch, other);
		stuck = stage == STAGE_FOUND && (ch.fails || s->each) && ask_may_compile(a) &&
			a->wheels != WHEELS_NEVER;
	}
}

/* All operating systems and Pythons with one torch. */
static void with_torch(struct searching *s, const struct torch_row *torch)
{
	const struct ask *a = s->a;
	picker_torch(&s->picker, torch);
	for (size_t o = 0; o < a->noses; o++)
		for (int python = 0; python < (int)a->c->n_pythons && python < 32; python++)
			if (match_python(a->pythons, python))
				with_python(s, torch, a->oses[o], python);
}

static void search_all(struct searching *s)
{
	picker_init(&s->picker, s->a);
	for (size_t i = 0; i < s->picker.ntorch; i++)
		with_torch(s, s->picker.torch[i]);
	picker_clear(&s->picker);
}

void search(const struct ask *a, struct found *ret)
{
	struct searching s = {.a = a, .found = ret};
	memset(ret, 0, sizeof(*ret));
	ret->other = PKG__MAX;
	search_all(&s);
}

void search_each(const struct ask *a, search_each_fn *each, void *self)
{
	struct searching s = {.a = a, .each = each, .self = self};
	search_all(&s);
}
