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
