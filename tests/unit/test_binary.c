#include "model/binary.h"

#include "support/t.h"

static void dotted_numbers_are_ordered_by_their_parts(void **state)
{
	(void)state;
	assert_int_equal(binary_version_cmp("2.9", "2.28"), -1);
	assert_int_equal(binary_version_cmp("2.28", "2.28"), 0);
	assert_int_equal(binary_version_cmp("3.4.30", "3.4.9"), 1);
	assert_int_equal(binary_version_cmp("3.4", "3.4.9"), -1);
	assert_int_equal(binary_version_cmp("", "1"), -1);
	assert_int_equal(binary_version_cmp("99999999999", "1"), -1);
}

static void the_highest_version_asked_for_is_found_by_prefix(void **state)
{
	(void)state;
	AUTO(binary) struct binary *b = binary_new("/x.so");
	static const char *const versions[] = {"GLIBC_2.9", "GLIBC_2.28", "GLIBC_PRIVATE", "GLIBCXX_3.4.21",
					       "GLIBC_ABI_DT_RELR"};
	b->demands = xcalloc(ARRAY_LEN(versions), sizeof(*b->demands));
	for (size_t i = 0; i < ARRAY_LEN(versions); i++)
		b->demands[b->n_demands++].version = xstrdup(versions[i]);
	assert_string_equal(binary_demands(b, "GLIBC_"), "2.28");
	assert_string_equal(binary_demands(b, "GLIBCXX_"), "3.4.21");
	assert_null(binary_demands(b, "CXXABI_"));
	strv_add(&b->versions, "GLIBC_2.36");
	strv_add(&b->versions, "GLIBC_2.4");
	assert_string_equal(binary_defines(b, "GLIBC_"), "2.36");
	assert_null(binary_defines(b, "GLIBCXX_"));
}

static void symbols_of_torch_are_told_from_others(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool matters;
	} rows[] = {
		{"_ZN3c106detail14torchCheckFailEPKcS2_jRKSs", true},
		{"_ZNK2at10TensorBase4sizeEl", true},
		{"_ZN5torch8autograd4NodeD2Ev", true},
		{"_ZN6caffe28TypeMeta4dataE", true},
		{"_ZTIN3c1012intrusive_ptrE", true},
		{"_Z9spmm_cudaN2at6TensorES0_", true},
		{"_Z16THPVariable_WrapRKN2at10TensorBaseE", true},
		{"_ZNSt6vectorIN2at6TensorESaIS1_EE", true},
		{"THPVariableClass", true},
		{"aoti_torch_get_dim", true},
		{"torch_call_dispatcher", true},
		{"_ZN6sparse12cuda_versionEv", false},
		{"_ZNSt6vectorIiSaIiEE", false},
		{"_ZN4CATN2atXE", true}, /* near enough: a nested name that starts with a namespace of torch's */
		{"PyObject_Call", false},
		{"cudaLaunchKernel", false},
		{"", false},
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (binary_symbol_matters(rows[i].name) != rows[i].matters)
			fail_msg("%s", rows[i].name);
	assert_true(binary_symbol_is_shim("aoti_torch_get_dim"));
	assert_false(binary_symbol_is_shim("_ZN2at4_ops3addE"));
}

static void exports_are_found_by_name(void **state)
{
	(void)state;
	AUTO(binary) struct binary *b = binary_new("/x.so");
	assert_false(binary_exports(b, "a"));
	b->exports = xcalloc(2, sizeof(*b->exports));
	uint64_t a = binary_symbol_key("a"), z = binary_symbol_key("z");
	b->exports[0] = a < z ? a : z;
	b->exports[1] = a < z ? z : a;
	b->n_exports = 2;
	assert_true(binary_exports(b, "a"));
	assert_true(binary_exports(b, "z"));
	assert_false(binary_exports(b, "b"));
}

static void code_has_the_names_of_nvcc(void **state)
{
	(void)state;
	char text[CODE_TEXT];
	assert_string_equal(code_text(&(struct code){.kind = CODE_SASS, .arch = 90, .suffix = 'a'}, text), "sm_90a");
	assert_string_equal(code_text(&(struct code){.kind = CODE_PTX, .arch = 120, .isa = 87}, text), "compute_120");
	assert_string_equal(code_text(&(struct code){.kind = CODE_LTO, .arch = 100, .suffix = 'f'}, text), "lto_100f");
	assert_string_equal(code_text(&(struct code){.kind = CODE_OTHER, .arch = UINT16_MAX}, text), "other_65535");
	assert_string_equal(code_text(&(struct code){.kind = CODE_SASS}, text), "sm_0");
}

static void code_is_ordered_by_kind_and_architecture(void **state)
{
	(void)state;
	struct code sass = {.kind = CODE_SASS, .arch = 90}, ptx = {.kind = CODE_PTX, .arch = 50, .isa = 80};
	struct code newer = sass, packed = sass, later = ptx;
	newer.suffix = 'a';
	packed.packed = CODE_LZ4;
	later.isa = 84;
	assert_int_equal(code_cmp(&sass, &ptx), -1);
	assert_int_equal(code_cmp(&ptx, &sass), 1);
	assert_int_equal(code_cmp(&sass, &newer), -1);
	assert_int_equal(code_cmp(&sass, &packed), -1);
	assert_int_equal(code_cmp(&ptx, &later), -1);
	assert_int_equal(code_cmp(&sass, &sass), 0);
}

static void nothing_is_freed_without_fault(void **state)
{
	(void)state;
	binary_free(NULL);
	AUTO(binary) struct binary *b = binary_new("/x.so");
	assert_string_equal(b->path, "/x.so");
	assert_int_equal(b->health, BINARY_WHOLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dotted_numbers_are_ordered_by_their_parts),
		cmocka_unit_test(the_highest_version_asked_for_is_found_by_prefix),
		cmocka_unit_test(symbols_of_torch_are_told_from_others),
		cmocka_unit_test(exports_are_found_by_name),
		cmocka_unit_test(code_has_the_names_of_nvcc),
		cmocka_unit_test(code_is_ordered_by_kind_and_architecture),
		cmocka_unit_test(nothing_is_freed_without_fault),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
