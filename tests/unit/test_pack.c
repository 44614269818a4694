#include "engine/pack.h"

#include "adapt/archive.h"
#include "base/file.h"
#include "engine/build.h"
#include "support/t.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static char *dir;

static int make_dir(void **state)
{
	struct err err = ERR_INIT;
	(void)state;
	return file_temp_dir(&dir, &err);
}

static int drop_dir(void **state)
{
	struct err err = ERR_INIT;
	(void)state;
	int rc = file_remove_tree(dir, &err);
	free(dir);
	return rc;
}

static char *write_file(const char *name, const char *text)
{
	char *path = file_join(dir, name);
	struct err err = ERR_INIT;
	assert_int_equal(file_write(path, blob_text(name, text), 0600, &err), 0);
	return path;
}

static struct context *example(bool backwards)
{
	struct context *c = context_new();
	struct err err = ERR_INIT;
	AUTO_TEXT char *path = write_file("main.py", "print()\n");
	for (int i = 0; i < 4; i++) {
		switch (backwards ? 3 - i : i) {
		case 0:
			assert_int_equal(
				context_add_bytes(c, "images/a/Dockerfile", 0600, blob_text("d", "FROM x\n"), &err), 0);
			break;
		case 1:
			assert_int_equal(context_add_file(c, "src/main.py", 0755, path, 8, &err), 0);
			break;
		case 2:
			assert_int_equal(context_add_link(c, "src/link", "main.py", &err), 0);
			break;
		default:
			assert_int_equal(context_add_bytes(c, "empty", 0644, blob_text("e", ""), &err), 0);
		}
	}
	return c;
}

static void the_tar_holds_the_members_in_order_without_owner_and_time(void **state)
{
	static const char *const want[] = {"empty", "images/",	"images/a/",  "images/a/Dockerfile",
					   "src/",  "src/link", "src/main.py"};
	AUTO(context) struct context *c = example(false);
	AUTO(pack) struct pack *p = pack_new(c);
	AUTO(tar_in) struct tar_in *t = NULL;
	struct tar_entry e;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(tar_in_new(pack_stream(p), NULL, &t, &err), 0);
	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		assert_int_equal(tar_in_next(t, &e, &err), 1);
		assert_string_equal(e.name, want[i]);
		assert_int_equal(e.uid + e.gid, 0);
		assert_int_equal(e.mtime, 0);
		if (i == 3) {
			char text[20] = "";
			assert_int_equal(e.mode, 0644);
			assert_int_equal(tar_in_read(t, text, sizeof(text) - 1, &err), 7);
			assert_string_equal(text, "FROM x\n");
		}
		if (i == 5)
			assert_string_equal(e.target, "main.py");
		if (i == 6)
			assert_int_equal(e.mode, 0755);
	}
	assert_int_equal(tar_in_next(t, &e, &err), 0);
}

static void equal_contexts_have_equal_digests_whatever_the_order_and_the_files_times(void **state)
{
	AUTO(context) struct context *a = example(false), *b = example(true);
	AUTO_TEXT char *one = NULL, *two = NULL, *three = NULL, *path = file_join(dir, "main.py");
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(engine_context_digest(a, &one, &err), 0);
	struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_int_equal(engine_context_digest(b, &two, &err), 0);
	assert_string_equal(one, two);
	assert_int_equal(strlen(one), 64);
	assert_int_equal(context_add_bytes(b, "more", 0644, blob_text("m", ""), &err), 0);
	assert_int_equal(engine_context_digest(b, &three, &err), 0);
	assert_string_not_equal(one, three);
}

/* Reads all of a context's tar, which must fail. */
static void fails_with(const struct context *c, const char *text)
{
	AUTO_TEXT char *digest = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(engine_context_digest(c, &digest, &err), -1);
	assert_null(digest);
	assert_int_equal(err.kind, ERR_IO);
	assert_string_equal(err.text, text);
	err_clear(&err);
}

static void files_that_are_not_what_was_said_are_named(void **state)
{
	AUTO_TEXT char *path = write_file("grows", "12345"), *gone = file_join(dir, "gone"),
		       *fifo = file_join(dir, "fifo");
	AUTO(context) struct context *a = context_new(), *b = context_new(), *c = context_new();
	AUTO_TEXT char *grown = xasprintf("'%s' changed while it was sent: 5 bytes in place of 4", path);
	AUTO_TEXT char *missing = xasprintf("open '%s': No such file or directory", gone);
	AUTO_TEXT char *pipe_text = xasprintf("'%s' is not a regular file", fifo);
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(context_add_file(a, "f", 0644, path, 4, &err), 0);
	fails_with(a, grown);
	assert_int_equal(context_add_file(b, "f", 0644, gone, 4, &err), 0);
	fails_with(b, missing);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(context_add_file(c, "f", 0644, fifo, 0, &err), 0);
	fails_with(c, pipe_text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tar_holds_the_members_in_order_without_owner_and_time),
		cmocka_unit_test(equal_contexts_have_equal_digests_whatever_the_order_and_the_files_times),
		cmocka_unit_test(files_that_are_not_what_was_said_are_named),
	};
	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
