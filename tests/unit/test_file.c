#include "base/file.h"

#include "support/t.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;

static int make_dir(void **state)
{
	struct err err = ERR_INIT;
	(void)state;
	return file_temp_dir(&dir, &err);
}

static int remove_dir(void **state)
{
	struct err err = ERR_INIT;
	int rc = file_remove_tree(dir, &err);
	(void)state;
	free(dir);
	return rc;
}

static void written_file_is_read_back_and_replaced(void **state)
{
	AUTO_TEXT char *path = file_join(dir, "a/b/c.txt");
	AUTO_BUF struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(file_write(path, blob_text(path, "one"), 0644, &err), 0);
	assert_int_equal(file_write(path, blob_text(path, "two"), 0644, &err), 0);
	assert_int_equal(file_read(path, 100, &b, &err), 0);
	assert_string_equal(buf_text(&b), "two");
}

static void a_link_in_the_place_is_replaced_not_followed(void **state)
{
	AUTO_TEXT char *link_path = file_join(dir, "link");
	AUTO_TEXT char *victim = file_join(dir, "victim");
	AUTO_BUF struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(file_write(victim, blob_text("v", "safe"), 0644, &err), 0);
	assert_int_equal(symlink(victim, link_path), 0);
	assert_false(file_is_regular(link_path));
	assert_int_equal(file_write(link_path, blob_text("l", "new"), 0644, &err), 0);
	assert_true(file_is_regular(link_path));
	assert_int_equal(file_read(victim, 100, &b, &err), 0);
	assert_string_equal(buf_text(&b), "safe");
}

static void too_large_a_file_is_input_error_and_leaves_the_buffer(void **state)
{
	AUTO_TEXT char *path = file_join(dir, "large");
	AUTO_TEXT char *want = xasprintf("'%s/large' is larger than 3 bytes", dir);
	AUTO_BUF struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(file_write(path, blob_text(path, "four"), 0644, &err), 0);
	assert_int_equal(file_read(path, 3, &b, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, want);
	assert_int_equal(b.len, 0);
	err_clear(&err);
}

static void a_fifo_is_refused_without_waiting(void **state)
{
	AUTO_TEXT char *path = file_join(dir, "fifo");
	AUTO_TEXT char *want = xasprintf("'%s/fifo' is not a regular file", dir);
	AUTO_BUF struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_read(path, 3, &b, &err), -1);
	assert_string_equal(err.text, want);
	err_clear(&err);
}

static void a_missing_file_is_an_answer_or_an_error(void **state)
{
	AUTO_TEXT char *path = file_join(dir, "none");
	AUTO_TEXT char *want = xasprintf("open '%s/none': No such file or directory", dir);
	AUTO_BUF struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(file_read_if_there(path, 3, &b, &err), 1);
	assert_int_equal(file_read(path, 3, &b, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_int_equal(err.sys, ENOENT);
	assert_string_equal(err.text, want);
	err_clear(&err);
}

static void a_failed_write_leaves_nothing_beside(void **state)
{
	AUTO_TEXT char *path = file_join(dir, "folder");
	AUTO_STRV struct strv names = STRV_INIT;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(file_make_dirs(path, &err), 0);
	assert_int_equal(file_write(path, blob_text(path, "x"), 0644, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	err_clear(&err);
	assert_int_equal(file_list(dir, &names, &err), 0);
	for (size_t i = 0; i < names.n; i++)
		assert_null(strstr(names.v[i], ".new"));
}

static void paths_are_joined_and_taken_apart(void **state)
{
	static const struct {
		const char *dir, *name, *joined;
	} joins[] = {{"a", "b", "a/b"}, {"a/", "b", "a/b"}, {".", "b", "b"}, {"", "b", "b"}, {"a", "/b", "/b"}};
	static const struct {
		const char *path, *dir, *base;
	} parts[] = {{"a/b", "a", "b"}, {"b", ".", "b"}, {"/b", "/", "b"}, {"a/b/", "a/b", ""}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(joins); i++) {
		AUTO_TEXT char *joined = file_join(joins[i].dir, joins[i].name);

		assert_string_equal(joined, joins[i].joined);
	}
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		AUTO_TEXT char *d = file_dir(parts[i].path);

		assert_string_equal(d, parts[i].dir);
		assert_string_equal(file_base(parts[i].path), parts[i].base);
	}
}

static void only_paths_below_are_inside(void **state)
{
	static const char *const in[] = {"a", "a/b", ".hidden", "a..b", "...", "a/..b"};
	static const char *const out[] = {"", "/a", "..", "a/..", "./a", "a//b", "a/", "a\\b", "a\nb", ".", "a/./b"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		assert_true(file_is_inside(in[i]));
	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		assert_false(file_is_inside(out[i]));
}

static void absolute_paths_need_not_exist(void **state)
{
	AUTO_TEXT char *real = file_real(dir);
	AUTO_TEXT char *path = file_join(dir, "not/there");
	AUTO_TEXT char *got = file_absolute(path);
	AUTO_TEXT char *want = xasprintf("%s/not/there", real);
	AUTO_TEXT char *root = file_absolute("/");
	(void)state;
	assert_string_equal(got, want);
	assert_string_equal(root, "/");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(written_file_is_read_back_and_replaced),
		cmocka_unit_test(a_link_in_the_place_is_replaced_not_followed),
		cmocka_unit_test(too_large_a_file_is_input_error_and_leaves_the_buffer),
		cmocka_unit_test(a_fifo_is_refused_without_waiting),
		cmocka_unit_test(a_missing_file_is_an_answer_or_an_error),
		cmocka_unit_test(a_failed_write_leaves_nothing_beside),
		cmocka_unit_test(paths_are_joined_and_taken_apart),
		cmocka_unit_test(only_paths_below_are_inside),
		cmocka_unit_test(absolute_paths_need_not_exist),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
