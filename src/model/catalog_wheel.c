#include "base/str.h"
#include "model/catalog_find.h"

static bool any_or(int asked, int has)
{
	return asked == CATALOG_ANY || asked == has;
}

static bool has_bit(int asked, uint32_t bits)
{
	return asked == CATALOG_ANY || (asked >= 0 && asked < 32 && (bits >> asked & 1));
}

static bool torch_fits(const struct torch_query *q, const struct torch_row *r)
{
	return (!q->version || q->version == r->version) && any_or(q->cuda, r->cuda) &&
	       any_or(q->platform, r->platform) && any_or(q->channel, r->channel) && has_bit(q->python, r->pythons);
}

/* First torch row at or behind a version: rows are sorted by it. */
static const struct torch_row *torch_from(const struct catalog *c, uint32_t version)
{
	size_t low = 0, high = c->n_torch;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (c->torch[mid].version < version)
			low = mid + 1;
		else
			high = mid;
	}
	return c->torch + low;
}

const struct torch_row *catalog_torch_next(const struct catalog *c, const struct torch_query *q,
					   const struct torch_row *after)
{
	const struct torch_row *r = after ? after + 1 : torch_from(c, q->version);
	for (; r < c->torch + c->n_torch && (!q->version || r->version == q->version); r++)
		if (torch_fits(q, r))
			return r;
	return NULL;
}

static bool wheel_fits(const struct wheel_query *q, const struct wheel_row *r)
{
	return r->pkg == q->pkg && (!q->version || q->version == r->version) &&
	       (!q->torch || REL_MINOR(q->torch) == r->torch) && any_or(q->cuda, r->cuda) &&
	       has_bit(q->platform, r->platforms) && has_bit(q->python, r->pythons);
}

const struct wheel_row *catalog_wheel_next(const struct catalog *c, const struct wheel_query *q,
					   const struct wheel_row *after)
{
	for (const struct wheel_row *r = after ? after + 1 : c->wheels; r < c->wheels + c->n_wheels; r++)
		if (wheel_fits(q, r))
			return r;
	return NULL;
}

size_t catalog_torch_versions(const struct catalog *c, uint32_t *into, size_t max)
{
	size_t n = 0;
	for (size_t i = c->n_torch; i-- > 0;) {
		if (i + 1 < c->n_torch && c->torch[i].version == c->torch[i + 1].version)
			continue;
		if (n++ < max)
			into[n - 1] = c->torch[i].version;
	}
	return n;
}

size_t catalog_wheel_versions(const struct catalog *c, enum pkg pkg, uint32_t *into, size_t max)
{
	size_t n = 0;
	uint32_t last = 0;
	for (size_t i = c->n_wheels; i-- > 0;) {
		const struct wheel_row *r = &c->wheels[i];
		if (r->pkg != pkg || r->version == last)
			continue;
		last = r->version;
		if (n++ < max)
			into[n - 1] = r->version;
	}
	return n;
}

size_t catalog_torch_cudas(const struct catalog *c, uint16_t *into, size_t max)
{
	size_t n = 0;
	for (uint16_t below = UINT16_MAX;;) {
		int best = -1;
		for (size_t i = 0; i < c->n_torch; i++)
			if (c->torch[i].cuda < below && c->torch[i].cuda > best)
				best = c->torch[i].cuda;
		if (best < 0)
			return n;
		below = (uint16_t)best;
		if (n++ < max)
			into[n - 1] = below;
	}
}

const struct requirement_row *catalog_requirement(const struct catalog *c, uint32_t sparse)
{
	const struct requirement_row *found = NULL;
	for (size_t i = 0; i < c->n_requirements && c->requirements[i].first <= sparse; i++)
		found = &c->requirements[i];
	return found;
}

int catalog_python(const struct catalog *c, const char *name)
{
	for (size_t i = 0; i < c->n_pythons; i++)
		if (str_eq(catalog_str(c, c->pythons[i].name), name))
			return (int)i;
	return -1;
}

int catalog_python_of(const struct catalog *c, uint16_t version)
{
	for (size_t i = 0; i < c->n_pythons; i++)
		if (c->pythons[i].version == version && !c->pythons[i].threaded)
			return (int)i;
	return -1;
}

void catalog_pythons_text(const struct catalog *c, uint32_t pythons, struct buf *into)
{
	const char *gap = "";
	for (size_t i = 0; i < c->n_pythons; i++) {
		if (!(pythons >> i & 1))
			continue;
		buf_addf(into, "%s%s", gap, catalog_str(c, c->pythons[i].name));
		gap = " ";
	}
}

const struct managed_row *catalog_managed(const struct catalog *c, int python, enum platform platform)
{
	for (size_t i = 0; i < c->n_managed; i++)
		if (c->managed[i].python == python && c->managed[i].platform == platform)
			return &c->managed[i];
	return NULL;
}
