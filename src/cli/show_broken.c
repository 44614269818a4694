#include "base/str.h"
#include "cli/show.h"

#include <string.h>

/* Bytes of the SGR sequence that stands here; 0 = none. */
static size_t colour_at(const char *at, const char *end)
{
	const char *from = at;

	if (end - at < 2 || at[0] != '\033' || at[1] != '[')
		return 0;
	for (at += 2; at < end && *at != 'm'; at++)
		;
	return at < end ? (size_t)(at - from) + 1 : 0;
}

/* A word that does not fit into a line of its own either, as many paths, stays where it is: the break comes behind it.
 */
static const char *long_word(const char *space, const char *end, size_t rest, size_t width)
{
	const char *next = space + 1;

	while (next < end && *next != ' ')
		next++;
	return rest + (size_t)(next - space) - 1 > width ? next : space;
}

/* Where the line is to be broken: behind the last space within width columns; end where it fits or cannot be broken. */
static const char *break_at(const char *line, const char *end, size_t indent, size_t rest, size_t width)
{
	const char *best = NULL, *first = line;
	size_t columns = indent;

	while (first < end && *first == ' ')
		first++;
	for (const char *at = line; at < end;) {
		size_t skip = colour_at(at, end);

		if (skip > 0) {
			at += skip;
			continue;
		}
		if (*at == ' ' && at > first)
			best = at;
		columns += ((unsigned char)*at & 0xc0) != 0x80; /* the first byte of a character */
		if (columns > width && best)
			return long_word(best, end, rest, width);
		at++;
	}
	return end;
}

/* How far a line's rest is set in: under the value of a finding's details, under the text of others. */
static size_t indent_of(const char *line, const char *end)
{
	enum { DETAIL = 8, VALUE = 18 };
	size_t n = 0;

	while (line + n < end && line[n] == ' ')
		n++;
	return n == DETAIL ? VALUE : n + 6;
}

static void add_line(const char *line, const char *end, size_t width, struct buf *out)
{
	size_t indent = 0, rest = indent_of(line, end);

	for (;;) {
		const char *at = break_at(line, end, indent, rest, width);

		buf_repeat(out, " ", indent);
		buf_add(out, line, (size_t)(at - line));
		buf_addc(out, '\n');
		if (at == end)
			return;
		for (line = at; line < end && *line == ' '; line++)
			;
		indent = rest;
	}
}

void show_broken(const char *text, size_t width, struct buf *out)
{
	enum { NARROW = 40 };

	if (width < NARROW) {
		buf_adds(out, text);
		return;
	}
	while (*text) {
		size_t len = strcspn(text, "\n");

		add_line(text, text + len, width, out);
		text += len + (text[len] == '\n');
	}
}
