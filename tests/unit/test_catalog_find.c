#include "model/catalog_find.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct catalog *const C = &catalog_builtin;

#define TEXT(off) catalog_str(C, off)
#define AMD64	  (1u << PLATFORM_AMD64)
#define ARM64	  (1u << PLATFORM_ARM64)

/* "7.0;8.0+PTX" of the only torch row of the query on the index. */
static char *torch_archs(uint32_t version, int cuda)
{
	struct torch_query q = TORCH_QUERY_ANY;
	struct buf b = BUF_INIT;
	q.version = version;
	q.cuda = cuda;
	q.platform = PLATFORM_AMD64;
	q.channel = CHANNEL_INDEX;
	const struct torch_row *r = catalog_torch_next(C, &q, NULL);
	assert_non_null(r);
	catalog_archs_text(C, r->archs, &b);
	return buf_take(&b);
}

static void torch_rows_are_found_by_version_variant_platform_and_channel(void **state)
{
	struct torch_query q = TORCH_QUERY_ANY;
	size_t n = 0;
	(void)state;
	q.version = REL(1, 8, 1);
	q.platform = PLATFORM_AMD64;
	for (const struct torch_row *r = NULL; (r = catalog_torch_next(C, &q, r)); n++)
		assert_int_equal(r->version, REL(1, 8, 1));
	assert_int_equal(n, 5);
	q.cuda = 1002;
	q.channel = CHANNEL_PYPI;
	const struct torch_row *r = catalog_torch_next(C, &q, NULL);
	assert_non_null(r);
	assert_string_equal(TEXT(r->file_tag), "manylinux1_x86_64");
	assert_int_equal(r->glibc, 217);
	assert_int_equal(r->cxx11_abi, TRI_NO);
	assert_int_equal(r->libs, LIBS_BUNDLED);
	assert_int_equal(r->proof, PROOF_MEASURED);
	assert_null(catalog_torch_next(C, &q, r));
	q.python = catalog_python(C, "3.10");
	assert_null(catalog_torch_next(C, &q, NULL));
	q.version = REL(1, 8, 7);
	assert_null(catalog_torch_next(C, &q, NULL));
}

static void the_first_and_the_last_row_can_be_reached(void **state)
{
	struct torch_query q = TORCH_QUERY_ANY;
	const struct torch_row *last = NULL;
	size_t n = 0;
	(void)state;
	for (const struct torch_row *r = NULL; (r = catalog_torch_next(C, &q, r)); n++)
		last = r;
	assert_int_equal(n, C->n_torch);
	assert_ptr_equal(last, C->torch + C->n_torch - 1);
	q.version = REL(1, 4, 0);
	assert_ptr_equal(catalog_torch_next(C, &q, NULL), C->torch);
}

static void gpu_coverage_of_torch_is_as_released(void **state)
{
	static const struct {
		uint32_t version;
		int cuda;
		const char *archs;
	} rows[] = {
		{REL(1, 4, 0), 1001, "3.7+PTX;5.0;6.0;6.1;7.0;7.5"},
		{REL(1, 8, 1), 1002, "3.7;5.0;6.0;7.0"},
		{REL(1, 8, 1), 1101, "3.7;5.0;6.0;7.0;7.5;8.0;8.6"},
		{REL(2, 0, 0), 1108, "3.7;5.0;6.0;7.0;7.5;8.0;8.6;9.0"},
		{REL(2, 7, 0), 1208, "7.5;8.0;8.6;9.0;10.0;12.0+PTX"},
		{REL(2, 8, 0), 1208, "7.0;7.5;8.0;8.6;9.0;10.0;12.0"},
		{REL(2, 11, 0), 1300, "7.5;8.0;8.6;9.0;10.0;12.0"},
		{REL(2, 13, 0), 1209, "unknown"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = torch_archs(rows[i].version, rows[i].cuda);
		assert_string_equal(got, rows[i].archs);
	}
}

static void a_wheel_serves_every_patch_of_its_torch_minor(void **state)
{
	struct wheel_query q = WHEEL_QUERY_ANY(PKG_TORCH_SPARSE);
	(void)state;
	q.torch = REL(1, 8, 1);
	q.version = REL(0, 6, 12);
	q.cuda = 1101;
	q.platform = PLATFORM_AMD64;
	q.python = catalog_python(C, "3.8");
	const struct wheel_row *r = catalog_wheel_next(C, &q, NULL);
	assert_non_null(r);
	assert_int_equal(r->torch, REL(1, 8, 0));
	assert_string_equal(TEXT(r->label), "");
	assert_int_equal(r->build_glibc, 227);
	q.torch = REL(1, 7, 1);
	assert_null(catalog_wheel_next(C, &q, NULL));
	q = (struct wheel_query)WHEEL_QUERY_ANY(PKG_TORCH_SCATTER);
	q.torch = REL(2, 7, 1);
	q.cuda = 1208;
	r = catalog_wheel_next(C, &q, NULL);
	assert_non_null(r);
	assert_int_equal(r->version, REL(2, 1, 2));
	assert_string_equal(TEXT(r->label), "+pt27cu128");
}

static void arm_wheels_of_the_extensions_have_no_cuda(void **state)
{
	struct wheel_query q = WHEEL_QUERY_ANY(PKG_TORCH_SPARSE);
	(void)state;
	q.platform = PLATFORM_ARM64;
	for (const struct wheel_row *r = NULL; (r = catalog_wheel_next(C, &q, r));) {
		assert_int_equal(r->cuda, 0);
		assert_true(r->torch >= REL(2, 7, 0));
	}
}

static void the_last_torch_sparse_of_each_torch_is_known(void **state)
{
	static const uint32_t rows[][2] = {
		{REL(1, 4, 0), REL(0, 6, 1)},
		{REL(1, 5, 0), REL(0, 6, 7)},
		{REL(1, 6, 0), REL(0, 6, 9)},
		{REL(1, 7, 0), REL(0, 6, 9)},
		{REL(1, 8, 0), REL(0, 6, 12)},
		{REL(1, 9, 0), REL(0, 6, 12)},
		{REL(1, 10, 0), REL(0, 6, 13)},
		{REL(1, 11, 0), REL(0, 6, 15)},
		{REL(1, 12, 0), REL(0, 6, 16)},
		{REL(1, 13, 0), REL(0, 6, 17)},
		{REL(2, 0, 0), REL(0, 6, 18)},
		{REL(2, 12, 0), REL(0, 6, 18)},
		{REL(2, 13, 0), 0},
		{REL(2, 14, 0), 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct wheel_query q = WHEEL_QUERY_ANY(PKG_TORCH_SPARSE);
		uint32_t last = 0;
		q.torch = rows[i][0];
		for (const struct wheel_row *r = NULL; (r = catalog_wheel_next(C, &q, r));)
			last = r->version > last ? r->version : last;
		assert_int_equal(last, rows[i][1]);
	}
}

static void versions_and_cudas_are_listed_newest_first(void **state)
{
	uint32_t versions[64], sparse[64], few[2];
	uint16_t cudas[32];
	(void)state;
	assert_int_equal(catalog_torch_versions(C, versions, ARRAY_LEN(versions)), 44);
	assert_int_equal(versions[0], REL(2, 14, 0));
	assert_int_equal(versions[43], REL(1, 4, 0));
	assert_int_equal(catalog_torch_versions(C, few, 2), 44);
	assert_int_equal(few[1], REL(2, 13, 0));
	size_t n = catalog_wheel_versions(C, PKG_TORCH_SPARSE, sparse, ARRAY_LEN(sparse));
	assert_int_equal(sparse[0], REL(0, 6, 18));
	assert_int_equal(sparse[n - 1], REL(0, 5, 1));
	assert_int_equal(catalog_wheel_versions(C, PKG_TORCH_SCATTER, sparse, ARRAY_LEN(sparse)), 10);
	n = catalog_torch_cudas(C, cudas, ARRAY_LEN(cudas));
	assert_int_equal(n, 19);
	assert_int_equal(cudas[0], 1302);
	assert_int_equal(cudas[18], 0);
}

static void requirements_hold_for_the_versions_between(void **state)
{
	(void)state;
	assert_null(catalog_requirement(C, REL(0, 0, 9)));
	assert_int_equal(catalog_requirement(C, REL(0, 6, 8))->cuda_check, CHECK_MINOR);
	assert_int_equal(catalog_requirement(C, REL(0, 6, 9))->cuda_check, CHECK_MAJOR);
	assert_false(catalog_requirement(C, REL(0, 6, 12))->check_skips_cpu);
	assert_true(catalog_requirement(C, REL(0, 6, 13))->check_skips_cpu);
	assert_true(catalog_requirement(C, REL(0, 6, 15))->links_cusparse);
	assert_false(catalog_requirement(C, REL(0, 6, 16))->links_cusparse);
	assert_int_equal(catalog_requirement(C, REL(0, 6, 15))->sdist_torch_max, REL(1, 12, 0));
	assert_int_equal(catalog_requirement(C, REL(0, 6, 18))->scatter, REL(2, 1, 2));
	assert_int_equal(catalog_requirement(C, REL(0, 6, 18))->python_min, 308);
	assert_ptr_equal(catalog_requirement(C, REL(0, 9, 0)), catalog_requirement(C, REL(0, 6, 18)));
}

static struct driver driver(const char *text)
{
	struct err err = ERR_INIT;
	struct driver d = {.branch = 0};
	assert_int_equal(driver_parse(text, &d, &err), 0);
	return d;
}

static void drivers_and_toolkits_know_each_other(void **state)
{
	static const struct {
		uint16_t cuda;
		const char *driver;
	} minimum[] = {{902, "396.26"},	    {1000, "410.48"},	 {1002, "440.33"},    {1100, "450.80.02"},
		       {1108, "450.80.02"}, {1208, "525.60.13"}, {1300, "580.65.06"}, {1302, "580.65.06"}};
	static const struct {
		const char *driver;
		uint16_t cuda;
	} newest[] = {{"535.104.05", 1202}, {"525.60.13", 1200}, {"580.65.06", 1300},
		      {"580.65.05", 1209},  {"450.80.02", 1100}, {"999", 1304}};
	char text[DRIVER_TEXT];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(minimum); i++)
		assert_string_equal(driver_text(catalog_driver_min(C, minimum[i].cuda), text), minimum[i].driver);
	assert_null(catalog_driver_min(C, 1207));
	for (size_t i = 0; i < ARRAY_LEN(newest); i++) {
		struct driver d = driver(newest[i].driver);
		assert_int_equal(catalog_toolkit_of_driver(C, &d)->cuda, newest[i].cuda);
	}
	struct driver old = driver("384.81");
	assert_null(catalog_toolkit_of_driver(C, &old));
	assert_int_equal(catalog_toolkit(C, 1100)->gcc_max, 999);
	assert_int_equal(catalog_toolkit(C, 1204)->gcc_max, 1302);
	assert_int_equal(catalog_toolkit(C, 1300)->sm_min, 75);
}

static void compute_capabilities_are_read_in_every_spelling(void **state)
{
	static const struct {
		const char *text;
		unsigned cc;
	} good[] = {{"8.6", 86},  {"86", 86},	   {"sm_86", 86}, {"12.0", 120},
		    {"120", 120}, {"sm_103", 103}, {"10.3", 103}, {"3.5", 35}};
	static const char *const bad[] = {"",	 "8",	 "8.",	 ".6",	"8.66", "sm_8.6",
					  "sm_", "a100", "8.6a", "1.3", "-8.6", "8.6 "};
	char text[CUDA_TEXT];
	unsigned cc;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(catalog_cc_parse(good[i].text, &cc));
		assert_int_equal(cc, good[i].cc);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(catalog_cc_parse(bad[i], &cc));
	assert_string_equal(catalog_cc_text(103, text), "10.3");
	assert_null(catalog_arch(C, 99));
	assert_string_equal(TEXT(catalog_arch(C, 90)->name), "Hopper");
}

static void gpus_are_found_by_the_names_people_and_drivers_write(void **state)
{
	static const struct {
		const char *text;
		unsigned cc;
	} rows[] = {
		{"A100", 80},
		{"a100", 80},
		{"NVIDIA A100-SXM4-40GB", 80},
		{"NVIDIA A100 80GB PCIe", 80},
		{"A100-PCIE-40GB", 80},
		{"A100-80GB", 80},
		{"Tesla V100-SXM2-16GB", 70},
		{"V100", 70},
		{"Tesla V100S-PCIE-32GB", 70},
		{"Tesla T4", 75},
		{"T4", 75},
		{"NVIDIA H100 80GB HBM3", 90},
		{"NVIDIA H100 NVL", 90},
		{"H100 SXM5", 90},
		{"NVIDIA H200", 90},
		{"NVIDIA GH200 480GB", 90},
		{"NVIDIA GeForce RTX 3090", 86},
		{"RTX 3090", 86},
		{"3090", 86},
		{"rtx3090", 86},
		{"rtx_3090", 86},
		{"GeForce RTX 3080 Ti", 86},
		{"NVIDIA GeForce RTX 3080 Laptop GPU", 86},
		{"RTX 4090", 89},
		{"NVIDIA RTX A6000", 86},
		{"A6000", 86},
		{"NVIDIA RTX 6000 Ada Generation", 89},
		{"RTX 6000 Ada", 89},
		{"L4", 89},
		{"NVIDIA L40S", 89},
		{"NVIDIA A10G", 86},
		{"Quadro RTX 8000", 75},
		{"GTX 1080 Ti", 61},
		{"gtx1080ti", 61},
		{"GeForce GTX 1080", 61},
		{"GeForce GTX 1060 6GB", 61},
		{"Tesla K80", 37},
		{"P100", 60},
		{"Tesla P100-PCIE-16GB", 60},
		{"TITAN Xp", 61},
		{"TITAN V", 70},
		{"NVIDIA TITAN RTX", 75},
		{"GeForce GTX TITAN X", 52},
		{"B200", 100},
		{"NVIDIA GB200", 100},
		{"NVIDIA B300", 103},
		{"NVIDIA GB10", 121},
		{"DGX Spark", 121},
		{"RTX 5090", 120},
		{"NVIDIA RTX PRO 6000 Blackwell Workstation Edition", 120},
		{"NVIDIA RTX PRO 6000 Blackwell Server Edition", 120},
		{"GeForce RTX 2080 with Max-Q Design", 75},
		{"Orin", 87},
		{"Jetson AGX Orin", 87},
		{"NVIDIA Thor", 110},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct gpu_row *g = catalog_gpu(C, rows[i].text);
		if (!g)
			fail_msg("%s is not found", rows[i].text);
		if (g->cc != rows[i].cc)
			fail_msg("%s is %u, expected %u", rows[i].text, g->cc, rows[i].cc);
	}
}

static void an_unknown_gpu_has_a_nearest_one(void **state)
{
	static const char *const rows[][2] = {{"RTX 4091", "GeForce RTX 4090"},
					      {"GTX 1080 Tii", "GeForce GTX 1080 Ti"},
					      {"GeForce RTX 3090 Tj", "GeForce RTX 3090 Ti"},
					      {"RTX A60000", "RTX A6000"}};
	static const char *const none[] = {"", "NVIDIA", "RX 7900 XTX of somebody else", "80GB"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_null(catalog_gpu(C, rows[i][0]));
		const struct gpu_row *g = catalog_gpu_nearest(C, rows[i][0]);
		assert_non_null(g);
		assert_string_equal(TEXT(g->name), rows[i][1]);
	}
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		assert_null(catalog_gpu(C, none[i]));
		assert_null(catalog_gpu_nearest(C, none[i]));
	}
}

static void systems_are_found_with_their_c_library_and_python(void **state)
{
	const struct os_row *ubuntu[16];
	(void)state;
	assert_int_equal(catalog_os(C, "ubuntu22.04")->glibc, 235);
	assert_int_equal(catalog_os(C, "ubuntu22.04")->python, 310);
	assert_int_equal(catalog_os(C, "debian12")->python, 311);
	assert_string_equal(TEXT(catalog_os(C, "rockylinux9")->packager), "dnf");
	assert_null(catalog_os(C, "ubuntu22.05"));
	assert_string_equal(TEXT(catalog_os_nearest(C, "ubuntu22.05")->name), "ubuntu22.04");
	assert_string_equal(TEXT(catalog_os_nearest(C, "ubunut24.04")->name), "ubuntu24.04");
	assert_null(catalog_os_nearest(C, "plan9"));
	size_t n = catalog_oses(C, "ubuntu", ubuntu, ARRAY_LEN(ubuntu));
	assert_int_equal(n, 8);
	assert_string_equal(TEXT(ubuntu[0]->name), "ubuntu26.04");
	assert_string_equal(TEXT(ubuntu[7]->name), "ubuntu14.04");
	assert_int_equal(catalog_oses(C, "beos", ubuntu, ARRAY_LEN(ubuntu)), 0);
}

static void pythons_have_an_index_and_a_name(void **state)
{
	AUTO_BUF struct buf b = BUF_INIT;
	int p310 = catalog_python(C, "3.10"), p39 = catalog_python(C, "3.9"), p313t = catalog_python(C, "3.13t");
	(void)state;
	assert_true(p39 < p310 && p310 < p313t);
	assert_int_equal(catalog_python_of(C, 310), p310);
	assert_int_equal(catalog_python_of(C, 399), -1);
	assert_int_equal(catalog_python(C, "3.1"), -1);
	catalog_pythons_text(C, UINT32_C(1) << p39 | UINT32_C(1) << p313t, &b);
	assert_string_equal(buf_text(&b), "3.9 3.13t");
	assert_non_null(catalog_managed(C, p310, PLATFORM_AMD64));
	assert_null(catalog_managed(C, catalog_python(C, "3.6"), PLATFORM_AMD64));
	assert_null(catalog_managed(C, p310, PLATFORM_WINDOWS));
}

/* The first set's tag of a flavor, or what there is instead. */
static const char *best(uint16_t cuda, const char *os, unsigned flavors, unsigned platforms, enum flavor f)
{
	struct base_set sets[8];
	if (!catalog_bases(C, cuda, os, flavors, platforms, sets, ARRAY_LEN(sets)))
		return "none";
	return TEXT(sets[0].tag[f]->tag);
}

static void the_newest_patch_with_all_flavours_is_the_first_base(void **state)
{
	const unsigned base = 1u << FLAVOR_BASE, devel = 1u << FLAVOR_DEVEL, runtime = 1u << FLAVOR_RUNTIME;
	(void)state;
	assert_string_equal(best(1208, "ubuntu24.04", base, AMD64, FLAVOR_BASE), "12.8.1-base-ubuntu24.04");
	assert_string_equal(best(1208, "ubuntu22.04", base | devel, AMD64 | ARM64, FLAVOR_DEVEL),
			    "12.8.1-devel-ubuntu22.04");
	assert_string_equal(best(1101, "ubuntu20.04", base | devel | runtime, AMD64, FLAVOR_BASE),
			    "11.1.1-base-ubuntu20.04");
	assert_string_equal(best(1002, "ubuntu18.04", base | devel, AMD64, FLAVOR_BASE), "10.2-base-ubuntu18.04");
	assert_string_equal(best(1108, "ubuntu22.04", devel, AMD64, FLAVOR_DEVEL), "11.8.0-devel-ubuntu22.04");
	assert_string_equal(best(1208, "ubuntu18.04", base, AMD64, FLAVOR_BASE), "none");
	assert_string_equal(best(1207, "ubuntu22.04", base, AMD64, FLAVOR_BASE), "none");
	assert_string_equal(best(1108, "centos7", base, ARM64, FLAVOR_BASE), "none");
	assert_string_equal(best(1208, "ubuntu22.04", 0, AMD64, FLAVOR_BASE), "none");
}

static void proven_bases_come_before_unproven_and_removed_ones(void **state)
{
	struct base_set sets[8], one[1];
	size_t n = catalog_bases(C, 1209, "ubuntu24.04", 1u << FLAVOR_DEVEL, AMD64, sets, ARRAY_LEN(sets));
	(void)state;
	assert_int_equal(n, 3);
	assert_string_equal(TEXT(sets[0].tag[FLAVOR_DEVEL]->tag), "12.9.1-devel-ubuntu24.04");
	assert_string_equal(TEXT(sets[1].tag[FLAVOR_DEVEL]->tag), "12.9.0-devel-ubuntu24.04");
	assert_string_equal(TEXT(sets[2].tag[FLAVOR_DEVEL]->tag), "12.9.2-devel-ubuntu24.04");
	assert_true(sets[0].arches_proven);
	assert_false(sets[2].arches_proven);
	assert_int_equal(sets[2].presence, PRESENCE_UNKNOWN);
	assert_int_equal(catalog_bases(C, 1209, "ubuntu24.04", 1u << FLAVOR_DEVEL, AMD64, one, 1), 3);
	assert_string_equal(TEXT(one[0].tag[FLAVOR_DEVEL]->tag), "12.9.1-devel-ubuntu24.04");
	n = catalog_bases(C, 1002, "ubuntu18.04", 1u << FLAVOR_BASE, AMD64, sets, ARRAY_LEN(sets));
	assert_int_equal(n, 1);
	assert_int_equal(sets[0].presence, PRESENCE_REMOVED);
}

static void release_candidates_and_cudnn_tags_are_no_bases(void **state)
{
	struct base_set sets[8];
	size_t n = catalog_bases(C, 1100, "ubuntu18.04", 1u << FLAVOR_DEVEL, AMD64, sets, ARRAY_LEN(sets));
	(void)state;
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		assert_null(strstr(TEXT(sets[i].tag[FLAVOR_DEVEL]->tag), "cudnn"));
		assert_null(strstr(TEXT(sets[i].tag[FLAVOR_DEVEL]->tag), "-rc"));
	}
	assert_non_null(catalog_tag(C, "11.0-base-ubuntu18.04-rc"));
	assert_null(catalog_tag(C, "12.8.1-base-ubuntu04.10"));
}

static void keys_and_words_go_both_ways(void **state)
{
	struct err err = ERR_INIT;
	struct ver v;
	char text[VER_TEXT], small[CUDA_TEXT];
	static const char *const none[] = {"2.7.1rc1", "2.7.1.post1", "1!2.7.1", "2.7.1.4", "2000.1", "2.7.1.dev1"};
	(void)state;
	assert_int_equal(ver_parse("2.7.1+cu128", &v, &err), 0);
	assert_int_equal(catalog_ver_rel(&v), REL(2, 7, 1));
	assert_int_equal(ver_parse("2.7.1.0", &v, &err), 0);
	assert_int_equal(catalog_ver_rel(&v), REL(2, 7, 1));
	for (size_t i = 0; i < ARRAY_LEN(none); i++) {
		assert_int_equal(ver_parse(none[i], &v, &err), 0);
		assert_int_equal(catalog_ver_rel(&v), 0);
	}
	v = catalog_rel_ver(REL(2, 10, 0));
	assert_string_equal(ver_text(&v, text), "2.10.0");
	assert_string_equal(catalog_rel_text(REL(0, 6, 18), small), "0.6.18");
	assert_true(REL(2, 7, 1) < REL(2, 10, 0));
	assert_int_equal(catalog_minor_parse("2.28"), 228);
	assert_int_equal(catalog_minor_parse("3.9"), 309);
	assert_int_equal(catalog_minor_parse("3"), 0);
	assert_int_equal(catalog_minor_parse("3.9.1"), 0);
	assert_string_equal(catalog_minor_text(228, small), "2.28");
	assert_string_equal(catalog_minor_text(0, small), "");
	for (unsigned p = 0; p < PLATFORM__MAX; p++)
		assert_int_equal(catalog_platform(catalog_platform_text((enum platform)p)), p);
	assert_int_equal(catalog_platform("linux_aarch64"), PLATFORM_ARM64);
	assert_int_equal(catalog_platform("linux/386"), PLATFORM__MAX);
	assert_string_equal(catalog_flavor_text(FLAVOR_RUNTIME), "runtime");
	assert_string_equal(catalog_presence_text(PRESENCE_REMOVED), "removed");
	assert_string_equal(catalog_proof_text(PROOF_PARTLY), "partly unverified");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(torch_rows_are_found_by_version_variant_platform_and_channel),
		cmocka_unit_test(the_first_and_the_last_row_can_be_reached),
		cmocka_unit_test(gpu_coverage_of_torch_is_as_released),
		cmocka_unit_test(a_wheel_serves_every_patch_of_its_torch_minor),
		cmocka_unit_test(arm_wheels_of_the_extensions_have_no_cuda),
		cmocka_unit_test(the_last_torch_sparse_of_each_torch_is_known),
		cmocka_unit_test(versions_and_cudas_are_listed_newest_first),
		cmocka_unit_test(requirements_hold_for_the_versions_between),
		cmocka_unit_test(drivers_and_toolkits_know_each_other),
		cmocka_unit_test(compute_capabilities_are_read_in_every_spelling),
		cmocka_unit_test(gpus_are_found_by_the_names_people_and_drivers_write),
		cmocka_unit_test(an_unknown_gpu_has_a_nearest_one),
		cmocka_unit_test(systems_are_found_with_their_c_library_and_python),
		cmocka_unit_test(pythons_have_an_index_and_a_name),
		cmocka_unit_test(the_newest_patch_with_all_flavours_is_the_first_base),
		cmocka_unit_test(proven_bases_come_before_unproven_and_removed_ones),
		cmocka_unit_test(release_candidates_and_cudnn_tags_are_no_bases),
		cmocka_unit_test(keys_and_words_go_both_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
