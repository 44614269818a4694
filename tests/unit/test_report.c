#include "model/report.h"

#include "base/str.h"
#include "support/t.h"

static struct report *sample(void)
{
	struct report *r = report_new("cu128");

	r->image = xstrdup("gnn:cu128");
	(void)report_add_full(r, "import.torch", REPORT_PASS, NULL, NULL, "2.7.1", NULL);
	(void)report_add_full(r, "cuda", REPORT_FAIL, "cuda-major-mismatch", "12.8", "11\033[2J.8", "one CUDA for all");
	(void)report_add_full(r, "gpu.driver", REPORT_SKIP, "not-asked", NULL, "no GPU", NULL);
	(void)report_add_target(r, "dgx", TARGET_FAIL, LEVEL_CONTAINER, "another CUDA");
	(void)report_add_package(r, "torch", "2.7.1", "/opt/venv", "12.8");
	return r;
}

static void text_shows_what_is_wrong_and_what_was_skipped(void **state)
{
	AUTO(report) struct report *r = sample();
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	report_text(r, false, false, &out);
	assert_string_equal(buf_text(&out), "cu128 (gnn:cu128)\n"
					    "  fail  cuda [cuda-major-mismatch]\n"
					    "        expected  12.8\n"
					    "        found     11?[2J.8\n"
					    "        hint      one CUDA for all\n"
					    "  skip  gpu.driver [not-asked]: no GPU\n"
					    "  torch 2.7.1, CUDA 12.8\n"
					    "  target dgx: fail (container): another CUDA\n"
					    "cu128: fail (1 pass, 1 fail, 0 warn, 1 skip, 0 error); skipped: no GPU\n");
}

static void verbose_text_shows_passing_rows_and_colour_the_status(void **state)
{
	AUTO(report) struct report *r = report_new("v");
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	(void)report_add_full(r, "import.torch", REPORT_PASS, NULL, NULL, "2.7.1", NULL);
	report_text(r, true, true, &out);
	assert_string_equal(buf_text(&out), "v\n"
					    "  \033[32mpass \033[0m import.torch: 2.7.1\n"
					    "v: \033[32mpass\033[0m (1 pass, 0 fail, 0 warn, 0 skip, 0 error)\n");
}

static void json_counts_all_reports_in_its_summary(void **state)
{
	AUTO(report) struct report *a = sample();
	AUTO(report) struct report *b = sample();
	const struct report *const both[] = {a, b};
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	report_json(both, 2, &out);
	assert_non_null(strstr(buf_text(&out), "\"schema\": 1"));
	assert_non_null(strstr(buf_text(&out), "\"code\": \"cuda-major-mismatch\""));
	assert_non_null(strstr(buf_text(&out), "\"verdict\": \"fail\""));
	assert_non_null(strstr(buf_text(&out), "\"fail\": 2"));
	assert_non_null(strstr(buf_text(&out), "\"skip\": 2"));
}

static void json_is_flat_and_each_row_names_its_report(void **state)
{
	AUTO(report) struct report *a = report_new("one");
	const struct report *const all[] = {a};
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	(void)report_add_full(a, "cuda", REPORT_PASS, NULL, NULL, "12.8", NULL);
	a->source = xstrdup("folder");
	a->files = 2;
	a->size = 30;
	report_add_size(&a->layers, "sha256:aa", "COPY . .", 20);
	report_add_size(&a->sizes, "torch", NULL, 10);
	report_json(all, 1, &out);
	assert_string_equal(buf_text(&out), "{\n"
					    "  \"checks\": [\n"
					    "    {\n"
					    "      \"code\": null,\n"
					    "      \"expected\": null,\n"
					    "      \"fault\": null,\n"
					    "      \"file\": null,\n"
					    "      \"found\": \"12.8\",\n"
					    "      \"hint\": null,\n"
					    "      \"id\": \"cuda\",\n"
					    "      \"level\": \"static\",\n"
					    "      \"ms\": 0,\n"
					    "      \"status\": \"pass\",\n"
					    "      \"subject\": \"one\"\n"
					    "    }\n"
					    "  ],\n"
					    "  \"images\": [\n"
					    "    {\n"
					    "      \"files\": 2,\n"
					    "      \"image\": null,\n"
					    "      \"layers\": [\n"
					    "        {\n"
					    "          \"made_by\": \"COPY . .\",\n"
					    "          \"name\": \"sha256:aa\",\n"
					    "          \"size\": 20\n"
					    "        }\n"
					    "      ],\n"
					    "      \"size\": 30,\n"
					    "      \"sizes\": [\n"
					    "        {\n"
					    "          \"name\": \"torch\",\n"
					    "          \"size\": 10\n"
					    "        }\n"
					    "      ],\n"
					    "      \"source\": \"folder\",\n"
					    "      \"subject\": \"one\",\n"
					    "      \"summary\": {\n"
					    "        \"error\": 0,\n"
					    "        \"fail\": 0,\n"
					    "        \"pass\": 1,\n"
					    "        \"skip\": 0,\n"
					    "        \"warn\": 0\n"
					    "      },\n"
					    "      \"verdict\": \"pass\"\n"
					    "    }\n"
					    "  ],\n"
					    "  \"packages\": [],\n"
					    "  \"schema\": 1,\n"
					    "  \"summary\": {\n"
					    "    \"error\": 0,\n"
					    "    \"fail\": 0,\n"
					    "    \"pass\": 1,\n"
					    "    \"skip\": 0,\n"
					    "    \"warn\": 0\n"
					    "  },\n"
					    "  \"targets\": []\n"
					    "}\n");
}

static void a_fail_decides_before_an_error_and_an_error_by_its_cause(void **state)
{
	AUTO(report) struct report *r = report_new("v");
	(void)state;
	assert_int_equal(report_exit_code(r), 0);
	assert_string_equal(report_verdict(r), "pass");
	(void)report_add_full(r, "w", REPORT_WARN, NULL, NULL, NULL, NULL);
	assert_int_equal(report_exit_code(r), 0);
	(void)report_add_error(r, "gpu", ERR_MISSING, "no device", NULL);
	(void)report_add_error(r, "engine", ERR_ENGINE, "gone", NULL);
	assert_int_equal(report_exit_code(r), 6);
	assert_string_equal(report_verdict(r), "error");
	(void)report_add_full(r, "f", REPORT_FAIL, NULL, NULL, NULL, NULL);
	assert_int_equal(report_exit_code(r), 1);
	assert_string_equal(report_verdict(r), "fail");
}

static void what_is_read_back_is_what_was_written(void **state)
{
	AUTO(report) struct report *a = sample();
	AUTO(report) struct report *b = NULL;
	const struct report *one = a;
	AUTO_BUF struct buf out = BUF_INIT, again = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	a->level = LEVEL_CONTAINER;
	(void)report_add_full(a, "gpu.spmm", REPORT_PASS, NULL, "a", "b", "c");
	(void)report_add_error(a, "engine", ERR_ENGINE, "gone", NULL);
	a->source = xstrdup("engine x");
	a->files = 3;
	a->size = 7;
	report_add_size(&a->layers, "l", "RUN x", 4);
	report_add_size(&a->sizes, "torch", NULL, 3);
	strv_add(&a->packages[0].archs, "sm_90");
	report_json(&one, 1, &out);
	assert_int_equal(report_parse(buf_blob(&out, "r"), &b, &err), 0);
	assert_int_equal(b->error, ERR_ENGINE);
	one = b;
	report_json(&one, 1, &again);
	assert_string_equal(buf_text(&out), buf_text(&again));
}

static void a_report_that_is_none_is_refused(void **state)
{
	static const char *const rows[][2] = {
		{"", "r:1:1: '[' or '{' expected near end of file"},
		{"{}", "r: 'images' is missing"},
		{"{\"images\": []}", "r: /images: must be one report"},
		{"{\"images\": [{\"subject\": \"x\"}], \"checks\": [{\"id\": \"a\", \"status\": \"fine\"}]}",
		 "r: /checks/0: an unknown status"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct report *r = NULL;
		struct err err = ERR_INIT;

		assert_int_equal(report_parse(blob_text("r", rows[i][0]), &r, &err), -1);
		assert_int_equal(err.kind, ERR_PROTOCOL);
		assert_string_equal(err.text, rows[i][1]);
	}
}

static void what_bytes_show_lies_under_what_the_container_showed(void **state)
{
	AUTO(report) struct report *r = report_new("cu128");
	AUTO(report) struct report *below = report_new("docker-daemon:sha256:x");
	(void)state;
	r->level = LEVEL_CONTAINER;
	(void)report_add_full(r, "import.torch", REPORT_PASS, NULL, NULL, "2.7.1", NULL);
	(void)report_add_target(r, "a", TARGET_SKIP, LEVEL_CONTAINER, "no GPU");
	(void)report_add_target(r, "b", TARGET_SKIP, LEVEL_CONTAINER, "no GPU");
	(void)report_add_package(r, "torch", "2.7.1", NULL, NULL);
	(void)report_add_package(r, "numpy", "2.0", NULL, NULL);
	(void)report_add_full(below, "arch", REPORT_FAIL, "arch-not-covered", NULL, NULL, NULL);
	(void)report_add_target(below, "a", TARGET_PASS, LEVEL_STATIC, NULL);
	(void)report_add_target(below, "b", TARGET_FAIL, LEVEL_STATIC, "arch-not-covered");
	(void)report_add_target(below, "c", TARGET_PASS, LEVEL_STATIC, NULL);
	(void)report_add_package(below, "torch", "2.7.1+cu128", NULL, "12.8");
	below->files = 9;
	report_lay_under(r, below);
	assert_string_equal(r->subject, "cu128");
	assert_int_equal(r->nchecks, 2);
	assert_string_equal(r->checks[0].id, "arch");
	assert_int_equal(r->checks[0].level, LEVEL_STATIC);
	assert_int_equal(r->checks[1].level, LEVEL_CONTAINER);
	assert_int_equal(r->ntargets, 3);
	assert_int_equal(r->targets[0].verdict, TARGET_SKIP);
	assert_int_equal(r->targets[0].level, LEVEL_CONTAINER);
	assert_int_equal(r->targets[1].verdict, TARGET_FAIL);
	assert_int_equal(r->targets[1].level, LEVEL_STATIC);
	assert_string_equal(r->targets[1].because, "arch-not-covered");
	assert_string_equal(r->targets[2].name, "c");
	assert_int_equal(r->npackages, 2);
	assert_string_equal(r->packages[0].version, "2.7.1+cu128");
	assert_string_equal(r->packages[1].name, "numpy");
	assert_int_equal(r->files, 9);
	assert_int_equal(report_exit_code(r), 1);
}

/* Rows: what the bytes say; columns: what was seen when it ran. A pass needs a GPU that ran. */
static void a_targets_verdict_is_what_ran_unless_the_bytes_show_a_fault(void **state)
{
	static const enum report_verdict all[] = {TARGET_PASS, TARGET_SKIP, TARGET_UNKNOWN, TARGET_ERROR, TARGET_FAIL};
	static const char *const due[][ARRAY_LEN(all)] = {
		{"pass ran", "skip ran", "unknown ran", "error ran", "fail ran"},
		{"pass ran", "skip ran", "unknown ran", "error ran", "fail ran"},
		{"pass ran", "skip ran", "unknown ran", "error ran", "fail ran"},
		{"error bytes", "error bytes", "error bytes", "error ran", "fail ran"},
		{"fail bytes", "fail bytes", "fail bytes", "fail bytes", "fail ran"},
	};
	(void)state;
	for (size_t b = 0; b < ARRAY_LEN(all); b++)
		for (size_t i = 0; i < ARRAY_LEN(all); i++) {
			AUTO(report) struct report *r = report_new("cu128");
			AUTO(report) struct report *below = report_new("cu128");
			AUTO_TEXT char *got = NULL;

			(void)report_add_target(r, "a", all[i], LEVEL_GPU, "ran");
			(void)report_add_target(below, "a", all[b], LEVEL_STATIC, "bytes");
			report_lay_under(r, below);
			got = xasprintf("%s %s", report_verdict_name(r->targets[0].verdict), r->targets[0].because);
			assert_string_equal(got, due[b][i]);
			assert_int_equal(r->targets[0].level, str_ends(due[b][i], "ran") ? LEVEL_GPU : LEVEL_STATIC);
		}
}

static void a_failure_without_a_gpu_is_explained_by_the_bytes(void **state)
{
	AUTO(report) struct report *r = report_new("cu128");
	AUTO(report) struct report *below = report_new("cu128");
	(void)state;
	(void)report_add_target(r, "a", TARGET_FAIL, LEVEL_CONTAINER, "no GPU");
	(void)report_add_target(below, "a", TARGET_FAIL, LEVEL_STATIC, "missing-torch (packages.family)");
	report_lay_under(r, below);
	assert_int_equal(r->targets[0].verdict, TARGET_FAIL);
	assert_int_equal(r->targets[0].level, LEVEL_CONTAINER);
	assert_string_equal(r->targets[0].because, "missing-torch (packages.family)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_shows_what_is_wrong_and_what_was_skipped),
		cmocka_unit_test(verbose_text_shows_passing_rows_and_colour_the_status),
		cmocka_unit_test(json_counts_all_reports_in_its_summary),
		cmocka_unit_test(json_is_flat_and_each_row_names_its_report),
		cmocka_unit_test(what_is_read_back_is_what_was_written),
		cmocka_unit_test(a_report_that_is_none_is_refused),
		cmocka_unit_test(what_bytes_show_lies_under_what_the_container_showed),
		cmocka_unit_test(a_targets_verdict_is_what_ran_unless_the_bytes_show_a_fault),
		cmocka_unit_test(a_failure_without_a_gpu_is_explained_by_the_bytes),
		cmocka_unit_test(a_fail_decides_before_an_error_and_an_error_by_its_cause),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
