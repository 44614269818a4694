/* archive_unpack.h — the bytes behind gzip or zstd, read piece by piece: what a layer's diff_id is the digest of.
 *
 * Members and frames one after the other are one stream, as both formats say. What unpacks to more than
 * UNPACK_RATIO times its size is refused once it is larger than UNPACK_FREE: a bomb. Not here: archives (archive.h). */
#pragma once

#include "base/mem.h"
#include "base/stream.h"

#define UNPACK_RATIO 200
#define UNPACK_FREE  (16ull << 20)

struct unpack;
void unpack_free(struct unpack *u);
DEFINE_AUTO(unpack, struct unpack);

/* Begins to unpack; `from` is borrowed until unpack_free(). ERR_PROTOCOL where it is neither gzip nor zstd. */
int unpack_new(struct stream from, struct unpack **ret, struct err *err) NODISCARD;
/* The unpacked bytes, borrowed: valid as long as u. Raises ERR_PROTOCOL for what is broken, cut short or a bomb, and
 * what the stream raises. */
struct stream unpack_stream(struct unpack *u);
