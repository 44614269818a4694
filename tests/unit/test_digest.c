#include "adapt/digest.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_vectors_of_the_standard_hold),
		cmocka_unit_test(pieces_give_what_the_whole_gives),
		cmocka_unit_test(a_copy_of_a_running_hash_goes_its_own_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
