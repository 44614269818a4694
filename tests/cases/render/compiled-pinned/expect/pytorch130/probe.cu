// cudabuild 'gnn': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate
// spmm.cu: sparse (CSR) times dense matrix, the kernels that prove a GPU, its driver and this code belong together.
//
// out[row][c] = sum over the row's entries e of val[e] * dense[col[e]][c]; one warp per row and tile of 32 columns, in
// the shape of torch_sparse's own kernel: lanes load 32 entries at once and hand them round with shuffles.
// One kernel per value type (f16, bf16, f32, f64) and index type (i32, i64), named spmm_<value>_<index>; all take
// (long long rows, long long width, rowptr, col, val, dense, out). Grid: x = ceil(rows / warps per block),
// y = ceil(width / 32); blocks hold whole warps. f16, bf16 and f32 sum in f32, f64 in f64.
//
// The file needs no header of any CUDA version: clang compiles it to the universal PTX that cudabuild carries, and every
// nvcc from 10.2 on compiles it for an image's own targets.

#ifdef __NVCC__
#define LANE_SHUFFLE(value, lane) __shfl_sync(0xffffffffu, (int)(value), (lane))
#define THREAD threadIdx.x
#define THREADS blockDim.x
#define BLOCK_X blockIdx.x
#define BLOCK_Y blockIdx.y
#else
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define LANE_SHUFFLE(value, lane) __nvvm_shfl_sync_idx_i32(0xffffffffu, (int)(value), (lane), 0x1f)
#define THREAD ((unsigned)__nvvm_read_ptx_sreg_tid_x())
#define THREADS ((unsigned)__nvvm_read_ptx_sreg_ntid_x())
#define BLOCK_X ((unsigned)__nvvm_read_ptx_sreg_ctaid_x())
#define BLOCK_Y ((unsigned)__nvvm_read_ptx_sreg_ctaid_y())
#endif

typedef unsigned long long u64;
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

// Each number type says how it is stored, in what it is summed, and how to go from one to the other.
struct f64 {
	typedef double stored, sum;
	static __device__ double load(double v) { return v; }
	static __device__ double store(double v) { return v; }
};

struct f32 {
	typedef float stored, sum;
	static __device__ float load(float v) { return v; }
	static __device__ float store(float v) { return v; }
};

struct f16 {
	typedef unsigned short stored;
	typedef float sum;
	static __device__ float load(unsigned short v)
	{
		float f;
		asm("cvt.f32.f16 %0, %1;" : "=f"(f) : "h"(v));
		return f;
	}
	static __device__ unsigned short store(float v)
	{
		unsigned short h;
		asm("cvt.rn.f16.f32 %0, %1;" : "=h"(h) : "f"(v));
		return h;
	}
};

// bf16 is the upper half of a float; PTX 6.0 has no instruction for it, so rounding to nearest even is done by hand.
struct bf16 {
	typedef unsigned short stored;
	typedef float sum;
	static __device__ float load(unsigned short v) { return float_of((unsigned)v << 16); }
	static __device__ unsigned short store(float v)
	{
		unsigned bits = bits_of(v);
		if ((bits & 0x7fffffffu) > 0x7f800000u)
			return (unsigned short)(bits >> 16 | 0x40);
		return (unsigned short)((bits + 0x7fffu + (bits >> 16 & 1)) >> 16);
	}
};

static __device__ float hand_round(float v, int lane)
{
	return float_of((unsigned)LANE_SHUFFLE(bits_of(v), lane));
}

static __device__ long long hand_round(long long v, int lane)
{
	unsigned low = (unsigned)LANE_SHUFFLE((u64)v, lane), high = (unsigned)LANE_SHUFFLE((u64)v >> 32, lane);
	return (long long)((u64)high << 32 | low);
}

static __device__ int hand_round(int v, int lane)
{
	return LANE_SHUFFLE(v, lane);
}

static __device__ double hand_round(double v, int lane)
{
	long long bits;
	asm("mov.b64 %0, %1;" : "=l"(bits) : "d"(v));
	bits = hand_round(bits, lane);
	asm("mov.b64 %0, %1;" : "=d"(v) : "l"(bits));
	return v;
}

template <class number, class index>
static __device__ void spmm(long long rows, long long width, const index *rowptr, const index *col,
			    const typename number::stored *val, const typename number::stored *dense,
			    typename number::stored *out)
{
	const int lane = (int)(THREAD & 31);
	const long long row = (long long)BLOCK_X * (THREADS >> 5) + (THREAD >> 5);
	const long long column = (long long)BLOCK_Y * 32 + lane;

	if (row >= rows) // the same for the whole warp
		return;
	const index end = rowptr[row + 1];
	typename number::sum sum = 0;
#pragma unroll 1
	for (index start = rowptr[row]; start < end; start += 32) {
		const bool mine = lane < end - start;
		const index my_col = mine ? col[start + lane] : 0;
		const typename number::sum my_val = mine ? number::load(val[start + lane]) : 0;
		const int entries = end - start < 32 ? (int)(end - start) : 32;
#pragma unroll 1
		for (int i = 0; i < entries; i++) {
			const long long c = hand_round(my_col, i);
			const typename number::sum v = hand_round(my_val, i);
			if (column < width)
				sum += v * number::load(dense[c * width + column]);
		}
	}
	if (column < width)
		out[row * width + column] = number::store(sum);
}

#define KERNEL(number, name, index)                                                                                    \
	extern "C" __global__ void spmm_##number##_##name(long long rows, long long width, const index *rowptr,          \
							  const index *col, const number::stored *val,                  \
							  const number::stored *dense, number::stored *out)             \
	{                                                                                                              \
		spmm<number, index>(rows, width, rowptr, col, val, dense, out);                                        \
	}

KERNEL(f16, i32, int)
KERNEL(f16, i64, long long)
KERNEL(bf16, i32, int)
KERNEL(bf16, i64, long long)
KERNEL(f32, i32, int)
KERNEL(f32, i64, long long)
KERNEL(f64, i32, int)
KERNEL(f64, i64, long long)
