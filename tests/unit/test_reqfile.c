/* Requirements and requirement files, as people write them. */
#include "intake/reqfile.h"

#include "support/t.h"

static void requirements_are_read_in_any_spelling(void **state)
{
	static const struct {
		const char *text, *name, *spec;
		enum pkg pkg;
	} rows[] = {
		{"torch", "torch", "", PKG_TORCH},
		{"Torch_Sparse[full] >= 0.6 , < 1 ; python_version > '3.6'", "torch-sparse", ">=0.6,<1",
		 PKG_TORCH_SPARSE},
		{"torch.scatter==2.0.8 --hash=sha256:00", "torch-scatter", "==2.0.8", PKG_TORCH_SCATTER},
		{"torch==1.8.1+cu111", "torch", "==1.8.1+cu111", PKG_TORCH},
		{"pytorch=1.7.1", "pytorch", "=1.7.1", PKG_TORCH},
		{"pytorch-sparse", "pytorch-sparse", "", PKG_TORCH_SPARSE},
		{"https://data.pyg.org/whl/torch-1.8.0%2Bcu111/torch_sparse-0.6.12-cp38-cp38-linux_x86_64.whl",
		 "torch-sparse", "==0.6.12", PKG_TORCH_SPARSE},
		{"torch @ "
		 "https://download.pytorch.org/whl/cu111/torch-1.8.1%2Bcu111-cp38-cp38-linux_x86_64.whl#sha256=0",
		 "torch", "==1.8.1+cu111", PKG_TORCH},
		{"git+https://github.com/rusty1s/pytorch_sparse.git@0.6.9", "torch-sparse", "==0.6.9",
		 PKG_TORCH_SPARSE},
		{"numpy<2", "numpy", "<2", PKG__MAX},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct requirement r;
		assert_true(requirement_read(rows[i].text, 7, &r));
		assert_string_equal(r.name, rows[i].name);
		assert_string_equal(r.spec, rows[i].spec);
		assert_int_equal(r.pkg, rows[i].pkg);
		assert_int_equal(r.line, 7);
		requirement_clear(&r);
	}
}

static void projects_and_paths_are_no_requirements(void **state)
{
	static const char *const rows[] = {
		"", ".", "./torch", "/tmp/x", "src/torch", "==1", "https://example.org/x.zip"};
	struct requirement r;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_false(requirement_read(rows[i], 1, &r));
}

static void a_file_has_lines_options_and_comments(void **state)
{
	static const char text[] =
		"# torch==9\n--find-links https://a.example/x.html # page\r\n-fhttps://b.example\n"
		"--extra-index-url=https://i.example/simple\n-r more.txt\n\ntorch==1.8.1 \\\n  --hash=sha256:0\n"
		"torch-sparse # any\n-e .\n--no-index";
	struct reqfile f = {.v = NULL};
	(void)state;
	reqfile_read(blob_text("requirements.txt", text), &f);
	assert_int_equal(f.n, 2);
	assert_string_equal(f.v[0].spec, "==1.8.1");
	assert_int_equal(f.v[0].line, 7);
	assert_int_equal(f.v[1].pkg, PKG_TORCH_SPARSE);
	assert_int_equal(f.v[1].line, 9);
	assert_int_equal(f.links.n, 2);
	assert_string_equal(f.links.v[0], "https://a.example/x.html");
	assert_string_equal(f.links.v[1], "https://b.example");
	assert_string_equal(f.indexes.v[0], "https://i.example/simple");
	assert_string_equal(f.files.v[0], "more.txt");
	assert_true(f.no_index);
	reqfile_clear(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requirements_are_read_in_any_spelling),
		cmocka_unit_test(projects_and_paths_are_no_requirements),
		cmocka_unit_test(a_file_has_lines_options_and_comments),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
