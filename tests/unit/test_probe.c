#include "probe/probe.h"

#include "support/t.h"

static void the_host_program_is_an_executable_for_amd64_alone(void **state)
{
	const struct blob host = probe_host("amd64");
	(void)state;
	assert_true(host.len > 10000);
	assert_memory_equal(host.data, "\177ELF\2\1\1", 7);
	assert_int_equal(probe_host("arm64").len, 0);
	assert_int_equal(probe_host("").len, 0);
}

static void the_universal_ptx_is_old_enough_for_every_driver(void **state)
{
	const struct blob ptx = probe_ptx();
	(void)state;
	assert_non_null(strstr(ptx.data, "\n.version 6.0\n.target sm_50\n.address_size 64\n"));
	for (int i = 0; i < 8; i++) {
		static const char *const values[] = {"f16", "bf16", "f32", "f64"};
		AUTO_TEXT char *entry = xasprintf(".visible .entry spmm_%s_%s(", values[i / 2], i % 2 ? "i64" : "i32");
		assert_non_null(strstr(ptx.data, entry));
	}
	assert_non_null(memmem(probe_host("amd64").data, probe_host("amd64").len, ptx.data, ptx.len));
}

static void the_source_for_an_image_needs_no_header(void **state)
{
	const struct blob source = probe_cu();
	(void)state;
	assert_true(source.len > 1000);
	assert_null(strstr(source.data, "#include"));
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
		       "/cudabuild-probe/host --timeout=300 --module=/usr/local/share/cudabuild/probe.fatbin");
	assert_command(
		&(struct probe_run){
			.python = "python3", .cuda = "12.8", .timeout_s = 60, .host_tag = "a", .smoke_tag = "b"},
		"/cudabuild-probe/host --tag=a --timeout=60 --cuda=12.8 "
		"--module=/usr/local/share/cudabuild/probe.fatbin -- "
		"python3 -B /cudabuild-probe/smoke.py --tag=b --timeout=60");
	strv_add(&packages, "torch");
	strv_add(&packages, "torch_sparse");
	assert_command(
		&(struct probe_run){.dir = "/p",
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
		cmocka_unit_test(the_host_program_is_an_executable_for_amd64_alone),
		cmocka_unit_test(the_universal_ptx_is_old_enough_for_every_driver),
		cmocka_unit_test(the_source_for_an_image_needs_no_header),
		cmocka_unit_test(the_command_line_says_what_is_wanted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
