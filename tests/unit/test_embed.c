#include "base/embed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void every_file_has_a_name_of_its_own_and_ends_with_nul(void **state)
{
	(void)state;
	for (const struct blob *b = embed_all(); b->name; b++) {
		assert_ptr_equal(embed_find(b->name), b);
		assert_int_equal(b->data[b->len], '\0');
		assert_true(b->len > 0);
	}
}

static void names_are_paths_without_src_in_front(void **state)
{
	(void)state;
	for (const struct blob *b = embed_all(); b->name; b++) {
		assert_true(strncmp(b->name, "src/", 4) != 0);
		assert_non_null(strchr(b->name, '/'));
	}
}

static void unknown_name_is_null(void **state)
{
	(void)state;
	assert_null(embed_find("templates/none"));
	assert_null(embed_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_file_has_a_name_of_its_own_and_ends_with_nul),
		cmocka_unit_test(names_are_paths_without_src_in_front),
		cmocka_unit_test(unknown_name_is_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
