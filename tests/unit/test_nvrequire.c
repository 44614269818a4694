#include "inspect/check_parts.h"
#include "support/t.h"

static void requirements_are_read_as_the_container_hook_reads_them(void **state)
{
	static const struct {
		const char *require, *driver;
		int meets;
	} rows[] = {
		{"cuda>=12.8", "570.26", 1},
		{"cuda>=12.8", "550.54.14", 0},
		{"cuda>=12.0", "525.60.13", 1},
		{"cuda>=13.0 driver>=570", "570.26", 1},
		{"cuda>=12.8,driver<600", "570.26", 1},
		{"cuda>=12.8,driver<570", "570.26", 0},
		{"cuda>=12.8 brand=tesla,driver>=470,driver<471", "470.57.02", -1},
		{"cuda>=12.8 brand=tesla,driver>=470,driver<471", "535.104.05", 0},
		{"driver=570.26", "570.26", 1},
		{"driver!=570.26", "570.26", 0},
		{"driver<=570.26", "570.26", 1},
		{"driver>570.26", "570.26", 0},
		{"arch>=7.0", "570.26", -1},
		{"nonsense", "570.26", -1},
		{"cuda>=x", "570.26", -1},
		{"", "570.26", 1},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err err = ERR_INIT;
		struct driver d;

		assert_int_equal(driver_parse(rows[i].driver, &d, &err), 0);
		if (nvrequire_meets(&catalog_builtin, rows[i].require, &d) != rows[i].meets)
			fail_msg("%s with driver %s", rows[i].require, rows[i].driver);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(requirements_are_read_as_the_container_hook_reads_them)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
