#include "base/str.h"
#include "resolve/cudas.h"
#include "resolve/fit.h"
#include "resolve/select.h"
#include "resolve/why.h"

#include <string.h>

#define TARGETS 64

/* What one CUDA version does for the targets. */
struct option {
	struct ask *ask; /* owned */
	struct choice choice;
	uint64_t runs, native; /* bits are targets */
};

struct cover {
	struct option v[ASK_CUDAS];
	size_t n;
	size_t taken[ASK_CUDAS], best[ASK_CUDAS];
	uint64_t all;
	unsigned best_native;
	bool found;
};

static unsigned bits(uint64_t x)
{
	unsigned n = 0;
	for (; x; x &= x - 1)
		n++;
	return n;
}

static void judge(struct option *o)
{
	for (size_t i = 0; i < o->ask->ntargets && i < TARGETS; i++) {
		struct fit fit = fit_target(o->ask, &o->choice, &o->ask->targets[i]);
		o->runs |= fit.fit == FIT_NO ? 0 : UINT64_C(1) << i;
		o->native |= fit.fit == FIT_YES && fit.native ? UINT64_C(1) << i : 0;
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
		struct option o = {.runs = 0};
		cudas_only(one, all->cudas[i]);
		one->cuda_named = labelled;
		if (!select_one(one, &o.choice, NULL))
			continue;
		o.ask = TAKE(one);
		judge(&o);
		c->v[c->n++] = o;
	}
}

static void keep_if_better(struct cover *c, size_t k)
{
	uint64_t runs = 0;
	uint64_t native = 0;
	for (size_t i = 0; i < k; i++) {
		runs |= c->v[c->taken[i]].runs;
		native |= c->v[c->taken[i]].native;
	}
	if (runs != c->all || (c->found && bits(native) <= c->best_native))
		return;
	memcpy(c->best, c->taken, sizeof(c->best));
	c->best_native = bits(native);
	c->found = true;
}

/* All ways to take k of the options from `from` on, newest first. */
static void try_sets(struct cover *c, size_t at, size_t from, size_t k)
{
	if (at == k) {
		keep_if_better(c, k);
		return;
	}
	for (size_t i = from; i < c->n; i++) {
		c->taken[at] = i;
		try_sets(c, at + 1, i + 1, k);
	}
}

/* Leaves the targets that this variant is for: those that run on no variant taken before, natively where any does. */
static void assign(const struct cover *c, size_t which, size_t k, struct ask *a)
{
	size_t kept = 0;
	for (size_t t = 0; t < a->ntargets; t++) {
		size_t owner = k;
		uint64_t bit = UINT64_C(1) << t;
		for (size_t i = 0; i < k; i++) {
			const struct option *o = &c->v[c->best[i]];
			bool first = owner == k && (o->runs & bit);
			bool nicer = owner < k && (o->native & bit) && !(c->v[c->best[owner]].native & bit);
			if (first || nicer)
				owner = i;
		}
		if (owner == which)
			a->targets[kept++] = a->targets[t];
	}
	a->ntargets = kept;
}

static void take(struct cover *c, size_t k, struct selection *into)
{
	for (size_t i = 0; i < k; i++) {
		AUTO(ask) struct ask *a = ask_copy(c->v[c->best[i]].ask);
		struct choice ch;
		assign(c, i, k, a);
		if (select_one(a, &ch, NULL))
			selection_add(into, TAKE(a), &ch);
	}
}

static struct conflict *why_unserved(const struct ask *base, const struct cover *c)
{
	struct conflict *why = conflict_new(VERDICT_CONFLICT);
	uint64_t runs = 0;
	why->question = ask_text(base);
	for (size_t i = 0; i < c->n; i++)
		runs |= c->v[i].runs;
	for (size_t t = 0; t < base->ntargets && t < TARGETS; t++)
		if (!(runs >> t & 1))
			why_say(why, REASON_TARGET_UNSERVED, xasprintf("target %s", base->targets[t].from->name),
				xstrdup("no CUDA version for which all wheels exist runs on it"), "catalog", NULL, NULL,
				xstrdup("other versions, or a newer driver"));
	if (!base->ntargets)
		why_say(why, REASON_CONTRADICTION, xstrdup("cuda: per-target"), xstrdup("the variant has no targets"),
			"manifest", NULL, NULL, xstrdup("targets: [{name: ..., gpu: ..., driver: ...}]"));
	return why;
}

int select_per_target(const struct ask *base, struct selection *into, struct conflict **ret_why)
{
	struct cover *c = xcalloc(1, sizeof(*c));
	size_t ntargets = base->ntargets < TARGETS ? base->ntargets : TARGETS;
	size_t k = 0;
	c->all = ntargets == TARGETS ? UINT64_MAX : (UINT64_C(1) << ntargets) - 1;
	find_options(base, c);
	while (ntargets && !c->found && k < c->n && k < 4)
		try_sets(c, 0, 0, ++k);
	if (c->found)
		take(c, k, into);
	else if (ret_why)
		*ret_why = why_unserved(base, c);
	bool found = c->found;
	for (size_t i = 0; i < c->n; i++)
		ask_free(c->v[i].ask);
	free(c);
	return found ? 0 : 1;
}
