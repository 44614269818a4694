#include "model/facts.h"

#include "support/t.h"

static struct facts *linked(void)
{
	struct facts *f = facts_new(FACTS_ROOT, "x");

	facts_add_link(f, "/lib", "usr/lib");
	facts_add_link(f, "/usr/lib/libx.so", "libx.so.1");
	facts_add_link(f, "/usr/lib/libx.so.1", "/opt/../usr/./lib/libx.so.1.2");
	facts_add_link(f, "/a", "b");
	facts_add_link(f, "/b", "a");
	facts_add_binary(f, binary_new("/usr/lib/libx.so.1.2"));
	facts_add_text(f, "/etc/b", "2", 1);
	facts_add_text(f, "/etc/a", "1", 1);
	facts_settle(f);
	return f;
}

static void paths_go_through_links_and_never_above_the_root(void **state)
{
	static const char *const rows[][2] = {{"/lib/libx.so", "/usr/lib/libx.so.1.2"},
					      {"/lib/../lib/./libx.so.1", "/usr/lib/libx.so.1.2"},
					      {"/../../etc//x", "/etc/x"},
					      {"/lib/none", "/usr/lib/none"},
					      {"/", "/"},
					      {"/a/x", NULL}};
	AUTO(facts) struct facts *f = linked();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *real = facts_real(f, rows[i][0]);

		if (rows[i][1])
			assert_string_equal(real, rows[i][1]);
		else
			assert_null(real);
	}
}

static void files_are_found_behind_their_links(void **state)
{
	AUTO(facts) struct facts *f = linked();

	(void)state;
	assert_string_equal(facts_binary(f, "/lib/libx.so")->path, "/usr/lib/libx.so.1.2");
	assert_null(facts_binary(f, "/lib/liby.so"));
	assert_null(facts_binary(f, "/a"));
	assert_string_equal(buf_text(&facts_text(f, "/etc/a")->data), "1");
	assert_null(facts_text(f, "/etc/c"));
}

static void the_last_value_of_a_variable_counts(void **state)
{
	AUTO(facts) struct facts *f = facts_new(FACTS_IMAGE, "x");

	(void)state;
	strv_add(&f->config.env, "A=1");
	strv_add(&f->config.env, "AB=2");
	strv_add(&f->config.env, "A=3");
	strv_add(&f->config.labels, "l=4");
	assert_string_equal(facts_env(f, "A"), "3");
	assert_null(facts_env(f, "B"));
	assert_string_equal(facts_label(f, "l"), "4");
}

static void the_innermost_site_of_a_path_is_its_site(void **state)
{
	(void)state;
	assert_int_equal(facts_site_of("/v/lib/python3.11/site-packages/torch/x.so"),
			 strlen("/v/lib/python3.11/site-packages"));
	assert_int_equal(facts_site_of("/site-packages/a/dist-packages/x"), strlen("/site-packages/a/dist-packages"));
	assert_int_equal(facts_site_of("/v/site-packages"), 0);
}

static void what_package_managers_keep_is_known_by_its_path(void **state)
{
	static const struct {
		const char *path;
		bool kept;
	} rows[] = {
		{"/root/.cache/uv/archive-v0/VQ8DFa6r50Ao/torch/version.py", true},
		{"/opt/conda/pkgs/pytorch-2.8.0-py3.11_cuda12.8_0/lib/python3.11/site-packages/torch/version.py", true},
		{"/opt/conda/pkgs/cuda-cudart-12.8.57-0/lib/libcudart.so.12", true},
		{"/opt/conda/lib/python3.11/site-packages/torch/version.py", false},
		{"/pkgs/my-venv/lib/python3.11/site-packages/torch/version.py", false},
		{"/pkgs/a-b/c-d/lib/x", false},
		{"/pkgs/lib/x", false},
		{"/pkgs/", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(facts_is_store(rows[i].path), rows[i].kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_go_through_links_and_never_above_the_root),
		cmocka_unit_test(files_are_found_behind_their_links),
		cmocka_unit_test(the_last_value_of_a_variable_counts),
		cmocka_unit_test(the_innermost_site_of_a_path_is_its_site),
		cmocka_unit_test(what_package_managers_keep_is_known_by_its_path),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
