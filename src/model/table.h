/* table.h — rows of texts written in columns as wide as their longest text.
 *
 * Not here: what the columns are. */
#pragma once

#include "base/buf.h"
#include "base/strv.h"

#define TABLE_COLUMNS 16

struct table {
	struct strv cells; /* row by row */
	size_t columns;	   /* 1..TABLE_COLUMNS */
};

/* Starts a table of n columns; release with table_clear(). */
struct table table_new(size_t columns) NODISCARD;
/* Adds the next cell: a copy of text, one printable line; NULL is "-". */
void table_add(struct table *t, const char *text);
void table_addf(struct table *t, const char *fmt, ...) PRINTF(2, 3);
/* Appends all rows, each behind indent, two spaces between columns, no spaces at the end of a line. An unfinished row
 * is filled up. */
void table_write(const struct table *t, const char *indent, struct buf *out);
/* The same in at most width columns of the terminal: where the rows are wider, the widest columns give way, and their
 * texts are broken into lines below: at spaces and behind - and _, and elsewhere only where that does not suffice. A
 * width too small for two letters per column is taken as the least that is not. */
void table_write_within(const struct table *t, const char *indent, size_t width, struct buf *out);
void table_clear(struct table *t);
