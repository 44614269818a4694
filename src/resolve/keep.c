#include "resolve/keep.h"

#include "base/str.h"

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
		if ((name && !str_starts(v->name, name)) || !str_eq(v->platform, platform))
			continue;
		list[(*n)++] = (struct keep){.cuda = cuda_of(v),
					     .torch = release_of(v, PKG_TORCH),
					     .sparse = release_of(v, PKG_TORCH_SPARSE),
					     .scatter = release_of(v, PKG_TORCH_SCATTER),
					     .python = v->python.version ? catalog_python(c, v->python.version) : -1,
					     .os = v->os ? catalog_os(c, v->os) : NULL,
					     .tag = v->base.tag};
	}
	return list;
}

int64_t keep_score(const struct ask *a, const struct choice *ch)
{
	int64_t best = 0;
	for (size_t i = 0; i < a->nkeep; i++) {
		const struct keep *k = &a->keep[i];
		int64_t here = 0;
		if (k->cuda != ch->torch->cuda)
			continue;
		here += k->torch == ch->torch->version ? 64 : 0;
		here += k->sparse == ch->pick[PKG_TORCH_SPARSE].version ? 16 : 0;
		here += k->scatter == ch->pick[PKG_TORCH_SCATTER].version ? 8 : 0;
		here += k->os == ch->os ? 4 : 0;
		here += k->python == ch->python ? 2 : 0;
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
