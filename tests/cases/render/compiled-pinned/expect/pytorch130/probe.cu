// cudabuild 'gnn': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate
#ifndef SPMM_ARITHMETIC
// spmm.cu: sparse (CSR) times dense matrix, the kernels that prove a GPU, its driver and this code belong together.
//
// For each value type (f16, bf16, f32, f64) and index type (i32, i64) two kernels, spmm_<value>_<index> for rows of
// usual length and spmm_long_<value>_<index> for rows of very many entries (spmm.h says how). All take
// (long long rows, long long width, rowptr, col, val, dense, out). Blocks hold 1 ... SPMM_WARPS whole warps; grid:
// x = ceil(rows / warps of a block), for long ones rows; y = ceil(width / 32). f16, bf16 and f32 sum in f32, f64 in f64.
//
// The file needs no header of any CUDA version: clang compiles it to the universal PTX that cudabuild carries, and every
// nvcc from 10.2 on compiles it for an image's own targets.

#ifdef __NVCC__
#define SHUFFLE(value, lane) __shfl_sync(0xffffffffu, (int)(value), (lane))
#define SPMM_SHARED	     __shared__
#define THREAD		     threadIdx.x
#define THREADS		     blockDim.x
#define SPMM_BLOCK_X	     blockIdx.x
#define SPMM_BLOCK_Y	     blockIdx.y
#else
#define __global__	     __attribute__((global))
#define __device__	     __attribute__((device))
#define SHUFFLE(value, lane) __nvvm_shfl_sync_idx_i32(0xffffffffu, (int)(value), (lane), 0x1f)
#define SPMM_SHARED	     static __attribute__((shared))
#define THREAD		     ((unsigned)__nvvm_read_ptx_sreg_tid_x())
#define THREADS		     ((unsigned)__nvvm_read_ptx_sreg_ntid_x())
#define SPMM_BLOCK_X	     ((unsigned)__nvvm_read_ptx_sreg_ctaid_x())
#define SPMM_BLOCK_Y	     ((unsigned)__nvvm_read_ptx_sreg_ctaid_y())
#endif

// A thread is a lane.
#define SPMM_BARRIER()		  __syncthreads()
#define SPMM_WARPS		  8
#define SPMM_KERNEL		  extern "C" __global__ void
#define SPMM_FUNCTION		  static __device__
#define SPMM_BLOCK
#define SPMM_BLOCK_WARPS	  ((int)(THREADS >> 5))
#define SPMM_EACH_WARP(warp)	  for (int warp = (int)(THREAD >> 5), once = 1; once; once = warp < 0)
#define SPMM_FIRST_WARP(warp)	  for (int warp = 0, once = THREAD < 32; once; once = warp < 0)
#define SPMM_EACH_LANE(lane)	  for (int lane = (int)(THREAD & 31), once_more = 1; once_more; once_more = lane < 0)
#define SPMM_LANES(type, v)	  type v
#define SPMM_LANES_OF(type, v)	  type &v
#define SPMM_OF(v, lane)	  v
#define SPMM_FROM(v, lane)	  another(v, lane)
#define SPMM_SLOWLY		  _Pragma("unroll 1")
#define SPMM_NAMED(name)	  name
#define SPMM_PASTE(a, b)	  SPMM_JOIN(a, b)
#define SPMM_JOIN(a, b)		  a##_##b

// How each type is stored, and in what it is summed.
typedef int spmm_i32;
typedef long long spmm_i64;
typedef unsigned short spmm_f16, spmm_bf16;
typedef float spmm_f32, spmm_sum_f16, spmm_sum_bf16, spmm_sum_f32;
typedef double spmm_f64, spmm_sum_f64;
static_assert(sizeof(int) == 4 && sizeof(long long) == 8, "sizes of the PTX machine");

static __device__ float float_of(unsigned bits)
{
	float f;
	asm("mov.b32 %0, %1;" : "=f"(f) : "r"(bits));
	return f;
}

static __device__ unsigned bits_of(float f)
{
	unsigned bits;
	asm("mov.b32 %0, %1;" : "=r"(bits) : "f"(f));
	return bits;
}

static __device__ float spmm_load_f16(spmm_f16 v)
{
	float f;
	asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(v));
	return f;
}

static __device__ spmm_f16 spmm_store_f16(float v)
{
	spmm_f16 h;
	asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(v));
	return h;
}

static __device__ float spmm_load_bf16(spmm_bf16 v)
{
	return float_of((unsigned)v << 16);
}

#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
static __device__ spmm_bf16 spmm_store_bf16(float v)
{
	return spmm_round_bf16(bits_of(v));
}

static __device__ float spmm_load_f32(float v) { return v; }
static __device__ float spmm_store_f32(float v) { return v; }
static __device__ double spmm_load_f64(double v) { return v; }
static __device__ double spmm_store_f64(double v) { return v; }

static __device__ int another(int v, int lane)
{
	return SHUFFLE(v, lane);
}

static __device__ float another(float v, int lane)
{
	return float_of((unsigned)SHUFFLE(bits_of(v), lane));
}

static __device__ long long another(long long v, int lane)
{
	unsigned low = (unsigned)SHUFFLE(v, lane), high = (unsigned)SHUFFLE(v >> 32, lane);
	return (long long)((unsigned long long)high << 32 | low);
}

static __device__ double another(double v, int lane)
{
	long long bits;
	asm("mov.b64 %0, %1;" : "=l"(bits) : "d"(v));
	bits = another(bits, lane);
	asm("mov.b64 %0, %1;" : "=d"(v) : "l"(bits));
	return v;
}

#define SPMM_VALUE f16
#define SPMM_INDEX i32
#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
#undef SPMM_INDEX
#define SPMM_INDEX i64
#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
#undef SPMM_INDEX
#undef SPMM_VALUE

#define SPMM_VALUE bf16
#define SPMM_INDEX i32
#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
#undef SPMM_INDEX
#define SPMM_INDEX i64
#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
#undef SPMM_INDEX
#undef SPMM_VALUE

#define SPMM_VALUE f32
#define SPMM_INDEX i32
#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
#undef SPMM_INDEX
#define SPMM_INDEX i64
#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
#undef SPMM_INDEX
#undef SPMM_VALUE

#define SPMM_VALUE f64
#define SPMM_INDEX i32
#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
#undef SPMM_INDEX
#define SPMM_INDEX i64
#define SPMM_ARITHMETIC
#include __FILE__
#undef SPMM_ARITHMETIC
#undef SPMM_INDEX
#undef SPMM_VALUE
#else
// spmm.h: the arithmetic of the kernels for one value and one index type, the same text for a GPU and for a CPU.
//
// out[row][c] = sum over the row's entries e of val[e] * dense[col[e]][c], in any order, with any number of equal
// columns. Included once for each pair of types by spmm.cu (device) and tests/support/twin.h (host), which say
// SPMM_VALUE and SPMM_INDEX (f16, bf16, f32, f64; i32, i64), give the types spmm_VALUE, spmm_sum_VALUE, spmm_INDEX with
// spmm_load_VALUE() and spmm_store_VALUE(), and say once what their machine is:
//   SPMM_KERNEL, SPMM_FUNCTION            how a kernel and a function begin; SPMM_NAME(name): their names
//   SPMM_BLOCK                            what a kernel takes first, with a comma, or nothing
//   SPMM_BLOCK_X, _Y, SPMM_BLOCK_WARPS    which block of the grid it is, and its warps, at most SPMM_WARPS
//   SPMM_EACH_WARP(w), SPMM_EACH_LANE(l), SPMM_FIRST_WARP(w)   a loop where a thread is a block, else once for the own
//   SPMM_LANES(type, v), SPMM_LANES_OF(type, v), SPMM_OF(v, l)   a variable that each lane has, as a local one, as a
//                                         parameter, and lane l's; SPMM_FROM(v, l): another lane's, by a shuffle
//   SPMM_SHARED, SPMM_BARRIER()           memory of the block, and: all warps are here
//   SPMM_SLOWLY                           before a loop that is not to be unrolled

// Included without SPMM_VALUE it gives what is the same for all types.

// Steps that a test may replace by wrong ones, to see whether they are noticed.
#ifndef SPMM_ELEMENT // where an element of the dense matrix lies
#define SPMM_ELEMENT(row, column, width) ((row) * (width) + (column))
#endif
#ifndef SPMM_TAKES // how many entries a warp takes at once, of those that are left
#define SPMM_TAKES(left) ((left) < 32 ? (int)(left) : 32)
#endif
#ifndef SPMM_ADD
#define SPMM_ADD(sum, value, factor, store, load) ((sum) + (value) * (factor))
#endif
#ifndef SPMM_START // of a sum
#define SPMM_START(old) 0
#endif
#ifndef SPMM_INSIDE // whether the matrix has that column
#define SPMM_INSIDE(column, width) ((column) < (width))
#endif
#ifndef SPMM_WRITES // whether a row's result is written
#define SPMM_WRITES(row, rows, entries) true
#endif
#ifndef SPMM_PARTS // how many warps' sums are added up
#define SPMM_PARTS(warps) (warps)
#endif

#ifndef SPMM_HALF // what is added before the lower half of a float is cut off
#define SPMM_HALF(bits) (0x7fffu + ((bits) >> 16 & 1))
#endif

#ifndef SPMM_VALUE
#ifdef SPMM_FUNCTION // a machine is given
// bf16 is the upper half of a float; PTX 6.0 has no instruction for it, so rounding to nearest even is done by hand.
SPMM_FUNCTION unsigned short SPMM_NAMED(spmm_round_bf16)(unsigned bits)
{
	if ((bits & 0x7fffffffu) > 0x7f800000u)
		return (unsigned short)(bits >> 16 | 0x40);
	return (unsigned short)((bits + SPMM_HALF(bits)) >> 16);
}
#endif
#else
#define VALUE	    SPMM_PASTE(spmm, SPMM_VALUE)
#define SUM	    SPMM_PASTE(spmm_sum, SPMM_VALUE)
#define INDEX	    SPMM_PASTE(spmm, SPMM_INDEX)
#define LOAD	    SPMM_PASTE(spmm_load, SPMM_VALUE)
#define STORE	    SPMM_PASTE(spmm_store, SPMM_VALUE)
#define NAMED(what) SPMM_NAMED(SPMM_PASTE(what, SPMM_PASTE(SPMM_VALUE, SPMM_INDEX)))

// Adds a row's entries from start on to what the lanes have summed up for their columns: 32 at once, then step further.
SPMM_FUNCTION void NAMED(spmm_add)(SPMM_LANES_OF(SUM, sum), long long first, long long width, long long start,
				   long long end, long long step, const INDEX *col, const VALUE *val,
				   const VALUE *dense)
{
	SPMM_SLOWLY
	for (; start < end; start += step) {
		const int entries = SPMM_TAKES(end - start);
		SPMM_LANES(INDEX, my_col);
		SPMM_LANES(SUM, my_val);
		SPMM_EACH_LANE (lane) {
			SPMM_OF(my_col, lane) = lane < entries ? col[start + lane] : 0;
			SPMM_OF(my_val, lane) = lane < entries ? LOAD(val[start + lane]) : 0;
		}
		SPMM_SLOWLY
		for (int i = 0; i < entries; i++) {
			const long long row = SPMM_FROM(my_col, i);
			const SUM value = SPMM_FROM(my_val, i);
			SPMM_EACH_LANE (lane)
				if (SPMM_INSIDE(first + lane, width))
					SPMM_OF(sum, lane) = SPMM_ADD(
						SPMM_OF(sum, lane), value,
						LOAD(dense[SPMM_ELEMENT(row, first + lane, width)]), STORE, LOAD);
		}
	}
}

// One warp for each row and 32 columns, in the shape of torch_sparse's own kernel. Grid: x = ceil(rows / warps).
SPMM_KERNEL NAMED(spmm)(SPMM_BLOCK long long rows, long long width, const INDEX *rowptr, const INDEX *col,
			const VALUE *val, const VALUE *dense, VALUE *out)
{
	const long long first = (long long)SPMM_BLOCK_Y * 32;
	SPMM_EACH_WARP (warp) {
		const long long row = (long long)SPMM_BLOCK_X * SPMM_BLOCK_WARPS + warp;
		if (row < rows) { // the same for the whole warp
			const long long start = rowptr[row], end = rowptr[row + 1];
			SPMM_LANES(SUM, sum);
			SPMM_EACH_LANE (lane)
				SPMM_OF(sum, lane) = SPMM_START(out[row * width]);
			NAMED(spmm_add)(sum, first, width, start, end, 32, col, val, dense);
			SPMM_EACH_LANE (lane)
				if (SPMM_INSIDE(first + lane, width) && SPMM_WRITES(row, rows, end - start))
					out[row * width + first + lane] = STORE(SPMM_OF(sum, lane));
		}
	}
}

// One block for each row and 32 columns, for rows of very many entries: its warps take 32 in turn. Grid: x = rows.
SPMM_KERNEL NAMED(spmm_long)(SPMM_BLOCK long long rows, long long width, const INDEX *rowptr, const INDEX *col,
			     const VALUE *val, const VALUE *dense, VALUE *out)
{
	SPMM_SHARED SUM part[SPMM_WARPS][32];
	const long long row = SPMM_BLOCK_X, first = (long long)SPMM_BLOCK_Y * 32;
	if (row >= rows) // the same for the whole block
		return;
	const long long start = rowptr[row], end = rowptr[row + 1];
	SPMM_EACH_WARP (warp) {
		SPMM_LANES(SUM, sum);
		SPMM_EACH_LANE (lane)
			SPMM_OF(sum, lane) = SPMM_START(out[row * width]);
		NAMED(spmm_add)(sum, first, width, start + 32ll * warp, end, 32ll * SPMM_BLOCK_WARPS, col, val, dense);
		SPMM_EACH_LANE (lane)
			part[warp][lane] = SPMM_OF(sum, lane);
	}
	SPMM_BARRIER();
	SPMM_FIRST_WARP (first_warp)
		SPMM_EACH_LANE (lane) {
			SUM sum = part[first_warp][lane];
			SPMM_SLOWLY
			for (int warp = 1; warp < SPMM_PARTS(SPMM_BLOCK_WARPS); warp++)
				sum += part[warp][lane];
			if (SPMM_INSIDE(first + lane, width) && SPMM_WRITES(row, rows, end - start))
				out[row * width + first + lane] = STORE(sum);
		}
}

#undef VALUE
#undef SUM
#undef INDEX
#undef LOAD
#undef STORE
#undef NAMED
#endif
#endif
