/* digest_lane.h — a SHA-256 computed beside the work: large members are hashed by a thread of their own while the
 * caller goes on.
 *
 * The thread begins when the first bytes have come together; what is short is hashed where it is. One lane serves one
 * hash; not safe for use from two threads. Where no thread can be made, the caller's computes. */
#pragma once

#include "adapt/digest.h"

struct lane;
void lane_free(struct lane *l);
DEFINE_AUTO(lane, struct lane);

struct lane *lane_new(void) NODISCARD;
/* Appends to what is hashed; the bytes are copied. */
void lane_add(struct lane *l, const void *data, size_t len);
/* The digest of all that was added, as hash_end() writes it. The lane takes nothing more. */
void lane_end(struct lane *l, char ret[HASH_HEX_SIZE]);
