#include "resolve/pick.h"

#include "base/str.h"
#include "resolve/facts.h"
#include "resolve/keep.h"
#include "rules/match.h"

#include <string.h>

/* --- torch --- */

/* How well a row's label does: the one that the user wrote, else the plain one before a second build. 0 = not at all.
 */
static int label_rank(const struct ask *a, const struct torch_row *row)
{
	const struct ask_package *p = &a->pkg[PKG_TORCH];
	const char *label = catalog_str(a->c, row->label);
	const char *dot = strchr(label, '.');
	if (p->local[0] && (!p->has_label || p->label.rest[0]))
		return *label == '+' && str_eq_case(label + 1, p->local);
	return dot ? 1 : 2;
}

static int channel_rank(const struct ask *a, const struct torch_row *row)
{
	if (a->torch_pypi)
		return row->channel == CHANNEL_PYPI ? 2 : 1;
	return row->channel == CHANNEL_INDEX;
}

int pick_torch_rank(const struct ask *a, const struct torch_row *row)
{
	int label = label_rank(a, row);
	int channel = channel_rank(a, row);
	return label && channel ? channel * 4 + label : 0;
}

static void add_torch(struct picker *p, const struct torch_row *row)
{
	int r = pick_torch_rank(p->a, row);
	if (!r)
		return;
	for (size_t i = p->ntorch; i-- > 0 && p->torch[i]->version == row->version;) {
		if (p->torch[i]->cuda != row->cuda)
			continue;
		if (r > pick_torch_rank(p->a, p->torch[i]))
			p->torch[i] = row;
		return;
	}
	p->torch[p->ntorch++] = row;
}

/* Whether all labels of extensions allow this torch minor. */
static bool labels_allow(const struct ask *a, uint32_t torch)
{
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++) {
		const struct label *l = &a->pkg[p].label;
		if (a->pkg[p].has_label && l->has_torch && !match_torch(torch, REL(l->torch_major, l->torch_minor, 0)))
			return false;
	}
	return true;
}

static void init_torch(struct picker *p)
{
	const struct catalog *c = p->a->c;
	uint32_t seen = 0;
	bool allowed = false;
	p->torch = xcalloc(c->n_torch + 1, sizeof(const struct torch_row *));
	for (size_t i = 0; i < c->n_torch; i++) {
		const struct torch_row *row = &c->torch[i];
		if (row->platform != p->a->platform || !ask_allows_cuda(p->a, row->cuda))
			continue;
		if (row->version != seen) {
			seen = row->version;
			allowed = ask_allows(p->a, PKG_TORCH, seen) && labels_allow(p->a, seen);
		}
		if (allowed)
			add_torch(p, row);
	}
}

/* --- extensions --- */

static void init_versions(struct picker *p, enum pkg pkg)
{
	size_t n = catalog_wheel_versions(p->a->c, pkg, NULL, 0);
	uint32_t *all = xcalloc(n + 1, sizeof(*all));
	n = catalog_wheel_versions(p->a->c, pkg, all, n);
	for (size_t i = 0; i < n; i++)
		if (ask_allows(p->a, pkg, all[i]))
			all[p->nversions[pkg]++] = all[i];
	p->versions[pkg] = all;
}

static bool is_allowed_version(const struct picker *p, enum pkg pkg, uint32_t version)
{
	for (size_t i = 0; i < p->nversions[pkg]; i++)
		if (p->versions[pkg][i] == version)
			return true;
	return false;
}

static void init_rows(struct picker *p, enum pkg pkg)
{
	const struct catalog *c = p->a->c;
	p->rows[pkg] = xcalloc(c->n_wheels + 1, sizeof(const struct wheel_row *));
	for (size_t i = c->n_wheels; i-- > 0;) {
		const struct wheel_row *row = &c->wheels[i];
		if (row->pkg == pkg && (row->platforms >> p->a->platform & 1) &&
		    is_allowed_version(p, pkg, row->version))
			p->rows[pkg][p->nrows[pkg]++] = row;
	}
}

void picker_init(struct picker *p, const struct ask *a)
{
	*p = (struct picker){.a = a};
	init_torch(p);
	for (unsigned pkg = 0; pkg < PKG__MAX; pkg++)
		if (pkg != PKG_TORCH && a->pkg[pkg].wanted) {
			init_versions(p, (enum pkg)pkg);
			init_rows(p, (enum pkg)pkg);
		}
}

void picker_clear(struct picker *p)
{
	free(p->torch);
	for (unsigned pkg = 0; pkg < PKG__MAX; pkg++) {
		free(p->rows[pkg]);
		free(p->versions[pkg]);
	}
}

void picker_torch(struct picker *p, const struct torch_row *torch)
{
	struct torch_query q = TORCH_QUERY_ANY;
	const struct torch_row *row = NULL;
	q.version = torch->version;
	q.cuda = torch->cuda;
	q.platform = torch->platform;
	p->abi = TRI_UNKNOWN;
	while (p->abi == TRI_UNKNOWN && (row = catalog_torch_next(p->a->c, &q, row)))
		if (!strchr(catalog_str(p->a->c, row->label), '.'))
			p->abi = (enum tri)row->cxx11_abi;
}

static bool cuda_allows(const struct ask *a, enum pkg pkg, const struct choice *ch, uint32_t version)
{
	uint16_t cuda = ask_extension_cuda(a, pkg, ch->torch->cuda);
	enum match m = match_cuda(ch->torch->cuda, cuda, pkg == PKG_TORCH_SPARSE ? version : 0);
	return m == MATCH_YES || m == MATCH_MINOR_WARNS;
}

static bool wheel_fits(const struct picker *p, const struct choice *ch, enum pkg pkg, const struct wheel_row *row)
{
	const struct ask *a = p->a;
	return match_torch(ch->torch->version, row->torch) &&
	       row->cuda == ask_extension_cuda(a, pkg, ch->torch->cuda) && cuda_allows(a, pkg, ch, row->version) &&
	       match_python(row->pythons, ch->python) && match_glibc(ch->os->glibc, match_wheel_glibc(row)) &&
	       match_abi((enum tri)ch->torch->cxx11_abi, p->abi) &&
	       !facts_wheel_absent(a, pkg, row->version, ch->torch, row->cuda, ch->python);
}

/* The newest wheel, of one version alone where it is not 0. */
static const struct wheel_row *newest_wheel(const struct picker *p, const struct choice *ch, enum pkg pkg,
					    uint32_t version)
{
	for (size_t i = 0; i < p->nrows[pkg]; i++) {
		const struct wheel_row *row = p->rows[pkg][i];
		if ((!version || row->version == version) && wheel_fits(p, ch, pkg, row))
			return row;
	}
	return NULL;
}

static bool pick_wheel(const struct picker *p, struct choice *ch, enum pkg pkg)
{
	if (p->compile || p->a->wheels == WHEELS_NEVER)
		return false;
	uint32_t kept = keep_version(p->a, pkg, ch->torch->cuda);
	const struct wheel_row *row = kept ? newest_wheel(p, ch, pkg, kept) : NULL;
	row = row ? row : newest_wheel(p, ch, pkg, 0);
	if (row)
		ch->pick[pkg] = (struct pick){
			.used = true, .way = WAY_WHEEL, .version = row->version, .cuda = row->cuda, .row = row};
	return row != NULL;
}

/* torch_scatter that nobody asked for is compiled in the version of its torch_sparse's time. */
static bool scatter_belongs(const struct picker *p, const struct choice *ch, uint32_t version)
{
	uint32_t wanted = sdist_scatter_for(p->a->c, ch->pick[PKG_TORCH_SPARSE].version);
	return !p->a->pkg[PKG_TORCH_SCATTER].implied || !wanted || version == wanted;
}

static enum sdist sdist_of(const struct picker *p, const struct choice *ch, enum pkg pkg, uint32_t version)
{
	const struct python_row *python = &p->a->c->pythons[ch->python];
	if (pkg == PKG_TORCH_SPARSE) {
		enum sdist sdist = sdist_sparse(p->a->c, version, ch->torch->version, python->version);
		return sdist == SDIST_COMPILES && python->threaded ? SDIST_UNPROVEN : sdist;
	}
	if (pkg != PKG_TORCH_SCATTER) /* nobody was seen to compile them; pyg_lib has no source archive on the index */
		return pkg == PKG_PYG_LIB ? SDIST_NO_VERSION : SDIST_UNPROVEN;
	return scatter_belongs(p, ch, version) ? sdist_scatter(ch->torch->version) : SDIST_NO_VERSION;
}

static bool pick_source(const struct picker *p, struct choice *ch, enum pkg pkg)
{
	uint16_t cuda = ch->torch->cuda;
	if (!ask_may_compile(p->a) || ask_extension_cuda(p->a, pkg, cuda) != cuda ||
	    (cuda && !catalog_toolkit(p->a->c, cuda)))
		return false;
	for (size_t i = 0; i < p->nversions[pkg]; i++) {
		uint32_t version = p->versions[pkg][i];
		enum sdist sdist = sdist_of(p, ch, pkg, version);
		if (!sdist_ok(sdist) || facts_sdist_absent(p->a, pkg, version))
			continue;
		ch->pick[pkg] = (struct pick){
			.used = true, .way = WAY_SOURCE, .version = version, .cuda = cuda, .sdist = sdist};
		return true;
	}
	return false;
}

/* torch_cluster, torch_spline_conv and pyg_lib have rows for some torch minors and versions only; where they say
 * nothing of a version or of this torch, a wheel of the one version named is assumed until an index denies it. */
static bool may_assume(const struct picker *p, const struct choice *ch, enum pkg pkg, uint32_t *ret)
{
	const struct ask *a = p->a;
	const struct ver *exact = a->pkg[pkg].spec ? spec_exact(a->pkg[pkg].spec) : NULL;
	struct wheel_query version = WHEEL_QUERY_ANY(pkg);
	struct wheel_query torch = WHEEL_QUERY_ANY(pkg);
	if (pkg < PKG_TORCH_CLUSTER || !exact)
		return false;
	*ret = version.version = catalog_ver_rel(exact);
	torch.torch = ch->torch->version;
	return !version.version || !catalog_wheel_next(a->c, &version, NULL) || !catalog_wheel_next(a->c, &torch, NULL);
}

static bool pick_assumed(const struct picker *p, struct choice *ch, enum pkg pkg)
{
	const struct ask *a = p->a;
	uint16_t cuda = ask_extension_cuda(a, pkg, ch->torch->cuda);
	uint32_t version = 0;
	bool may = a->wheels != WHEELS_NEVER && !p->compile && may_assume(p, ch, pkg, &version) &&
		   cuda_allows(a, pkg, ch, 0) && !facts_wheel_absent(a, pkg, version, ch->torch, cuda, ch->python);
	if (may)
		ch->pick[pkg] = (struct pick){.used = true, .way = WAY_WHEEL, .version = version, .cuda = cuda};
	return may;
}

/* The archive of a version that no row has; with a row pick_source() knows it. */
static bool pick_unlisted_source(const struct picker *p, struct choice *ch, enum pkg pkg)
{
	const struct ask *a = p->a;
	uint16_t cuda = ch->torch->cuda;
	uint32_t version = 0;
	bool may = pkg != PKG_PYG_LIB && may_assume(p, ch, pkg, &version) && ask_may_compile(a) &&
		   ask_extension_cuda(a, pkg, cuda) == cuda && (!cuda || catalog_toolkit(a->c, cuda)) &&
		   !facts_sdist_absent(a, pkg, version);
	if (may)
		ch->pick[pkg] = (struct pick){
			.used = true, .way = WAY_SOURCE, .version = version, .cuda = cuda, .sdist = SDIST_UNPROVEN};
	return may;
}

bool pick_extension(const struct picker *p, struct choice *ch, enum pkg pkg)
{
	return pick_wheel(p, ch, pkg) || pick_assumed(p, ch, pkg) || pick_source(p, ch, pkg) ||
	       pick_unlisted_source(p, ch, pkg);
}
