#include "adapt/digest_lane.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void the_vectors_of_the_standard_hold(void **state)
{
	static const char *const rows[][2] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	char hex[HASH_HEX_SIZE];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		hash_hex(blob_text("vector", rows[i][0]), hex);
		assert_string_equal(hex, rows[i][1]);
	}
}

static void pieces_give_what_the_whole_gives(void **state)
{
	struct hash h;
	char hex[HASH_HEX_SIZE], piece[1000];
	(void)state;
	memset(piece, 'a', sizeof(piece));
	hash_init(&h);
	for (int i = 0; i < 1000; i++)
		hash_add(&h, piece, sizeof(piece));
	hash_add(&h, NULL, 0);
	hash_end(&h, hex);
	assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void a_copy_of_a_running_hash_goes_its_own_way(void **state)
{
	struct hash a, b;
	char hex_a[HASH_HEX_SIZE], hex_b[HASH_HEX_SIZE];
	(void)state;
	hash_init(&a);
	hash_add(&a, "ab", 2);
	b = a;
	hash_add(&a, "c", 1);
	hash_add(&b, "d", 1);
	hash_end(&a, hex_a);
	hash_end(&b, hex_b);
	assert_string_equal(hex_a, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(hex_b, "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9");
}

/* Short ones stay with the caller; long ones go through the ring many times. */
static void a_lane_gives_what_one_hash_gives(void **state)
{
	static const size_t sizes[] = {0, 1, (256 << 10) - 1, 256 << 10, (256 << 10) + 1, 1 << 20, (5 << 20) + 7};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		AUTO(lane) struct lane *l = lane_new();
		AUTO_TEXT char *data = xmalloc(sizes[i] + 1);
		char want[HASH_HEX_SIZE], hex[HASH_HEX_SIZE];
		for (size_t k = 0; k < sizes[i]; k++)
			data[k] = (char)(k * 7 + (k >> 12));
		for (size_t at = 0, n = 1; at < sizes[i]; at += n, n = n * 3 % 100003) {
			if (n > sizes[i] - at)
				n = sizes[i] - at;
			lane_add(l, data + at, n);
		}
		lane_end(l, hex);
		hash_hex((struct blob){.name = "data", .data = data, .len = sizes[i]}, want);
		assert_string_equal(hex, want);
	}
}

static void a_lane_may_be_left_in_the_middle(void **state)
{
	AUTO_TEXT char *data = xcalloc(3, 1 << 20);
	AUTO(lane) struct lane *l = lane_new();
	(void)state;
	lane_add(l, data, 3 << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_standard_hold),
		cmocka_unit_test(pieces_give_what_the_whole_gives),
		cmocka_unit_test(a_copy_of_a_running_hash_goes_its_own_way),
		cmocka_unit_test(a_lane_gives_what_one_hash_gives),
		cmocka_unit_test(a_lane_may_be_left_in_the_middle),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
