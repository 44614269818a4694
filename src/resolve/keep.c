#include "resolve/keep.h"

#include "base/str.h"
#include "resolve/names.h"

static uint32_t release_of(const struct plan_variant *v, enum pkg pkg)
{
	const struct plan_package *p = plan_package(v, pkg);
	struct err err = ERR_INIT;
	struct ver ver;
	if (p && ver_parse(p->version, &ver, &err) == 0)
		return catalog_ver_rel(&ver);
	err_clear(&err);
	return 0;
}

static uint16_t cuda_of(const struct plan_variant *v)
{
	struct err err = ERR_INIT;
	struct cuda cuda;
	if (v->cuda && cuda_parse(v->cuda, &cuda, &err) == 0)
		return cuda_key(&cuda);
	err_clear(&err);
	return 0;
}

struct keep *keep_read(const struct plan *lock, const struct catalog *c, const char *name, const char *platform,
		       size_t *n)
{
	struct keep *list = xcalloc(lock ? lock->nvariants + 1 : 1, sizeof(*list));
	*n = 0;
	for (size_t i = 0; lock && i < lock->nvariants; i++) {
		const struct plan_variant *v = &lock->variants[i];
		if ((name && !names_belongs(v->name, name)) || !str_eq(v->platform, platform))
			continue;
		struct keep *k = &list[(*n)++];
		*k = (struct keep){.cuda = cuda_of(v),
				   .python = v->python.version ? catalog_python(c, v->python.version) : -1,
				   .os = v->os ? catalog_os(c, v->os) : NULL,
				   .tag = v->base.tag};
		for (unsigned p = 0; p < PKG__MAX; p++)
			k->version[p] = release_of(v, (enum pkg)p);
	}
	return list;
}

/* What the choice shares with one variant of the lock, the weightier parts first; 0 for another CUDA. */
static int64_t shared(const struct keep *k, const struct choice *ch)
{
	int64_t score = 0;
	if (k->cuda != ch->torch->cuda)
		return 0;
	score += k->version[PKG_TORCH] == ch->torch->version ? 512 : 0;
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++)
		score += k->version[p] == ch->pick[p].version ? INT64_C(256) >> p : 0;
	score += k->os == ch->os ? 4 : 0;
	score += k->python == ch->python ? 2 : 0;
	return score;
}

int64_t keep_score(const struct ask *a, const struct choice *ch)
{
	int64_t best = 0;
	for (size_t i = 0; i < a->nkeep; i++) {
		int64_t here = shared(&a->keep[i], ch);
		best = here > best ? here : best;
	}
	return best;
}

bool keep_has_tag(const struct ask *a, const char *tag)
{
	for (size_t i = 0; i < a->nkeep; i++)
		if (str_eq(a->keep[i].tag, tag))
			return true;
	return false;
}

uint32_t keep_version(const struct ask *a, enum pkg pkg, uint16_t cuda)
{
	for (size_t i = 0; i < a->nkeep; i++)
		if (a->keep[i].cuda == cuda && a->keep[i].version[pkg])
			return a->keep[i].version[pkg];
	return 0;
}
