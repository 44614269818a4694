/* With `--write DIR` the forms of one and the same reports are written there (tests/cases/report compares and parses
 * them). */
#include "model/report_form.h"

#include "base/file.h"
#include "base/str.h"
#include "model/markup.h"
#include "model/report_table.h"
#include "support/t.h"

#include <stdio.h>

#define HOSTILE "</td><script>alert(1)</script>]]>&'\"\033[2J\x80\xef\xbf\xbe # SKIP \\ not ok 1\nBail out!\xe2\x80\xae"

static struct report *fine(void)
{
	struct report *r = report_new("cu128");

	r->level = LEVEL_CONTAINER;
	r->image = xstrdup("gnn:0.4.0-cu128");
	report_add_full(r, "gpu.driver", REPORT_SKIP, "not-asked", NULL, "no GPU: the host shows no NVIDIA device",
			NULL);
	report_add_full(r, "import.torch", REPORT_PASS, NULL, NULL, "2.7.1", NULL)->ms = 1234;
	report_add_full(r, "torch.archs", REPORT_INFO, NULL, NULL, "sm_75 sm_90", NULL);
	report_add_full(r, "cuda.torch_sparse", REPORT_WARN, "cuda-minor-mismatch", "12.8", "12.6", NULL);
	report_add_target(r, "dgx", TARGET_SKIP, LEVEL_CONTAINER, "no GPU");
	report_add_target(r, "new", TARGET_UNKNOWN, LEVEL_STATIC, NULL);
	report_add_package(r, "torch", "2.7.1", "/opt/torch", "12.8");
	report_add_time(r, "total", 57668);
	report_add_time(r, "container", 15880);
	report_add_time(r, "container.imports", 9);
	return r;
}

static struct report *hostile(void)
{
	struct report *r = report_new(HOSTILE);

	r->level = LEVEL_CONTAINER;
	report_add_full(r, "gpu.spmm.ptx.f32.i32@1", REPORT_FAIL, HOSTILE, HOSTILE, HOSTILE, HOSTILE)->file =
		xstrdup(HOSTILE);
	report_add_error(r, "gpu.context", ERR_MISSING, HOSTILE, NULL)->fault = "host";
	report_add_full(r, HOSTILE, REPORT_SKIP, NULL, NULL, HOSTILE, NULL);
	report_add_full(r, "noted", REPORT_INFO, NULL, NULL, HOSTILE, NULL);
	report_add_target(r, HOSTILE, TARGET_FAIL, LEVEL_GPU, HOSTILE);
	report_add_target(r, "b", TARGET_ERROR, LEVEL_CONTAINER, NULL);
	report_add_target(r, "c", TARGET_PASS, LEVEL_GPU, NULL);
	report_add_package(r, HOSTILE, NULL, NULL, NULL);
	return r;
}

static int write_all(const char *dir)
{
	static const char *const names[REPORT_FORM__MAX] = {
		[REPORT_TEXT] = "txt", [REPORT_JSON] = "json", [REPORT_JUNIT] = "xml",
		[REPORT_TAP] = "tap",  [REPORT_HTML] = "html",
	};
	AUTO(report) struct report *a = fine(), *b = hostile();
	const struct report *const all[] = {a, b};
	struct err err = ERR_INIT;

	for (unsigned f = 0; f < REPORT_FORM__MAX; f++) {
		AUTO_BUF struct buf out = BUF_INIT;
		AUTO_TEXT char *path = xasprintf("%s/report.%s", dir, names[f]);

		report_form((enum report_form)f, all, 2, &out);
		if (file_write(path, buf_blob(&out, path), 0644, &err) < 0) {
			fprintf(stderr, "%s\n", err.text);
			return 1;
		}
	}
	return 0;
}

static void form_is(const char *value, enum report_form want, const char *want_file)
{
	enum report_form form = REPORT_FORM__MAX;
	const char *file = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(report_form_of(value, &form, &file, &err), 0);
	assert_int_equal(form, want);
	assert_string_equal(file, want_file);
}

static void the_form_is_named_in_front_or_by_the_extension(void **state)
{
	(void)state;
	form_is("a/r.xml", REPORT_JUNIT, "a/r.xml");
	form_is("r.json", REPORT_JSON, "r.json");
	form_is("r.tap", REPORT_TAP, "r.tap");
	form_is("r.html", REPORT_HTML, "r.html");
	form_is("r.txt", REPORT_TEXT, "r.txt");
	form_is("junit=r.txt", REPORT_JUNIT, "r.txt");
	form_is("html=-", REPORT_HTML, "-");
	form_is("txt=a=b.xml", REPORT_TEXT, "a=b.xml");
}

static void unknown_forms_and_files_without_a_name_are_usage_errors(void **state)
{
	enum report_form form = REPORT_TAP;
	const char *file = "kept";
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(report_form_of("r.pdf", &form, &file, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.text, "--report 'r.pdf': the form is not known");
	assert_string_equal(err.hint, "name it FILE.xml (JUnit), .json, .tap, .html or .txt, or write FORM=FILE");
	err_clear(&err);
	assert_int_equal(report_form_of("junit=", &form, &file, &err), -1);
	assert_string_equal(err.text, "--report 'junit=' names no file");
	err_clear(&err);
	assert_int_equal(form, REPORT_TAP);
	assert_string_equal(file, "kept");
}

static void markup_is_well_formed_whatever_goes_in(void **state)
{
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	markup_add(&out, "<a href='x'>&amp;\"\n\t\r\033[1m\xff\xef\xbf\xbf\xc3\xa9");
	markup_attribute(&out, "n", "\"");
	markup_attribute(&out, "none", NULL);
	assert_string_equal(buf_text(&out),
			    "&lt;a href=&#39;x&#39;&gt;&amp;amp;&quot;&#10;&#9;??[1m??\xc3\xa9 n=\"&quot;\"");
}

static void a_cell_holds_the_worst_status_of_its_kind(void **state)
{
	AUTO(report) struct report *r = report_new("x");
	(void)state;
	report_add(r, "gpu.seen", REPORT_FAIL);
	assert_int_equal(report_worst(r, "static"), REPORT_FAIL);
	r->level = LEVEL_CONTAINER;
	assert_int_equal(report_worst(r, "gpu"), REPORT__MAX);
	report_add(r, "gpu.context", REPORT_PASS);
	assert_int_equal(report_worst(r, "gpu"), REPORT_PASS);
	report_add(r, "gpu", REPORT_SKIP);
	assert_int_equal(report_worst(r, "gpu"), REPORT_SKIP);
	report_add(r, "gpu@1", REPORT_WARN);
	assert_int_equal(report_worst(r, "gpu"), REPORT_WARN);
	report_add(r, "gpu.x", REPORT_FAIL);
	report_add(r, "gpu.y", REPORT_ERROR);
	assert_int_equal(report_worst(r, "gpu"), REPORT_FAIL);
	report_add(r, "gpus.z", REPORT_INFO);
	assert_int_equal(report_worst(r, "gpus"), REPORT_INFO);
	assert_int_equal(report_worst(r, "g"), REPORT__MAX);
}

static void one_image_without_targets_needs_no_table(void **state)
{
	AUTO(report) struct report *r = report_new("x");
	const struct report *const all[] = {r};
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	report_texts(all, 1, false, false, &out);
	assert_string_equal(buf_text(&out), "x\nx: pass (0 pass, 0 fail, 0 warn, 0 skip, 0 error)\n");
}

static void reports_of_nothing_are_whole_documents(void **state)
{
	AUTO_BUF struct buf out = BUF_INIT;
	(void)state;
	report_form(REPORT_JUNIT, NULL, 0, &out);
	assert_string_equal(buf_text(&out),
			    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			    "<testsuites name=\"cudabuild\" tests=\"0\" failures=\"0\" errors=\"0\" skipped=\"0\" "
			    "time=\"0.000\">\n</testsuites>\n");
	buf_cut(&out, 0);
	report_form(REPORT_TAP, NULL, 0, &out);
	assert_string_equal(buf_text(&out), "TAP version 13\n1..0\n");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_form_is_named_in_front_or_by_the_extension),
		cmocka_unit_test(unknown_forms_and_files_without_a_name_are_usage_errors),
		cmocka_unit_test(markup_is_well_formed_whatever_goes_in),
		cmocka_unit_test(a_cell_holds_the_worst_status_of_its_kind),
		cmocka_unit_test(one_image_without_targets_needs_no_table),
		cmocka_unit_test(reports_of_nothing_are_whole_documents),
	};

	if (argc == 3 && str_eq(argv[1], "--write"))
		return write_all(argv[2]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
