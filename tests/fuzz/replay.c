/* replay.c — runs a fuzzer over its corpus under any compiler: one TAP line per file.
 *
 * replay_x DIR... gives each regular file of each DIR, in order of names, to LLVMFuzzerTestOneInput(); beside the whole
 * file also its beginnings (half, a quarter, ...) and one copy per 61 bytes with a bit flipped there, so that a corpus
 * of sound inputs also shows cut and broken ones. A crash ends the program, and the missing lines count as a failure.
 */
#include "base/buf.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly that size, so that a read behind the end is seen. */
static void give(const char *data, size_t len)
{
	uint8_t *copy = xmalloc(len);

	if (len)
		memcpy(copy, data, len);
	(void)LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void give_variants(const struct buf *text)
{
	give(text->data, text->len);
	for (size_t len = text->len; len > 0; len /= 2)
		give(text->data, len / 2);
	for (size_t i = 0; i < text->len && i < 61 * 64; i += 61) {
		const char was = text->data[i];

		text->data[i] = (char)(was ^ (1 << i % 7));
		give(text->data, text->len);
		text->data[i] = was;
	}
}

static bool read_all(const char *path, struct buf *into)
{
	char piece[4096];
	size_t got;
	struct stat st;
	FILE *f = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;

	if (!f)
		return false;
	while ((got = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(into, piece, got);
	(void)fclose(f);
	return true;
}

static size_t replay_dir(const char *dir, size_t count)
{
	struct dirent **entries = NULL;
	int n = scandir(dir, &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		AUTO_TEXT char *path = xasprintf("%s/%s", dir, entries[i]->d_name);
		AUTO_BUF struct buf text = BUF_INIT;

		if (read_all(path, &text)) {
			give_variants(&text);
			printf("ok %zu - %s\n", ++count, entries[i]->d_name);
			(void)fflush(stdout);
		}
		free(entries[i]);
	}
	free(entries);
	return count;
}

int main(int argc, char **argv)
{
	size_t count = 0;

	for (int i = 1; i < argc; i++)
		count = replay_dir(argv[i], count);
	if (count == 0)
		printf("not ok 1 - there is an input to replay in %s\n", argc > 1 ? argv[1] : "a folder");
	printf("1..%zu\n", count ? count : 1);
	return count == 0;
}
