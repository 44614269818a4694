#include "data/gen_csv.h"

#include "base/file.h"
#include "base/str.h"

#include <string.h>

#define FILE_MAX_BYTES (16u << 20)
#define SCHEMA	       "# schema 1\n"

void csv_free(struct csv *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		strv_clear(&c->rows[i].cells);
	free(c->rows);
	strv_clear(&c->columns);
	free(c->name);
	free(c);
}

int csv_column(const struct csv *c, const char *name)
{
	for (size_t i = 0; i < c->columns.n; i++)
		if (str_eq(c->columns.v[i], name))
			return (int)i;
	return -1;
}

/* Reads a quoted field, *at being behind the opening quote. NULL = not closed on its line. */
static char *read_quoted(const char **at)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (const char *p = *at; *p && *p != '\n'; p++) {
		if (*p == '"' && p[1] != '"') {
			*at = p + 1;
			return buf_take(&b);
		}
		p += *p == '"';
		buf_addc(&b, *p);
	}
	return NULL;
}

static const char *read_line(const char **at, struct strv *cells)
{
	for (;;) {
		if (**at == '"') {
			++*at;
			char *cell = read_quoted(at);
			if (!cell)
				return "a quote is not closed";
			strv_own(cells, cell);
		} else {
			size_t n = strcspn(*at, ",\n");
			strv_own(cells, xstrndup(*at, n));
			*at += n;
		}
		if (**at != ',')
			break;
		++*at;
	}
	if (**at != '\n')
		return "text behind a quote, or no line end";
	++*at;
	return NULL;
}

static bool is_date(const char *text)
{
	static const char form[] = "dddd-dd-dd";
	size_t i = 0;
	for (; form[i]; i++)
		if (form[i] == 'd' ? !str_is_digit(text[i]) : text[i] != form[i])
			return false;
	return text[i] == '\0';
}

/* What every row of every file must have. */
static const char *check_row(const struct csv *c, const struct csv_row *row)
{
	if (row->cells.n != c->columns.n)
		return "the row has another number of cells than the header";
	int source = csv_column(c, "source"), date = csv_column(c, "date");
	if (source < 0 || date < 0)
		return "the columns source and date are missing";
	if (!row->cells.v[source][0])
		return "the row names no source";
	if (!is_date(row->cells.v[date]))
		return "the date is not YYYY-MM-DD";
	return NULL;
}

/* Reads header and rows behind the comments. why and *line tell what failed. */
static const char *read_rows(struct csv *c, const char *at, unsigned *line)
{
	const char *why = read_line(&at, &c->columns);
	size_t cap = 0;
	while (!why && *at) {
		if (c->n == cap) {
			cap = mem_grow(cap);
			c->rows = xreallocarray(c->rows, cap, sizeof(*c->rows));
		}
		struct csv_row *row = &c->rows[c->n++];
		*row = (struct csv_row){.line = ++*line, .cells = STRV_INIT};
		why = read_line(&at, &row->cells);
		if (!why)
			why = check_row(c, row);
	}
	return why;
}

int csv_read(const char *dir, const char *name, struct csv **ret, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_TEXT char *path = file_join(dir, name);
	if (file_read(path, FILE_MAX_BYTES, &text, err))
		return -1;
	const char *at = buf_text(&text);
	if (!str_starts(at, SCHEMA))
		return err_set(err, ERR_INPUT, "%s:1: the first line is not '# schema 1'", name);
	unsigned line = 1;
	for (; *at == '#'; line++) {
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	AUTO(csv) struct csv *c = xcalloc(1, sizeof(*c));
	c->name = xstrdup(name);
	const char *why = read_rows(c, at, &line);
	if (why)
		return err_set(err, ERR_INPUT, "%s:%u: %s", name, line, why);
	*ret = TAKE(c);
	return 0;
}
