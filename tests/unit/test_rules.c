/* The rules of compatibility, one by one. */
#include "model/catalog_find.h"
#include "model/label.h"
#include "rules/arch.h"
#include "rules/cover.h"
#include "rules/driver_fit.h"
#include "rules/forecast.h"
#include "rules/libs.h"
#include "rules/match.h"
#include "rules/sdist.h"
#include "support/t.h"

static const struct catalog *const c = &catalog_builtin;

static struct arch_set set_of(const char *text)
{
	struct arch_set set = {.known = false};
	assert_true(arch_list_parse(c, text, &set));
	return set;
}

static struct driver driver_of(const char *text)
{
	struct driver d;
	struct err err = ERR_INIT;
	assert_int_equal(driver_parse(text, &d, &err), 0);
	return d;
}

static void machine_code_serves_its_major_from_its_minor_on(void **state)
{
	static const struct {
		const char *list;
		unsigned cc;
		enum arch_cover cover;
	} rows[] = {
		{"8.0", 80, ARCH_NATIVE},
		{"8.0", 86, ARCH_NATIVE},
		{"8.0", 89, ARCH_NATIVE},
		{"8.6", 80, ARCH_NONE},
		{"8.0", 90, ARCH_NONE},
		{"7.0", 75, ARCH_NATIVE},
		{"7.5", 70, ARCH_NONE},
		{"3.7 5.0 6.0 7.0", 80, ARCH_NONE},
		{"5.0+PTX 6.0 7.0 7.5 8.0 8.6 9.0", 100, ARCH_JIT},
		{"5.0+PTX 6.0 7.0 7.5 8.0 8.6 9.0", 120, ARCH_JIT},
		{"5.0+PTX 6.0 7.0 7.5 8.0 8.6 9.0", 61, ARCH_NATIVE},
		{"5.0+PTX 6.0 7.0 7.5 8.0 8.6 9.0", 37, ARCH_NONE},
		{"7.5 8.0 9.0 10.0 12.0+PTX", 103, ARCH_NATIVE},
		{"7.5 8.0 9.0 10.0 12.0+PTX", 121, ARCH_NATIVE},
		{"7.5 8.0 9.0 10.0 12.0+PTX", 70, ARCH_NONE},
		{"8.0 9.0+PTX", 120, ARCH_JIT},
		{"8.0", 87, ARCH_NONE},
		{"5.0+PTX 8.0", 87, ARCH_NONE},
		{"8.7", 87, ARCH_NATIVE},
		{"8.7", 89, ARCH_NONE},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (arch_covers(c, set_of(rows[i].list), rows[i].cc) != rows[i].cover)
			fail_msg("%s on %u: not %s", rows[i].list, rows[i].cc, arch_cover_name(rows[i].cover));
	assert_int_equal(arch_covers(c, (struct arch_set){.known = false}, 80), ARCH_UNKNOWN);
}

static void what_is_compiled_is_what_the_toolkit_can(void **state)
{
	static const struct {
		uint16_t cuda;
		unsigned cc[3];
		size_t n;
		const char *list;
	} rows[] = {
		{1208, {80, 90}, 2, "8.0 9.0+PTX"},   {1208, {90, 80, 90}, 3, "8.0 9.0+PTX"},
		{1101, {89}, 1, "8.6+PTX"},	      {1108, {89}, 1, "8.9+PTX"},
		{1108, {120}, 1, "7.0 7.5+PTX"}, /* nothing of major 12 yet: torch's own list */
		{1300, {61}, 1, "7.0 7.5+PTX"},	 /* no longer */
		{1300, {103, 75}, 2, "7.5 10.3+PTX"}, {1206, {61}, 1, "6.1+PTX"},
		{1208, {80}, 0, "7.0 7.5+PTX"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arch_set set = arch_compile_set(c, rows[i].cuda, rows[i].cc, rows[i].n, set_of("7.0 7.5"));
		AUTO_TEXT char *list = arch_list(c, set);
		assert_string_equal(list, rows[i].list);
	}
	AUTO_TEXT char *none = arch_list(c, arch_compile_set(c, 1208, NULL, 0, (struct arch_set){.known = false}));
	assert_string_equal(none, "");
}

static void a_list_that_is_none_is_refused(void **state)
{
	static const char *const wrong[] = {"", " ", "8.0 nonsense", "8.0+PTY", "+PTX", "99.9", "8", "8.0+"};
	struct arch_set set;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (arch_list_parse(c, wrong[i], &set))
			fail_msg("'%s' was taken for a list", wrong[i]);
	AUTO_TEXT char *list = arch_list(c, set_of("9.0+ptx;8.0,8.0"));
	assert_string_equal(list, "8.0 9.0+PTX");
}

static void a_driver_runs_its_cuda_major_from_cuda_11_on(void **state)
{
	static const struct {
		uint16_t cuda;
		const char *driver;
		enum driver_fit runs, ptx;
	} rows[] = {
		{1002, "440.33", DRIVER_FITS, DRIVER_FITS},	     {1002, "440.32", DRIVER_TOO_OLD, DRIVER_TOO_OLD},
		{1001, "418.39", DRIVER_FITS, DRIVER_FITS},	     {1101, "450.80.02", DRIVER_FITS, DRIVER_TOO_OLD},
		{1101, "450.80.01", DRIVER_TOO_OLD, DRIVER_TOO_OLD}, {1101, "455.23", DRIVER_FITS, DRIVER_FITS},
		{1108, "470.57.02", DRIVER_FITS, DRIVER_TOO_OLD},    {1208, "525.60.13", DRIVER_FITS, DRIVER_TOO_OLD},
		{1208, "525.60.12", DRIVER_TOO_OLD, DRIVER_TOO_OLD}, {1208, "570.26", DRIVER_FITS, DRIVER_FITS},
		{1300, "575.51.03", DRIVER_TOO_OLD, DRIVER_TOO_OLD}, {1302, "580.65.06", DRIVER_FITS, DRIVER_TOO_OLD},
		{1302, "610.43.02", DRIVER_FITS, DRIVER_FITS},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct driver d = driver_of(rows[i].driver);
		if (driver_runs(c, rows[i].cuda, &d) != rows[i].runs ||
		    driver_takes_ptx(c, rows[i].cuda, &d) != rows[i].ptx)
			fail_msg("CUDA key %u on %s", rows[i].cuda, rows[i].driver);
	}
	struct driver any = driver_of("580.65.06");
	assert_int_equal(driver_takes_ptx(c, 9900, &any), DRIVER_UNKNOWN);
	assert_int_equal(driver_meets_require(c, 1208, &any), DRIVER_FITS);
}

static void cuda_must_match_as_far_as_the_check_and_the_soname_ask(void **state)
{
	static const struct {
		uint16_t torch, extension;
		uint32_t sparse;
		enum match match;
	} rows[] = {
		{1101, 1101, REL(0, 6, 12), MATCH_YES},
		{0, 0, 0, MATCH_YES},
		{1002, 1101, REL(0, 6, 12), MATCH_MAJOR},
		{1101, 1103, REL(0, 6, 12), MATCH_MINOR_WARNS},
		{1101, 1103, REL(0, 6, 9), MATCH_MINOR_WARNS},
		{1101, 1103, REL(0, 6, 8), MATCH_MINOR_REFUSED},
		{1101, 1103, 0, MATCH_MINOR_WARNS},
		{1001, 1002, REL(0, 6, 12), MATCH_MINOR_REFUSED},
		{1001, 1002, 0, MATCH_MINOR_REFUSED},
		{1208, 0, REL(0, 6, 18), MATCH_CPU_ONLY},
		{0, 1208, REL(0, 6, 18), MATCH_TORCH_CPU},
		{1208, 1300, REL(0, 6, 18), MATCH_MAJOR},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(match_cuda(rows[i].torch, rows[i].extension, rows[i].sparse), rows[i].match);
}

static void torch_abi_glibc_and_python_are_compared(void **state)
{
	(void)state;
	assert_true(match_torch(REL(2, 7, 1), REL(2, 7, 0)));
	assert_false(match_torch(REL(2, 7, 1), REL(2, 8, 0)));
	assert_false(match_torch(REL(1, 8, 0), REL(2, 8, 0)));
	assert_true(match_abi(TRI_NO, TRI_NO));
	assert_true(match_abi(TRI_YES, TRI_UNKNOWN));
	assert_false(match_abi(TRI_YES, TRI_NO));
	assert_true(match_glibc(235, 231));
	assert_false(match_glibc(227, 228));
	assert_true(match_glibc(227, 0));
	assert_true(match_glibc(0, 235));
	assert_int_equal(match_wheel_glibc(&(struct wheel_row){.glibc = 232, .build_glibc = 235}), 232);
	assert_int_equal(match_wheel_glibc(&(struct wheel_row){.glibc = 0, .build_glibc = 235}), 235);
	assert_true(match_python(1U << 4, 4));
	assert_false(match_python(1U << 4, 5));
	assert_false(match_python(UINT32_MAX, -1));
	assert_false(match_python(UINT32_MAX, 32));
}

static void libraries_that_no_wheel_brings_decide_the_base(void **state)
{
	(void)state;
	assert_int_equal(libs_needed(c, 0, LIBS_NONE, true, REL(0, 6, 12)), LIBS_NEED_NONE);
	assert_int_equal(libs_needed(c, 1002, LIBS_BUNDLED, false, 0), LIBS_NEED_NONE);
	assert_int_equal(libs_needed(c, 1101, LIBS_BUNDLED, true, REL(0, 6, 12)), LIBS_NEED_CUSPARSE);
	assert_int_equal(libs_needed(c, 1107, LIBS_PIP, true, REL(0, 6, 15)), LIBS_NEED_CUSPARSE);
	assert_int_equal(libs_needed(c, 1107, LIBS_BUNDLED, true, REL(0, 6, 16)), LIBS_NEED_CUDART);
	assert_int_equal(libs_needed(c, 1208, LIBS_PIP, true, REL(0, 6, 18)), LIBS_NEED_NONE);
	assert_int_equal(libs_needed(c, 1208, LIBS_UNKNOWN, true, REL(0, 6, 18)), LIBS_NEED_CUDART);
	assert_string_equal(libs_soname(1002, LIBS_NEED_CUDART), "libcudart.so.10.2");
	assert_string_equal(libs_soname(1002, LIBS_NEED_CUSPARSE), "libcusparse.so.10");
	assert_string_equal(libs_soname(1108, LIBS_NEED_CUDART), "libcudart.so.11.0");
	assert_string_equal(libs_soname(1302, LIBS_NEED_CUSPARSE), "libcusparse.so.12");
	assert_null(libs_soname(1208, LIBS_NEED_NONE));
	assert_null(libs_soname(700, LIBS_NEED_CUDART));
}

static void source_archives_compile_with_what_they_were_seen_with(void **state)
{
	(void)state;
	assert_int_equal(sdist_sparse(c, REL(0, 6, 18), REL(2, 11, 0), 311), SDIST_COMPILES);
	assert_int_equal(sdist_sparse(c, REL(0, 6, 18), REL(2, 13, 0), 311), SDIST_UNPROVEN);
	assert_int_equal(sdist_sparse(c, REL(0, 6, 18), REL(1, 9, 1), 308), SDIST_TORCH_TOO_OLD);
	assert_int_equal(sdist_sparse(c, REL(0, 6, 18), REL(2, 0, 1), 307), SDIST_PYTHON_TOO_OLD);
	assert_int_equal(sdist_sparse(c, REL(0, 6, 15), REL(1, 12, 1), 310), SDIST_COMPILES);
	assert_int_equal(sdist_sparse(c, REL(0, 6, 15), REL(1, 13, 0), 310), SDIST_TORCH_TOO_NEW);
	assert_int_equal(sdist_sparse(c, REL(0, 6, 12), REL(2, 7, 1), 310), SDIST_TORCH_TOO_NEW);
	assert_int_equal(sdist_sparse(c, REL(0, 6, 12), REL(1, 4, 0), 307), SDIST_TORCH_TOO_OLD);
	assert_int_equal(sdist_sparse(c, REL(0, 6, 2), REL(1, 8, 1), 308), SDIST_NO_VERSION);
	assert_int_equal(sdist_scatter(REL(2, 11, 0)), SDIST_COMPILES);
	assert_int_equal(sdist_scatter(REL(2, 12, 0)), SDIST_UNPROVEN);
	assert_int_equal(sdist_scatter_for(c, REL(0, 6, 18)), REL(2, 1, 2));
	assert_int_equal(sdist_scatter_for(c, REL(0, 6, 12)), REL(2, 0, 8));
	assert_int_equal(sdist_scatter_for(c, REL(0, 0, 1)), 0);
	assert_true(sdist_minutes(PKG_TORCH_SPARSE, 7) > sdist_minutes(PKG_TORCH_SPARSE, 1));
}

/* The tag's forecast as its kind and sentence. */
static void forecast_is(const char *tag, const char *want)
{
	const struct tag_row *row = catalog_tag(c, tag);
	assert_non_null(row);
	struct forecast f = forecast_tag(c, row);
	AUTO_TEXT char *text = forecast_text(c, row, &f);
	AUTO_TEXT char *all = xasprintf("%s: %s", forecast_kind_text(f.kind), text);
	assert_string_equal(all, want);
}

static void a_tag_ends_with_the_driver_branch_of_its_cuda_version(void **state)
{
	(void)state;
	forecast_is("13.0.2-base-ubuntu24.04",
		    "dated: by NVIDIA's policy the images of CUDA 13.0 end with driver branch R580 in 2028-06: "
		    "13.0.2-base-ubuntu24.04 may be deleted from 2028-12 on (the last deletion was seen in 2023-07)");
	forecast_is("12.8.1-base-ubuntu24.04",
		    "dated: by NVIDIA's policy the images of CUDA 12.8 end with driver branch R570 in 2026-02: "
		    "12.8.1-base-ubuntu24.04 may be deleted from 2026-08 on (the last deletion was seen in 2023-07)");
	forecast_is(
		"12.6.3-devel-ubuntu22.04",
		"ended: by NVIDIA's policy the images of CUDA 12.6 ended with driver branch R560, by 2025-08 at the "
		"latest: 12.6.3-devel-ubuntu22.04 may be deleted from 2026-02 on at the latest (the last deletion "
		"was seen in 2023-07)");
	forecast_is(
		"12.8.0-base-ubuntu24.04",
		"superseded: 12.8.0-base-ubuntu24.04 is superseded by 12.8.1-base-ubuntu24.04: by NVIDIA's policy it "
		"may be deleted 6 months after that came (the last deletion was seen in 2023-07)");
	forecast_is(
		"13.4.2-runtime-ubuntu24.04",
		"open: by NVIDIA's policy the images of CUDA 13.4 end with driver branch R615, which has no date of "
		"end yet");
}

static void a_forecast_names_its_sources_and_is_silent_without_rows(void **state)
{
	const struct tag_row *row = catalog_tag(c, "11.7.1-base-ubuntu22.04");
	struct forecast f = forecast_tag(c, row);
	AUTO_TEXT char *source = forecast_source(c, &f);
	(void)state;
	assert_int_equal(f.end, 202305);
	assert_int_equal(f.gone, 202311);
	assert_string_equal(source,
			    "https://gitlab.com/nvidia/container-images/cuda/-/blob/master/doc/support-policy.md "
			    "(2022-10); "
			    "https://gitlab.com/nvidia/container-images/cuda/-/blob/master/doc/support-policy.md");
	row = catalog_tag(c, "8.0-base-ubuntu16.04");
	row = row ? row : catalog_tag(c, "8.0-devel-ubuntu16.04");
	f = forecast_tag(c, row);
	assert_int_equal(f.kind, FORECAST_NONE);
	assert_null(forecast_text(c, row, &f));
	assert_null(forecast_source(c, &f));
}

static void every_toolkit_has_a_branch_whose_end_is_known_or_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < c->n_toolkits; i++) {
		bool found = false;
		for (size_t k = 0; k < c->n_branches; k++)
			found = found || c->branches[k].branch == c->toolkits[i].driver_min.branch;
		if (!found)
			fail_msg("no row of branch R%u", c->toolkits[i].driver_min.branch);
	}
	for (size_t k = 0; k < c->n_branches; k++)
		assert_true(*catalog_str(c, c->branches[k].source));
}

static void code_compressed_by_zstd_needs_the_driver_of_cuda_12_4(void **state)
{
	struct driver before = driver_of("550.40.07");
	struct driver first = driver_of("550.54.14");
	char text[DRIVER_TEXT];
	(void)state;
	assert_string_equal(driver_text(driver_least_for_zstd(c), text), "550.54.14");
	assert_int_equal(driver_reads_zstd(c, &before), DRIVER_TOO_OLD);
	assert_int_equal(driver_reads_zstd(c, &first), DRIVER_FITS);
	assert_false(driver_needs_zstd(c, 1204));
	assert_false(driver_needs_zstd(c, 1208)); /* on request alone */
	assert_false(driver_needs_zstd(c, 1209));
	assert_true(driver_needs_zstd(c, 1300));
	assert_true(driver_needs_zstd(c, 1304));
	assert_false(driver_needs_zstd(c, 1207)); /* no such toolkit */
}

static void cuda_compat_serves_data_center_gpus_and_no_consumer_ones(void **state)
{
	static const struct {
		const char *gpu;
		enum compat compat;
	} rows[] = {{"A100", COMPAT_SERVES},
		    {"Tesla T4", COMPAT_SERVES},
		    {"Jetson AGX Orin", COMPAT_SERVES},
		    {"GeForce RTX 4090", COMPAT_SERVES_NOT},
		    {"TITAN V", COMPAT_SERVES_NOT},
		    {"RTX A6000", COMPAT_UNKNOWN},
		    {"Quadro RTX 8000", COMPAT_UNKNOWN}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (driver_compat_serves(catalog_gpu(c, rows[i].gpu)) != rows[i].compat)
			fail_msg("%s", rows[i].gpu);
	assert_int_equal(driver_compat_serves(NULL), COMPAT_UNKNOWN);
}

static void labels_agree_as_far_as_both_say_something(void **state)
{
	static const struct {
		const char *a, *b;
		bool agree;
	} rows[] = {{"cu128", "cu128", true},	       {"cu128", "+cu126", false},   {"pt27cu128", "cu128", true},
		    {"pt27cu128", "pt26cu128", false}, {"pt27", "cu128", true},	     {"cpu", "cu128", false},
		    {"cpu.cxx11.abi", "cpu", true},    {"rocm6.0", "rocm6.0", true}, {"rocm6.0", "rocm5.7", false},
		    {"ROCm6.0", "rocm6.0", true},      {"rocm6.0", "cu128", false}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (label_agrees(rows[i].a, rows[i].b) != rows[i].agree ||
		    label_agrees(rows[i].b, rows[i].a) != rows[i].agree)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
}

/* What the rules know by heart is what the rows say. */
static void boards_are_those_of_the_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < c->n_archs; i++)
		if (arch_is_embedded(c->archs[i].cc) != c->archs[i].jetson)
			fail_msg("%u", c->archs[i].cc);
}

static void the_import_check_is_that_of_the_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < c->n_requirements; i++) {
		const struct requirement_row *r = &c->requirements[i];
		if (r->cuda_check == CHECK_NONE)
			continue;
		bool refused = match_cuda(1101, 1102, r->last) == MATCH_MINOR_REFUSED;
		if (refused != (r->cuda_check == CHECK_MINOR))
			fail_msg("up to %x", r->last);
	}
	assert_int_equal(match_cuda(1101, 1102, 0), MATCH_MINOR_WARNS);
	assert_int_equal(match_cuda(1001, 1002, 0), MATCH_MINOR_REFUSED); /* the soname holds the minor */
}

static void ptx_versions_are_known_for_every_toolkit_but_the_newest(void **state)
{
	(void)state;
	for (size_t i = 0; i < c->n_toolkits; i++)
		if (!cover_isa(c->toolkits[i].cuda) && c->toolkits[i].cuda <= 1301)
			fail_msg("%u", c->toolkits[i].cuda);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tag_ends_with_the_driver_branch_of_its_cuda_version),
		cmocka_unit_test(a_forecast_names_its_sources_and_is_silent_without_rows),
		cmocka_unit_test(every_toolkit_has_a_branch_whose_end_is_known_or_open),
		cmocka_unit_test(code_compressed_by_zstd_needs_the_driver_of_cuda_12_4),
		cmocka_unit_test(cuda_compat_serves_data_center_gpus_and_no_consumer_ones),
		cmocka_unit_test(labels_agree_as_far_as_both_say_something),
		cmocka_unit_test(boards_are_those_of_the_rows),
		cmocka_unit_test(the_import_check_is_that_of_the_rows),
		cmocka_unit_test(ptx_versions_are_known_for_every_toolkit_but_the_newest),
		cmocka_unit_test(machine_code_serves_its_major_from_its_minor_on),
		cmocka_unit_test(what_is_compiled_is_what_the_toolkit_can),
		cmocka_unit_test(a_list_that_is_none_is_refused),
		cmocka_unit_test(a_driver_runs_its_cuda_major_from_cuda_11_on),
		cmocka_unit_test(cuda_must_match_as_far_as_the_check_and_the_soname_ask),
		cmocka_unit_test(torch_abi_glibc_and_python_are_compared),
		cmocka_unit_test(libraries_that_no_wheel_brings_decide_the_base),
		cmocka_unit_test(source_archives_compile_with_what_they_were_seen_with),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
