#include "intake/logtext.h"

#include "base/str.h"

#include <string.h>

struct reading {
	const char *at, *end;
	struct buf *into;
	bool json; /* the line is a JSON record: \n and \t in it are white space */
};

static bool is_there(const struct reading *r, size_t more)
{
	return (size_t)(r->end - r->at) > more;
}

/* --- escapes of terminals ------------------------------------------------------------------------------------------
 */

static const char *skip_csi(const char *at, const char *end)
{
	while (at < end && (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x40)
		at++;
	return at < end && *at != '\n' ? at + 1 : at;
}

static const char *skip_osc(const char *at, const char *end)
{
	const char *limit = end - at > 4096 ? at + 4096 : end;
	for (const char *to = at; to < limit && *to != '\n'; to++) {
		if (*to == '\a')
			return to + 1;
		if (*to == '\033' && to + 1 < end && to[1] == '\\')
			return to + 2;
	}
	return at;
}

static const char *skip_esc(const char *at, const char *end)
{
	switch (at[1]) {
	case '[':
		return skip_csi(at + 2, end);
	case ']':
		return skip_osc(at + 2, end);
	case '\n':
		return at + 1;
	default:
		return at + 2;
	}
}

/* "[31m", which lost its ESC. */
static const char *skip_orphan(const char *at, const char *end)
{
	size_t n = 1;
	while (at + n < end && n < 12 && (str_is_digit(at[n]) || at[n] == ';'))
		n++;
	return n > 1 && at + n < end && at[n] == 'm' ? at + n + 1 : at;
}

/* Behind an escape sequence at `at`, or at itself where none is. */
static const char *skip_escape(const char *at, const char *end)
{
	static const char unicode[] = "\\u001b[";
	size_t left = (size_t)(end - at);
	if (*at == '\033' && left > 1)
		return skip_esc(at, end);
	if (*at == '\\' && left > sizeof(unicode) && memcmp(at, unicode, sizeof(unicode) - 1) == 0)
		return skip_csi(at + sizeof(unicode) - 1, end);
	return *at == '[' ? skip_orphan(at, end) : at;
}

/* --- in front of a line --------------------------------------------------------------------------------------------
 */

/* Digits like those of shape ("0000-00-00"): 0 is a digit, all else itself. The length, or 0. */
static size_t shape(const char *at, const char *end, const char *as)
{
	size_t n = strlen(as);
	if ((size_t)(end - at) < n)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (as[i] == '0' ? !str_is_digit(at[i]) : as[i] != at[i])
			return 0;
	return n;
}

static size_t digits(const char *at, const char *end)
{
	size_t n = 0;
	while (at + n < end && str_is_digit(at[n]))
		n++;
	return n;
}

/* "17:26:29.123Z", "17:26:29,123 +0000" */
static size_t time_of_day(const char *at, const char *end)
{
	size_t n = shape(at, end, "00:00:00");
	if (!n)
		return 0;
	if (at + n < end && (at[n] == '.' || at[n] == ',') && digits(at + n + 1, end))
		n += 1 + digits(at + n + 1, end);
	if (at + n < end && at[n] == 'Z')
		n++;
	else if (at + n < end && (at[n] == '+' || at[n] == '-'))
		n += shape(at + n + 1, end, "00:00") ? 6 : shape(at + n + 1, end, "0000") ? 5 : 0;
	return n;
}

static size_t timestamp(const char *at, const char *end)
{
	size_t n = shape(at, end, "0000-00-00");
	n = n ? n : shape(at, end, "0000/00/00");
	if (n && at + n < end && strchr("T _", at[n]) && time_of_day(at + n + 1, end))
		return n + 1 + time_of_day(at + n + 1, end);
	return n ? 0 : time_of_day(at, end);
}

/* "Nov 28 17:26:29 node01 app[123]:" */
static size_t syslog_head(const char *at, const char *end)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	size_t n = 0;
	for (size_t i = 0; !n && i + 3 < sizeof(months); i += 3)
		n = (size_t)(end - at) > 16 && memcmp(at, months + i, 3) == 0 && at[3] == ' ' ? 4 : 0;
	if (!n || !shape(at + 7, end, "00:00:00"))
		return 0;
	for (n = 15; at + n < end && n < 100 && at[n] != '\n'; n++)
		if (at[n] == ':')
			return n + 1;
	return 0;
}

/* "#12 3.456" of BuildKit, "#12" alone */
static size_t buildkit(const char *at, const char *end)
{
	size_t n = *at == '#' ? digits(at + 1, end) : 0;
	if (!n || at + n + 1 >= end || at[n + 1] != ' ')
		return 0;
	n += 2;
	size_t whole = digits(at + n, end);
	if (whole && at + n + whole < end && at[n + whole] == '.')
		n += whole + 1 + digits(at + n + whole + 1, end);
	return n;
}

/* "[rank0]:", "[1,0]<stderr>:", "(Worker pid=7)" */
static size_t bracket(const char *at, const char *end)
{
	char close = *at == '[' ? ']' : *at == '(' ? ')' : '\0';
	const char *limit = end - at > 48 ? at + 48 : end;
	const char *to = at + 1;
	while (close && to < limit && *to != close && *to != '\n')
		to++;
	if (!close || to >= limit || *to != close)
		return 0;
	to++;
	if (*at == '(' && !memchr(at, '=', (size_t)(to - at)))
		return 0;
	if (end - to > 9 && (memcmp(to, "<stderr>:", 9) == 0 || memcmp(to, "<stdout>:", 9) == 0))
		to += 9;
	return (size_t)(to - at) + (to < end && *to == ':');
}

static size_t one_of(const char *at, const char *end, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(words[i]);
		if ((size_t)(end - at) >= len && memcmp(at, words[i], len) == 0)
			return len;
	}
	return 0;
}

/* "root - ERROR -" of Python's logging */
static size_t logger(const char *at, const char *end)
{
	static const char *const levels[] = {"DEBUG - ", "INFO - ", "WARNING - ", "ERROR - ", "CRITICAL - "};
	size_t n = 0;
	while (at + n < end && n < 48 && (str_is_alnum(at[n]) || strchr("_.", at[n])) && at[n])
		n++;
	if (!n || end - at - (ptrdiff_t)n < 4 || memcmp(at + n, " - ", 3) != 0)
		return 0;
	size_t level = one_of(at + n + 3, end, levels, ARRAY_LEN(levels));
	return level ? n + 3 + level : 0;
}

/* "web_1  |" of compose, "0:" of srun */
static size_t named(const char *at, const char *end)
{
	size_t n = digits(at, end);
	if (n && n <= 4 && at + n + 1 < end && at[n] == ':' && at[n + 1] == ' ')
		return n + 1;
	n = 0;
	while (at + n < end && n < 48 && (str_is_alnum(at[n]) || strchr("_.-", at[n])) && at[n])
		n++;
	size_t blanks = n + (n && at + n < end ? (size_t)(skip_escape(at + n, end) - (at + n)) : 0);
	while (n && at + blanks < end && at[blanks] == ' ')
		blanks++;
	return n && blanks > n && at + blanks < end && at[blanks] == '|' ? blanks + 1 : 0;
}

/* Marks of quoting and of tools that print tracebacks in frames. */
static size_t mark(const char *at, const char *end)
{
	static const char *const marks[] = {">",	 "| ",	      "\xe2\x94\x82", "\xe2\x95\xb0", "\xe2\x94\x83",
					    "E   ",	 "stderr F ", "##[error]",    "##[warning]",  "##[debug]",
					    "::error::", "stdout F ", "stderr P ",    "stdout P ",    "INFO:",
					    "INFO ",	 "DEBUG:",    "DEBUG ",	      "WARNING:",     "WARNING ",
					    "WARN ",	 "ERROR:",    "ERROR ",	      "CRITICAL:",    "* ",
					    "- "};
	return one_of(at, end, marks, ARRAY_LEN(marks));
}

static size_t prefix(const char *at, const char *end)
{
	static size_t (*const kinds[])(const char *, const char *) = {timestamp, syslog_head, buildkit, bracket,
								      mark,	 logger,      named};
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_LEN(kinds) && !n; i++)
		n = kinds[i](at, end);
	return n;
}

/* --- in a line -----------------------------------------------------------------------------------------------------
 */

/* Length of a quotation mark in one of its spellings, or 0. */
static size_t quote(const char *at, const char *end)
{
	static const char *const quotes[] = {"\xe2\x80\x98", "\xe2\x80\x99",
					     "\xe2\x80\x9c", "\xe2\x80\x9d",
					     "&#39;",	     "&#x27;",
					     "&quot;",	     "\\\"",
					     "\\'",	     "`",
					     "\"",	     "'"};
	return one_of(at, end, quotes, ARRAY_LEN(quotes));
}

/* "&gt;" of a page: the byte that it stands for, and its length; 0 where none is there. */
static size_t entity(const char *at, const char *end, char *ret)
{
	static const char *const words[] = {"&gt;", "&lt;", "&amp;"};
	static const char bytes[] = "><&";
	for (size_t i = 0; *at == '&' && i < ARRAY_LEN(words); i++)
		if (one_of(at, end, &words[i], 1)) {
			*ret = bytes[i];
			return strlen(words[i]);
		}
	return 0;
}

/* The right side of a frame around a traceback, with what is white up to the end of the line; its length, or 0. */
static size_t frame(const char *at, const char *end)
{
	static const char *const sides[] = {"\xe2\x94\x82", "\xe2\x94\x83"};
	size_t n = (unsigned char)*at == 0xe2 ? one_of(at, end, sides, ARRAY_LEN(sides)) : 0;
	while (n && at + n < end && strchr(" \t\r", at[n]) && at[n])
		n++;
	return n && (at + n == end || at[n] == '\n') ? n : 0;
}

static void blank(struct reading *r)
{
	char last = r->into->len ? r->into->data[r->into->len - 1] : '\n';
	if (last != ' ' && last != '\n')
		buf_addc(r->into, ' ');
}

static void start_line(struct reading *r)
{
	for (unsigned i = 0; i < 8; i++) {
		while (r->at < r->end && strchr(" \t\r", *r->at) && *r->at)
			r->at++;
		while (r->at < r->end && skip_escape(r->at, r->end) > r->at)
			r->at = skip_escape(r->at, r->end);
		size_t n = r->at < r->end ? prefix(r->at, r->end) : 0;
		r->at += n;
		if (!n)
			break;
	}
	r->json = r->at < r->end && *r->at == '{';
}

/* White space, as bytes or as an escape in JSON; its length, or 0. */
static size_t space(const struct reading *r)
{
	unsigned char c = (unsigned char)*r->at;
	if (c <= ' ' || c == 0x7f)
		return 1;
	if (c == 0xc2 && is_there(r, 1) && (unsigned char)r->at[1] == 0xa0)
		return 2;
	return r->json && c == '\\' && is_there(r, 1) && strchr("nrt", r->at[1]) && r->at[1] ? 2 : 0;
}

static void one(struct reading *r)
{
	const char *behind = skip_escape(r->at, r->end);
	size_t n;
	char c;
	if (behind > r->at) {
		r->at = behind;
	} else if (*r->at == '\n') {
		if (r->into->len && r->into->data[r->into->len - 1] == ' ')
			buf_cut(r->into, r->into->len - 1);
		buf_addc(r->into, '\n');
		r->at++;
		start_line(r);
	} else if (*r->at == '\0') {
		r->at++;
	} else if ((n = space(r)) > 0) {
		blank(r);
		r->at += n;
	} else if ((n = quote(r->at, r->end)) > 0) {
		buf_addc(r->into, '\'');
		r->at += n;
	} else if ((n = entity(r->at, r->end, &c)) > 0) {
		buf_addc(r->into, c);
		r->at += n;
	} else if ((n = frame(r->at, r->end)) > 0) {
		r->at += n;
	} else {
		buf_addc(r->into, *r->at++);
	}
}

/* The byte order mark at the beginning, as PowerShell writes it; its length, or 0. */
static size_t order_mark(struct blob text)
{
	static const char *const marks[] = {"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"};
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (text.len > strlen(marks[i]) && memcmp(text.data, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	return 0;
}

void logtext_clean(struct blob text, struct buf *into)
{
	size_t n = order_mark(text);
	struct reading r = {.at = text.data, .end = text.data + text.len, .into = into};
	if (n)
		r.at += n;
	start_line(&r);
	while (r.at < r.end)
		one(&r);
}
