#include "resolve/bases.h"

#include "base/str.h"
#include "resolve/facts.h"
#include "resolve/keep.h"

#define SETS 16

static int rank_listed(const struct base_set *s)
{
	switch (s->presence) {
	case PRESENCE_SUPPORTED:
	case PRESENCE_UNSUPPORTED:
		return s->arches_proven ? 3 : 2;
	case PRESENCE_UNKNOWN:
		return 2;
	case PRESENCE_REMOVED:
		break;
	}
	return 1;
}

/* The rank of a set as far as registries were asked: 0 where one of its tags is absent. */
static int rank(const struct ask *a, const struct base_set *s, unsigned flavors)
{
	bool all_seen = true;
	for (unsigned f = 0; f < FLAVOR__MAX; f++) {
		if (!(flavors >> f & 1))
			continue;
		const struct fact *fact = facts_cuda_image(a, s->tag[f]);
		if (fact && !fact->present)
			return 0;
		all_seen = all_seen && fact;
	}
	return all_seen ? 3 : rank_listed(s);
}

static bool is_locked(const struct ask *a, const struct base_set *s)
{
	for (unsigned f = 0; f < FLAVOR__MAX; f++)
		if (s->tag[f] && keep_has_tag(a, catalog_str(a->c, s->tag[f]->tag)))
			return true;
	return false;
}

/* Whether s is to be taken before best. */
static bool better(const struct ask *a, const struct base_set *s, int r, const struct base_set *best, int best_r)
{
	if (is_locked(a, s) != is_locked(a, best))
		return is_locked(a, s);
	if (!a->live && r != best_r)
		return r > best_r;
	return cuda_cmp(&s->cuda, &best->cuda) > 0;
}

int bases_pick(const struct ask *a, uint16_t cuda, const struct os_row *os, unsigned flavors, struct base_set *ret)
{
	struct base_set sets[SETS];
	int best_rank = 0;
	size_t best = 0;
	size_t n = catalog_bases(a->c, cuda, catalog_str(a->c, os->name), flavors, 1U << a->platform, sets, SETS);
	for (size_t i = 0; i < n && i < SETS; i++) {
		if (a->patch >= 0 && sets[i].cuda.patch != (unsigned)a->patch)
			continue;
		int r = rank(a, &sets[i], flavors);
		if (r && (!best_rank || better(a, &sets[i], r, &sets[best], best_rank))) {
			best = i;
			best_rank = r;
		}
	}
	if (best_rank)
		*ret = sets[best];
	return best_rank;
}
