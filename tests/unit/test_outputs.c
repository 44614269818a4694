#include "work/outputs.h"

#include "base/file.h"
#include "support/t.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define OURS(name)                                                                                                     \
	"# cudabuild '" name                                                                                           \
	"': generated from cudabuild.yaml; edits are lost. Change that file and run: cudabuild generate\n"

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

static void put(const char *name, const char *text)
{
	AUTO_TEXT char *path = file_join(dir, name);
	struct err err = ERR_INIT;

	assert_int_equal(file_write(path, blob_text(path, text), 0644, &err), 0);
}

static char *get(const char *name)
{
	AUTO_TEXT char *path = file_join(dir, name);
	struct buf b = BUF_INIT;
	struct err err = ERR_INIT;

	if (file_read_if_there(path, 10000, &b, &err) != 0)
		return NULL;
	return buf_take(&b);
}

static struct context *set(void)
{
	struct context *c = context_new();
	struct err err = ERR_INIT;

	assert_int_equal(context_add_bytes(c, "images/a/Dockerfile", 0644, blob_text("", OURS("n") "FROM x\n"), &err),
			 0);
	assert_int_equal(context_add_bytes(c, "c.lock", 0644, blob_text("", "{}\n"), &err), 0);
	return c;
}

static void new_files_are_written_and_then_the_same(void **state)
{
	AUTO(context) struct context *c = set();
	AUTO(outputs) struct outputs *before = NULL;
	AUTO(outputs) struct outputs *after = NULL;
	AUTO_TEXT char *lock = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(outputs_compare(c, dir, "images", "n", "c.lock", true, &before, &err), 0);
	assert_true(before->differ);
	assert_int_equal(before->v[0].state, OUTPUT_NEW);
	assert_int_equal(outputs_write(c, dir, before, "c.lock", &err), 0);
	assert_int_equal(outputs_compare(c, dir, "images", "n", "c.lock", true, &after, &err), 0);
	assert_false(after->differ);
	lock = get("c.lock");
	assert_string_equal(lock, "{}\n");
}

static void what_is_left_over_goes_and_foreign_files_stay(void **state)
{
	AUTO(context) struct context *c = set();
	AUTO(outputs) struct outputs *o = NULL;
	AUTO_TEXT char *gone = NULL;
	AUTO_TEXT char *others = NULL;
	AUTO_TEXT char *mine = NULL;
	struct err err = ERR_INIT;
	(void)state;
	put("images/old/Dockerfile", OURS("n") "FROM y\n");
	put("images/other/Dockerfile", OURS("other") "FROM y\n");
	put("images/old/notes.txt", "mine\n");
	assert_int_equal(outputs_compare(c, dir, "images", "n", "c.lock", true, &o, &err), 0);
	assert_int_equal(outputs_write(c, dir, o, "c.lock", &err), 0);
	gone = get("images/old/Dockerfile");
	others = get("images/other/Dockerfile");
	mine = get("images/old/notes.txt");
	assert_null(gone);
	assert_non_null(others);
	assert_string_equal(mine, "mine\n");
}

static void a_foreign_file_in_the_way_stops_everything(void **state)
{
	AUTO(context) struct context *c = set();
	AUTO(outputs) struct outputs *o = NULL;
	AUTO_TEXT char *want = xasprintf(
		"'%s/images/a/Dockerfile' is in the way: it is not one that `generate` made from this manifest", dir);
	AUTO_TEXT char *kept = NULL;
	struct err err = ERR_INIT;
	(void)state;
	put("images/a/Dockerfile", "FROM mine\n");
	assert_int_equal(outputs_compare(c, dir, "images", "n", "c.lock", true, &o, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, want);
	err_clear(&err);
	kept = get("images/a/Dockerfile");
	assert_string_equal(kept, "FROM mine\n");
	put("images/a/Dockerfile", OURS("n"));
}

static void links_are_not_followed_out_of_the_project(void **state)
{
	AUTO(context) struct context *c = context_new();
	AUTO(outputs) struct outputs *o = NULL;
	AUTO_TEXT char *link_path = file_join(dir, "out");
	AUTO_TEXT char *want = xasprintf("'%s' is in the way: it is no folder", link_path);
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(symlink("/tmp", link_path), 0);
	assert_int_equal(context_add_bytes(c, "out/a/Dockerfile", 0644, blob_text("", OURS("n")), &err), 0);
	assert_int_equal(outputs_compare(c, dir, "out", "n", "c.lock", false, &o, &err), -1);
	assert_string_equal(err.text, want);
	err_clear(&err);
}

static void a_write_that_fails_leaves_the_old_files(void **state)
{
	AUTO(context) struct context *c = set();
	AUTO(outputs) struct outputs *o = NULL;
	AUTO_TEXT char *old = NULL;
	AUTO_TEXT char *block = file_join(dir, "images/b");
	struct err err = ERR_INIT;
	(void)state;
	/* a file where a folder must be made, which appeared behind the comparison */
	put("images/a/Dockerfile", OURS("n") "old\n");
	assert_int_equal(context_add_bytes(c, "images/b/Dockerfile", 0644, blob_text("", OURS("n")), &err), 0);
	assert_int_equal(outputs_compare(c, dir, "images", "n", "c.lock", true, &o, &err), 0);
	put("images/b", "a file");
	assert_int_equal(outputs_write(c, dir, o, "c.lock", &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	err_clear(&err);
	old = get("images/a/Dockerfile");
	assert_string_equal(old, OURS("n") "old\n");
	assert_int_equal(unlink(block), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_files_are_written_and_then_the_same),
		cmocka_unit_test(what_is_left_over_goes_and_foreign_files_stay),
		cmocka_unit_test(a_foreign_file_in_the_way_stops_everything),
		cmocka_unit_test(links_are_not_followed_out_of_the_project),
		cmocka_unit_test(a_write_that_fails_leaves_the_old_files),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
