#include "source/folder.h"

#include "base/file.h"
#include "support/t.h"

#include <sys/stat.h>

static int setup(void **state)
{
	struct err err = ERR_INIT;
	char *dir = NULL;
	assert_int_equal(file_temp_dir(&dir, &err), 0);
	*state = dir;
	return 0;
}

static int teardown(void **state)
{
	struct err err = ERR_INIT;
	assert_int_equal(file_remove_tree(*state, &err), 0);
	free(*state);
	return 0;
}

static void files_are_listed_one_folder_deep_at_most(void **state)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *top = file_join(*state, "a.whl"), *below = file_join(*state, "d/b.whl"),
		       *deeper = file_join(*state, "d/e/c.whl"), *none = file_join(*state, "nothing");
	const char *const paths[] = {top, below, deeper};
	AUTO(links) struct links *flat = NULL, *deep = NULL, *absent = NULL;

	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		assert_int_equal(file_write(paths[i], blob_text("f", "x"), 0600, &err), 0);
	assert_int_equal(folder_links(*state, false, &flat, &err), 0);
	assert_int_equal(flat->n, 1);
	assert_string_equal(flat->v[0].path, top);
	assert_int_equal(folder_links(*state, true, &deep, &err), 0);
	assert_int_equal(deep->n, 2);
	assert_string_equal(deep->v[1].path, below);
	assert_string_equal(deep->v[1].file, "b.whl");
	assert_int_equal(folder_links(none, true, &absent, &err), 0);
	assert_int_equal(absent->n, 0);
}

static void a_file_is_hashed_whole(void **state)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *path = file_join(*state, "a"), *sha256 = xstrdup("old");
	uint64_t size = 0;

	assert_int_equal(file_write(path, blob_text("f", "abc"), 0600, &err), 0);
	assert_int_equal(folder_hash(path, &sha256, &size, &err), 0);
	assert_string_equal(sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(size, 3);
}

/* A pipe under a wheel's name would be waited for without end. */
static void what_is_no_file_is_refused_by_name(void **state)
{
	AUTO_TEXT char *pipe = file_join(*state, "a.whl"), *none = file_join(*state, "none");
	AUTO_TEXT char *no_file = xasprintf("'%s' is no regular file", pipe);
	AUTO_TEXT char *no_entry = xasprintf("open '%s': No such file or directory", none);
	AUTO_TEXT char *sha256 = NULL;
	struct err err = ERR_INIT;
	uint64_t size = 7;

	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(folder_hash(pipe, &sha256, &size, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, no_file);
	err_clear(&err);
	assert_int_equal(folder_hash(none, &sha256, &size, &err), -1);
	assert_string_equal(err.text, no_entry);
	err_clear(&err);
	assert_null(sha256);
	assert_int_equal(size, 7);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(files_are_listed_one_folder_deep_at_most),
		T(a_file_is_hashed_whole),
		T(what_is_no_file_is_refused_by_name),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
