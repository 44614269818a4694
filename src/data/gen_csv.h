/* gen_csv.h — one data file as rows of texts, with the place of each for messages. Part of the build-time generator.
 *
 * A file is RFC 4180 with LF ends; its first line is "# schema 1", lines with # before the header are comments. Every
 * row has all columns, a source and a date. */
#pragma once

#include "base/err.h"
#include "base/strv.h"

struct csv_row {
	unsigned line;
	struct strv cells;
};

struct csv {
	char *name; /* file name, for messages */
	struct strv columns;
	struct csv_row *rows;
	size_t n;
};

/* Reads DIR/NAME. ERR_INPUT names file, line and fault. *ret is the caller's to csv_free(). */
int csv_read(const char *dir, const char *name, struct csv **ret, struct err *err) NODISCARD;
void csv_free(struct csv *c);
DEFINE_AUTO(csv, struct csv);
/* Index of a column, or -1. */
int csv_column(const struct csv *c, const char *name) NODISCARD;
