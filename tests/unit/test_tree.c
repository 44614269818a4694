#include "inspect/tree.h"

#include "base/buf.h"
#include "support/t.h"

static int items[8];

static void on_file(void *self, const char *path, void *item)
{
	buf_addf(self, "%s=%d\n", path, (int)((int *)item - items));
}

static void on_link(void *self, const char *path, const char *target)
{
	buf_addf(self, "%s->%s\n", path, target);
}

static void assert_tree(const struct tree *t, const char *want)
{
	AUTO_BUF struct buf seen = BUF_INIT;

	tree_walk(t, &(struct tree_visitor){.file = on_file, .link = on_link, .self = &seen});
	assert_string_equal(buf_text(&seen), want);
}

static void files_lie_below_folders_that_are_made(void **state)
{
	AUTO(tree) struct tree *t = tree_new();

	(void)state;
	assert_true(tree_put(t, "usr/lib/a", TREE_FILE, &items[1], NULL));
	assert_true(tree_put(t, "usr/b", TREE_FILE, &items[2], NULL));
	assert_true(tree_put(t, "usr/lib/a", TREE_FILE, &items[3], NULL));
	assert_tree(t, "/usr/lib/a=3\n/usr/b=2\n");
	assert_ptr_equal(tree_item(t, "usr/lib/a"), &items[3]);
	assert_null(tree_item(t, "usr/lib"));
}

static void a_folder_over_a_folder_keeps_what_lies_in_it(void **state)
{
	AUTO(tree) struct tree *t = tree_new();

	(void)state;
	tree_put(t, "d/a", TREE_FILE, &items[1], NULL);
	tree_put(t, "d", TREE_DIR, NULL, NULL);
	assert_tree(t, "/d/a=1\n");
	tree_put(t, "d", TREE_FILE, &items[2], NULL);
	assert_tree(t, "/d=2\n");
	tree_put(t, "d/b", TREE_FILE, &items[3], NULL);
	assert_tree(t, "/d/b=3\n");
}

static void links_in_front_of_the_last_part_are_followed(void **state)
{
	AUTO(tree) struct tree *t = tree_new();

	(void)state;
	tree_put(t, "usr/lib/x", TREE_FILE, &items[1], NULL);
	tree_put(t, "lib", TREE_LINK, NULL, "usr/lib");
	tree_put(t, "opt/l", TREE_LINK, NULL, "../../../lib");
	tree_put(t, "opt/l/y", TREE_FILE, &items[2], NULL);
	assert_ptr_equal(tree_item(t, "lib/y"), &items[2]);
	tree_remove(t, "lib/x");
	assert_tree(t, "/usr/lib/y=2\n/lib->usr/lib\n/opt/l->../../../lib\n");
	tree_remove(t, "lib");
	assert_tree(t, "/usr/lib/y=2\n/opt/l->../../../lib\n");
}

static void loops_and_nameless_paths_are_refused(void **state)
{
	AUTO(tree) struct tree *t = tree_new();

	(void)state;
	tree_put(t, "a", TREE_LINK, NULL, "b");
	tree_put(t, "b", TREE_LINK, NULL, "a");
	assert_false(tree_put(t, "a/x", TREE_FILE, &items[1], NULL));
	assert_false(tree_put(t, "", TREE_FILE, &items[1], NULL));
	assert_false(tree_put(t, "..", TREE_FILE, &items[1], NULL));
	assert_null(tree_item(t, "a/x"));
	assert_tree(t, "/a->b\n/b->a\n");
}

static void emptied_folders_take_files_again(void **state)
{
	AUTO(tree) struct tree *t = tree_new();

	(void)state;
	for (int i = 0; i < 3000; i++) {
		AUTO_TEXT char *path = xasprintf("d/%d/%d", i % 50, i);

		assert_true(tree_put(t, path, TREE_FILE, &items[1], NULL));
	}
	assert_ptr_equal(tree_item(t, "d/49/2999"), &items[1]);
	tree_empty(t, "d");
	assert_tree(t, "");
	tree_put(t, "d/7/7", TREE_FILE, &items[2], NULL);
	tree_put(t, "e", TREE_FILE, &items[3], NULL);
	assert_tree(t, "/d/7/7=2\n/e=3\n");
	tree_empty(t, "/");
	assert_tree(t, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_lie_below_folders_that_are_made),
		cmocka_unit_test(a_folder_over_a_folder_keeps_what_lies_in_it),
		cmocka_unit_test(links_in_front_of_the_last_part_are_followed),
		cmocka_unit_test(loops_and_nameless_paths_are_refused),
		cmocka_unit_test(emptied_folders_take_files_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
