/* bench.h — one measured product: its numbers, the bytes that it must and at most does move, and how it compares with
 * an earlier run.
 *
 * Bytes, with sI for an index, sV for a value, T = 32 columns of the dense matrix that are taken at a time:
 *   least = (rows + 1) sI + entries (sI + sV)              + used width sV    + rows width sV
 *   most  = (rows + 1) sI + entries (sI + sV) ceil(width / T) + entries width sV + rows width sV
 * The least is what any way of computing it moves; the share of the copy bandwidth is that of the least. The most is
 * what is moved when nothing is used twice: its rate may pass the memory's, by the caches. Pure but for the codec. */
#pragma once

#include "adapt/json.h"

struct bench {
	char *id;					      /* "bench.spmm.ptx.f32.i32"; owned, as are the others */
	char *value, *index;				      /* "f32", "i32" */
	char *device_name;				      /* or NULL */
	uint64_t device, rows, columns, width, entries, used; /* used: columns with an entry */
	uint64_t repeats, median_ns, min_ns, p95_ns;	      /* of one run, with a cold cache */
	uint64_t copy_bytes, copy_ns;			      /* a copy on the same device, read and written */
	uint64_t cache_bytes;				      /* 0: not known */
};

void bench_clear(struct bench *b);
void bench_copy(const struct bench *from, struct bench *to);
uint64_t bench_least(const struct bench *b) NODISCARD;
uint64_t bench_most(const struct bench *b) NODISCARD;
/* GB/s: of the copy, of the least and of the most bytes in the median's time. 0 where nothing was measured. */
double bench_copy_rate(const struct bench *b) NODISCARD;
double bench_rate(const struct bench *b) NODISCARD;
double bench_gather_rate(const struct bench *b) NODISCARD;
/* bench_rate() in hundredths of bench_copy_rate(). */
double bench_percent(const struct bench *b) NODISCARD;
/* Billions of multiplications and additions a second. */
double bench_gflops(const struct bench *b) NODISCARD;
/* (p95 - min) / median. */
double bench_spread(const struct bench *b) NODISCARD;

enum bench_change {
	BENCH_SAME,   /* within the noise of both, which is 3 % at least */
	BENCH_FASTER, /* and */
	BENCH_SLOWER,
	BENCH_OTHER, /* another problem or another kind of device: not to be compared */
};

/* now against was. *ratio: the new median by the old one; *noise: how far from 1 it may be. */
enum bench_change bench_compare(const struct bench *now, const struct bench *was, double *ratio,
				double *noise) NODISCARD;

/* "105.0 us (90.0 - 110.0), 0.7 MB at 6.2 GB/s = 11.9 % of a copy's 52.4 GB/s, gather 81.0 GB/s, 40 GFLOP/s"; the
 * caller's. */
char *bench_text(const struct bench *b) NODISCARD;
/* Reads what the probe said or bench_put() wrote; false where a number is missing or a text too long. */
bool bench_read(struct jval line, struct bench *into) NODISCARD;
/* Members into an object, those that follow from others as well. */
void bench_put(const struct bench *b, struct jval into);
