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
