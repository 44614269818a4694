#include "probe/probe.h"

#include "base/file.h"
#include "base/str.h"
#include "probe/host/unpack.h"
#include "support/t.h"

static void assert_program(const struct blob host, unsigned char machine)
{
	assert_true(host.len > 10000);
	assert_true(host.len < 65536);
	assert_memory_equal(host.data, "\177ELF\2\1\1", 7);
	assert_int_equal((unsigned char)host.data[18], machine);
}

static void the_host_program_is_an_executable_for_its_architecture(void **state)
{
	(void)state;
	assert_program(probe_host("amd64"), 62);
	if (probe_host("arm64").len) /* there was a cross compiler */
		assert_program(probe_host("arm64"), 183);
	assert_int_equal(probe_host("riscv64").len, 0);
	assert_int_equal(probe_host("").len, 0);
}

static void the_universal_ptx_is_old_enough_for_every_driver(void **state)
{
	const struct blob ptx = probe_ptx();
	(void)state;
	assert_non_null(strstr(ptx.data, "\n.version 6.0\n.target sm_50\n.address_size 64\n"));
	for (int i = 0; i < 16; i++) {
		static const char *const values[] = {"f16", "bf16", "f32", "f64"};
		AUTO_TEXT char *entry = xasprintf(".visible .entry spmm_%s%s_%s(", i & 1 ? "long_" : "", values[i / 4],
						  i & 2 ? "i64" : "i32");
		assert_non_null(strstr(ptx.data, entry));
	}
}

/* unpack.h is the host program's, and has no use here but to be proved. */
static void the_universal_ptx_is_packed_in_the_host_program(void **state)
{
	struct err err = ERR_INIT;
	AUTO_BUF struct buf packed = BUF_INIT;
	const struct blob host = probe_host("amd64"), ptx = probe_ptx();
	(void)state;
	assert_int_equal(file_read(CUDABUILD_BUILD "/probe/spmm.lz4", 1 << 20, &packed, &err), 0);
	assert_non_null(memmem(host.data, host.len, packed.data, packed.len));
	AUTO_TEXT char *text = unpack((const unsigned char *)packed.data, packed.len);
	assert_non_null(text);
	assert_string_equal(text, ptx.data);
}

/* However its bytes are damaged, it ends, touches nothing that is not its own and says so or gives a text. */
static void damaged_packs_are_refused(void **state)
{
	static const unsigned char endless[] = {255, 255, 255, 0, 255, 255, 255},
				   early[] = {4, 0, 0, 0, 0x10, 'a', 2, 0},
				   sound[] = {7, 0, 0, 0, 0x32, 'a', 'b', 'c', 3, 0};
	(void)state;
	assert_null(unpack(endless, sizeof(endless)));
	assert_null(unpack(early, sizeof(early)));
	assert_null(unpack(sound, sizeof(sound)));
	for (size_t n = 0; n < sizeof(sound); n++)
		assert_null(unpack(sound, n));
	static const unsigned char whole[] = {9, 0, 0, 0, 0x32, 'a', 'b', 'c', 3, 0};
	AUTO_TEXT char *text = unpack(whole, sizeof(whole));
	assert_string_equal(text, "abcabcabc");
}

static void the_source_for_an_image_needs_no_header(void **state)
{
	const struct blob source = probe_cu();
	(void)state;
	assert_true(source.len > 1000);
	for (const char *at = source.data; (at = strstr(at, "#include")); at++)
		assert_memory_equal(at, "#include __FILE__\n", 18);
	assert_true(probe_smoke().len > 1000);
	assert_memory_equal(probe_smoke().data, "#!/usr/bin/env python3\n", 23);
}

static void assert_command(const struct probe_run *run, const char *want)
{
	AUTO_STRV struct strv argv = STRV_INIT;

	probe_argv(run, &argv);
	AUTO_TEXT char *line = strv_join(&argv, " ");
	assert_string_equal(line, want);
}

static void the_command_line_says_what_is_wanted(void **state)
{
	AUTO_STRV struct strv packages = STRV_INIT;
	(void)state;
	assert_command(&(struct probe_run){.dir = NULL},
		       "/cudabuild-probe/host --timeout=300 --module=/usr/local/share/cudabuild/probe.fatbin --look=/");
	assert_command(
		&(struct probe_run){
			.python = "python3", .cuda = "12.8", .timeout_s = 60, .host_tag = "a", .smoke_tag = "b"},
		"/cudabuild-probe/host --tag=a --timeout=60 --cuda=12.8 "
		"--module=/usr/local/share/cudabuild/probe.fatbin --look=/ -- "
		"python3 -B /cudabuild-probe/smoke.py --tag=b --timeout=60");
	strv_add(&packages, "torch");
	strv_add(&packages, "torch_sparse");
	assert_command(
		&(struct probe_run){.dir = "/p",
				    .no_libraries = true,
				    .python = "/opt/venv/bin/python",
				    .cuda = "cpu",
				    .timeout_s = 5,
				    .no_gpu = true,
				    .quick = true,
				    .no_image_module = true,
				    .packages = &packages},
		"/p/host --timeout=5 --no-gpu --quick -- /opt/venv/bin/python -B /p/smoke.py --timeout=5 --no-gpu "
		"--packages=torch,torch_sparse");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_program_is_an_executable_for_its_architecture),
		cmocka_unit_test(the_universal_ptx_is_old_enough_for_every_driver),
		cmocka_unit_test(the_universal_ptx_is_packed_in_the_host_program),
		cmocka_unit_test(damaged_packs_are_refused),
		cmocka_unit_test(the_source_for_an_image_needs_no_header),
		cmocka_unit_test(the_command_line_says_what_is_wanted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
