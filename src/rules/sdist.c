#include "rules/sdist.h"

#include "model/catalog_find.h"

/* From 0.6.13 on the package fails in TorchScript with older torch (rusty1s/pytorch_sparse#207), whatever its setup.py
 * documents. */
static const uint32_t script_since = REL(0, 6, 13);
static const uint32_t script_torch = REL(1, 10, 0);
/* CHECK_LT went with torch 1.13: shown for 0.6.15 (#272), and no older archive was seen to compile with a newer torch.
 */
static const uint32_t check_until = REL(0, 6, 15);
static const uint32_t check_torch = REL(1, 12, 0);

enum sdist sdist_sparse(const struct catalog *c, uint32_t sparse, uint32_t torch, uint16_t python)
{
	const struct requirement_row *row = catalog_requirement(c, sparse);
	if (!row || sparse > row->last || sparse < row->first)
		return SDIST_NO_VERSION;
	if (torch < row->torch_min || (sparse >= script_since && torch < script_torch))
		return SDIST_TORCH_TOO_OLD;
	uint32_t newest = row->sdist_torch_max	  ? row->sdist_torch_max
			  : sparse <= check_until ? check_torch
						  : UINT32_MAX;
	if (REL_MINOR(torch) > REL_MINOR(newest))
		return SDIST_TORCH_TOO_NEW;
	if (row->python_min && python && python < row->python_min)
		return SDIST_PYTHON_TOO_OLD;
	return sdist_scatter(torch);
}

enum sdist sdist_scatter(uint32_t torch)
{
	return REL_MINOR(torch) > SDIST_TORCH_SEEN ? SDIST_UNPROVEN : SDIST_COMPILES;
}

uint32_t sdist_scatter_for(const struct catalog *c, uint32_t sparse)
{
	const struct requirement_row *row = catalog_requirement(c, sparse);
	return row ? row->scatter : 0;
}

unsigned sdist_minutes(enum pkg pkg, unsigned archs)
{
	/* Measured on one core for two architectures: torch_sparse 1396 s, torch_scatter 907 s, linear in the
	 * architectures beyond a fixed part; torch_sparse spreads over a few cores, torch_scatter does not. */
	unsigned seconds = pkg == PKG_TORCH_SPARSE ? 120 + archs * 160 : 150 + archs * 380;
	return (seconds + 59) / 60;
}
