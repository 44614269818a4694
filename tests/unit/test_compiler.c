#include "rules/compiler.h"

#include "model/catalog_find.h"
#include "support/t.h"

static void compilers_are_judged_by_torch_and_toolkit(void **state)
{
	static const struct {
		const char *os;
		uint16_t cuda;
		uint32_t torch;
		enum compiler fits;
	} rows[] = {
		{"ubuntu18.04", 1002, REL(1, 8, 1), COMPILER_FITS},
		{"ubuntu20.04", 1101, REL(1, 8, 1), COMPILER_FITS},
		{"ubuntu18.04", 1108, REL(2, 0, 1), COMPILER_FITS},
		{"ubuntu18.04", 1108, REL(2, 1, 0), COMPILER_TOO_OLD},
		{"rockylinux8", 1108, REL(2, 1, 0), COMPILER_TOO_OLD},
		{"ubuntu20.04", 1208, REL(2, 7, 1), COMPILER_FITS},
		{"ubuntu20.04", 1206, REL(2, 13, 0), COMPILER_TOO_OLD},
		{"ubuntu22.04", 1206, REL(2, 13, 0), COMPILER_FITS},
		{"ubuntu24.04", 1206, REL(2, 7, 0), COMPILER_FITS},
		{"ubuntu24.04", 1108, REL(2, 7, 0), COMPILER_TOO_NEW},
		{"centos8", 1000, REL(1, 4, 0), COMPILER_TOO_NEW},
		{"ubuntu16.04", 1108, REL(1, 13, 0), COMPILER_TOO_OLD},
		{"debian11", 0, REL(2, 13, 0), COMPILER_TOO_OLD},
		{"debian12", 0, REL(2, 13, 0), COMPILER_FITS},
		{"ubuntu26.04", 0, REL(2, 14, 0), COMPILER_FITS},
		{"ubuntu26.04", 1303, REL(2, 14, 0), COMPILER_FITS},
		{"centos7", 0, REL(1, 13, 0), COMPILER_TOO_OLD},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct os_row *os = catalog_os(&catalog_builtin, rows[i].os);
		if (compiler_fits(&catalog_builtin, rows[i].cuda, os, rows[i].torch) != rows[i].fits)
			fail_msg("row %zu: %s", i, rows[i].os);
	}
}

static void the_least_gcc_follows_the_headers_of_torch(void **state)
{
	(void)state;
	assert_int_equal(compiler_least(REL(2, 14, 0)), 1103);
	assert_int_equal(compiler_least(REL(2, 12, 1)), 900);
	assert_int_equal(compiler_least(REL(2, 0, 1)), 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compilers_are_judged_by_torch_and_toolkit),
		cmocka_unit_test(the_least_gcc_follows_the_headers_of_torch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
