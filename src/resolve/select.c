#include "resolve/select.h"

#include "base/str.h"
#include "resolve/cudas.h"
#include "resolve/minimal.h"
#include "resolve/suggest.h"
#include "resolve/why.h"

void selection_clear(struct selection *s)
{
	for (size_t i = 0; i < s->n; i++)
		ask_free(s->v[i].ask);
	free(s->v);
	*s = (struct selection){.v = NULL};
}

void selection_add(struct selection *s, struct ask *ask, const struct choice *ch)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].choice.torch->cuda == ch->torch->cuda) {
			ask_free(ask);
			return;
		}
	s->v = xreallocarray(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = (struct selected){.ask = ask, .choice = *ch};
}

bool select_one(const struct ask *a, struct choice *ret, struct conflict **ret_why)
{
	struct found f;
	search(a, &f);
	bool runs = !a->ntargets || f.choice.fails < a->ntargets;
	if (f.stage == STAGE_FOUND && runs) {
		*ret = f.choice;
		return true;
	}
	if (ret_why) {
		*ret_why = f.stage == STAGE_FOUND ? why_no_target(a, &f.choice) : why_not(a, &f);
	}
	return false;
}

/* One variant out of all allowed CUDA versions. */
static int take_best(struct ask *a /* taken */, struct selection *into, struct conflict **ret_why)
{
	struct choice ch;
	bool found = select_one(a, &ch, ret_why);
	if (found)
		selection_add(into, a, &ch);
	else
		ask_free(a);
	return found ? 0 : 1;
}

/* One variant per allowed CUDA version that works, oldest first. */
static int take_each(struct ask *a /* taken */, struct selection *into, struct conflict **ret_why)
{
	size_t before = into->n;
	for (size_t i = a->ncudas; i-- > 0;) {
		AUTO(ask) struct ask *one = ask_copy(a);
		struct choice ch;
		cudas_only(one, a->cudas[i]);
		if (select_one(one, &ch, NULL))
			selection_add(into, TAKE(one), &ch);
	}
	bool none = into->n == before;
	struct choice ch;
	if (none && select_one(a, &ch, ret_why)) /* cannot be, as none of its parts could */
		none = false;
	ask_free(a);
	return none ? 1 : 0;
}

static bool is_range(const char *entry)
{
	return !str_eq(entry, "best") && !str_eq(entry, "all");
}

/* An entry beside a label: the label's CUDA, which a range must contain. */
static int take_labelled(struct ask *a /* taken */, const char *entry, uint16_t label, struct selection *into,
			 struct conflict **ret_why, struct err *err)
{
	AUTO(ask) struct ask *mine = a;
	if (is_range(entry) && cudas_match(mine, entry, err) < 0)
		return -1;
	if (is_range(entry) && !ask_allows_cuda(mine, label)) {
		if (ret_why)
			*ret_why = why_entry(mine, entry, label);
		return 1;
	}
	cudas_only(mine, label);
	mine->cuda_named = true;
	return take_best(TAKE(mine), into, ret_why);
}

static int take_entry(const struct ask *base, const char *entry, struct selection *into, struct conflict **ret_why,
		      struct err *err)
{
	AUTO(ask) struct ask *a = ask_copy(base);
	struct err none = ERR_INIT;
	struct cuda cuda;
	uint16_t label = 0;
	bool labelled = cudas_label(a, &label);
	bool exact = cuda_parse(entry, &cuda, &none) == 0;
	err_clear(&none);
	cudas_all(a);
	a->cuda_named = exact;
	if (exact) {
		cudas_only(a, cuda_key(&cuda));
		a->patch = cuda.has_patch ? (int)cuda.patch : -1;
		return take_best(TAKE(a), into, ret_why);
	}
	if (labelled)
		return take_labelled(TAKE(a), entry, label, into, ret_why, err);
	if (str_eq(entry, "best"))
		return take_best(TAKE(a), into, ret_why);
	if (is_range(entry) && cudas_match(a, entry, err) < 0)
		return -1;
	return take_each(TAKE(a), into, ret_why);
}

/* Which lines clash, and what would mend it. */
static void explain(const struct ask *base, const char *entry, struct conflict *why)
{
	struct minimal min;
	bool labels = !entry && suggest_ways_out(base, why);
	minimal_find(base, entry, &min);
	minimal_say(base, entry, &min, why);
	if (!labels)
		suggest(base, entry, &min, why);
}

/* Of several entries each stands for itself beside the labels. */
static bool refused_by_labels(const struct ask *base, size_t entry, struct conflict **ret_why)
{
	AUTO(ask) struct ask *a = ask_copy(base);
	struct manifest_variant v = *base->v;
	v.cuda = (struct strv){.v = &base->v->cuda.v[entry], .n = 1};
	a->v = &v;
	AUTO(conflict) struct conflict *labels = why_labels(a);
	bool refused = labels != NULL;
	if (refused && ret_why) {
		explain(base, base->v->cuda.v[entry], labels);
		*ret_why = TAKE(labels);
	}
	return refused;
}

int select_variants(const struct ask *base, struct selection *into, struct conflict **ret_why, struct err *err)
{
	AUTO(conflict) struct conflict *labels = why_labels(base);
	if (labels) {
		if (ret_why) {
			explain(base, NULL, labels);
			*ret_why = TAKE(labels);
		}
		return 1;
	}
	for (size_t i = 0; i < base->v->cuda.n; i++) {
		const char *entry = base->v->cuda.v[i];
		if (base->v->cuda.n > 1 && refused_by_labels(base, i, ret_why))
			return 1;
		int rc = str_eq(entry, "per-target") ? select_per_target(base, into, ret_why)
						     : take_entry(base, entry, into, ret_why, err);
		if (rc == 1 && ret_why)
			explain(base, entry, *ret_why);
		if (rc != 0)
			return rc;
	}
	return 0;
}
