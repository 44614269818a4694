#include "rules/driver_fit.h"

#include "model/catalog_find.h"

static enum driver_fit at_least(const struct driver *least, const struct driver *d)
{
	return driver_cmp(d, least) < 0 ? DRIVER_TOO_OLD : DRIVER_FITS;
}

enum driver_fit driver_runs(const struct catalog *c, uint16_t cuda, const struct driver *d)
{
	const struct driver *least = catalog_driver_min(c, cuda);
	return least ? at_least(least, d) : DRIVER_UNKNOWN;
}

enum driver_fit driver_takes_ptx(const struct catalog *c, uint16_t cuda, const struct driver *d)
{
	const struct toolkit_row *row = catalog_toolkit(c, cuda);
	return row ? at_least(&row->driver_min, d) : DRIVER_UNKNOWN;
}

enum driver_fit driver_meets_require(const struct catalog *c, uint16_t cuda, const struct driver *d)
{
	return driver_takes_ptx(c, cuda, d);
}

const struct driver *driver_least_for_zstd(const struct catalog *c)
{
	for (size_t i = 0; i < c->n_toolkits; i++)
		if (c->toolkits[i].zstd != ZSTD_NO)
			return &c->toolkits[i].driver_min;
	return NULL;
}

enum driver_fit driver_reads_zstd(const struct catalog *c, const struct driver *d)
{
	const struct driver *least = driver_least_for_zstd(c);
	return least ? at_least(least, d) : DRIVER_UNKNOWN;
}

bool driver_needs_zstd(const struct catalog *c, uint16_t cuda)
{
	const struct toolkit_row *row = catalog_toolkit(c, cuda);
	return row && row->zstd == ZSTD_DEFAULT;
}

enum compat driver_compat_serves(const struct gpu_row *row)
{
	if (!row || row->line == GPU_WORKSTATION)
		return COMPAT_UNKNOWN;
	return row->line == GPU_CONSUMER ? COMPAT_SERVES_NOT : COMPAT_SERVES;
}
