#include "resolve/fit.h"

#include "base/str.h"
#include "model/catalog_find.h"
#include "rules/driver_fit.h"

struct arch_set fit_archs(const struct choice *ch, enum pkg pkg)
{
	if (pkg == PKG_TORCH)
		return ch->torch->archs;
	if (ch->pick[pkg].way == WAY_SOURCE)
		return ch->compiled;
	return ch->pick[pkg].row ? ch->pick[pkg].row->archs : (struct arch_set){.known = false};
}

/* The worst cover of any package, and whose it is. */
static enum arch_cover worst_cover(const struct ask *a, const struct choice *ch, unsigned cc, enum pkg *culprit)
{
	enum arch_cover worst = ARCH_NATIVE;
	*culprit = PKG__MAX;
	for (unsigned p = 0; p < PKG__MAX; p++) {
		if (p != PKG_TORCH && !ch->pick[p].used)
			continue;
		enum arch_cover cover = arch_covers(a->c, fit_archs(ch, (enum pkg)p), cc);
		if (cover > worst) {
			worst = cover;
			*culprit = (enum pkg)p;
		}
	}
	return worst;
}

static struct fit fit_kernels(const struct ask *a, const struct choice *ch, const struct ask_target *t)
{
	struct fit fit = {.fit = FIT_YES, .native = true, .code = REASON__MAX};
	uint16_t cuda = ch->torch->cuda;
	switch (worst_cover(a, ch, t->cc, &fit.culprit)) {
	case ARCH_NATIVE:
		return fit;
	case ARCH_NONE:
		return (struct fit){.fit = FIT_NO, .code = REASON_ARCH_NOT_COVERED, .culprit = fit.culprit};
	case ARCH_UNKNOWN:
		return (struct fit){.fit = FIT_UNKNOWN, .code = REASON_ARCH_UNKNOWN, .culprit = fit.culprit};
	case ARCH_JIT:
		break;
	}
	fit.native = false;
	fit.code = REASON_JIT_AT_FIRST_USE;
	if (t->has_driver && !t->from->forward_compat && driver_takes_ptx(a->c, cuda, &t->driver) == DRIVER_TOO_OLD)
		fit = (struct fit){.fit = FIT_NO, .code = REASON_PTX_TOO_NEW, .culprit = fit.culprit};
	return fit;
}

/* GeForce and TITAN: cuda-compat ends there with CUDA error 804. */
static bool is_consumer(const struct ask *a, const struct ask_target *t)
{
	const struct gpu_row *row = t->from->gpu ? catalog_gpu(a->c, t->from->gpu) : NULL;
	const char *name = row ? catalog_str(a->c, row->name) : "";
	return str_starts(name, "GeForce") || str_starts(name, "TITAN");
}

struct fit fit_target(const struct ask *a, const struct choice *ch, const struct ask_target *t)
{
	struct fit fit = {.fit = FIT_YES, .native = true, .code = REASON__MAX, .culprit = PKG__MAX};
	uint16_t cuda = ch->torch->cuda;
	if (cuda == 0)
		return fit;
	if (t->has_driver && driver_runs(a->c, cuda, &t->driver) == DRIVER_TOO_OLD) {
		enum reason_code code = t->from->forward_compat ? REASON_FORWARD_COMPAT : REASON_DRIVER_TOO_OLD;
		if (!t->from->forward_compat || is_consumer(a, t))
			return (struct fit){.fit = FIT_NO, .code = code, .culprit = PKG__MAX};
	}
	if (t->has_driver && !t->from->forward_compat) {
		if (a->m->base_keep && ch->nvidia && driver_meets_require(a->c, cuda, &t->driver) == DRIVER_TOO_OLD)
			return (struct fit){.fit = FIT_NO, .code = REASON_DRIVER_REFUSED_BY_IMAGE, .culprit = PKG__MAX};
	}
	if (t->cc)
		fit = fit_kernels(a, ch, t);
	return fit;
}
