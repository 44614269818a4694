/* inflate.h — the beginning of compressed device code: LZ4 blocks and zstd frames, as far as wanted and no further.
 *
 * Input and output are bounded by the caller, so nothing can swell. Not here: gzip and zstd of archives
 * (adapt/archive.h). */
#pragma once

#include "base/buf.h"

enum inflate_how { INFLATE_LZ4, INFLATE_ZSTD };

/* Writes at most len bytes of what `in` holds into `into`; `in` may be cut short. Returns how many bytes could be had:
 * 0 where it is not compressed so. Bytes behind them are unchanged or zero. */
size_t inflate_start(enum inflate_how how, struct blob in, void *into, size_t len) NODISCARD;
