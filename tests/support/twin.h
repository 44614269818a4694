/* twin.h — the kernels of probe/spmm.h as C functions, in which a thread is a whole block: twins of what a GPU runs.
 *
 * Included once for each set of twins, after TWIN_SET (the set's name, as an identifier) and the steps (SPMM_...) that
 * are to be wrong in it are defined; gives `static const struct twin TWIN_SET##_twins[]`. */
#ifndef TWIN_MACHINE
#define TWIN_MACHINE

#include "probe/host/number.h"

#include <stdbool.h>
#include <string.h>

#define SPMM_WARPS 8

struct spmm_block {
	unsigned x, y;
	int warps;
};

struct twin {
	const char *name; /* as in the PTX: "spmm_f16_i32", "spmm_long_f16_i32" */
	void (*run)(const struct spmm_block *block, long long rows, long long width, const void *rowptr,
		    const void *col, const void *val, const void *dense, void *out);
};
enum { TWINS = 16 };

#define SPMM_KERNEL	       static void
#define SPMM_FUNCTION	       static inline
#define SPMM_BLOCK	       const struct spmm_block *block,
#define SPMM_BLOCK_X	       block->x
#define SPMM_BLOCK_Y	       block->y
#define SPMM_BLOCK_WARPS       block->warps
#define SPMM_EACH_WARP(warp)   for (int warp = 0; warp < block->warps; warp++)
#define SPMM_FIRST_WARP(warp)  for (int warp = 0; warp < 1; warp++)
#define SPMM_EACH_LANE(lane)   for (int lane = 0; lane < 32; lane++)
#define SPMM_LANES(type, v)    type v[32]
#define SPMM_LANES_OF(type, v) type v[32]
#define SPMM_OF(v, lane)       v[lane]
#define SPMM_FROM(v, lane)     v[lane]
#define SPMM_SHARED
#define SPMM_BARRIER() ((void)0)
#define SPMM_SLOWLY
#define SPMM_NAMED(name) SPMM_PASTE(TWIN_SET, name)
#define SPMM_PASTE(a, b) SPMM_JOIN(a, b)
#define SPMM_JOIN(a, b)	 a##_##b

typedef int spmm_i32;
typedef long long spmm_i64;
typedef unsigned short spmm_f16, spmm_bf16;
typedef float spmm_f32, spmm_sum_f16, spmm_sum_bf16, spmm_sum_f32;
typedef double spmm_f64, spmm_sum_f64;

static inline float spmm_load_f16(unsigned short v)
{
	return (float)number_get(F16, &v, 0);
}

static inline unsigned short spmm_store_f16(float v)
{
	unsigned short bits;

	number_put(F16, &bits, 0, (double)v);
	return bits;
}

static inline float spmm_load_bf16(unsigned short v)
{
	const unsigned bits = (unsigned)v << 16;
	float f;

	memcpy(&f, &bits, sizeof(f));
	return f;
}

static inline unsigned twin_bits(float v)
{
	unsigned bits;

	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

#define spmm_load_f32(v)   (v)
#define spmm_store_f32(v)  (v)
#define spmm_load_f64(v)   (v)
#define spmm_store_f64(v)  (v)
#define spmm_store_bf16(v) SPMM_NAMED(spmm_round_bf16)(twin_bits(v))

/* A kernel for callers that do not know its types. */
#define TWIN(kernel)                                                                                                   \
	static void SPMM_PASTE(any, SPMM_NAMED(kernel))(const struct spmm_block *block, long long rows,                \
							long long width, const void *rowptr, const void *col,          \
							const void *val, const void *dense, void *out)                 \
	{                                                                                                              \
		SPMM_NAMED(kernel)(block, rows, width, rowptr, col, val, dense, out);                                  \
	}
#define TWIN_PAIR(types)                                                                                               \
	TWIN(spmm_##types)                                                                                             \
	TWIN(spmm_long_##types)
#define TWIN_ROW(types)                                                                                                \
	{"spmm_" #types, SPMM_PASTE(any, SPMM_NAMED(spmm_##types))},                                                   \
	{                                                                                                              \
		"spmm_long_" #types, SPMM_PASTE(any, SPMM_NAMED(spmm_long_##types))                                    \
	}
#endif

#include "probe/spmm.h"

#define SPMM_VALUE f16
#define SPMM_INDEX i32
#include "probe/spmm.h"
#undef SPMM_INDEX
#define SPMM_INDEX i64
#include "probe/spmm.h"
#undef SPMM_INDEX
#undef SPMM_VALUE

#define SPMM_VALUE bf16
#define SPMM_INDEX i32
#include "probe/spmm.h"
#undef SPMM_INDEX
#define SPMM_INDEX i64
#include "probe/spmm.h"
#undef SPMM_INDEX
#undef SPMM_VALUE

#define SPMM_VALUE f32
#define SPMM_INDEX i32
#include "probe/spmm.h"
#undef SPMM_INDEX
#define SPMM_INDEX i64
#include "probe/spmm.h"
#undef SPMM_INDEX
#undef SPMM_VALUE

#define SPMM_VALUE f64
#define SPMM_INDEX i32
#include "probe/spmm.h"
#undef SPMM_INDEX
#define SPMM_INDEX i64
#include "probe/spmm.h"
#undef SPMM_INDEX
#undef SPMM_VALUE

TWIN_PAIR(f16_i32)
TWIN_PAIR(f16_i64)
TWIN_PAIR(bf16_i32)
TWIN_PAIR(bf16_i64)
TWIN_PAIR(f32_i32)
TWIN_PAIR(f32_i64)
TWIN_PAIR(f64_i32)
TWIN_PAIR(f64_i64)

static const struct twin SPMM_PASTE(TWIN_SET, twins)[TWINS] = {
	TWIN_ROW(f16_i32), TWIN_ROW(f16_i64), TWIN_ROW(bf16_i32), TWIN_ROW(bf16_i64),
	TWIN_ROW(f32_i32), TWIN_ROW(f32_i64), TWIN_ROW(f64_i32),  TWIN_ROW(f64_i64),
};

#undef SPMM_ELEMENT
#undef SPMM_TAKES
#undef SPMM_ADD
#undef SPMM_START
#undef SPMM_INSIDE
#undef SPMM_WRITES
#undef SPMM_PARTS
#undef SPMM_HALF
#undef TWIN_SET
