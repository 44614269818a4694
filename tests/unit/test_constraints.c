/* Requirement files of a manifest narrow its plan. */
#include "work/constraints.h"

#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

/* The package's specifier after reading `requirements`, and where it is bound: "SPEC @ PLACE". */
static void check(const char *own, const char *requirements, enum pkg pkg, const char *want)
{
	AUTO(manifest) struct manifest *m = manifest_new("x.yaml");
	AUTO_TEXT char *dir = NULL;
	AUTO_BUF struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	struct manifest_variant *v = &m->variants[0];
	assert_int_equal(file_temp_dir(&dir, &err), 0);
	AUTO_TEXT char *path = file_join(dir, "requirements.txt");
	assert_int_equal(file_write(path, blob_text("r", requirements), 0600, &err), 0);
	v->packages[pkg] = xstrdup(own);
	strv_add(&v->pip, "numpy");
	strv_add(&v->pip, "-r requirements.txt");
	if (constraints_read(m, dir, &err) < 0)
		buf_adds(&b, err.text);
	else
		buf_addf(&b, "%s%s%s%s%s", v->packages[pkg] ? v->packages[pkg] : "none", v->bound[pkg] ? " @ " : "",
			 v->bound[pkg] ? v->bound[pkg] : "", v->other[pkg] ? " not " : "",
			 v->other[pkg] ? v->other[pkg] : "");
	err_clear(&err);
	assert_int_equal(file_remove_tree(dir, &err), 0);
	assert_string_equal(buf_text(&b), want);
}

static void a_line_asks_for_what_the_manifest_does_not_name(void **state)
{
	(void)state;
	check(NULL, "torch-sparse==0.6.9+cu102\n", PKG_TORCH_SPARSE, "0.6.9+cu102");
	check(NULL, "torch_cluster >= 1.5\n", PKG_TORCH_CLUSTER, ">=1.5");
	check(NULL, "torch-scatter\n", PKG_TORCH_SCATTER, ">=0");
	check(NULL, "numpy\n# torch==1\n", PKG_TORCH, "none");
}

static void a_line_narrows_what_the_manifest_names(void **state)
{
	(void)state;
	check("1.8.*", "torch==1.8.1\n", PKG_TORCH, "1.8.1 @ requirements.txt:1");
	check("1.8.1+cu111", "\ntorch>=1.7\n", PKG_TORCH, "1.8.1+cu111");
	check("1.8.1", "torch\n", PKG_TORCH, "1.8.1");
	check(">=1.8", "torch<2\n", PKG_TORCH, ">=1.8,<2 @ requirements.txt:1");
	check("1.8.*", "torch==2.7.1\n", PKG_TORCH, "1.8.*,==2.7.1 @ requirements.txt:1");
}

static void a_label_that_excludes_the_manifests_is_kept_beside_it(void **state)
{
	(void)state;
	check("2.7.0+cu128", "torch==2.7.0+cu126\n", PKG_TORCH, "2.7.0+cu128 @ requirements.txt:1 not 2.7.0+cu126");
	check("0.6.18+pt27cu128", "torch-sparse==0.6.18+pt26cu128\n", PKG_TORCH_SPARSE,
	      "0.6.18+pt27cu128 @ requirements.txt:1 not 0.6.18+pt26cu128");
	check("2.7.0+cu128", "torch==2.7.0+cu128\n", PKG_TORCH, "2.7.0+cu128");
	check("2.7.0+cu128", "torch==2.7.0\n", PKG_TORCH, "2.7.0+cu128");
}

static void markers_circles_and_files_that_are_not_there_bind_nothing(void **state)
{
	(void)state;
	check("1.8.*", "torch==1.7; sys_platform == 'win32'\n", PKG_TORCH, "1.8.*");
	check("1.8.*", "torch==1.8.1; sys_platform == 'linux'\n", PKG_TORCH, "1.8.1 @ requirements.txt:1");
	check("1.8.*", "-r requirements.txt\n-r missing.txt\n-r ../outside.txt\n", PKG_TORCH, "1.8.*");
}

static void a_line_that_is_no_specifier_is_named(void **state)
{
	(void)state;
	check(NULL, "numpy\ntorch=>1\n", PKG_TORCH,
	      "requirements.txt:2: torch: '=>1': '=' is no operator (did you mean '=='?)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_asks_for_what_the_manifest_does_not_name),
		cmocka_unit_test(a_line_narrows_what_the_manifest_names),
		cmocka_unit_test(a_label_that_excludes_the_manifests_is_kept_beside_it),
		cmocka_unit_test(markers_circles_and_files_that_are_not_there_bind_nothing),
		cmocka_unit_test(a_line_that_is_no_specifier_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
