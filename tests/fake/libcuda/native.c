/* Kernels executed as their host twins, at once, after what they will touch was looked at: for tests in which not the
 * PTX matters but all around it. */
#include "fake/libcuda/ptx.h"
#include "probe/host/number.c" /* NOLINT(bugprone-suspicious-include) */

#define TWIN_SET fake
#include "support/twin.h"

enum { ROWS, WIDTH, ROWPTR, COL, VAL, DENSE, OUT, PARAMS };

static uint64_t index_at(const void *array, uint64_t i, bool wide)
{
	const int32_t *narrow = array;
	const int64_t *big = array;

	return wide ? (uint64_t)big[i] : (uint64_t)narrow[i];
}

/* Whether all that the kernel would touch lies in memory that was given out. */
static bool is_sound(const struct ptx_grid *g, bool wide, size_t value)
{
	const uint64_t *p = g->params, rows = p[ROWS], width = p[WIDTH];
	const size_t index = wide ? 8 : 4;
	const void *rowptr = memory_at(p[ROWPTR], (rows + 1) * index);
	uint64_t columns = 0;

	if (!rowptr || rows > UINT32_MAX || width > UINT32_MAX)
		return false;
	for (uint64_t i = 0; i < rows; i++)
		if (index_at(rowptr, i, wide) > index_at(rowptr, i + 1, wide))
			return false;
	const uint64_t entries = index_at(rowptr, rows, wide);
	const void *col = memory_at(p[COL], entries * index);
	for (uint64_t i = 0; col && i < entries; i++)
		columns = index_at(col, i, wide) >= columns ? index_at(col, i, wide) + 1 : columns;
	return col && columns <= UINT32_MAX && memory_at(p[VAL], entries * value) &&
	       memory_at(p[DENSE], columns * width * value) && memory_at(p[OUT], rows * width * value);
}

int native_run(const struct ptx_kernel *k, const struct ptx_grid *g)
{
	const uint64_t *p = g->params;
	const struct twin *twin = NULL;
	size_t i = 0;

	for (; i < TWINS && strcmp(fake_twins[i].name, k->name) != 0; i++)
		continue;
	twin = i < TWINS ? &fake_twins[i] : NULL;
	if (!twin || k->n_params != PARAMS || g->threads[0] % WARP || g->threads[0] > WARP * SPMM_WARPS)
		return RUN_FAILED;
	if (!is_sound(g, i / 2 % 2, numbers[i / 4].size))
		return RUN_ILLEGAL;
	struct spmm_block block = {.warps = (int)g->threads[0] / WARP};
	for (block.y = 0; block.y < g->blocks[1]; block.y++)
		for (block.x = 0; block.x < g->blocks[0]; block.x++)
			twin->run(&block, (long long)p[ROWS], (long long)p[WIDTH], memory_at(p[ROWPTR], 0),
				  memory_at(p[COL], 0), memory_at(p[VAL], 0), memory_at(p[DENSE], 0),
				  memory_at(p[OUT], 0));
	return RUN_OK;
}
