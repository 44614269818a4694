/* How people write versions and GPUs on the command line. */
#include "cli/spelling.h"

#include "base/str.h"
#include "support/t.h"

static void pythons_are_read_from_tags_and_names(void **state)
{
	static const char *const pairs[][2] = {{"cp310", "3.10"},    {"cp39", "3.9"},  {"CP311", "3.11"},
					       {"cp313t", "3.13t"},  {"py38", "3.8"},  {"python3.10", "3.10"},
					       {"3", "3"},	     {"3.11", "3.11"}, {"3.13t", "3.13t"},
					       {">=3.9", ">=3.9"},   {"cp", "cp"},     {"cpu", "cpu"},
					       {"python", "python"}, {"", ""},	       {"310", "310"}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		AUTO_TEXT char *got = spelling_python(pairs[i][0]);
		assert_string_equal(got, pairs[i][1]);
	}
}

static void cuda_versions_are_read_as_people_write_them(void **state)
{
	static const char *const pairs[][2] = {{"12.8", "12.8"},
					       {"cu128", "cu128"},
					       {"CUDA 12.8", "12.8"},
					       {"cuda-12.8", "12.8"},
					       {"cuda12.8", "12.8"},
					       {"12", "12"},
					       {"12.6,12.8", "12.6 12.8"},
					       {"12.6, 13", "12.6 13"},
					       {">=12.6,<13", ">=12.6,<13"},
					       {"best", "best"},
					       {"cuda", "cuda"},
					       {"128", "128"},
					       {"", ""},
					       {",", ","}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		AUTO_STRV struct strv got = STRV_INIT;
		AUTO_BUF struct buf all = BUF_INIT;
		spelling_cuda(pairs[i][0], &got);
		for (size_t k = 0; k < got.n; k++)
			buf_addf(&all, "%s%s", k ? " " : "", got.v[k]);
		assert_string_equal(buf_text(&all), pairs[i][1]);
	}
}

static void a_capability_is_no_gpu(void **state)
{
	(void)state;
	assert_true(spelling_is_compute("sm_86"));
	assert_true(spelling_is_compute("8.6"));
	assert_false(spelling_is_compute("A100"));
	assert_false(spelling_is_compute("750")); /* the GTX 750 */
	assert_false(spelling_is_compute("640"));
	assert_false(spelling_is_compute("sm_"));
	assert_false(spelling_is_compute("v1.2.3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pythons_are_read_from_tags_and_names),
		cmocka_unit_test(cuda_versions_are_read_as_people_write_them),
		cmocka_unit_test(a_capability_is_no_gpu),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
