#include "inspect/witness.h"

#include "support/t.h"

/* The verdict's text, and who contradicts whom. */
static void assert_verdict(const struct witnesses *w, const char *text, const char *a, const char *b)
{
	struct witness_verdict v = witness_judge(w);
	AUTO_TEXT char *said = v.known ? witness_text(v.low, v.high) : xstrdup("unknown");
	assert_string_equal(said, text);
	if (a == NULL) {
		assert_null(v.a);
		assert_null(v.b);
		return;
	}
	assert_string_equal(v.a->said, a);
	assert_string_equal(v.b->said, b);
}

static struct blob text_of(const char *text)
{
	return blob_text("/site/torch/version.py", text);
}

static char path[] = "/x.so", runtime12[] = "libcudart.so.12", runtime110[] = "libcudart.so.11.0",
	    runtime102[] = "libcudart.so.10.2", runtime13[] = "libcudart.so.13";

static void every_witness_of_a_file_speaks(void **state)
{
	(void)state;
	static char toolkit[] = "release 13.0, V13.0.88";
	struct binary b = {.path = path,
			   .cuda = {.version = 13000,
				    .runtime = runtime13,
				    .launches_by_kernel = true,
				    .isa_high = 90,
				    .cubin_high = 130,
				    .toolkit = toolkit}};
	struct witnesses w = WITNESSES_INIT;
	witness_binary(&w, &b);
	static const char *const said[] = {"cuda_version() returns 13000",
					   "has machine code of CUDA 13.0 (release 13.0, V13.0.88)", "has PTX 9.0",
					   "asks for libcudart.so.13", "imports __cudaGetKernel"};
	static const char *const kinds[] = {"function", "cubin", "ptx", "runtime", "launch"};
	assert_int_equal(w.n, ARRAY_LEN(said));
	for (size_t i = 0; i < w.n; i++) {
		assert_string_equal(w.v[i].said, said[i]);
		assert_string_equal(w.v[i].file, "/x.so");
		assert_string_equal(witness_kind_name(w.v[i].kind), kinds[i]);
	}
	assert_verdict(&w, "13.0", NULL, NULL);
	witnesses_clear(&w);
	assert_int_equal(w.n, 0);
}

static void a_runtime_alone_tells_the_major(void **state)
{
	(void)state;
	static const struct {
		char *runtime;
		const char *text;
	} rows[] = {{runtime12, "12"}, {runtime110, "11"}, {runtime102, "10.2"}, {runtime13, "13"}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct binary b = {.path = path, .cuda = {.runtime = rows[i].runtime}};
		struct witnesses w = WITNESSES_INIT;
		witness_binary(&w, &b);
		assert_verdict(&w, rows[i].text, NULL, NULL);
		witnesses_clear(&w);
	}
}

static void names_that_are_no_version_say_nothing(void **state)
{
	(void)state;
	static char odd[][20] = {"libcudart.so.x", "libcudart.so.",	"libcudart",
				 "libcudart.so.0", "libcudart.so.10.x", "libcudart.so.999"};
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct binary b = {.path = path, .cuda = {.runtime = odd[i], .isa_high = 79}};
		struct witnesses w = WITNESSES_INIT;
		witness_binary(&w, &b);
		assert_int_equal(w.n, 0);
		assert_verdict(&w, "unknown", NULL, NULL);
	}
}

static void ptx_tells_one_or_two_minors(void **state)
{
	(void)state;
	struct binary b = {.path = path, .cuda = {.isa_high = 85, .launches_by_kernel = true, .runtime = runtime12}};
	struct witnesses w = WITNESSES_INIT;
	witness_binary(&w, &b);
	assert_verdict(&w, "12.5 to 12.6", NULL, NULL);
	witnesses_clear(&w);
	b.cuda = (struct binary_cuda){.launches_by_kernel = true};
	witness_binary(&w, &b);
	assert_verdict(&w, "12.5 or newer", NULL, NULL);
	witnesses_clear(&w);
}

static void a_build_without_cuda_is_cpu(void **state)
{
	(void)state;
	struct binary b = {.path = path, .cuda = {.version = -1}};
	struct witnesses w = WITNESSES_INIT;
	witness_binary(&w, &b);
	assert_verdict(&w, "cpu", NULL, NULL);
	witnesses_clear(&w);
}

static void files_of_two_versions_contradict_each_other(void **state)
{
	(void)state;
	struct binary a = {.path = path, .cuda = {.version = 12040, .runtime = runtime12}};
	struct binary b = {.path = path, .cuda = {.runtime = runtime110, .isa_high = 78}};
	struct witnesses w = WITNESSES_INIT;
	witness_binary(&w, &b);
	witness_binary(&w, &a);
	assert_verdict(&w, "unknown", "cuda_version() returns 12040", "has PTX 7.8");
	witnesses_clear(&w);
}

static void version_py_is_a_hint_in_every_form_it_had(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint16_t key;
		size_t n;
	} rows[] = {
		{"__version__ = '1.13.1+cu117'\ndebug = False\ncuda = '11.7'\nhip = None\n", 1107, 2},
		{"from typing import Optional\ncuda: Optional[str] = '12.4'\r\n", 1204, 1},
		{"__version__ = '2.6.0+cpu'\ncuda: Optional[str] = None\n", 0, 2},
		{"cuda = \"13.0\"", 1300, 1},
		{"cudart = '1'\n x_cuda = '12.1'\n", 0, 0},
		{"cuda = 'twelve'\n", 0, 0},
		{"cuda", 0, 0},
		{"", 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct witnesses w = WITNESSES_INIT;
		witness_version_py(&w, text_of(rows[i].text));
		if (w.n != rows[i].n)
			fail_msg("row %zu: %zu hints", i, w.n);
		for (size_t k = 0; k < w.n; k++) {
			assert_int_equal(w.v[k].kind, WITNESS_HINT);
			assert_int_equal(w.v[k].low, rows[i].key);
			assert_string_equal(w.v[k].file, "/site/torch/version.py");
		}
		witnesses_clear(&w);
	}
}

static void labels_are_hints_where_they_speak_of_cuda(void **state)
{
	(void)state;
	static const struct {
		const char *version;
		int key; /* -1: no hint */
	} rows[] = {{"0.6.18+pt27cu128", 1208},
		    {"2.6.0+cu124", 1204},
		    {"2.6.0+cpu", 0},
		    {"2.1.2+pt26cpu", 0},
		    {"2.6.0+cu124.with.pypi", 1204},
		    {"2.6.0+cu121.full", 1201},
		    {"0.6.18", -1},
		    {"0.6.18+custom", -1},
		    {"1.0+git123", -1},
		    {"2.6.0+", -1},
		    {"2.6.0+rocm6.1", -1},
		    {"1.7.0+cu102", 1002}};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct witnesses w = WITNESSES_INIT;
		witness_label(&w, "/d", rows[i].version);
		if (w.n != (rows[i].key < 0 ? 0 : 1) || (w.n == 1 && w.v[0].low != rows[i].key))
			fail_msg("row %zu: %s", i, rows[i].version);
		witnesses_clear(&w);
	}
}

static void a_hint_decides_nothing_but_may_contradict(void **state)
{
	(void)state;
	struct binary b = {.path = path, .cuda = {.version = 12040}};
	struct witnesses w = WITNESSES_INIT;
	witness_label(&w, "/d", "0.6.18+pt27cu128");
	assert_verdict(&w, "unknown", NULL, NULL);
	witness_binary(&w, &b);
	assert_verdict(&w, "12.4", "cuda_version() returns 12040", "version 0.6.18+pt27cu128");
	witnesses_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_witness_of_a_file_speaks),
		cmocka_unit_test(a_runtime_alone_tells_the_major),
		cmocka_unit_test(names_that_are_no_version_say_nothing),
		cmocka_unit_test(ptx_tells_one_or_two_minors),
		cmocka_unit_test(a_build_without_cuda_is_cpu),
		cmocka_unit_test(files_of_two_versions_contradict_each_other),
		cmocka_unit_test(version_py_is_a_hint_in_every_form_it_had),
		cmocka_unit_test(labels_are_hints_where_they_speak_of_cuda),
		cmocka_unit_test(a_hint_decides_nothing_but_may_contradict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
