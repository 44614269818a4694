/* digest.h — SHA-256: of bytes at once or piece by piece, as 64 lower-case hex digits.
 *
 * No allocation, no failure and nothing to set up: OpenSSL's provider machinery, which costs milliseconds at its first
 * use, is not touched (and so left as it is for TLS). Not here: the value "sha256:..." and its grammar (struct digest,
 * model/ref.h), base64 (base/base64.h). The only file family that includes OpenSSL's headers. */
#pragma once

#include "base/buf.h"

#define HASH_HEX_SIZE 65 /* 64 digits and the NUL */

/* A running hash: hash_init(), any number of hash_add(), one hash_end(). Owns nothing and may be copied. */
struct hash {
	_Alignas(8) unsigned char state[120];
};

void hash_init(struct hash *h);
void hash_add(struct hash *h, const void *data, size_t len);
void hash_end(struct hash *h, char ret[HASH_HEX_SIZE]);
/* All at once. */
void hash_hex(struct blob data, char ret[HASH_HEX_SIZE]);
