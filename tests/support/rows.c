#include "support/rows.h"

#include "base/err.h"
#include "base/file.h"
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void add_line(struct rows *r, char *line, unsigned number)
{
	r->v = xreallocarray(r->v, r->n + 1, sizeof(*r->v));
	struct row *row = &r->v[r->n++];
	*row = (struct row){.line = number};
	for (char *at = line; at;) {
		row->cell[row->n++] = at;
		at = row->n < ROWS_CELLS ? strchr(at, '|') : NULL;
		if (at)
			*at++ = '\0';
	}
}

struct rows rows_read(const char *path, size_t least)
{
	struct rows r = {.v = NULL};
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	unsigned number = 0;
	if (file_read(path, 1u << 22, &text, &err))
		fail_msg("%s", err.text);
	r.text = buf_take(&text);
	for (char *line = r.text; *line;) {
		char *end = strchr(line, '\n');
		if (!end)
			fail_msg("%s: the last line has no end", path);
		*end = '\0';
		number++;
		if (*line != '#')
			add_line(&r, line, number);
		line = end + 1;
	}
	if (r.n < least)
		fail_msg("%s: %zu rows, expected at least %zu", path, r.n, least);
	return r;
}

void rows_clear(struct rows *r)
{
	free(r->text);
	free(r->v);
	*r = (struct rows){.v = NULL};
}

void rows_expect(const char *path, const struct row *row, const char *got, const char *expected)
{
	if (!str_eq(got, expected))
		fail_msg("%s:%u: '%s': got '%s', expected '%s'", path, row->line, row->cell[0], got,
			 expected ? expected : "(nothing)");
}
