/* pack FROM INTO: FROM's size in four bytes, the lowest first, and its bytes in LZ4's block format (host/unpack.h).
 * Runs while cudabuild is built. */
#include <limits.h>
#include <lz4hc.h>
#include <stdio.h>

enum { MOST = 1 << 24 };

static int fail(const char *path)
{
	perror(path);
	return 1;
}

int main(int argc, char **argv)
{
	static char text[MOST], packed[LZ4_COMPRESSBOUND(MOST)];
	FILE *from = argc == 3 ? fopen(argv[1], "rb") : NULL;

	if (!from)
		return fail(argc == 3 ? argv[1] : "usage: pack FROM INTO");
	const size_t size = fread(text, 1, MOST, from);
	if (ferror(from) || size == MOST)
		return fail(argv[1]);
	const int n = LZ4_compress_HC(text, packed, (int)size, LZ4_COMPRESSBOUND(MOST), LZ4HC_CLEVEL_MAX);
	FILE *into = fopen(argv[2], "wb");
	if (!into)
		return fail(argv[2]);
	for (unsigned shift = 0; shift < 32; shift += 8)
		(void)fputc((int)(size >> shift & 255), into);
	if (n <= 0 || fwrite(packed, 1, (size_t)n, into) != (size_t)n || fclose(into) != 0)
		return fail(argv[2]);
	fclose(from);
	return 0;
}
