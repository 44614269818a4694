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

#include "probe/spmm.h"
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
