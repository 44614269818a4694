#include "model/context.h"

#include "support/t.h"

static int add(struct context *c, const char *name, const char *text, struct err *err)
{
	return context_add_bytes(c, name, 0644, blob_text(name, text), err);
}

static void members_are_sorted_and_have_their_folders(void **state)
{
	static const char *const want[] = {"a", "a-b", "a-b/z", "a/b", "a/b/c", "a/b/d", "z"};
	AUTO(context) struct context *c = context_new();
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(add(c, "z", "1", &err), 0);
	assert_int_equal(add(c, "a/b/d", "2", &err), 0);
	assert_int_equal(add(c, "a-b/z", "3", &err), 0);
	assert_int_equal(add(c, "a/b/c", "44", &err), 0);
	assert_int_equal(c->n, ARRAY_LEN(want));
	for (size_t i = 0; i < c->n; i++)
		assert_string_equal(c->v[i]->name, want[i]);
	assert_int_equal(c->v[0]->kind, MEMBER_DIR);
	assert_int_equal(c->v[4]->kind, MEMBER_BYTES);
	assert_int_equal(context_size(c), 5);
}

static void modes_are_reduced_to_two(void **state)
{
	AUTO(context) struct context *c = context_new();
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(context_add_file(c, "run", 04711, "/bin/sh", 10, &err), 0);
	assert_int_equal(context_add_file(c, "read", 0600, "/etc/passwd", 10, &err), 0);
	assert_int_equal(context_find(c, "run")->mode, 0755);
	assert_int_equal(context_find(c, "read")->mode, 0644);
	assert_string_equal(context_find(c, "read")->path, "/etc/passwd");
	assert_null(context_find(c, "rea"));
}

static void an_equal_member_twice_is_one(void **state)
{
	AUTO(context) struct context *c = context_new();
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(add(c, "d/a", "x", &err), 0);
	assert_int_equal(add(c, "d/a", "x", &err), 0);
	assert_int_equal(context_add_dir(c, "d", &err), 0);
	assert_int_equal(c->n, 2);
}

static void another_content_under_one_name_is_refused(void **state)
{
	AUTO(context) struct context *c = context_new();
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(add(c, "a", "x", &err), 0);
	assert_int_equal(add(c, "a", "y", &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, "build context: 'a' is there twice, with different content");
	err_clear(&err);
	assert_int_equal(add(c, "a/b", "below a file", &err), -1);
	assert_string_equal(err.text, "build context: 'a' is there twice, with different content");
	err_clear(&err);
}

static void names_that_leave_the_context_are_refused(void **state)
{
	static const char *const names[] = {"", "/a", "../a", "a/../b", "a//b", "./a", "a/", "a\nb"};
	AUTO(context) struct context *c = context_new();
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct err err = ERR_INIT;
		assert_int_equal(add(c, names[i], "x", &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		err_clear(&err);
	}
	assert_int_equal(c->n, 0);
}

static void links_stay_inside(void **state)
{
	static const struct {
		const char *name, *target;
		int rc;
	} rows[] = {
		{"a/l", "../b", 0},	  {"l", "b/c", 0}, {"a/b/l", "../../c", 0}, {"a/m", "../../b", -1},
		{"m", "/etc/passwd", -1}, {"n", "", -1},   {"o", "x/../../y", -1},  {"p", "./x/../y", 0},
	};
	AUTO(context) struct context *c = context_new();
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;
		assert_int_equal(context_add_link(c, rows[i].name, rows[i].target, &err), rows[i].rc);
		err_clear(&err);
	}
	assert_string_equal(context_find(c, "a/l")->data, "../b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_sorted_and_have_their_folders),
		cmocka_unit_test(modes_are_reduced_to_two),
		cmocka_unit_test(an_equal_member_twice_is_one),
		cmocka_unit_test(another_content_under_one_name_is_refused),
		cmocka_unit_test(names_that_leave_the_context_are_refused),
		cmocka_unit_test(links_stay_inside),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
