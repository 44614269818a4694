#include "source/wheelname.h"

#include "base/str.h"
#include "support/t.h"

/* "dist version build python abi platform" of a file name, or "none". */
static char *read_name(const char *file)
{
	AUTO(wheelname) struct wheelname *w = wheelname_parse(file);
	char version[VER_TEXT];
	if (!w)
		return xstrdup("none");
	AUTO_TEXT char *pythons = strv_join(&w->pythons, "."), *abis = strv_join(&w->abis, "."),
		       *platforms = strv_join(&w->platforms, ".");
	return xasprintf("%s %s %s %s %s %s", w->dist, ver_text(&w->version, version), w->build ? w->build : "-",
			 pythons, abis, platforms);
}

static void names_of_wheels_are_taken_apart(void **state)
{
	static const char *const rows[][2] = {
		{"torch-2.7.1+cu128-cp311-cp311-manylinux_2_28_x86_64.whl",
		 "torch 2.7.1+cu128 - cp311 cp311 manylinux_2_28_x86_64"},
		{"torch_sparse-0.6.18+pt27cu128-cp312-cp312-linux_x86_64.whl",
		 "torch-sparse 0.6.18+pt27cu128 - cp312 cp312 linux_x86_64"},
		{"torch-1.8.1-cp39-cp39-manylinux1_x86_64.whl", "torch 1.8.1 - cp39 cp39 manylinux1_x86_64"},
		{"torch-1.12.1+cu116-cp37-cp37m-linux_x86_64.whl", "torch 1.12.1+cu116 - cp37 cp37m linux_x86_64"},
		{"six-1.16.0-py2.py3-none-any.whl", "six 1.16.0 - py2.py3 none any"},
		{"A.B__c-1.0-2_x-py3-none-any.whl", "a-b-c 1.0 2_x py3 none any"},
		{"torch-2.1.0+cu121.with.pypi.cudnn-cp311-cp311-linux_x86_64.whl",
		 "torch 2.1.0+cu121.with.pypi.cudnn - cp311 cp311 linux_x86_64"},
		{"x-1!2.0rc1-cp38-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
		 "x 1!2.0rc1 - cp38 abi3 manylinux_2_17_aarch64.manylinux2014_aarch64"},
		{"torch-2.9.0-cp311-cp311-manylinux_2_28_x86_64-cu128.whl",
		 "torch 2.9.0 - cp311 cp311 manylinux_2_28_x86_64"},
		{"torch-2.9.0-1-cp311-cp311-manylinux_2_28_x86_64-00000000.whl",
		 "torch 2.9.0 1 cp311 cp311 manylinux_2_28_x86_64"},
		{"torch-2.9.0-cp311-cp311-manylinux_2_28_x86_64-CU128.whl", "none"},
		{"torch-2.9.0-cp311-cp311-manylinux_2_28_x86_64-0123456789abcdef0.whl", "none"},
		{"torch-2.7.1-cp311-cp311.whl", "none"},
		{"torch-2.7.1-1-2-cp311-cp311-any.whl", "none"},
		{"torch--cp311-cp311-any.whl", "none"},
		{"-1.0-cp311-cp311-any.whl", "none"},
		{"torch-1.0-x-cp311-cp311-any.whl", "none"},
		{"torch-1.0-cp311-cp311-.whl", "none"},
		{"torch-1.0-cp311-cp311-...whl", "none"},
		{"torch-abc-cp311-cp311-any.whl", "none"},
		{"../torch-1.0-cp311-cp311-any.whl", "none"},
		{"torch-1.0-cp311-cp311-any.tar.gz", "none"},
		{"to rch-1.0-cp311-cp311-any.whl", "none"},
		{".whl", "none"},
		{"", "none"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = read_name(rows[i][0]);
		assert_string_equal(got, rows[i][1]);
	}
}

static void a_wheel_fits_the_pythons_and_platforms_of_its_tags(void **state)
{
	static const struct {
		const char *tags, *python, *platform;
		bool fits;
	} rows[] = {
		{"cp311-cp311-manylinux_2_28_x86_64", "3.11", "linux/amd64", true},
		{"cp311-cp311-manylinux_2_28_x86_64", "3.12", "linux/amd64", false},
		{"cp311-cp311-manylinux_2_28_x86_64", "3.1", "linux/amd64", false},
		{"cp311-cp311-manylinux_2_28_x86_64", "3.11", "linux/arm64", false},
		{"cp311-cp311-manylinux_2_28_aarch64", "3.11", "linux/arm64", true},
		{"cp311-cp311-linux_x86_64", "3.11", "linux/amd64", true},
		{"cp39-cp39-manylinux1_x86_64", "3.9", "linux/amd64", true},
		{"cp39-cp39-manylinux2014_x86_64", "3.9", "linux/amd64", true},
		{"cp39-cp39-manylinux2010_i686.manylinux1_i686", "3.9", "linux/amd64", false},
		{"cp37-cp37m-linux_x86_64", "3.7", "linux/amd64", true},
		{"cp27-cp27mu-linux_x86_64", "2.7", "linux/amd64", true},
		/* variant wheels: their tags would fit */
		{"cp311-cp311-manylinux_2_28_x86_64-cu128", "3.11", "linux/amd64", false},
		{"1-cp311-cp311-manylinux_2_28_x86_64-cu128", "3.11", "linux/amd64", false},
		{"cp311-cp311-manylinux_2_28_x86_64-null", "3.11", "linux/amd64", false},
		{"cp27-cp27m-linux_x86_64", "2.7", "linux/amd64", false},
		{"cp38-cp38m-linux_x86_64", "3.8", "linux/amd64", false},
		{"cp313-cp313t-manylinux_2_28_x86_64", "3.13t", "linux/amd64", true},
		{"cp313-cp313t-manylinux_2_28_x86_64", "3.13", "linux/amd64", false},
		{"cp313-cp313-manylinux_2_28_x86_64", "3.13t", "linux/amd64", false},
		{"cp310-abi3-manylinux_2_28_x86_64", "3.12", "linux/amd64", true},
		{"cp310-abi3-manylinux_2_28_x86_64", "3.10", "linux/amd64", true},
		{"cp310-abi3-manylinux_2_28_x86_64", "3.9", "linux/amd64", false},
		{"cp310-abi3-manylinux_2_28_x86_64", "3.13t", "linux/amd64", false},
		{"py3-none-any", "3.11", "linux/arm64", true},
		{"py3-none-any", "3.13t", "linux/amd64", true},
		{"py39-none-any", "3.11", "linux/amd64", true},
		{"py312-none-any", "3.11", "linux/amd64", false},
		{"py2.py3-none-any", "3.11", "linux/amd64", true},
		{"py2-none-any", "3.11", "linux/amd64", false},
		{"py3-none-manylinux_2_17_x86_64", "3.11", "linux/amd64", true},
		{"cp311-none-linux_x86_64", "3.11", "linux/amd64", true},
		{"cp310.cp311-cp310.cp311-linux_x86_64", "3.11", "linux/amd64", true},
		{"cp311-cp311-macosx_11_0_arm64", "3.11", "linux/arm64", false},
		{"cp311-cp311-win_amd64", "3.11", "linux/amd64", false},
		{"cp311-cp311-musllinux_1_2_x86_64", "3.11", "linux/amd64", false},
		{"cp311-cp311-manylinux_2_28_x86_64", "nonsense", "linux/amd64", false},
		{"cp311-cp311-manylinux_2_28_x86_64", "3.11", "windows/amd64", false},
		{"pp310-pypy310_pp73-manylinux_2_17_x86_64", "3.10", "linux/amd64", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *file = xasprintf("x-1.0-%s.whl", rows[i].tags);
		AUTO(wheelname) struct wheelname *w = wheelname_parse(file);
		assert_non_null(w);
		if (wheelname_fits(w, rows[i].python, rows[i].platform) != rows[i].fits)
			fail_msg("%s on Python %s, %s", rows[i].tags, rows[i].python, rows[i].platform);
	}
}

static void the_lowest_glibc_of_the_tags_counts(void **state)
{
	static const struct {
		const char *platform;
		unsigned glibc;
	} rows[] = {
		{"manylinux_2_28_x86_64", 228},
		{"manylinux1_x86_64", 205},
		{"manylinux2014_aarch64", 217},
		{"manylinux_2_17_x86_64.manylinux2014_x86_64.manylinux_2_28_x86_64", 217},
		{"linux_x86_64", 0},
		{"any", 0},
		{"win_amd64", 0},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *file = xasprintf("x-1.0-cp311-cp311-%s.whl", rows[i].platform);
		AUTO(wheelname) struct wheelname *w = wheelname_parse(file);
		assert_int_equal(wheelname_glibc(w), rows[i].glibc);
	}
}

static void source_archives_are_known_by_name_and_version(void **state)
{
	static const struct {
		const char *file;
		bool is;
	} rows[] = {
		{"torch_sparse-0.6.18.tar.gz", true},
		{"torch-sparse-0.6.18.tar.gz", true},
		{"Torch.Sparse-0.6.18.zip", true},
		{"torch_sparse-0.6.18.0.tar.gz", true},
		{"torch_sparse-0.6.1.tar.gz", false},
		{"torch_scatter-0.6.18.tar.gz", false},
		{"torch_sparse-0.6.18.tar.bz2", false},
		{"torch_sparse-0.6.18-cp311-cp311-any.whl", false},
		{"-0.6.18.tar.gz", false},
		{".tar.gz", false},
		{"torch_sparse-.tar.gz", false},
	};
	struct ver version;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(ver_parse("0.6.18", &version, &err), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (wheelname_is_sdist(rows[i].file, "torch-sparse", &version) != rows[i].is)
			fail_msg("%s", rows[i].file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_wheels_are_taken_apart),
		cmocka_unit_test(a_wheel_fits_the_pythons_and_platforms_of_its_tags),
		cmocka_unit_test(the_lowest_glibc_of_the_tags_counts),
		cmocka_unit_test(source_archives_are_known_by_name_and_version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
