#include "rules/cover.h"

#include "support/t.h"

/* One piece of code against one GPU: N native, J jit, - none. */
static const struct {
	enum code_kind kind;
	uint16_t arch;
	char suffix;
	uint16_t isa;
	unsigned cc, driver_isa;
	char covers;
} rows[] = {
	{CODE_SASS, 80, 0, 0, 80, 0, 'N'},     {CODE_SASS, 80, 0, 0, 86, 0, 'N'},
	{CODE_SASS, 86, 0, 0, 80, 0, '-'},     {CODE_SASS, 80, 0, 0, 90, 0, '-'},
	{CODE_SASS, 90, 'a', 0, 90, 0, 'N'},   {CODE_SASS, 100, 'a', 0, 103, 0, '-'},
	{CODE_SASS, 100, 'f', 0, 103, 0, 'N'}, {CODE_SASS, 100, 'f', 0, 120, 0, '-'},
	{CODE_SASS, 120, 'f', 0, 121, 0, 'N'}, {CODE_SASS, 121, 'f', 0, 120, 0, '-'},
	{CODE_SASS, 80, 0, 0, 87, 0, '-'},     {CODE_SASS, 87, 0, 0, 87, 0, 'N'},
	{CODE_PTX, 50, 0, 80, 120, 0, 'J'},    {CODE_PTX, 90, 0, 84, 86, 0, '-'},
	{CODE_PTX, 50, 0, 84, 90, 84, 'J'},    {CODE_PTX, 50, 0, 84, 90, 83, '-'},
	{CODE_PTX, 90, 'a', 84, 90, 0, 'J'},   {CODE_PTX, 90, 'a', 84, 100, 0, '-'},
	{CODE_PTX, 100, 'f', 88, 103, 0, 'J'}, {CODE_PTX, 100, 'f', 88, 120, 0, '-'},
	{CODE_LTO, 50, 0, 0, 50, 0, '-'},      {CODE_OTHER, 50, 0, 0, 50, 0, '-'},
};

static void each_kind_of_code_covers_what_it_can(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct code c = {
			.kind = rows[i].kind, .arch = rows[i].arch, .suffix = rows[i].suffix, .isa = rows[i].isa};
		enum arch_cover got = cover_code(&c, (struct cover_gpu){.cc = rows[i].cc, .isa = rows[i].driver_isa});
		char as = got == ARCH_NATIVE ? 'N' : got == ARCH_JIT ? 'J' : '-';
		if (as != rows[i].covers)
			fail_msg("row %zu: %c, not %c", i, as, rows[i].covers);
	}
}

static void a_file_does_as_its_worst_container(void **state)
{
	(void)state;
	struct code all[] = {{.kind = CODE_SASS, .arch = 80}, {.kind = CODE_PTX, .arch = 80, .isa = 80}};
	struct code some[] = {{.kind = CODE_SASS, .arch = 86}};
	struct code_group groups[] = {{.codes = all, .n_codes = 2, .containers = 7},
				      {.codes = some, .n_codes = 1, .containers = 3},
				      {.codes = some, .n_codes = 1, .containers = 5, .link_only = true}};
	struct binary b = {.groups = groups, .n_groups = 3};
	const struct code_group *worst = NULL;
	assert_int_equal(cover_binary(&b, (struct cover_gpu){.cc = 86}, &worst), ARCH_NATIVE);
	assert_ptr_equal(worst, &groups[0]);
	assert_int_equal(cover_binary(&b, (struct cover_gpu){.cc = 90}, &worst), ARCH_NONE);
	assert_ptr_equal(worst, &groups[1]);
	struct cover_tally t = cover_tally(&b, (struct cover_gpu){.cc = 90});
	assert_int_equal(t.native, 0);
	assert_int_equal(t.jit, 7);
	assert_int_equal(t.none, 3);
	b.n_groups = 1;
	assert_int_equal(cover_binary(&b, (struct cover_gpu){.cc = 90}, NULL), ARCH_JIT);
}

static void a_file_without_code_to_judge_is_unknown(void **state)
{
	(void)state;
	struct code one[] = {{.kind = CODE_SASS, .arch = 86}};
	struct code_group link = {.codes = one, .n_codes = 1, .containers = 1, .link_only = true};
	struct binary b = {.groups = &link, .n_groups = 1};
	const struct code_group *worst = &link;
	assert_int_equal(cover_binary(&b, (struct cover_gpu){.cc = 86}, &worst), ARCH_UNKNOWN);
	assert_null(worst);
}

static void ptx_versions_and_cuda_versions_name_each_other(void **state)
{
	(void)state;
	uint16_t low = 0, high = 0;
	assert_int_equal(cover_isa(1204), 84);
	assert_int_equal(cover_isa(1206), 85);
	assert_int_equal(cover_isa(1300), 90);
	assert_int_equal(cover_isa(1002), 65);
	assert_int_equal(cover_isa(1210), 0);
	assert_true(cover_isa_cuda(85, &low, &high));
	assert_int_equal(low, 1205);
	assert_int_equal(high, 1206);
	assert_true(cover_isa_cuda(78, &low, &high));
	assert_int_equal(low, 1108);
	assert_int_equal(high, 1108);
	assert_false(cover_isa_cuda(79, &low, &high));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_code_covers_what_it_can),
		cmocka_unit_test(a_file_does_as_its_worst_container),
		cmocka_unit_test(a_file_without_code_to_judge_is_unknown),
		cmocka_unit_test(ptx_versions_and_cuda_versions_name_each_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
