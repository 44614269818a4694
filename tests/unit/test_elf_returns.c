#include "inspect/elf_parts.h"

#include "support/t.h"

#define CODE(text) (const unsigned char *)(text), sizeof(text) - 1

static void x86_64_functions_that_return_a_number_are_read(void **state)
{
	(void)state;
	int64_t v = 0;
	assert_true(elf_returns(BINARY_X86_64, CODE("\xb8\x08\x2f\x00\x00\xc3"), &v));
	assert_int_equal(v, 12040);
	assert_true(elf_returns(BINARY_X86_64, CODE("\xf3\x0f\x1e\xfa\xb8\xc8\x32\x00\x00\xc3\x90"), &v));
	assert_int_equal(v, 13000);
	assert_true(elf_returns(BINARY_X86_64, CODE("\xf3\x0f\x1e\xfa\x48\xc7\xc0\xff\xff\xff\xff\xc3"), &v));
	assert_int_equal(v, -1);
	assert_true(elf_returns(BINARY_X86_64, CODE("\x55\x48\x89\xe5\xb8\x08\x2f\x00\x00\x5d\xc3"), &v));
	assert_int_equal(v, 12040);
	assert_true(elf_returns(BINARY_X86_64, CODE("\xb8\xd4\x27\x00\x00\xf3\xc3"), &v));
	assert_int_equal(v, 10196);
}

static void x86_64_functions_that_do_more_are_not(void **state)
{
	(void)state;
	int64_t v = 7;
	assert_false(elf_returns(BINARY_X86_64, CODE("\xb8\x08\x2f\x00\x00\x90"), &v));
	assert_false(elf_returns(BINARY_X86_64, CODE("\xb8\x08\x2f"), &v));
	assert_false(elf_returns(BINARY_X86_64, CODE("\x55\x48\x89\xe5\xb8\x08\x2f\x00\x00\xc3"), &v));
	assert_false(elf_returns(BINARY_X86_64, CODE("\xff\x25\x00\x00\x00\x00"), &v));
	assert_false(elf_returns(BINARY_X86_64, CODE(""), &v));
	assert_false(elf_returns(BINARY_OTHER, CODE("\xb8\x08\x2f\x00\x00\xc3"), &v));
	assert_int_equal(v, 7);
}

static void aarch64_functions_that_return_a_number_are_read(void **state)
{
	(void)state;
	int64_t v = 0;
	/* mov x0,#12040; ret */
	assert_true(elf_returns(BINARY_AARCH64, CODE("\x00\xe1\x85\xd2\xc0\x03\x5f\xd6"), &v));
	assert_int_equal(v, 12040);
	/* bti c; mov w0,#13000; ret */
	assert_true(elf_returns(BINARY_AARCH64, CODE("\x5f\x24\x03\xd5\x00\x59\x86\x52\xc0\x03\x5f\xd6"), &v));
	assert_int_equal(v, 13000);
	/* mov x0,#-1; ret */
	assert_true(elf_returns(BINARY_AARCH64, CODE("\x00\x00\x80\x92\xc0\x03\x5f\xd6"), &v));
	assert_int_equal(v, -1);
	/* mov w0,#1; movk w0,#1,lsl 16; ret */
	assert_true(elf_returns(BINARY_AARCH64, CODE("\x20\x00\x80\x52\x20\x00\xa0\x72\xc0\x03\x5f\xd6"), &v));
	assert_int_equal(v, 65537);
}

static void aarch64_functions_that_do_more_are_not(void **state)
{
	(void)state;
	int64_t v = 7;
	assert_false(elf_returns(BINARY_AARCH64, CODE("\x01\xe1\x85\xd2\xc0\x03\x5f\xd6"), &v));
	assert_false(elf_returns(BINARY_AARCH64, CODE("\x00\xe1\x85\xd2\x1f\x20\x03\xd5"), &v));
	assert_false(elf_returns(BINARY_AARCH64, CODE("\x00\xe1\x85\xd2"), &v));
	assert_false(elf_returns(BINARY_AARCH64, CODE("\x5f\x24\x03\xd5"), &v));
	assert_int_equal(v, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(x86_64_functions_that_return_a_number_are_read),
		cmocka_unit_test(x86_64_functions_that_do_more_are_not),
		cmocka_unit_test(aarch64_functions_that_return_a_number_are_read),
		cmocka_unit_test(aarch64_functions_that_do_more_are_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
