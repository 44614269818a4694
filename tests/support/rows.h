/* rows.h — golden tables: text files with one fact a line, cells separated by "|", lines that begin with "#" being
 * comments. */
#pragma once

#include "base/buf.h"
#include "base/strv.h"

#define ROWS_CELLS 6

struct row {
	unsigned line;
	size_t n;		/* cells in this line */
	char *cell[ROWS_CELLS]; /* borrowed from the file's text; the last takes the rest of the line */
};

struct rows {
	char *text;
	struct row *v;
	size_t n;
};

/* Reads a table (path from the repository's root); fails the test when it cannot or finds fewer than `least` rows. */
struct rows rows_read(const char *path, size_t least);
void rows_clear(struct rows *r);
/* Prints "PATH:LINE" and the texts, and fails the test, where they differ. */
void rows_expect(const char *path, const struct row *row, const char *got, const char *expected);
#define AUTO_ROWS __attribute__((cleanup(rows_clear)))
