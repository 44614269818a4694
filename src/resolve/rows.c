#include "resolve/rows.h"

#include "base/str.h"
#include "resolve/pick.h"
#include "rules/match.h"

#include <string.h>

static bool minor_label_allows(const struct ask *a, uint32_t torch)
{
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++) {
		const struct label *l = &a->pkg[p].label;
		if (a->pkg[p].has_label && l->has_torch && !match_torch(torch, REL(l->torch_major, l->torch_minor, 0)))
			return false;
	}
	return true;
}

static bool label_allows(const struct ask *a, const struct torch_row *row)
{
	const struct ask_package *p = &a->pkg[PKG_TORCH];
	const char *label = catalog_str(a->c, row->label);
	if (!p->local[0] || (p->has_label && !p->label.rest[0]))
		return true;
	return *label == '+' && str_eq_case(label + 1, p->local);
}

static bool some_os_has_glibc(const struct ask *a, uint16_t glibc)
{
	for (size_t i = 0; i < a->noses; i++)
		if (match_glibc(a->oses[i]->glibc, glibc))
			return true;
	return false;
}

/* Whether searching looks past it: of another channel, or a second build beside a plainer one. */
static bool is_passed_over(const struct ask *a, const struct torch_row *row)
{
	struct torch_query q = TORCH_QUERY_ANY;
	const struct torch_row *other = NULL;
	int rank = pick_torch_rank(a, row);
	bool better = false;
	q.version = row->version;
	q.cuda = row->cuda;
	q.platform = row->platform;
	while (!better && (other = catalog_torch_next(a->c, &q, other)))
		better = pick_torch_rank(a, other) > rank;
	return rank == 0 || better;
}

enum torch_step rows_torch(const struct ask *a, const struct torch_row *row)
{
	if (!ask_allows(a, PKG_TORCH, row->version))
		return TORCH_VERSION;
	if (!minor_label_allows(a, row->version))
		return TORCH_MINOR_LABEL;
	if (row->platform != a->platform)
		return TORCH_PLATFORM;
	if (!ask_allows_cuda(a, row->cuda))
		return TORCH_CUDA;
	if (!label_allows(a, row))
		return TORCH_LABEL;
	if (is_passed_over(a, row))
		return TORCH_VERSION;
	if (!(row->pythons & a->pythons))
		return TORCH_PYTHON;
	return some_os_has_glibc(a, row->glibc) ? TORCH_OK : TORCH_GLIBC;
}

enum torch_step rows_torch_furthest(const struct ask *a)
{
	enum torch_step furthest = TORCH_VERSION;
	for (size_t i = 0; i < a->c->n_torch; i++) {
		enum torch_step step = rows_torch(a, &a->c->torch[i]);
		furthest = step > furthest ? step : furthest;
	}
	return furthest;
}

/* How far a wheel comes beside one torch row. */
static enum wheel_step beside(const struct ask *a, const struct wheel_row *row, const struct torch_row *torch)
{
	if (!match_torch(torch->version, row->torch))
		return WHEEL_TORCH;
	if (!(row->platforms >> a->platform & 1))
		return WHEEL_PLATFORM;
	if (row->cuda != ask_extension_cuda(a, (enum pkg)row->pkg, torch->cuda))
		return WHEEL_CUDA;
	if (!(row->pythons & a->pythons & torch->pythons))
		return WHEEL_PYTHON;
	if (!some_os_has_glibc(a, match_wheel_glibc(row)))
		return WHEEL_GLIBC;
	bool other_abi = strchr(catalog_str(a->c, torch->label), '.') && strstr(catalog_str(a->c, torch->label), "abi");
	return other_abi && torch->cxx11_abi == TRI_YES && torch->version < REL(2, 7, 0) ? WHEEL_ABI : WHEEL_OK;
}

enum wheel_step rows_wheel(const struct ask *a, const struct wheel_row *row)
{
	enum wheel_step furthest = WHEEL_TORCH;
	if (!ask_allows(a, (enum pkg)row->pkg, row->version))
		return WHEEL_VERSION;
	for (size_t i = 0; i < a->c->n_torch && furthest != WHEEL_OK; i++) {
		if (rows_torch(a, &a->c->torch[i]) != TORCH_OK)
			continue;
		enum wheel_step step = beside(a, row, &a->c->torch[i]);
		furthest = step > furthest ? step : furthest;
	}
	return furthest;
}

enum wheel_step rows_wheel_furthest(const struct ask *a, enum pkg pkg)
{
	enum wheel_step furthest = WHEEL_VERSION;
	for (size_t i = 0; i < a->c->n_wheels && furthest != WHEEL_OK; i++) {
		if (a->c->wheels[i].pkg != pkg)
			continue;
		enum wheel_step step = rows_wheel(a, &a->c->wheels[i]);
		furthest = step > furthest ? step : furthest;
	}
	return furthest;
}

void keys_add(struct keys *k, uint32_t key)
{
	size_t at = 0;
	while (at < k->n && k->v[at] < key)
		at++;
	if (k->n == ARRAY_LEN(k->v) || (at < k->n && k->v[at] == key))
		return;
	memmove(&k->v[at + 1], &k->v[at], (k->n - at) * sizeof(k->v[0]));
	k->v[at] = key;
	k->n++;
}

static char *joined(const struct strv *texts)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (size_t i = 0; i < texts->n; i++)
		buf_addf(&b, "%s%s", i == 0 ? "" : i + 1 == texts->n ? " and " : ", ", texts->v[i]);
	return buf_take(&b);
}

char *keys_versions(const struct keys *k)
{
	AUTO_STRV struct strv texts = STRV_INIT;
	char text[CUDA_TEXT];
	char last[CUDA_TEXT];
	if (k->n > 8)
		return xasprintf("%s to %s", catalog_rel_text(k->v[0], text), catalog_rel_text(k->v[k->n - 1], last));
	for (size_t i = 0; i < k->n; i++)
		strv_add(&texts, catalog_rel_text(k->v[i], text));
	return joined(&texts);
}

char *keys_minors(const struct keys *k)
{
	AUTO_STRV struct strv texts = STRV_INIT;
	for (size_t i = 0; i < k->n; i++) {
		AUTO_TEXT char *text = xasprintf("%u.%u", k->v[i] >> 20, k->v[i] >> 10 & 1023U);
		strv_add_once(&texts, text);
	}
	if (texts.n > 6)
		return xasprintf("%s to %s", texts.v[0], texts.v[texts.n - 1]);
	return joined(&texts);
}

char *keys_cudas(const struct keys *k)
{
	AUTO_STRV struct strv texts = STRV_INIT;
	char text[CUDA_TEXT];
	for (size_t i = 0; i < k->n; i++)
		strv_add(&texts, cuda_key_text((uint16_t)k->v[i], text));
	return joined(&texts);
}

uint32_t keys_nearest(const struct keys *k, uint32_t key)
{
	uint32_t best = 0;
	uint32_t distance = UINT32_MAX;
	for (size_t i = 0; i < k->n; i++) {
		uint32_t d = k->v[i] > key ? k->v[i] - key : key - k->v[i];
		if (d < distance) {
			distance = d;
			best = k->v[i];
		}
	}
	return best;
}
