#include "model/bench.h"

#include "base/str.h"
#include "support/t.h"

/* The example of the page on rooflines: 4 Mi rows of 32 entries, 64 columns, float32. */
static struct bench example(void)
{
	return (struct bench){.id = (char *)"bench.spmm.ptx.f32.i32",
			      .value = (char *)"f32",
			      .index = (char *)"i32",
			      .device_name = (char *)"H200",
			      .rows = 1u << 22,
			      .columns = 1u << 22,
			      .width = 64,
			      .entries = UINT64_C(1) << 27,
			      .used = 1u << 22,
			      .repeats = 25,
			      .median_ns = 1000000,
			      .min_ns = 990000,
			      .p95_ns = 1010000,
			      .copy_bytes = UINT64_C(4300000000),
			      .copy_ns = 1000000};
}

static void bytes_are_those_of_the_two_formulas(void **state)
{
	struct bench b = example();
	(void)state;
	assert_int_equal(bench_least(&b), UINT64_C(3238002692));
	assert_int_equal(bench_most(&b), UINT64_C(37597741060));
	b.index = (char *)"i64";
	b.value = (char *)"f16";
	b.rows = 3;
	b.columns = 5;
	b.used = 4;
	b.entries = 7;
	b.width = 33; /* two tiles */
	assert_int_equal(bench_least(&b), 4 * 8 + 7 * 10 + 4 * 33 * 2 + 3 * 33 * 2);
	assert_int_equal(bench_most(&b), 4 * 8 + 7 * 10 * 2 + 7 * 33 * 2 + 3 * 33 * 2);
	b.value = (char *)"f64";
	assert_int_equal(bench_least(&b), 4 * 8 + 7 * 16 + 4 * 33 * 8 + 3 * 33 * 8);
}

static void rates_follow_from_bytes_and_the_median(void **state)
{
	struct bench b = example();
	(void)state;
	assert_true(bench_copy_rate(&b) > 4299.9 && bench_copy_rate(&b) < 4300.1);
	assert_true(bench_percent(&b) > 75.2 && bench_percent(&b) < 75.4);
	AUTO_TEXT char *text = bench_text(&b);
	assert_string_equal(text, "1000.0 us (990.0 - 1010.0), 3238.0 MB at 3238.0 GB/s = 75.3 % of a copy's 4300.0 "
				  "GB/s, gather 37597.7 GB/s, 17180 GFLOP/s");
	b.copy_ns = b.median_ns = 0;
	assert_true(bench_percent(&b) <= 0 && bench_rate(&b) <= 0);
}

static void only_what_is_beyond_the_noise_of_both_is_a_change(void **state)
{
	struct bench was = example(), now = example();
	double ratio, noise;
	(void)state;
	now.median_ns = 1029000;
	assert_int_equal(bench_compare(&now, &was, &ratio, &noise), BENCH_SAME);
	assert_true(noise > 0.0299 && noise < 0.0301);
	now.median_ns = 1031000;
	assert_int_equal(bench_compare(&now, &was, &ratio, &noise), BENCH_SLOWER);
	assert_true(ratio > 1.0309 && ratio < 1.0311);
	now.median_ns = 960000;
	assert_int_equal(bench_compare(&now, &was, &ratio, &noise), BENCH_FASTER);
	was.p95_ns = 1100000; /* a noisy run proves less */
	assert_int_equal(bench_compare(&now, &was, &ratio, &noise), BENCH_SAME);
	now.rows--;
	assert_int_equal(bench_compare(&now, &was, &ratio, &noise), BENCH_OTHER);
	now = example();
	now.device_name = (char *)"T4";
	assert_int_equal(bench_compare(&now, &was, &ratio, &noise), BENCH_OTHER);
}

static bool reads(const char *text)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	struct bench b = {.id = NULL};
	struct err err = ERR_INIT;

	assert_int_equal(jdoc_parse(blob_text("line", text), &d, &err), 0);
	const bool fine = bench_read(jdoc_root(d), &b);

	bench_clear(&b);
	return fine;
}

static void what_is_written_is_read_and_nonsense_is_not(void **state)
{
	struct bench was = example(), now = {.id = NULL};
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	(void)state;
	bench_put(&was, jdoc_root(d));
	assert_true(bench_read(jdoc_root(d), &now));
	assert_string_equal(now.id, was.id);
	assert_string_equal(now.device_name, "H200");
	assert_int_equal(now.entries, was.entries);
	assert_int_equal(now.copy_ns, was.copy_ns);
	bench_clear(&now);
	assert_false(reads("{}"));
	assert_false(reads("{\"bench\": \"b\", \"value\": \"f32\", \"index\": \"i32\", \"rows\": -1}"));
	static const struct {
		int used, median;
		bool fine;
	} rows[] = {{1, 5, true}, {2, 5, false}, {1, 0, false}, {1, 10, false}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_BUF struct buf text = BUF_INIT;

		buf_addf(&text,
			 "{\"bench\": \"b\", \"value\": \"f32\", \"index\": \"i32\", \"device\": 0, \"rows\": 1, "
			 "\"columns\": 1, "
			 "\"width\": 1, \"entries\": 1, \"used\": %d, \"repeats\": 1, \"median_ns\": %d, \"min_ns\": "
			 "1, \"p95_ns\": 9, "
			 "\"copy_bytes\": 1, \"copy_ns\": 0, \"cache_bytes\": 0}",
			 rows[i].used, rows[i].median);
		assert_int_equal(reads(buf_text(&text)), rows[i].fine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_those_of_the_two_formulas),
		cmocka_unit_test(rates_follow_from_bytes_and_the_median),
		cmocka_unit_test(only_what_is_beyond_the_noise_of_both_is_a_change),
		cmocka_unit_test(what_is_written_is_read_and_nonsense_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
