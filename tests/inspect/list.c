/* list — prints the members of a tar on its standard input as the archive adapter sees them, for tests/cases/hostile.
 *
 * usage: list < TAR: a line "KIND SIZE NAME [-> TARGET]" per member, or "refused: WHY" and exit code 1. Names are
 * written with what is no ASCII letter as \xHH. */
#include "adapt/archive.h"

#include <stdio.h>
#include <unistd.h>

static long read_stdin(void *self, char *into, size_t len, struct err *err)
{
	(void)self;
	ssize_t n = read(0, into, len);
	return n < 0 ? err_set(err, ERR_IO, "standard input") : (long)n;
}

static void show(const char *text)
{
	for (const unsigned char *at = (const unsigned char *)text; *at; at++) {
		if (*at > ' ' && *at < 127 && *at != '\\')
			putchar(*at);
		else
			printf("\\x%02x", *at);
	}
}

int main(void)
{
	static const char kinds[] = {
		[TAR_FILE] = 'f', [TAR_DIR] = 'd', [TAR_SYMLINK] = 'l', [TAR_HARDLINK] = 'h', [TAR_OTHER] = 'o'};
	AUTO(tar_in) struct tar_in *t = NULL;
	struct tar_limits limits = {.max_bytes = 1ull << 50, .max_entries = 1000000};
	struct tar_entry e;
	struct err err = ERR_INIT;
	int rc = tar_in_new((struct stream){.read = read_stdin}, &limits, &t, &err);
	while (rc >= 0 && (rc = tar_in_next(t, &e, &err)) == 1) {
		printf("%c %ju ", kinds[e.type], (uintmax_t)e.size);
		show(e.name);
		if (e.target) {
			printf(" -> ");
			show(e.target);
		}
		putchar('\n');
	}
	if (rc < 0)
		printf("refused: %s\n", err.text);
	return rc < 0 ? 1 : 0;
}
