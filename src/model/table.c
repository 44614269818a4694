#include "model/table.h"

#include "base/str.h"

#include <string.h>

#define CELL_MAX 4096

struct table table_new(size_t columns)
{
	return (struct table){.cells = STRV_INIT, .columns = columns < TABLE_COLUMNS ? columns : TABLE_COLUMNS};
}

void table_clear(struct table *t)
{
	strv_clear(&t->cells);
}

void table_add(struct table *t, const char *text)
{
	strv_own(&t->cells, str_shown(text ? text : "-", CELL_MAX));
}

void table_addf(struct table *t, const char *fmt, ...)
{
	AUTO_BUF struct buf b = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_addv(&b, fmt, args);
	va_end(args);
	table_add(t, buf_text(&b));
}

static void measure(const struct table *t, size_t width[TABLE_COLUMNS])
{
	for (size_t i = 0; i < t->cells.n; i++) {
		size_t w = str_columns(t->cells.v[i]);
		size_t *column = &width[i % t->columns];
		*column = w > *column ? w : *column;
	}
}

/* The last cell of the row that starts at first which is not empty. */
static size_t last_of(const struct table *t, size_t first)
{
	size_t last = first;
	for (size_t i = first; i < first + t->columns && i < t->cells.n; i++)
		if (*t->cells.v[i])
			last = i;
	return last;
}

void table_write(const struct table *t, const char *indent, struct buf *out)
{
	size_t width[TABLE_COLUMNS] = {0};
	measure(t, width);
	for (size_t first = 0; first < t->cells.n; first += t->columns) {
		size_t last = last_of(t, first);
		buf_adds(out, indent);
		for (size_t i = first; i <= last; i++) {
			buf_adds(out, t->cells.v[i]);
			if (i < last)
				buf_repeat(out, " ", width[i - first] - str_columns(t->cells.v[i]) + 2);
		}
		buf_addc(out, '\n');
	}
}
