#include "resolve/fit.h"

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

static uint16_t cuda_of(const struct choice *ch, enum pkg pkg)
{
	return pkg == PKG_TORCH ? ch->torch->cuda : ch->pick[pkg].cuda;
}

/* How a package serves a target, worse ones later. */
enum serves { SERVES_NATIVE, SERVES_JIT, SERVES_UNKNOWN, SERVES_PTX_TOO_NEW, SERVES_NONE };

static enum serves serves(const struct ask *a, const struct choice *ch, const struct ask_target *t, enum pkg pkg)
{
	bool own_jit = t->has_driver && !t->from->forward_compat; /* cuda-compat brings a compiler of its own */
	switch (arch_covers(a->c, fit_archs(ch, pkg), t->cc)) {
	case ARCH_NATIVE:
		return SERVES_NATIVE;
	case ARCH_UNKNOWN:
		return SERVES_UNKNOWN;
	case ARCH_NONE:
		return SERVES_NONE;
	case ARCH_JIT:
		break;
	}
	if (own_jit && driver_takes_ptx(a->c, cuda_of(ch, pkg), &t->driver) == DRIVER_TOO_OLD)
		return SERVES_PTX_TOO_NEW;
	return SERVES_JIT;
}

static struct fit fit_kernels(const struct ask *a, const struct choice *ch, const struct ask_target *t)
{
	static const struct fit fits[] = {
		[SERVES_NATIVE] = {.fit = FIT_YES, .native = true, .code = REASON__MAX},
		[SERVES_JIT] = {.fit = FIT_YES, .code = REASON_JIT_AT_FIRST_USE},
		[SERVES_UNKNOWN] = {.fit = FIT_UNKNOWN, .code = REASON_ARCH_UNKNOWN},
		[SERVES_PTX_TOO_NEW] = {.fit = FIT_NO, .code = REASON_PTX_TOO_NEW},
		[SERVES_NONE] = {.fit = FIT_NO, .code = REASON_ARCH_NOT_COVERED},
	};
	enum serves worst = SERVES_NATIVE;
	enum pkg culprit = PKG__MAX;
	for (unsigned p = 0; p < PKG__MAX; p++) {
		if (p != PKG_TORCH && !ch->pick[p].used)
			continue;
		enum serves how = serves(a, ch, t, (enum pkg)p);
		if (how > worst) {
			worst = how;
			culprit = (enum pkg)p;
		}
	}
	struct fit fit = fits[worst];
	fit.culprit = culprit;
	fit.cuda = culprit == PKG__MAX ? ch->torch->cuda : cuda_of(ch, culprit);
	return fit;
}

/* A driver older than the CUDA major needs, and cuda-compat libraries in the image that stand in for it. */
static struct fit fit_compat(const struct ask *a, const struct choice *ch, const struct ask_target *t)
{
	struct fit fit = {.fit = FIT_NO, .code = REASON_FORWARD_COMPAT, .culprit = PKG__MAX, .cuda = ch->torch->cuda};
	enum compat how = driver_compat_serves(t->from->gpu ? catalog_gpu(a->c, t->from->gpu) : NULL);
	bool own = a->base == ASK_BASE_OWN; /* nobody knows what it brings */
	if (how == COMPAT_SERVES_NOT)
		return fit;
	if (!ch->nvidia && !own) {
		fit.code = REASON_COMPAT_MISSING;
		return fit;
	}
	fit.fit = how == COMPAT_UNKNOWN || own ? FIT_UNKNOWN : FIT_YES;
	fit.code = fit.fit == FIT_UNKNOWN ? REASON_COMPAT_UNKNOWN : REASON__MAX;
	return fit;
}

static struct fit fit_driver(const struct ask *a, const struct choice *ch, const struct ask_target *t)
{
	struct fit fit = {.fit = FIT_NO, .code = REASON__MAX, .culprit = PKG__MAX, .cuda = ch->torch->cuda};
	bool old = driver_runs(a->c, fit.cuda, &t->driver) == DRIVER_TOO_OLD;
	if (t->from->forward_compat && old)
		return fit_compat(a, ch, t);
	if (t->from->forward_compat)
		;
	else if (old)
		fit.code = REASON_DRIVER_TOO_OLD;
	else if (driver_needs_zstd(a->c, fit.cuda) && driver_reads_zstd(a->c, &t->driver) == DRIVER_TOO_OLD)
		fit.code = REASON_COMPRESSION_TOO_NEW;
	else if (a->m->base_keep && ch->nvidia && driver_meets_require(a->c, fit.cuda, &t->driver) == DRIVER_TOO_OLD)
		fit.code = REASON_DRIVER_REFUSED_BY_IMAGE;
	fit.fit = fit.code == REASON__MAX ? FIT_YES : FIT_NO;
	return fit;
}

struct fit fit_target(const struct ask *a, const struct choice *ch, const struct ask_target *t)
{
	struct fit fit = {.fit = FIT_YES, .native = true, .code = REASON__MAX, .culprit = PKG__MAX};
	if (ch->torch->cuda == 0)
		return fit;
	struct fit driver = fit;
	if (t->has_driver)
		driver = fit_driver(a, ch, t);
	if (driver.fit == FIT_NO)
		return driver;
	if (t->cc)
		fit = fit_kernels(a, ch, t);
	if (driver.fit != FIT_UNKNOWN || fit.fit == FIT_NO)
		return fit;
	return driver;
}
