#include "support/datafile.h"

#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

/* Cuts one line into cells in place; quotes are taken off. The next line. */
static char *cut(char *at, char **cells)
{
	for (size_t n = 0;; n++) {
		assert_true(n < DATAFILE_COLUMNS);
		char *to = at, *from = at;
		bool quoted = *at == '"';
		cells[n] = at;
		from += quoted;
		while (quoted ? *from != '"' || from[1] == '"' : *from != ',' && *from != '\n') {
			from += quoted && *from == '"';
			*to++ = *from++;
		}
		from += quoted;
		char end = *from;
		*to = '\0';
		at = from + 1;
		if (end == '\n')
			return at;
	}
}

struct datafile datafile_read(const char *path)
{
	struct datafile f = {.n = 0};
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	if (file_read(path, 1u << 24, &text, &err))
		fail_msg("%s", err.text);
	f.text = buf_take(&text);
	char *at = f.text;
	while (*at == '#')
		at = strchr(at, '\n') + 1;
	at = cut(at, f.head);
	while (*at) {
		f.row = xreallocarray(f.row, f.n + 1, sizeof(*f.row));
		memset(f.row[f.n], 0, sizeof(f.row[f.n]));
		at = cut(at, f.row[f.n++]);
	}
	return f;
}

size_t datafile_column(const struct datafile *f, const char *column)
{
	for (size_t i = 0; i < DATAFILE_COLUMNS && f->head[i]; i++)
		if (str_eq(f->head[i], column))
			return i;
	fail_msg("no column %s", column);
	return 0;
}

void datafile_clear(struct datafile *f)
{
	free(f->text);
	free(f->row);
	*f = (struct datafile){.n = 0};
}
