#include "probe/host/bench.h"

#include "probe/host/cause.h"
#include "probe/host/say.h"

#include <stdlib.h>
#include <string.h>

enum {
	WIDTH = 64,
	DEGREE = 32,
	LONG_ROWS = 1024, /* times DEGREE entries in a long row */
	ROWS_MAX = 22,	  /* as a power of two */
	ROWS_MIN = 8,
	WARM_UPS = 3,
	REPEATS = 25,
	CHUNK = 4 << 20,
	CACHE_SIZE = 38, /* CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE */
	ROWPTR = 0,
	COL,
	VAL,
	DENSE,
	OUT,
	FLUSH,
	BUFFERS
};

struct bench_state {
	const struct bench *b;
	struct shape shape;
	struct problem problem;
	devptr at[BUFFERS];
	size_t size[BUFFERS];
	void *from, *to; /* events */
	uint64_t random, used;
	size_t cache;
};

static bool said(const struct bench *b, const char *call, int result)
{
	if (result > 0)
		cause_say(b->id, b->index, call, result, say_doing());
	return result != 0;
}

static uint32_t draw(struct bench_state *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return (uint32_t)(s->random >> 32);
}

/* Sizes for 2^power columns; the sum of all. */
static size_t measure(struct bench_state *s, unsigned power)
{
	const struct bench *b = s->b;
	const size_t index = b->wide ? 8 : 4, value = numbers[b->kind].size;
	const uint32_t columns = 1u << power, most = columns / (2 * DEGREE);
	const uint32_t folds = b->pattern == PATTERN_EVEN ? 1 : most < LONG_ROWS ? most : LONG_ROWS;
	size_t sum = 0;

	s->shape = (struct shape){
		.name = "bench", .rows = columns / folds, .columns = columns, .width = WIDTH, .degree = DEGREE * folds};
	s->problem = (struct problem){.shape = &s->shape, .kind = b->kind, .wide = b->wide};
	s->problem.entries = (size_t)columns * DEGREE;
	s->size[ROWPTR] = ((size_t)s->shape.rows + 1) * index;
	s->size[COL] = s->problem.entries * index;
	s->size[VAL] = s->problem.entries * value;
	s->size[DENSE] = (size_t)columns * WIDTH * value;
	s->size[OUT] = (size_t)s->shape.rows * WIDTH * value;
	for (int i = 0; i <= OUT; i++)
		sum += s->size[i];
	return sum;
}

/* The largest problem in six tenths of the free memory; false where even the smallest does not fit. */
static bool choose(struct bench_state *s)
{
	const struct driver *d = s->b->driver;
	size_t free_bytes = 0, total = 0;
	int cache = 0;
	unsigned power = ROWS_MAX;

	if (said(s->b, "cuMemGetInfo", d->memory(&free_bytes, &total)))
		return false;
	if (d->attribute(&cache, CACHE_SIZE, s->b->handle) != 0 || cache <= 0)
		cache = 0;
	s->cache = (size_t)cache;
	s->size[FLUSH] = cache ? 2 * s->cache : (size_t)CHUNK * 16;
	if (s->size[FLUSH] > free_bytes / 8)
		s->size[FLUSH] = free_bytes / 8;
	while (measure(s, power) > free_bytes / 10 * 6 && power > ROWS_MIN)
		power--;
	if (measure(s, power) <= free_bytes / 10 * 6 && s->size[FLUSH] && s->shape.rows)
		return true;
	say_row(ROW(.id = s->b->id, .status = SKIP, .code = "out-of-memory",
		    .found = "too little free memory to measure in", .nth = s->b->index + 1));
	return false;
}

static void put_index(const struct bench *b, unsigned char *into, size_t i, uint64_t value)
{
	const uint32_t narrow = (uint32_t)value;

	if (b->wide)
		memcpy(into + i * 8, &value, 8);
	else
		memcpy(into + i * 4, &narrow, 4);
}

/* Element i of a buffer, as element n of a chunk. Columns of a row ascend: one out of each of its equal parts. */
static void put_element(struct bench_state *s, int buffer, unsigned char *chunk, size_t n, uint64_t i,
			unsigned char *seen)
{
	const uint32_t degree = s->shape.degree, part = s->shape.columns / degree;

	if (buffer == ROWPTR) {
		put_index(s->b, chunk, n, i * degree);
	} else if (buffer == COL) {
		const uint32_t column = (uint32_t)(i % degree) * part + draw(s) % part;

		s->used += !(seen[column / 8] >> (column % 8) & 1);
		seen[column / 8] |= (unsigned char)(1 << (column % 8));
		put_index(s->b, chunk, n, column);
	} else {
		number_put(s->b->kind, chunk, n, (double)(draw(s) % 2047 + 1) / 1024 - 1);
	}
}

static int fill_buffer(struct bench_state *s, int buffer, unsigned char *chunk, unsigned char *seen)
{
	const size_t size = buffer <= COL ? (s->b->wide ? 8 : 4) : numbers[s->b->kind].size;
	const uint64_t all = s->size[buffer] / size;
	int result = 0;

	for (uint64_t i = 0; i < all && !result;) {
		const uint64_t first = i;
		size_t n = 0;

		for (; i < all && (n + 1) * size <= CHUNK; i++, n++)
			put_element(s, buffer, chunk, n, i, seen);
		result = s->b->driver->to_device(s->at[buffer] + first * size, chunk, n * size);
	}
	return result;
}

static bool make_room(struct bench_state *s)
{
	int result = 0;

	s->random = 0x9e3779b97f4a7c15u;
	for (int i = 0; i < BUFFERS && !result; i++)
		result = s->b->driver->alloc(&s->at[i], s->size[i]);
	return !said(s->b, "cuMemAlloc", result);
}

static bool fill_buffers(struct bench_state *s, int first, int last)
{
	unsigned char *chunk = malloc(CHUNK), *seen = calloc(s->shape.columns / 8 + 1, 1);
	int result = chunk && seen ? 0 : 2;

	for (int i = first; i <= last && !result; i++)
		result = fill_buffer(s, i, chunk, seen);
	free(chunk);
	free(seen);
	return !said(s->b, "cuMemcpyHtoD", result);
}

/* Between two of the large buffers, before the second gets its values. */
static size_t copy_size(const struct bench_state *s)
{
	return s->size[COL] < s->size[VAL] ? s->size[COL] : s->size[VAL];
}

static int copy(struct bench_state *s)
{
	return s->b->driver->copy(s->at[VAL], s->at[COL], copy_size(s), s->b->stream);
}

static int product(struct bench_state *s)
{
	return s->b->product(s->b->self, &s->problem, s->at);
}

/* Nanoseconds of one run with nothing of its data in the cache; 0 after a row was said. */
static long once(struct bench_state *s, int (*what)(struct bench_state *s), const char *call)
{
	const struct driver *d = s->b->driver;
	float ms = 0;
	int result = d->fill(s->at[FLUSH], 0x5a, s->size[FLUSH]);

	if (!result)
		result = d->event_record(s->from, s->b->stream);
	if (!result)
		result = what(s);
	if (!result)
		result = d->event_record(s->to, s->b->stream);
	if (!result)
		result = d->event_wait(s->to);
	if (!result)
		result = d->event_time(&ms, s->from, s->to);
	if (said(s->b, call, result))
		return 0;
	return (long)(ms * 1e6f) > 0 ? (long)(ms * 1e6f) : 1;
}

static int order(const void *a, const void *b)
{
	const long x = *(const long *)a, y = *(const long *)b;

	return x < y ? -1 : x > y;
}

static bool repeat(struct bench_state *s, int (*what)(struct bench_state *s), const char *call, long ns[REPEATS])
{
	for (int i = 0; i < WARM_UPS; i++)
		if (!once(s, what, call))
			return false;
	for (int i = 0; i < REPEATS; i++) {
		ns[i] = once(s, what, call);
		if (!ns[i])
			return false;
	}
	qsort(ns, REPEATS, sizeof(ns[0]), order);
	return true;
}

static bool measure_all(struct bench_state *s)
{
	long copies[REPEATS], products[REPEATS];

	if (!fill_buffers(s, ROWPTR, COL) || !repeat(s, copy, "cuMemcpyDtoDAsync", copies) ||
	    !fill_buffers(s, VAL, DENSE) || !repeat(s, product, "the product", products))
		return false;
	say_bench(&(struct say_bench){.id = s->b->id,
				      .value = numbers[s->b->kind].name,
				      .index = s->b->wide ? "i64" : "i32",
				      .device = s->b->index,
				      .rows = s->shape.rows,
				      .columns = s->shape.columns,
				      .width = s->shape.width,
				      .entries = (long)s->problem.entries,
				      .used = (long)s->used,
				      .repeats = REPEATS,
				      .median_ns = products[REPEATS / 2],
				      .min_ns = products[0],
				      .p95_ns = products[REPEATS * 95 / 100],
				      .copy_bytes = (long)(2 * copy_size(s)),
				      .copy_ns = copies[REPEATS / 2],
				      .cache_bytes = (long)s->cache});
	return true;
}

static bool has_all(const struct driver *d)
{
	return d->event_create && d->event_record && d->event_wait && d->event_time && d->event_destroy && d->copy;
}

bool bench_run(const struct bench *b)
{
	struct bench_state s = {.b = b};
	const struct driver *d = b->driver;
	bool fine;

	say_at("%s", b->id);
	if (!has_all(d)) {
		say_row(ROW(.id = b->id, .status = SKIP, .code = "driver-too-old", .nth = b->index + 1,
			    .found = "the driver has no events to measure with"));
		return true;
	}
	if (!choose(&s))
		return true;
	fine = make_room(&s) && !said(b, "cuEventCreate", d->event_create(&s.from, 0)) &&
	       !said(b, "cuEventCreate", d->event_create(&s.to, 0)) && measure_all(&s);
	if (s.from)
		(void)d->event_destroy(s.from);
	if (s.to)
		(void)d->event_destroy(s.to);
	for (int i = 0; i < BUFFERS && fine; i++)
		(void)d->free(s.at[i]);
	return fine;
}
