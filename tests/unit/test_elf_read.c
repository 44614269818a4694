#include "inspect/elf_read.h"

#include "base/file.h"
#include "support/elfmaker.h"
#include "support/t.h"

#include <fcntl.h>
#include <unistd.h>

#define RETURNS_12040 "\xf3\x0f\x1e\xfa\xb8\x08\x2f\x00\x00\xc3      "

/* Reads made bytes as a file of that path; what binary_read() returned. */
static int read_bytes(const struct buf *bytes, const char *path, struct binary **ret)
{
	struct err err = ERR_INIT;
	AUTO_FD int fd = made_file(bytes);
	int rc = binary_read(fd, path, ret, &err);
	assert_int_equal(err.kind, ERR_NONE);
	return rc;
}

static struct binary *read_made(const struct made_elf *m, const char *path)
{
	AUTO_BUF struct buf bytes = BUF_INIT;
	struct binary *b = NULL;
	make_elf(m, &bytes, NULL);
	assert_int_equal(read_bytes(&bytes, path, &b), 0);
	return b;
}

static const struct made_elf extension = {
	.soname = "_spmm_cuda.so",
	.rpath = "$ORIGIN/../torch/lib",
	.needed = {"libc10.so", "libtorch_cpu.so", "libcudart-80664282.so.12", "libc.so.6"},
	.symbols = {{.name = "_ZN3c106detail14torchCheckFailEPKcS2_jRKNSt7__cxx1112basic_stringIcSt11char_"
			     "traitsIcESaIcEEE"},
		    {.name = "_ZN2at4_ops3add4callERKNS_6TensorE"},
		    {.name = "_ZN2at4weakEv", .weak = true},
		    {.name = "cudaLaunchKernel", .file = "libcudart-80664282.so.12", .version = "libcudart.so.12"},
		    {.name = "__cudaGetKernel", .file = "libcudart-80664282.so.12", .version = "libcudart.so.12"},
		    {.name = "memcpy", .file = "libc.so.6", .version = "GLIBC_2.14"},
		    {.name = "stat", .file = "libc.so.6", .version = "GLIBC_2.33"},
		    {.name = "_ZN6sparse12cuda_versionEv", .defined = true},
		    {.name = "_Z9spmm_cudaN2at6TensorES0_", .defined = true, .at = 16},
		    {.name = "_Z6hiddenN2at6TensorE", .defined = true, .hidden = true, .at = 16}},
	.n_symbols = 10,
	.text = {.data = RETURNS_12040, .len = 16},
};

static void an_extension_says_what_it_asks_for_and_offers(void **state)
{
	(void)state;
	AUTO(binary) struct binary *b = read_made(&extension, "/site/torch_sparse/_spmm_cuda.so");
	assert_int_equal(b->health, BINARY_WHOLE);
	assert_null(b->fault);
	assert_string_equal(b->path, "/site/torch_sparse/_spmm_cuda.so");
	assert_int_equal(b->machine, BINARY_X86_64);
	assert_true(b->is64);
	assert_true(b->is_library);
	assert_string_equal(b->soname, "_spmm_cuda.so");
	assert_string_equal(b->rpath, "$ORIGIN/../torch/lib");
	assert_null(b->runpath);
	assert_int_equal(b->needed.n, 4);
	assert_string_equal(b->needed.v[2], "libcudart-80664282.so.12");
	assert_int_equal(b->n_demands, 3);
	assert_string_equal(b->demands[0].file, "libcudart-80664282.so.12");
	assert_string_equal(b->demands[0].version, "libcudart.so.12");
	assert_string_equal(binary_demands(b, "GLIBC_"), "2.33");
}

static void its_symbols_of_torch_are_kept(void **state)
{
	(void)state;
	AUTO(binary) struct binary *b = read_made(&extension, "/x.so");
	assert_int_equal(b->imports.n, 2);
	assert_string_equal(b->imports.v[0], "_ZN2at4_ops3add4callERKNS_6TensorE");
	assert_int_equal(b->n_shims, 0);
	assert_int_equal(b->n_exports, 1);
	assert_true(binary_exports(b, "_Z9spmm_cudaN2at6TensorES0_"));
	assert_false(binary_exports(b, "_Z6hiddenN2at6TensorE"));
	assert_int_equal(b->abi, BINARY_ABI_NEW);
	assert_string_equal(b->abi_symbol, b->imports.v[1]);
}

static void its_cuda_shows_in_function_runtime_and_launch(void **state)
{
	(void)state;
	AUTO(binary) struct binary *b = read_made(&extension, "/x.so");
	assert_string_equal(b->cuda.function, "_ZN6sparse12cuda_versionEv");
	assert_int_equal(b->cuda.version, 12040);
	assert_string_equal(b->cuda.runtime, "libcudart.so.12");
	assert_true(b->cuda.launches_by_kernel);
	assert_false(b->cuda.runtime_static);
	assert_int_equal(b->n_groups, 0);
}

static void it_reads_the_same_by_a_gnu_hash_table_and_without_sections(void **state)
{
	(void)state;
	struct made_elf m = extension;
	m.gnu_hash = true;
	m.no_sections = true;
	AUTO(binary) struct binary *b = read_made(&m, "/x.so");
	assert_int_equal(b->health, BINARY_WHOLE);
	assert_int_equal(b->imports.n, 2);
	assert_int_equal(b->n_exports, 1);
	assert_int_equal(b->cuda.version, 12040);
	m.gnu_hash = false;
	AUTO(binary) struct binary *again = read_made(&m, "/x.so");
	assert_int_equal(again->imports.n, 2);
}

static void a_library_of_the_system_defines_versions(void **state)
{
	(void)state;
	const struct made_elf m = {.soname = "libc.so.6",
				   .symbols = {{.name = "memcpy", .version = "GLIBC_2.14", .defined = true},
					       {.name = "stat", .version = "GLIBC_2.33", .defined = true}},
				   .n_symbols = 2,
				   .no_default_dirs = true,
				   .runpath = "/opt/lib"};
	AUTO(binary) struct binary *b = read_made(&m, "/lib/libc.so.6");
	assert_int_equal(b->versions.n, 2);
	assert_string_equal(binary_defines(b, "GLIBC_"), "2.33");
	assert_true(b->no_default_dirs);
	assert_string_equal(b->runpath, "/opt/lib");
	assert_int_equal(b->abi, BINARY_ABI_UNSEEN);
}

static void an_old_string_shows_the_old_abi_and_both_show_both(void **state)
{
	(void)state;
	struct made_elf m = {.symbols = {{.name = "_ZN3c106detail14torchCheckFailEPKcS2_jRKSs"}}, .n_symbols = 1};
	AUTO(binary) struct binary *old = read_made(&m, "/x.so");
	assert_int_equal(old->abi, BINARY_ABI_OLD);
	m.symbols[1].name = "_ZN3c104fromENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE";
	m.n_symbols = 2;
	AUTO(binary) struct binary *both = read_made(&m, "/x.so");
	assert_int_equal(both->abi, BINARY_ABI_BOTH);
	/* What is imported counts, not what is defined. */
	m.symbols[1].defined = true;
	AUTO(binary) struct binary *import = read_made(&m, "/x.so");
	assert_int_equal(import->abi, BINARY_ABI_OLD);
	m.symbols[0].defined = m.symbols[1].defined = true;
	m.n_symbols = 1;
	AUTO(binary) struct binary *export = read_made(&m, "/x.so");
	assert_int_equal(export->abi, BINARY_ABI_OLD);
}

static void the_stable_interface_is_counted(void **state)
{
	(void)state;
	const struct made_elf m = {.symbols = {{.name = "aoti_torch_get_dim"}, {.name = "torch_call_dispatcher"}},
				   .n_symbols = 2};
	AUTO(binary) struct binary *b = read_made(&m, "/x.so");
	assert_int_equal(b->imports.n, 2);
	assert_int_equal(b->n_shims, 2);
}

static void a_cpu_build_returns_minus_one(void **state)
{
	(void)state;
	const struct made_elf m = {.symbols = {{.name = "_Z12cuda_versionv", .defined = true}},
				   .n_symbols = 1,
				   .text = {.data = "\x48\xc7\xc0\xff\xff\xff\xff\xc3", .len = 8}};
	AUTO(binary) struct binary *b = read_made(&m, "/x.so");
	assert_int_equal(b->cuda.version, -1);
	struct made_elf other = m;
	other.text = (struct blob){.data = "\xff\x25 jump ", .len = 8};
	AUTO(binary) struct binary *odd = read_made(&other, "/x.so");
	assert_string_equal(odd->cuda.function, "_Z12cuda_versionv");
	assert_int_equal(odd->cuda.version, 0);
	struct made_elf arm = m;
	arm.machine = MADE_AARCH64;
	arm.text = (struct blob){.data = "\x00\xe1\x85\xd2\xc0\x03\x5f\xd6", .len = 8};
	AUTO(binary) struct binary *far = read_made(&arm, "/x.so");
	assert_int_equal(far->machine, BINARY_AARCH64);
	assert_int_equal(far->cuda.version, 12040);
}

static void device_code_is_found_with_and_without_sections(void **state)
{
	(void)state;
	AUTO_BUF struct buf fatbin = BUF_INIT;
	const struct made_code codes[] = {{.kind = 2, .arch = 80}, {.kind = 1, .arch = 80, .isa = 84}};
	make_fatbin(codes, 2, &fatbin);
	make_fatbin(codes, 2, &fatbin);
	struct made_elf m = extension;
	m.fatbin = (struct blob){.data = fatbin.data, .len = fatbin.len};
	for (int i = 0; i < 2; i++) {
		m.no_sections = i == 1;
		AUTO(binary) struct binary *b = read_made(&m, "/x.so");
		assert_int_equal(b->health, BINARY_WHOLE);
		assert_int_equal(b->n_groups, 1);
		assert_int_equal(b->groups[0].containers, 2);
		assert_int_equal(b->groups[0].n_codes, 2);
		assert_int_equal(b->cuda.isa_high, 84);
	}
}

static void a_runtime_that_is_linked_in_shows_by_its_texts(void **state)
{
	(void)state;
	AUTO_BUF struct buf fatbin = BUF_INIT;
	const struct made_code one[] = {{.kind = 2, .arch = 80}};
	make_fatbin(one, 1, &fatbin);
	static const char texts[] = "libcuda.so.1\0CUDA driver version is insufficient for CUDA runtime version";
	struct made_elf m = {.fatbin = {.data = fatbin.data, .len = fatbin.len},
			     .data = {.data = texts, .len = sizeof(texts)}};
	AUTO(binary) struct binary *b = read_made(&m, "/x.so");
	assert_true(b->cuda.runtime_static);
	m.needed[0] = "libcudart.so.12";
	AUTO(binary) struct binary *dynamic = read_made(&m, "/x.so");
	assert_false(dynamic->cuda.runtime_static);
	m.needed[0] = NULL;
	m.soname = "libcudart.so.12";
	AUTO(binary) struct binary *itself = read_made(&m, "/x.so");
	assert_false(itself->cuda.runtime_static);
}

static void torch_s_own_list_of_architectures_is_found(void **state)
{
	(void)state;
	static const char texts[] = "x\0sm_70\0sm_50 sm_80 compute_80\0sm_90 is one\0sm_ sm_\0";
	const struct made_elf m = {.data = {.data = texts, .len = sizeof(texts)}};
	AUTO(binary) struct binary *b = read_made(&m, "/x/libtorch_python.so");
	assert_string_equal(b->cuda.torch_archs, "sm_50 sm_80 compute_80");
	AUTO(binary) struct binary *other = read_made(&m, "/x/libother.so");
	assert_null(other->cuda.torch_archs);
}

static void a_program_is_no_library(void **state)
{
	(void)state;
	const struct made_elf m = {.program = true, .needed = {"libc.so.6"}};
	AUTO(binary) struct binary *b = read_made(&m, "/usr/bin/python3");
	assert_string_equal(b->interp, "/lib64/ld-linux-x86-64.so.2");
	assert_false(b->is_library);
}

static void what_is_no_elf_file_is_an_answer(void **state)
{
	(void)state;
	static const char *const texts[] = {"", "\177ELF", "#!/bin/sh\n", "!<arch>\n"};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO_BUF struct buf bytes = BUF_INIT;
		struct binary *b = NULL;
		buf_adds(&bytes, texts[i]);
		assert_int_equal(read_bytes(&bytes, "/x", &b), 1);
		assert_null(b);
	}
}

static void a_file_cut_short_is_said_to_be(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	struct made_at at;
	make_elf(&extension, &bytes, &at);
	static const char due[] = "shorter than its headers say";
	buf_cut(&bytes, (size_t)at.sections + 10);
	AUTO(binary) struct binary *b = NULL;
	assert_int_equal(read_bytes(&bytes, "/x.so", &b), 0);
	assert_int_equal(b->health, BINARY_CUT);
	assert_string_equal(b->fault, due);
	assert_int_equal(b->imports.n, 2); /* the loader would not have missed the sections */
	buf_cut(&bytes, (size_t)at.strings + 10);
	AUTO(binary) struct binary *shorter = NULL;
	assert_int_equal(read_bytes(&bytes, "/x.so", &shorter), 0);
	assert_int_equal(shorter->health, BINARY_CUT);
	assert_int_equal(shorter->needed.n, 0);
}

static void tables_that_point_elsewhere_are_named(void **state)
{
	(void)state;
	AUTO_BUF struct buf bytes = BUF_INIT;
	struct made_at at;
	struct made_elf m = {.needed = {"libc.so.6"}};
	make_elf(&m, &bytes, &at);
	bytes.data[at.dynamic + 8 + 2] = 1; /* the name of the first NEEDED */
	AUTO(binary) struct binary *b = NULL;
	assert_int_equal(read_bytes(&bytes, "/x.so", &b), 0);
	assert_int_equal(b->health, BINARY_BROKEN);
	assert_string_equal(b->fault, "a dynamic entry names no text");
	assert_int_equal(b->needed.n, 0);
}

static void texts_longer_than_any_in_use_are_not_taken(void **state)
{
	(void)state;
	AUTO_BUF struct buf name = BUF_INIT;
	buf_repeat(&name, "lib/", 1200);
	struct made_elf m = {.needed = {"libc.so.6", buf_text(&name), "libm.so.6"}};
	AUTO(binary) struct binary *b = read_made(&m, "/x.so");
	assert_int_equal(b->health, BINARY_BROKEN);
	assert_string_equal(b->fault, "a text in it is longer than any in use");
	assert_int_equal(b->needed.n, 1);
	buf_repeat(&name, "lib/", 4000);
	m = (struct made_elf){
		.symbols = {{.name = "_ZN2at3oneEv"}, {.name = buf_text(&name)}, {.name = "_ZN2at3twoEv"}},
		.n_symbols = 3};
	AUTO(binary) struct binary *symbols = read_made(&m, "/x.so");
	assert_int_equal(symbols->health, BINARY_BROKEN);
	assert_string_equal(symbols->fault, "its symbols' names are longer than any in use");
	assert_int_equal(symbols->imports.n, 1);
}

static void a_file_of_another_machine_says_so(void **state)
{
	(void)state;
	struct made_elf m = extension;
	m.machine = 243;
	AUTO(binary) struct binary *b = read_made(&m, "/x.so");
	assert_int_equal(b->machine, BINARY_OTHER);
	assert_int_equal(b->cuda.version, 0);
	assert_int_equal(b->needed.n, 4);
}

static void a_file_that_cannot_be_read_is_an_error(void **state)
{
	(void)state;
	struct err err = ERR_INIT;
	int ends[2];
	struct binary *b = NULL;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(binary_read(ends[0], "/x.so", &b, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, "'/x.so': read an ELF file: Illegal seek");
	(void)close(ends[0]);
	(void)close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_extension_says_what_it_asks_for_and_offers),
		cmocka_unit_test(its_symbols_of_torch_are_kept),
		cmocka_unit_test(its_cuda_shows_in_function_runtime_and_launch),
		cmocka_unit_test(it_reads_the_same_by_a_gnu_hash_table_and_without_sections),
		cmocka_unit_test(a_library_of_the_system_defines_versions),
		cmocka_unit_test(an_old_string_shows_the_old_abi_and_both_show_both),
		cmocka_unit_test(the_stable_interface_is_counted),
		cmocka_unit_test(a_cpu_build_returns_minus_one),
		cmocka_unit_test(device_code_is_found_with_and_without_sections),
		cmocka_unit_test(a_runtime_that_is_linked_in_shows_by_its_texts),
		cmocka_unit_test(torch_s_own_list_of_architectures_is_found),
		cmocka_unit_test(a_program_is_no_library),
		cmocka_unit_test(what_is_no_elf_file_is_an_answer),
		cmocka_unit_test(a_file_cut_short_is_said_to_be),
		cmocka_unit_test(tables_that_point_elsewhere_are_named),
		cmocka_unit_test(texts_longer_than_any_in_use_are_not_taken),
		cmocka_unit_test(a_file_of_another_machine_says_so),
		cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
