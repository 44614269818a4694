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

/* --- in a given width --- */

/* Whether a line may end behind this letter: before a space, and after a sign that joins two words. */
static bool may_break(const char *at)
{
	return at[1] == ' ' || *at == '-' || *at == '_';
}

/* The columns of the longest piece of text that is not broken. */
static size_t longest_piece(const char *text)
{
	size_t longest = 0;
	while (*text) {
		size_t bytes = 0;
		while (text[bytes] && (bytes == 0 || !may_break(text + bytes - 1)))
			bytes++;
		AUTO_TEXT char *piece = xstrndup(text, bytes);
		size_t w = str_columns(piece);
		longest = w > longest ? w : longest;
		text += bytes + strspn(text + bytes, " ");
	}
	return longest;
}

static void measure_pieces(const struct table *t, size_t least[TABLE_COLUMNS])
{
	for (size_t i = 0; i < t->cells.n; i++) {
		size_t w = longest_piece(t->cells.v[i]);
		size_t *column = &least[i % t->columns];
		*column = w > *column ? w : *column;
	}
}

/* Takes columns from the widest that is above its least until the rows fit or none is. */
static void squeeze(size_t width[TABLE_COLUMNS], const size_t least[TABLE_COLUMNS], size_t columns, size_t room)
{
	size_t sum = columns ? 2 * (columns - 1) : 0;
	for (size_t i = 0; i < columns; i++)
		sum += width[i];
	while (sum > room) {
		size_t widest = columns;
		for (size_t i = 0; i < columns; i++)
			if (width[i] > least[i] && (widest == columns || width[i] > width[widest]))
				widest = i;
		if (widest == columns)
			return;
		width[widest]--;
		sum--;
	}
}

/* How many bytes of text make the next line of at most room columns; *skip spaces follow it. */
static size_t next_line(const char *text, size_t room, size_t *skip)
{
	size_t bytes = 0, columns = 0, good = 0;
	*skip = 0;
	while (text[bytes]) {
		size_t len = 1;
		while ((text[bytes + len] & 0xc0) == 0x80)
			len++;
		AUTO_TEXT char *one = xstrndup(text + bytes, len);
		columns += str_columns(one);
		if (columns > room)
			break;
		bytes += len;
		if (may_break(text + bytes - 1))
			good = bytes;
	}
	if (text[bytes] && text[bytes] != ' ' && good)
		bytes = good;
	*skip = strspn(text + bytes, " ");
	return bytes ? bytes : strlen(text);
}

/* Writes one line of a row; rest[] moves on to what is left of each cell. Whether something was left. */
static bool write_part(const char *rest[TABLE_COLUMNS], const size_t width[TABLE_COLUMNS], size_t columns,
		       const char *indent, struct buf *out)
{
	bool left = false;
	size_t pending = 0;
	buf_adds(out, indent);
	for (size_t i = 0; i < columns; i++) {
		size_t skip = 0;
		size_t bytes = next_line(rest[i], width[i], &skip);
		AUTO_TEXT char *part = xstrndup(rest[i], bytes);
		if (bytes) {
			buf_repeat(out, " ", pending);
			buf_adds(out, part);
			pending = 0;
		}
		size_t used = bytes ? str_columns(part) : 0;
		pending += (width[i] > used ? width[i] - used : 0) + 2;
		rest[i] += bytes + skip;
		left = left || *rest[i];
	}
	buf_addc(out, '\n');
	return left;
}

void table_write_within(const struct table *t, const char *indent, size_t width, struct buf *out)
{
	size_t columns[TABLE_COLUMNS] = {0};
	size_t pieces[TABLE_COLUMNS] = {0}, letters[TABLE_COLUMNS];
	size_t before = str_columns(indent);
	size_t room = width > before ? width - before : 0;
	for (size_t i = 0; i < TABLE_COLUMNS; i++)
		letters[i] = 2;
	measure(t, columns);
	measure_pieces(t, pieces);
	squeeze(columns, pieces, t->columns, room);
	squeeze(columns, letters, t->columns, room);
	for (size_t first = 0; first < t->cells.n; first += t->columns) {
		const char *rest[TABLE_COLUMNS];
		for (size_t i = 0; i < t->columns; i++)
			rest[i] = first + i < t->cells.n ? t->cells.v[first + i] : "";
		while (write_part(rest, columns, t->columns, indent, out))
			;
	}
}
