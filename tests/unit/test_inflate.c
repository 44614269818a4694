#include "adapt/inflate.h"

#include "support/t.h"

#include <lz4.h>
#include <zstd.h>

#define PLAIN 5000

static void fill(char *plain)
{
	for (size_t i = 0; i < PLAIN; i++)
		plain[i] = (char)(i % 251 ^ i / 97);
}

static void lz4_gives_its_start_even_when_cut(void **state)
{
	(void)state;
	char plain[PLAIN], packed[2 * PLAIN], into[PLAIN];
	fill(plain);
	int n = LZ4_compress_default(plain, packed, PLAIN, (int)sizeof(packed));
	assert_true(n > 100);
	assert_int_equal(inflate_start(INFLATE_LZ4, (struct blob){.data = packed, .len = (size_t)n}, into, PLAIN),
			 PLAIN);
	assert_memory_equal(into, plain, PLAIN);
	assert_int_equal(inflate_start(INFLATE_LZ4, (struct blob){.data = packed, .len = 64}, into, 24), 24);
	assert_memory_equal(into, plain, 24);
}

static void zstd_gives_its_start(void **state)
{
	(void)state;
	char plain[PLAIN], packed[2 * PLAIN], into[PLAIN + 10];
	fill(plain);
	size_t n = ZSTD_compress(packed, sizeof(packed), plain, PLAIN, 3);
	assert_false(ZSTD_isError(n));
	assert_int_equal(inflate_start(INFLATE_ZSTD, (struct blob){.data = packed, .len = n}, into, sizeof(into)),
			 PLAIN);
	assert_memory_equal(into, plain, PLAIN);
	assert_int_equal(inflate_start(INFLATE_ZSTD, (struct blob){.data = packed, .len = n}, into, 24), 24);
	assert_memory_equal(into, plain, 24);
}

static void other_bytes_give_nothing(void **state)
{
	(void)state;
	static const char zeros[64], noise[] = "\xff\xff\xff\xff\xff\xff\xff\xff";
	char into[64];
	assert_int_equal(inflate_start(INFLATE_ZSTD, (struct blob){.data = zeros, .len = 64}, into, 64), 0);
	assert_int_equal(inflate_start(INFLATE_LZ4, (struct blob){.data = noise, .len = 8}, into, 64), 0);
	assert_int_equal(inflate_start(INFLATE_LZ4, (struct blob){.data = noise, .len = 0}, into, 64), 0);
	assert_int_equal(inflate_start(INFLATE_LZ4, (struct blob){.data = noise, .len = 8}, into, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lz4_gives_its_start_even_when_cut),
		cmocka_unit_test(zstd_gives_its_start),
		cmocka_unit_test(other_bytes_give_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
