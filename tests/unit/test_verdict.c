#include "model/verdict.h"

#include "base/str.h"
#include "support/t.h"

#define HOST  "{\"cudabuild\": 1, \"from\": \"host\", "
#define SMOKE "{\"cudabuild\": 1, \"from\": \"smoke\", "

static struct verdict *parsed(const char *text)
{
	struct err err = ERR_INIT;
	struct verdict *v = NULL;

	assert_int_equal(verdict_parse(blob_text("the probe", text), NULL, &v, &err), 0);
	assert_int_equal(err.kind, ERR_NONE);
	return v;
}

static void a_row_keeps_all_that_was_said(void **state)
{
	AUTO(verdict)
	struct verdict *v =
		parsed(HOST "\"id\": \"gpu.spmm.ptx.f32.i32\", \"status\": \"fail\", \"code\": \"wrong-result\", "
			    "\"expected\": \"a\", "
			    "\"found\": \"b\", \"file\": \"c\", \"hint\": \"d\", \"device\": 3, \"ms\": 17}\n");
	(void)state;
	assert_int_equal(v->n_rows, 1);
	assert_string_equal(v->rows[0].id, "gpu.spmm.ptx.f32.i32");
	assert_int_equal(v->rows[0].status, VERDICT_FAIL);
	assert_string_equal(v->rows[0].code, "wrong-result");
	assert_string_equal(v->rows[0].expected, "a");
	assert_string_equal(v->rows[0].found, "b");
	assert_string_equal(v->rows[0].file, "c");
	assert_string_equal(v->rows[0].hint, "d");
	assert_int_equal(v->rows[0].device, 3);
	assert_int_equal(v->rows[0].ms, 17);
}

static void a_row_that_says_little_has_nothing_else(void **state)
{
	AUTO(verdict) struct verdict *v = parsed(SMOKE "\"id\": \"cpu.torch\", \"status\": \"pass\"}");
	(void)state;
	assert_int_equal(v->n_rows, 1);
	assert_null(v->rows[0].code);
	assert_null(v->rows[0].found);
	assert_int_equal(v->rows[0].device, -1);
	assert_int_equal(v->rows[0].ms, 0);
	assert_false(v->smoke_ended);
	assert_false(v->host_ended);
}

static void every_status_is_read_and_named(void **state)
{
	static const char *const names[] = {"pass", "fail", "warn", "skip", "error", "info"};
	(void)state;
	for (int i = 0; i < VERDICT__MAX; i++) {
		AUTO_TEXT char *line = xasprintf(HOST "\"id\": \"x\", \"status\": \"%s\"}\n", names[i]);
		AUTO(verdict) struct verdict *v = parsed(line);
		assert_int_equal(v->rows[0].status, i);
		assert_string_equal(verdict_status_name((enum verdict_status)i), names[i]);
	}
}

static void devices_packages_runtimes_and_facts_are_values(void **state)
{
	AUTO(verdict)
	struct verdict *v = parsed(
		HOST
		"\"driver_cuda\": \"13.0\", \"driver\": \"580.65.06\", \"libcuda\": \"/x\"}\n" HOST
		"\"device\": 1, \"name\": \"NVIDIA H200\", \"compute\": \"9.0\", \"uuid\": \"GPU-1\"}\n" HOST
		"\"device\": 1, \"ran\": true}\n" HOST "\"end\": true}\n" SMOKE "\"python\": \"3.11.7\"}\n" SMOKE
		"\"at\": \"import torch\"}\n" SMOKE
		"\"package\": \"torch\", \"version\": \"2.8.0+cu128\", \"path\": \"/t\", \"cuda\": \"12.8\"}\n" SMOKE
		"\"runtime\": \"libcudart.so.12\", \"path\": \"/b\"}\n" SMOKE
		"\"runtime\": \"libcublas.so.12\", \"path\": \"/a\"}\n" SMOKE "\"end\": true}\n");
	(void)state;
	assert_string_equal(v->driver_cuda, "13.0");
	assert_string_equal(v->driver, "580.65.06");
	assert_int_equal(v->n_devices, 1);
	assert_int_equal(v->devices[0].index, 1);
	assert_string_equal(v->devices[0].name, "NVIDIA H200");
	assert_string_equal(v->devices[0].uuid, "GPU-1");
	assert_int_equal(v->devices[0].major, 9);
	assert_int_equal(v->devices[0].minor, 0);
	assert_true(v->devices[0].ran);
	assert_string_equal(v->python, "3.11.7");
	assert_string_equal(v->smoke_at, "import torch");
	assert_string_equal(verdict_find_package(v, "torch")->cuda, "12.8");
	assert_null(verdict_find_package(v, "torch_sparse"));
	assert_int_equal(v->runtimes.n, 2);
	assert_string_equal(v->runtimes.v[0], "libcublas.so.12 /a");
	assert_string_equal(v->runtimes.v[1], "libcudart.so.12 /b");
	assert_true(v->host_ended);
	assert_true(v->smoke_ended);
	assert_int_equal(v->dropped, 0);
	assert_int_equal(v->noise.n, 0);
}

static void why_no_gpu_was_probed_is_kept(void **state)
{
	AUTO(verdict)
	struct verdict *v = parsed(
		HOST "\"id\": \"gpu.driver\", \"status\": \"skip\", \"code\": \"no-driver\", \"found\": \"none\"}\n");
	(void)state;
	assert_string_equal(v->gpu_code, "no-driver");
	assert_string_equal(v->gpu_found, "none");
}

static void noise_is_kept_as_a_printable_tail(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	for (int i = 0; i < 30; i++)
		buf_addf(&text, "line %d\n", i);
	buf_adds(&text, "\x1b[31mred\n\n{\"other\": 1}\n" HOST "\"end\": true}\n");
	AUTO(verdict) struct verdict *v = parsed(buf_text(&text));
	assert_int_equal(v->noise.n, 20);
	assert_string_equal(v->noise.v[0], "line 12");
	assert_null(strchr(v->noise.v[18], '\x1b'));
	assert_string_equal(v->noise.v[19], "{\"other\": 1}");
	assert_true(v->host_ended);
	assert_int_equal(v->dropped, 0);
}

static void a_line_behind_other_output_counts(void **state)
{
	AUTO(verdict) struct verdict *v = parsed("Loading... " SMOKE "\"end\": true}\n");
	(void)state;
	assert_true(v->smoke_ended);
}

static void damaged_and_strange_lines_are_dropped_and_counted(void **state)
{
	static const char *const lines[] = {
		HOST "\"id\": \"x\", \"sta",				    /* cut */
		HOST "\"id\": \"x\"}",					    /* no status */
		HOST "\"id\": \"x\", \"status\": \"great\"}",		    /* unknown status */
		HOST "\"id\": \"\", \"status\": \"pass\"}",		    /* no name */
		HOST "\"id\": 5, \"status\": \"pass\"}",		    /* a number for a text */
		"{\"cudabuild\": 1, \"from\": \"else\", \"end\": true}",    /* from nobody */
		"{\"cudabuild\": 12, \"from\": \"host\", \"end\": true}",   /* another version */
		HOST "\"device\": 0, \"compute\": \"nine\"}",		    /* no capability */
		HOST "\"device\": 99, \"compute\": \"9.0\"}",		    /* over the limit */
		HOST "\"device\": -1, \"compute\": \"9.0\"}",		    /* below it */
		HOST "\"device\": 0, \"ran\": true}",			    /* a device that was never named */
		SMOKE "\"package\": \"\"}",				    /* no name */
		HOST "\"frob\": 1}",					    /* nothing known */
		HOST "\"id\": \"x\", \"id\": \"y\", \"status\": \"pass\"}", /* twice */
		HOST "\"id\": \"x\\u0000y\", \"status\": \"pass\"}",	    /* NUL */
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		AUTO_TEXT char *text = xasprintf("%s\n" HOST "\"end\": true}\n", lines[i]);
		AUTO(verdict) struct verdict *v = parsed(text);
		if (v->dropped != 1 || v->n_rows || v->n_devices || v->n_packages)
			fail_msg("line %zu: %s", i, lines[i]);
	}
}

static void a_package_named_twice_keeps_its_first_line(void **state)
{
	AUTO(verdict)
	struct verdict *v = parsed(SMOKE "\"package\": \"torch\", \"version\": \"1\"}\n" SMOKE
					 "\"package\": \"torch\", \"version\": \"2\"}\n");
	(void)state;
	assert_int_equal(v->n_packages, 1);
	assert_string_equal(v->packages[0].version, "1");
	assert_int_equal(v->dropped, 1);
}

static void texts_are_cut_and_made_printable(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	(void)state;
	buf_adds(&text, HOST "\"id\": \"x\", \"status\": \"pass\", \"hint\": \"a\\u001b[2Jb\\nc\", \"found\": \"");
	buf_repeat(&text, "y", 5000);
	buf_adds(&text, "\"}\n");
	AUTO(verdict) struct verdict *v = parsed(buf_text(&text));
	assert_int_equal(v->n_rows, 1);
	assert_true(strlen(v->rows[0].found) <= 1024);
	assert_null(strchr(v->rows[0].hint, '\x1b'));
	assert_null(strchr(v->rows[0].hint, '\n'));
}

static void what_is_over_a_limit_is_counted_not_kept(void **state)
{
	AUTO_BUF struct buf many = BUF_INIT, wide = BUF_INIT;
	(void)state;
	for (int i = 0; i < 4100; i++)
		buf_adds(&many, HOST "\"id\": \"x\", \"status\": \"pass\"}\n");
	AUTO(verdict) struct verdict *v = parsed(buf_text(&many));
	assert_int_equal(v->n_rows, 4096);
	assert_int_equal(v->dropped, 4);
	buf_adds(&wide, HOST "\"end\": true}\n" HOST "\"id\": \"x\", \"status\": \"pass\", \"hint\": \"");
	buf_repeat(&wide, "y", 20000);
	buf_adds(&wide, "\"}\n");
	AUTO(verdict) struct verdict *w = parsed(buf_text(&wide));
	assert_int_equal(w->n_rows, 0);
	assert_int_equal(w->dropped, 1);
}

static void output_without_a_line_of_ours_is_input_error_with_the_noise(void **state)
{
	struct err err = ERR_INIT;
	struct verdict *v = NULL;
	(void)state;
	assert_int_equal(verdict_parse(blob_text("the probe", "exec format error\n"), NULL, &v, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "the probe: the probe said nothing");
	assert_string_equal(err.detail, "exec format error");
	assert_null(v);
	err_clear(&err);
	assert_int_equal(verdict_parse(blob_text("the probe", ""), NULL, &v, &err), -1);
	assert_null(err.detail);
	err_clear(&err);
}

static void lines_with_a_wrong_tag_or_none_are_forged_and_say_nothing(void **state)
{
	static const char said[] = HOST "\"tag\": \"h\", \"id\": \"a\", \"status\": \"pass\"}\n" SMOKE
					"\"tag\": \"s\", \"id\": \"b\", \"status\": \"pass\"}\n" HOST
					"\"tag\": \"s\", \"id\": \"gpu.spmm\", \"status\": \"pass\"}\n" SMOKE
					"\"end\": true}\n" HOST "\"tag\": \"\", \"device\": 0, \"ran\": true}\n";
	const struct verdict_tags tags = {.host = "h", .smoke = "s"};
	AUTO(verdict) struct verdict *v = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(verdict_parse(blob_text("the probe", said), &tags, &v, &err), 0);
	assert_int_equal(v->n_rows, 2);
	assert_string_equal(v->rows[0].id, "a");
	assert_string_equal(v->rows[1].id, "b");
	assert_int_equal(v->n_devices, 0);
	assert_false(v->smoke_ended);
	assert_int_equal(v->forged, 3);
	assert_int_equal(v->dropped, 0);
}

static void nothing_but_forged_lines_is_no_verdict(void **state)
{
	const struct verdict_tags tags = {.host = "h", .smoke = "s"};
	AUTO(verdict) struct verdict *v = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(verdict_parse(blob_text("the probe", HOST "\"end\": true}\n"), &tags, &v, &err), -1);
	assert_string_equal(err.text, "the probe: the probe said nothing");
	err_clear(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_keeps_all_that_was_said),
		cmocka_unit_test(a_row_that_says_little_has_nothing_else),
		cmocka_unit_test(every_status_is_read_and_named),
		cmocka_unit_test(devices_packages_runtimes_and_facts_are_values),
		cmocka_unit_test(why_no_gpu_was_probed_is_kept),
		cmocka_unit_test(noise_is_kept_as_a_printable_tail),
		cmocka_unit_test(a_line_behind_other_output_counts),
		cmocka_unit_test(damaged_and_strange_lines_are_dropped_and_counted),
		cmocka_unit_test(a_package_named_twice_keeps_its_first_line),
		cmocka_unit_test(texts_are_cut_and_made_printable),
		cmocka_unit_test(what_is_over_a_limit_is_counted_not_kept),
		cmocka_unit_test(lines_with_a_wrong_tag_or_none_are_forged_and_say_nothing),
		cmocka_unit_test(nothing_but_forged_lines_is_no_verdict),
		cmocka_unit_test(output_without_a_line_of_ours_is_input_error_with_the_noise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
