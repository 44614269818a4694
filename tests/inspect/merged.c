/* merged — prints the file system that an image's archive on standard input amounts to, for tests/inspect/layers.
 *
 * usage: merged < ARCHIVE: a line "f SIZE PATH" per regular file (all are named like libraries and are none) and
 * "l PATH -> TARGET" per link; a second name of a file is a link to the first. "refused: WHY" and exit code 1. */
#include "inspect/bundle.h"

#include <stdio.h>
#include <unistd.h>

static long read_stdin(void *self, char *into, size_t len, struct err *err)
{
	(void)self;
	ssize_t n = read(0, into, len);
	return n < 0 ? err_set(err, ERR_IO, "standard input") : (long)n;
}

int main(void)
{
	const struct bundle_wish wish = {.subject = "archive"};
	AUTO(facts) struct facts *f = NULL;
	struct err err = ERR_INIT;
	if (bundle_read((struct stream){.read = read_stdin}, &wish, &f, &err) < 0) {
		printf("refused: %s\n", err.text);
		return 1;
	}
	for (size_t i = 0; i < f->n_odd; i++)
		printf("f %ju %s\n", (uintmax_t)f->odd[i].size, f->odd[i].path);
	for (size_t i = 0; i < f->n_links; i++)
		printf("l %s -> %s\n", f->links[i].path, f->links[i].target);
	return 0;
}
