/* datafile.h — a CSV file of src/data as plain texts, read by other code than the generator's, for judging the same
 * facts twice. */
#pragma once

#include <stddef.h>

#define DATAFILE_COLUMNS 20

struct datafile {
	char *text;
	char *head[DATAFILE_COLUMNS];
	char *(*row)[DATAFILE_COLUMNS];
	size_t n;
};

/* Reads it; fails the test when it cannot. */
struct datafile datafile_read(const char *path);
void datafile_clear(struct datafile *f);
/* Index of a column; fails the test where there is none of that name. */
size_t datafile_column(const struct datafile *f, const char *column);

/* The cell of a named column, which each place in a test looks up once: files that are asked from one place must have
 * the column at the same index. */
#define cell(f, row_, column)                                                                                          \
	__extension__({                                                                                                \
		static size_t at_ = DATAFILE_COLUMNS;                                                                  \
		if (at_ == DATAFILE_COLUMNS)                                                                           \
			at_ = datafile_column(f, column);                                                              \
		(const char *)(f)->row[row_][at_];                                                                     \
	})
