#include "model/bench.h"

#include "base/str.h"

#include <stddef.h>

#define NUMBER_MAX (UINT64_C(1) << 52)
#define TILE	   32
#define NOISE_MIN  0.03
#define TEXT_MAX   200

static const struct {
	const char *name;
	size_t at;
} numbers[] = {
	{"device", offsetof(struct bench, device)},	      {"rows", offsetof(struct bench, rows)},
	{"columns", offsetof(struct bench, columns)},	      {"width", offsetof(struct bench, width)},
	{"entries", offsetof(struct bench, entries)},	      {"used", offsetof(struct bench, used)},
	{"repeats", offsetof(struct bench, repeats)},	      {"median_ns", offsetof(struct bench, median_ns)},
	{"min_ns", offsetof(struct bench, min_ns)},	      {"p95_ns", offsetof(struct bench, p95_ns)},
	{"copy_bytes", offsetof(struct bench, copy_bytes)},   {"copy_ns", offsetof(struct bench, copy_ns)},
	{"cache_bytes", offsetof(struct bench, cache_bytes)},
};

void bench_clear(struct bench *b)
{
	free(b->id);
	free(b->value);
	free(b->index);
	free(b->device_name);
	*b = (struct bench){.id = NULL};
}

void bench_copy(const struct bench *from, struct bench *to)
{
	*to = *from;
	to->id = xstrdup(from->id);
	to->value = xstrdup(from->value);
	to->index = xstrdup(from->index);
	to->device_name = xstrdup(from->device_name);
}

/* --- bytes and rates --- */

static uint64_t index_size(const struct bench *b)
{
	return str_eq(b->index, "i64") ? 8 : 4;
}

static uint64_t value_size(const struct bench *b)
{
	if (str_eq(b->value, "f64"))
		return 8;
	return str_eq(b->value, "f32") ? 4 : 2;
}

uint64_t bench_least(const struct bench *b)
{
	const uint64_t i = index_size(b), v = value_size(b);

	return (b->rows + 1) * i + b->entries * (i + v) + b->used * b->width * v + b->rows * b->width * v;
}

uint64_t bench_most(const struct bench *b)
{
	const uint64_t i = index_size(b), v = value_size(b), tiles = (b->width + TILE - 1) / TILE;

	return (b->rows + 1) * i + b->entries * (i + v) * tiles + b->entries * b->width * v + b->rows * b->width * v;
}

static double rate(uint64_t bytes, uint64_t ns)
{
	return ns ? (double)bytes / (double)ns : 0;
}

double bench_copy_rate(const struct bench *b)
{
	return rate(b->copy_bytes, b->copy_ns);
}

double bench_rate(const struct bench *b)
{
	return rate(bench_least(b), b->median_ns);
}

double bench_gather_rate(const struct bench *b)
{
	return rate(bench_most(b), b->median_ns);
}

double bench_percent(const struct bench *b)
{
	const double copy = bench_copy_rate(b);

	return copy > 0 ? 100 * bench_rate(b) / copy : 0;
}

double bench_gflops(const struct bench *b)
{
	return rate(2 * b->entries * b->width, b->median_ns);
}

double bench_spread(const struct bench *b)
{
	return b->median_ns && b->p95_ns > b->min_ns ? (double)(b->p95_ns - b->min_ns) / (double)b->median_ns : 0;
}

/* --- beside an earlier run --- */

static bool same_problem(const struct bench *a, const struct bench *b)
{
	return str_eq(a->value, b->value) && str_eq(a->index, b->index) && a->rows == b->rows &&
	       a->columns == b->columns && a->width == b->width && a->entries == b->entries &&
	       str_eq(a->device_name ? a->device_name : "", b->device_name ? b->device_name : "");
}

enum bench_change bench_compare(const struct bench *now, const struct bench *was, double *ratio, double *noise)
{
	const double a = bench_spread(now), b = bench_spread(was), most = a > b ? a : b;

	*ratio = was->median_ns ? (double)now->median_ns / (double)was->median_ns : 1;
	*noise = most > NOISE_MIN ? most : NOISE_MIN;
	if (!same_problem(now, was) || !was->median_ns)
		return BENCH_OTHER;
	if (*ratio > 1 + *noise)
		return BENCH_SLOWER;
	return *ratio < 1 - *noise ? BENCH_FASTER : BENCH_SAME;
}

/* --- texts --- */

char *bench_text(const struct bench *b)
{
	return xasprintf(
		"%.1f us (%.1f - %.1f), %.1f MB at %.1f GB/s = %.1f %% of a copy's %.1f GB/s, gather %.1f GB/s, "
		"%.0f GFLOP/s",
		(double)b->median_ns / 1000, (double)b->min_ns / 1000, (double)b->p95_ns / 1000,
		(double)bench_least(b) / 1e6, bench_rate(b), bench_percent(b), bench_copy_rate(b), bench_gather_rate(b),
		bench_gflops(b));
}

static char *text_of(struct jval line, const char *key)
{
	const struct jval member = jval_member(line, key);
	struct err ignored = ERR_INIT;
	const char *text = NULL;

	if (!jval_is_there(member) || jval_type(member) != JDOC_TEXT || jval_as_text(member, &text, &ignored) < 0) {
		err_clear(&ignored);
		return NULL;
	}
	return str_shown(text, TEXT_MAX);
}

static bool number_of(struct jval line, const char *key, uint64_t *ret)
{
	const struct jval member = jval_member(line, key);
	struct err ignored = ERR_INIT;

	if (jval_is_there(member) && jval_type(member) == JDOC_INT &&
	    jval_as_u64(member, NUMBER_MAX, ret, &ignored) == 0)
		return true;
	err_clear(&ignored);
	return false;
}

/* Numbers whose products stay numbers. */
static bool is_sane(const struct bench *b)
{
	return b->id && b->value && b->index && b->rows <= UINT32_MAX && b->columns <= UINT32_MAX &&
	       b->width <= 1u << 20 && b->entries <= UINT64_C(1) << 36 && b->used <= b->columns && b->median_ns > 0 &&
	       b->min_ns <= b->median_ns && b->median_ns <= b->p95_ns;
}

bool bench_read(struct jval line, struct bench *into)
{
	struct bench b = {.id = text_of(line, "bench"),
			  .value = text_of(line, "value"),
			  .index = text_of(line, "index"),
			  .device_name = text_of(line, "device_name")};
	bool fine = true;

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		uint64_t n = 0;

		fine = fine && number_of(line, numbers[i].name, &n);
		*(uint64_t *)(void *)((char *)&b + numbers[i].at) = n;
	}
	if (fine && is_sane(&b)) {
		*into = b;
		return true;
	}
	bench_clear(&b);
	return false;
}

void bench_put(const struct bench *b, struct jval into)
{
	jval_put_text(into, "bench", b->id);
	jval_put_text(into, "value", b->value);
	jval_put_text(into, "index", b->index);
	jval_put_text(into, "device_name", b->device_name);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		jval_put_u64(into, numbers[i].name, *(const uint64_t *)(const void *)((const char *)b + numbers[i].at));
	jval_put_u64(into, "least_bytes", bench_least(b));
	jval_put_u64(into, "most_bytes", bench_most(b));
	jval_put_real(into, "copy_gb_s", bench_copy_rate(b));
	jval_put_real(into, "gb_s", bench_rate(b));
	jval_put_real(into, "gather_gb_s", bench_gather_rate(b));
	jval_put_real(into, "percent_of_copy", bench_percent(b));
	jval_put_real(into, "gflop_s", bench_gflops(b));
}
