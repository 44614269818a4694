/* The low-level functions are used on purpose, see digest.h; asking for the interface of 1.1.0 is the documented way to
 * have them without a warning. */
#define OPENSSL_API_COMPAT 0x10100000L

#include "adapt/digest.h"

#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct hash), "struct hash holds the state");
_Static_assert(_Alignof(SHA256_CTX) <= _Alignof(struct hash), "struct hash is aligned for the state");

void hash_init(struct hash *h)
{
	SHA256_CTX state;
	SHA256_Init(&state);
	memcpy(h->state, &state, sizeof(state));
}

void hash_add(struct hash *h, const void *data, size_t len)
{
	SHA256_CTX state;
	memcpy(&state, h->state, sizeof(state));
	SHA256_Update(&state, data, len);
	memcpy(h->state, &state, sizeof(state));
}

void hash_end(struct hash *h, char ret[HASH_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	SHA256_CTX state;
	memcpy(&state, h->state, sizeof(state));
	unsigned char sum[SHA256_DIGEST_LENGTH];
	SHA256_Final(sum, &state);
	for (size_t i = 0; i < sizeof(sum); i++) {
		ret[2 * i] = digits[sum[i] >> 4];
		ret[2 * i + 1] = digits[sum[i] & 15U];
	}
	ret[2 * sizeof(sum)] = '\0';
}

void hash_hex(struct blob data, char ret[HASH_HEX_SIZE])
{
	struct hash h;
	hash_init(&h);
	hash_add(&h, data.data, data.len);
	hash_end(&h, ret);
}
