#include "base/str.h"
#include "resolve/cudas.h"
#include "resolve/fit.h"
#include "resolve/select.h"
#include "resolve/why.h"

/* What one CUDA version gives. */
struct option {
	struct ask *ask; /* owned */
	struct choice choice;
};

/* Targets that fare alike: bits are options. */
struct kind {
	uint64_t runs, native;
	size_t members;
};

_Static_assert(ASK_CUDAS < 64, "an option is a bit");

struct cover {
	struct option v[ASK_CUDAS];
	size_t n;
	struct kind *of; /* of each target of the question; owned */
	size_t ntargets;
	struct kind *kinds; /* each once; owned */
	size_t nkinds;
	uint64_t best;
	size_t best_native;
	bool found;
};

static void judge(struct cover *c, size_t which)
{
	const struct option *o = &c->v[which];
	for (size_t i = 0; i < c->ntargets; i++) {
		struct fit fit = fit_target(o->ask, &o->choice, &o->ask->targets[i]);
		c->of[i].runs |= fit.fit == FIT_NO ? 0 : UINT64_C(1) << which;
		c->of[i].native |= fit.fit == FIT_YES && fit.native ? UINT64_C(1) << which : 0;
	}
}

static void find_options(const struct ask *base, struct cover *c)
{
	AUTO(ask) struct ask *all = ask_copy(base);
	uint16_t label = 0;
	bool labelled = cudas_label(base, &label);
	cudas_all(all);
	if (labelled)
		cudas_only(all, label);
	for (size_t i = 0; i < all->ncudas; i++) {
		AUTO(ask) struct ask *one = ask_copy(base);
		struct option o = {.ask = NULL};
		cudas_only(one, all->cudas[i]);
		one->cuda_named = labelled;
		if (!select_one(one, &o.choice, NULL))
			continue;
		o.ask = TAKE(one);
		c->v[c->n] = o;
		judge(c, c->n++);
	}
}

/* Targets of one kind are many as a rule: a rack is written down device by device. */
static void sort_kinds(struct cover *c)
{
	for (size_t t = 0; t < c->ntargets; t++) {
		size_t i = 0;
		while (i < c->nkinds && (c->kinds[i].runs != c->of[t].runs || c->kinds[i].native != c->of[t].native))
			i++;
		if (i == c->nkinds)
			c->kinds[c->nkinds++] = c->of[t];
		c->kinds[i].members++;
	}
}

/* Whether the options together run every target, and how many natively. */
static bool covers(const struct cover *c, uint64_t options, size_t *native)
{
	*native = 0;
	for (size_t i = 0; i < c->nkinds; i++) {
		if (!(c->kinds[i].runs & options))
			return false;
		*native += c->kinds[i].native & options ? c->kinds[i].members : 0;
	}
	return true;
}

/* All ways to take k more of the options from `from` on, newest first. */
static void try_sets(struct cover *c, uint64_t taken, size_t from, size_t k)
{
	size_t native;
	for (size_t i = from; k && i < c->n; i++)
		try_sets(c, taken | UINT64_C(1) << i, i + 1, k - 1);
	if (k || !covers(c, taken, &native) || (c->found && native <= c->best_native))
		return;
	c->best = taken;
	c->best_native = native;
	c->found = true;
}

/* The option that a target is given to: the newest of the best on which it runs, natively where any does. */
static size_t owner(const struct cover *c, size_t target)
{
	uint64_t runs = c->of[target].runs & c->best, native = c->of[target].native & c->best;
	return (size_t)__builtin_ctzll(native ? native : runs);
}

/* Leaves the targets that this variant is for. */
static void assign(const struct cover *c, size_t which, struct ask *a)
{
	size_t kept = 0;
	for (size_t t = 0; t < a->ntargets; t++)
		if (owner(c, t) == which)
			a->targets[kept++] = a->targets[t];
	a->ntargets = kept;
}

static void take(struct cover *c, struct selection *into)
{
	for (size_t i = 0; i < c->n; i++) {
		if (!(c->best >> i & 1))
			continue;
		AUTO(ask) struct ask *a = ask_copy(c->v[i].ask);
		struct choice ch;
		assign(c, i, a);
		if (select_one(a, &ch, NULL))
			selection_add(into, TAKE(a), &ch);
	}
}

static struct conflict *why_unserved(const struct ask *base, const struct cover *c)
{
	struct conflict *why = conflict_new(VERDICT_CONFLICT);
	why->question = ask_text(base);
	for (size_t t = 0; t < c->ntargets; t++)
		if (!c->of[t].runs)
			why_say(why, REASON_TARGET_UNSERVED, xasprintf("target %s", base->targets[t].from->name),
				xstrdup("no CUDA version for which all wheels exist runs on it"), "catalog", NULL, NULL,
				xstrdup("other versions, or a newer driver"));
	if (!base->ntargets)
		why_say(why, REASON_CONTRADICTION, xstrdup("cuda: per-target"),
			base->v->ntargets ? xasprintf("the variant has no targets on %s", base->platform_text)
					  : xstrdup("the variant has no targets"),
			"manifest", NULL, NULL, xstrdup("targets: [{name: ..., gpu: ..., driver: ...}]"));
	return why;
}

static void cover_clear(struct cover *c)
{
	for (size_t i = 0; i < c->n; i++)
		ask_free(c->v[i].ask);
	free(c->of);
	free(c->kinds);
	free(c);
}

int select_per_target(const struct ask *base, struct selection *into, struct conflict **ret_why)
{
	struct cover *c = xcalloc(1, sizeof(*c));
	size_t ignored;
	c->ntargets = base->ntargets;
	c->of = xcalloc(c->ntargets + 1, sizeof(*c->of));
	c->kinds = xcalloc(c->ntargets + 1, sizeof(*c->kinds));
	find_options(base, c);
	sort_kinds(c);
	bool possible = c->ntargets && covers(c, UINT64_MAX, &ignored);
	for (size_t k = 1; possible && !c->found; k++)
		try_sets(c, 0, 0, k);
	if (c->found)
		take(c, into);
	else if (ret_why)
		*ret_why = why_unserved(base, c);
	bool found = c->found;
	cover_clear(c);
	return found ? 0 : 1;
}
