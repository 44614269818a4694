#include "adapt/inflate.h"

#include <limits.h>
#include <lz4.h>
#include <string.h>
#include <zstd.h>

/* LZ4 says how far it came only where the input is whole, so bytes are counted in a cleared buffer: what it did not
 * reach stays zero, and a block cut short is tried as far as its bytes go. */
static size_t start_lz4(struct blob in, void *into, size_t len)
{
	if (in.len > INT_MAX || len > INT_MAX)
		return 0;
	memset(into, 0, len);
	int got = LZ4_decompress_safe_partial(in.data, into, (int)in.len, (int)len, (int)len);
	return got < 0 ? 0 : (size_t)got;
}

static size_t start_zstd(struct blob in, void *into, size_t len)
{
	ZSTD_DStream *z = ZSTD_createDStream();
	if (z == NULL)
		mem_short();
	/* Frames that want a window of more than 8 MiB are none of nvcc's. */
	(void)ZSTD_DCtx_setParameter(z, ZSTD_d_windowLogMax, 23);
	ZSTD_inBuffer from = {.src = in.data, .size = in.len};
	ZSTD_outBuffer to = {.dst = into, .size = len};
	while (to.pos < to.size) {
		size_t had = to.pos, at = from.pos;
		size_t left = ZSTD_decompressStream(z, &to, &from);
		if (ZSTD_isError(left) || left == 0 || (to.pos == had && from.pos == at))
			break;
	}
	(void)ZSTD_freeDStream(z);
	return to.pos;
}

size_t inflate_start(enum inflate_how how, struct blob in, void *into, size_t len)
{
	if (in.len == 0 || len == 0)
		return 0;
	return how == INFLATE_LZ4 ? start_lz4(in, into, len) : start_zstd(in, into, len);
}
