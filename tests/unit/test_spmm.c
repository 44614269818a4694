/* The kernels' arithmetic (probe/spmm.h) as their host twins, on every pattern, against the reference. */
#include "support/t.h"
#include "support/twins.h"

#include <math.h>
#include <stdlib.h>

/* Under a wrapper (valgrind) the big patterns would take minutes. */
static bool is_left_out(const struct shape *s)
{
	const char *wrap = getenv("WRAP");

	return s->big && wrap && *wrap;
}

static void prove_all(const struct shape *s, enum kind kind, bool wide, bool exact)
{
	struct problem p;
	char why[256];

	assert_true(problem_make(&p, s, kind, wide, exact));
	for (int long_rows = 0; long_rows < 2; long_rows++)
		if (!twin_prove(twins_sound, &p, long_rows, why, sizeof(why)))
			fail_msg("%s, %s, %s: %s", numbers[kind].name, wide ? "i64" : "i32",
				 long_rows ? "long rows" : "rows", why);
	problem_clear(&p);
}

static void every_kernel_is_right_on_every_pattern(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_shapes; i++)
		for (int kind = 0; kind < KINDS && !is_left_out(&shapes[i]); kind++)
			for (int both = 0; both < 4; both++)
				if (!shapes[i].big || both == 1 || both == 2)
					prove_all(&shapes[i], (enum kind)kind, both & 1, both & 2);
}

static void every_planted_fault_is_noticed(void **state)
{
	(void)state;
	assert_true(n_twin_faults >= 12);
	for (size_t i = 0; i < n_twin_faults; i++)
		for (int which = 0; which < KINDS * 4; which++) {
			const enum kind kind = (enum kind)(which / 4);
			const bool wide = which & 2, long_rows = which & 1;
			if (twin_faults[i].harms && !twin_faults[i].harms(kind, long_rows))
				continue;
			if (!twin_notice(twin_faults[i].twins, kind, wide, long_rows))
				fail_msg("'%s' goes unnoticed in the kernel for %s, %s%s", twin_faults[i].name,
					 numbers[kind].name, wide ? "i64" : "i32", long_rows ? ", long rows" : "");
		}
}

static void a_sound_kernel_is_no_fault(void **state)
{
	(void)state;
	for (int kind = 0; kind < KINDS; kind++)
		assert_false(twin_notice(twins_sound, (enum kind)kind, false, true));
}

static bool has_width(uint32_t width)
{
	for (size_t i = 0; i < n_shapes; i++)
		if (shapes[i].width == width)
			return true;
	return false;
}

/* Which of the hard patterns a problem is. */
enum {
	FIRST_EMPTY = 1,
	LAST_EMPTY = 2,
	ALL_EMPTY = 4,
	MILLION = 8,
	TWICE = 16,
	UNSORTED = 32,
	ODD_ROWS = 64,
	NO_ROWS = 128
};

static unsigned row_traits(const struct problem *p, const uint32_t *col, uint32_t start, uint32_t end)
{
	unsigned traits = end - start >= 1000000 ? MILLION : 0;

	for (uint32_t e = start; e + 1 < end; e++)
		traits |= (col[e] > col[e + 1] ? UNSORTED : 0u) | (col[e] == col[e + 1] ? TWICE : 0u);
	for (uint32_t e = start; e < end; e++)
		assert_true(col[e] < p->shape->columns);
	return traits;
}

static unsigned traits_of(const struct problem *p)
{
	const uint32_t *rowptr = p->rowptr, rows = p->shape->rows;
	unsigned traits = (p->entries ? 0u : ALL_EMPTY) | (rows % 8 ? ODD_ROWS : 0u) | (rows ? 0u : NO_ROWS);

	for (uint32_t row = 0; row < rows; row++) {
		const bool empty = rowptr[row] == rowptr[row + 1];
		traits |= row_traits(p, p->col, rowptr[row], rowptr[row + 1]);
		traits |= (empty && row == 0 ? FIRST_EMPTY : 0u) | (empty && row + 1 == rows ? LAST_EMPTY : 0u);
	}
	assert_int_equal(rowptr[rows], p->entries);
	return traits;
}

static void the_patterns_are_those_that_have_gone_wrong_before(void **state)
{
	static const uint32_t widths[] = {1, 31, 32, 33, 64, 127, 128};
	unsigned seen = 0;
	(void)state;
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		assert_true(has_width(widths[i]));
	for (size_t i = 0; i < n_shapes; i++) {
		struct problem p;
		assert_true(problem_make(&p, &shapes[i], F32, false, true));
		seen |= traits_of(&p);
		problem_clear(&p);
	}
	assert_int_equal(seen, 2 * NO_ROWS - 1);
}

static unsigned short put(enum kind kind, double value)
{
	unsigned short bits;

	number_put(kind, &bits, 0, value);
	return bits;
}

static double get(enum kind kind, unsigned short bits)
{
	return number_get(kind, &bits, 0);
}

/* All 16-bit numbers, and what lies between two of them: nearest, ties to even. */
static void rounding_is_to_the_nearest_even(void **state)
{
	(void)state;
	for (int kind = F16; kind <= BF16; kind++) {
		const enum kind k = (enum kind)kind;
		for (unsigned i = 0; !isnan(get(k, (unsigned short)(i + 1))); i++) {
			const unsigned short low = (unsigned short)i, high = (unsigned short)(i + 1);
			const double a = get(k, low), b = get(k, high), middle = isinf(b) ? 0 : (a + b) / 2;
			assert_int_equal(put(k, a), low);
			assert_int_equal(put(k, -a), low | 0x8000);
			if (isinf(b))
				break;
			assert_int_equal(put(k, middle), i % 2 ? high : low);
			assert_int_equal(put(k, nextafter(middle, 0)), low);
			assert_int_equal(put(k, nextafter(middle, INFINITY)), high);
		}
	}
	assert_int_equal(put(F16, 65520), 0x7c00);
	assert_int_equal(put(F16, 65519), 0x7bff);
	assert_int_equal(put(BF16, 1e39), 0x7f80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kernel_is_right_on_every_pattern),
		cmocka_unit_test(every_planted_fault_is_noticed),
		cmocka_unit_test(a_sound_kernel_is_no_fault),
		cmocka_unit_test(the_patterns_are_those_that_have_gone_wrong_before),
		cmocka_unit_test(rounding_is_to_the_nearest_even),
	};
	return cmocka_run_group_tests_name("spmm", tests, NULL, NULL);
}
