#include "work/sites.h"

#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

struct world {
	char *dir, *user, *system;
	struct manifest *m;
};

static int setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));
	struct err err = ERR_INIT;

	assert_int_equal(file_temp_dir(&w->dir, &err), 0);
	w->user = file_join(w->dir, "user.yaml");
	w->system = file_join(w->dir, "system.yaml");
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;
	struct err err = ERR_INIT;

	assert_int_equal(file_remove_tree(w->dir, &err), 0);
	manifest_free(w->m);
	free(w->dir);
	free(w->user);
	free(w->system);
	free(w);
	return 0;
}

static void manifest(struct world *w, const char *sources)
{
	AUTO_TEXT char *text = xasprintf("schema: 1\nname: x\ntorch: \"2.7.1\"\n%s", sources);
	struct err err = ERR_INIT;

	manifest_free(w->m);
	w->m = NULL;
	assert_int_equal(manifest_parse(blob_text("cudabuild.yaml", text), &w->m, &err), 0);
}

static void write(const char *path, const char *text)
{
	struct err err = ERR_INIT;

	assert_int_equal(file_write(path, blob_text(path, text), 0644, &err), 0);
}

static struct sites *sites(const struct world *w)
{
	struct sites *s = NULL;
	struct err err = ERR_INIT;

	if (sites_read_from(&w->m->sources, (const char *const[2]){w->user, w->system}, &s, &err) < 0)
		fail_msg("%s", err.text);
	return s;
}

static void without_files_it_is_the_manifest(void **state)
{
	struct world *w = *state;

	manifest(w, "sources: {ca: own.crt}\n");
	AUTO(sites) struct sites *s = sites(w);
	assert_int_equal(s->sources.images.n, 2);
	assert_string_equal(s->sources.images.v[0], "nvcr.io/nvidia/cuda");
	assert_string_equal(s->sources.torch, "https://download.pytorch.org/whl");
	assert_string_equal(s->sources.ca, "own.crt");
	assert_null(s->sources.pypi);
	assert_false(s->images);
	assert_false(s->os_images);
	assert_int_equal(s->jobs, 0);
}

static void the_manifest_counts_before_the_user_and_the_user_before_the_system(void **state)
{
	struct world *w = *state;

	manifest(w, "sources: {torch: \"https://download.pytorch.org/whl\"}\n");
	write(w->user,
	      "sources: {torch: \"https://user.lan/whl\", pyg: \"https://user.lan/pyg\", images: [user.lan/cuda]}\n"
	      "ca: user.crt\n");
	write(w->system, "sources: {pyg: \"https://system.lan/pyg\", pypi: \"https://system.lan/simple\", os_images: "
			 "system.lan/library}\nca: system.crt\nbuild: {jobs: 7}\n");
	AUTO(sites) struct sites *s = sites(w);
	AUTO_TEXT char *ca = file_join(w->dir, "user.crt");
	/* named in the manifest, although it is the default */
	assert_string_equal(s->sources.torch, "https://download.pytorch.org/whl");
	assert_string_equal(s->sources.pyg, "https://user.lan/pyg");
	assert_string_equal(s->sources.pypi, "https://system.lan/simple");
	assert_int_equal(s->sources.images.n, 1);
	assert_string_equal(s->sources.images.v[0], "user.lan/cuda");
	assert_string_equal(s->sources.os_images, "system.lan/library");
	assert_true(s->images);
	assert_true(s->os_images);
	assert_string_equal(s->sources.ca, ca);
	assert_int_equal(s->jobs, 7);
}

static void lists_are_not_joined(void **state)
{
	struct world *w = *state;

	manifest(w, "sources: {images: [a.lan/cuda]}\n");
	write(w->user, "sources: {images: [b.lan/cuda]}\n");
	AUTO(sites) struct sites *s = sites(w);
	assert_int_equal(s->sources.images.n, 1);
	assert_string_equal(s->sources.images.v[0], "a.lan/cuda");
	assert_false(s->images);
}

static void a_broken_file_of_the_system_is_named(void **state)
{
	struct world *w = *state;
	struct sites *s = NULL;
	struct err err = ERR_INIT;

	manifest(w, "");
	write(w->system, "ca: x\nimages: [y]\n");
	assert_int_equal(sites_read_from(&w->m->sources, (const char *const[2]){NULL, w->system}, &s, &err), -1);
	AUTO_TEXT char *expected =
		xasprintf("%s:2:1: unknown key 'images': this file may hold sources, ca and build.jobs", w->system);
	assert_string_equal(err.text, expected);
	assert_int_equal(err.kind, ERR_INPUT);
	err_clear(&err);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(without_files_it_is_the_manifest),
		TEST(the_manifest_counts_before_the_user_and_the_user_before_the_system),
		TEST(lists_are_not_joined),
		TEST(a_broken_file_of_the_system_is_named),
	};
#undef TEST
	return cmocka_run_group_tests(tests, NULL, NULL);
}
