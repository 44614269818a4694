#include "resolve/machine.h"

#include "base/str.h"
#include "model/catalog_find.h"
#include "rules/arch.h"
#include "rules/match.h"

static uint32_t release(const char *text)
{
	struct ver ver;
	struct err err = ERR_INIT;
	if (ver_parse(text, &ver, &err) == 0)
		return catalog_ver_rel(&ver);
	err_clear(&err);
	return 0;
}

static uint16_t cuda_of(const struct plan_variant *v)
{
	struct cuda cuda;
	struct err err = ERR_INIT;
	if (v->cuda && cuda_parse(v->cuda, &cuda, &err) == 0)
		return cuda_key(&cuda);
	err_clear(&err);
	return 0;
}

/* A variant can have two builds, told apart by their labels. */
static uint16_t of_torch(const struct catalog *c, const struct plan_variant *v, uint32_t version, const char *label)
{
	struct torch_query q = TORCH_QUERY_ANY;
	const struct torch_row *row = NULL;
	uint16_t least = 0;
	q.version = version;
	q.cuda = cuda_of(v);
	q.platform = (int)catalog_platform(v->platform);
	while (version && (row = catalog_torch_next(c, &q, row)))
		if ((!label || str_eq_case(catalog_str(c, row->label), label)) &&
		    (!least || (row->glibc && row->glibc < least)))
			least = row->glibc;
	return least;
}

static uint16_t of_extension(const struct catalog *c, const struct plan_variant *v, enum pkg pkg, uint32_t version,
			     uint32_t torch)
{
	struct wheel_query q = WHEEL_QUERY_ANY(pkg);
	const struct wheel_row *row = NULL;
	uint16_t least = 0;
	q.version = version;
	q.torch = torch;
	q.cuda = cuda_of(v);
	q.platform = (int)catalog_platform(v->platform);
	q.python = catalog_python(c, v->python.version);
	while (version && (row = catalog_wheel_next(c, &q, row))) {
		uint16_t glibc = match_wheel_glibc(row);
		least = !least || (glibc && glibc < least) ? glibc : least;
	}
	return least;
}

uint16_t machine_glibc(const struct catalog *c, const struct plan_variant *v, enum pkg *whose)
{
	uint16_t most = 0;
	uint32_t torch = v->npackages ? release(v->packages[0].version) : 0;
	*whose = PKG_TORCH;
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *p = &v->packages[i];
		uint16_t glibc = 0;
		if (p->pkg == PKG_TORCH)
			glibc = of_torch(c, v, torch, p->label);
		else if (p->way == WAY_WHEEL && (p->pkg == PKG_TORCH_SPARSE || p->pkg == PKG_TORCH_SCATTER))
			glibc = of_extension(c, v, p->pkg, release(p->version), torch);
		if (glibc > most) {
			most = glibc;
			*whose = p->pkg;
		}
	}
	return most;
}

/* --- GPUs --- */

static struct arch_set torch_archs(const struct catalog *c, const struct plan_variant *v, const struct plan_package *p)
{
	struct torch_query q = TORCH_QUERY_ANY;
	const struct torch_row *row = NULL;
	q.version = release(p->version);
	q.cuda = cuda_of(v);
	q.platform = (int)catalog_platform(v->platform);
	while (q.version && (row = catalog_torch_next(c, &q, row)))
		if (!p->label || str_eq_case(catalog_str(c, row->label), p->label))
			return row->archs;
	return (struct arch_set){.known = false};
}

static struct arch_set archs_of(const struct catalog *c, const struct plan_variant *v, const struct plan_package *p)
{
	struct arch_set set = {.known = false};
	struct wheel_query q = WHEEL_QUERY_ANY(p->pkg);
	if (p->pkg == PKG_TORCH)
		return torch_archs(c, v, p);
	if (p->way == WAY_SOURCE) {
		if (v->arch_list && !arch_list_parse(c, v->arch_list, &set))
			set.known = false;
		return set;
	}
	q.version = release(p->version);
	q.torch = release(v->packages[0].version);
	q.cuda = cuda_of(v);
	q.platform = (int)catalog_platform(v->platform);
	q.python = catalog_python(c, v->python.version);
	const struct wheel_row *row = q.version ? catalog_wheel_next(c, &q, NULL) : NULL;
	return row ? row->archs : set;
}

/* How the variant as a whole covers a GPU: as its weakest package does; ARCH_UNKNOWN where one's code is not known. */
static enum arch_cover cover_of(const struct catalog *c, const struct plan_variant *v, unsigned cc)
{
	enum arch_cover worst = ARCH_NATIVE;
	bool known = true;
	for (size_t p = 0; p < v->npackages; p++) {
		enum arch_cover how = arch_covers(c, archs_of(c, v, &v->packages[p]), cc);
		known = known && how != ARCH_UNKNOWN;
		worst = how > worst ? how : worst;
	}
	return known ? worst : ARCH_UNKNOWN;
}

struct machine_gpus machine_gpus(const struct catalog *c, const struct plan_variant *v)
{
	struct machine_gpus g = {.known = v->cuda != NULL && v->npackages > 0};
	const struct toolkit_row *toolkit = catalog_toolkit(c, cuda_of(v));
	for (size_t i = 0; g.known && i < c->n_archs && i < 32; i++) {
		enum arch_cover how = cover_of(c, v, c->archs[i].cc);
		g.known = how != ARCH_UNKNOWN;
		g.native |= how == ARCH_NATIVE ? UINT32_C(1) << i : 0;
		g.jit |= how == ARCH_JIT ? UINT32_C(1) << i : 0;
		g.none |= how == ARCH_NONE ? UINT32_C(1) << i : 0;
	}
	if (toolkit)
		g.jit_least = toolkit->driver_min;
	return g;
}

char *machine_gpus_text(const struct catalog *c, uint32_t set)
{
	AUTO_BUF struct buf b = BUF_INIT;
	char cc[CUDA_TEXT];
	for (size_t i = 0; i < c->n_archs && i < 32; i++)
		if (set >> i & 1)
			buf_addf(&b, "%s%s", b.len ? " " : "", catalog_cc_text(c->archs[i].cc, cc));
	return buf_take(&b);
}
