/* pack.h — a context as the bytes of one tar, made while they are read: same context, same bytes, on any machine.
 *
 * Entries come in the context's order, with owner 0:0, time 0 and the context's modes. A host file is opened when its
 * turn comes; one that is gone, is no regular file, or has another size than the context says ends the stream with
 * ERR_IO. */
#pragma once

#include "base/stream.h"
#include "model/context.h"

struct pack;

/* A new reading of the context, which must outlive it. Never NULL; the caller's. */
struct pack *pack_new(const struct context *c) NODISCARD;
/* The bytes; read from one thread. Borrowed from p. */
struct stream pack_stream(struct pack *p) NODISCARD;
/* Sha256 in hex of all bytes read so far; the caller's. */
char *pack_digest(const struct pack *p) NODISCARD;
/* Bytes read so far. */
uint64_t pack_read(const struct pack *p) NODISCARD;
void pack_free(struct pack *p);
DEFINE_AUTO(pack, struct pack);
