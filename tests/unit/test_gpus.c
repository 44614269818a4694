#include "work/gpus.h"

#include "base/file.h"
#include "support/t.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void only_numbered_device_files_are_gpus(void **state)
{
	static const char *const names[] = {"nvidia0",	  "nvidia1",  "nvidia11", "nvidiactl",
					    "nvidia-uvm", "nvidia2x", "xnvidia3"};
	char dir[] = "/tmp/cudabuild-gpus-XXXXXX";
	(void)state;
	assert_non_null(mkdtemp(dir));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_TEXT char *path = file_join(dir, names[i]);
		FILE *f = fopen(path, "w");
		assert_non_null(f);
		fclose(f);
	}
	assert_int_equal(gpus_count(dir), 3);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO_TEXT char *path = file_join(dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	assert_int_equal(gpus_count(dir), 0);
}

static void all_gpus_are_named_by_number_and_asked_ones_stay(void **state)
{
	AUTO_TEXT char *all = gpus_ids("all", 3), *none = gpus_ids(NULL, 0), *asked = gpus_ids("0,GPU-5", 4);
	AUTO_TEXT char *elsewhere = gpus_ids("2,3", 0), *twice = gpus_ids("1,0,1", 2), *nothing = gpus_ids("all", 0);
	(void)state;
	assert_string_equal(all, "0,1,2");
	assert_null(none);
	assert_string_equal(asked, "0,GPU-5");
	assert_int_equal(gpus_many(asked), 2);
	assert_string_equal(elsewhere, "2,3");
	assert_string_equal(twice, "1,0");
	assert_null(nothing);
}

static void shares_are_disjoint_and_make_up_the_whole(void **state)
{
	AUTO_TEXT char *a = gpus_share("0,1,2,3,4", 0, 2), *b = gpus_share("0,1,2,3,4", 1, 2);
	AUTO_TEXT char *only = gpus_share("7", 0, 1);
	(void)state;
	assert_string_equal(a, "0,2,4");
	assert_string_equal(b, "1,3");
	assert_string_equal(only, "7");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_numbered_device_files_are_gpus),
		cmocka_unit_test(all_gpus_are_named_by_number_and_asked_ones_stay),
		cmocka_unit_test(shares_are_disjoint_and_make_up_the_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
