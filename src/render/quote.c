#include "render/quote.h"

#include "base/str.h"

#include <string.h>

/* The longest piece of a refused value that a message shows. */
#define SHOWN 60

static int refuse(struct err *err, const char *text, const char *why)
{
	AUTO_TEXT char *shown = str_shown(text, SHOWN);
	return err_set(err, ERR_INPUT, "'%s' %s", shown, why);
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Refuses what no syntax should carry: invalid UTF-8 and, if controls is set, control characters. */
static int check(const char *text, bool controls, struct err *err)
{
	if (!str_utf8_valid(text, strlen(text)))
		return refuse(err, text, "is not valid UTF-8");
	for (const char *p = text; controls && *p; p++) {
		if (*p == '\n' || *p == '\r')
			return refuse(err, text, "holds a line break, which has no form here");
		if (is_control(*p))
			return refuse(err, text, "holds a control character, which has no form here");
	}
	return 0;
}

static bool is_safe(char c)
{
	return str_is_alnum(c) || (c && strchr("_@%+=:,./~!-", c));
}

/* How much of a name is the IPv6 address of its registry: "[::1]" of "[::1]:5000/x". As a pattern of a shell it would
 * mean one digit in front of a path that nobody has. */
static size_t six(const char *text)
{
	size_t n = *text == '[' ? 1 + strspn(text + 1, "0123456789abcdefABCDEF:.") : 0;

	return n > 2 && text[n] == ']' && (text[n + 1] == ':' || text[n + 1] == '/') ? n + 1 : 0;
}

int quote_word(struct buf *into, const char *text, struct err *err)
{
	if (!*text)
		return err_set(err, ERR_INPUT, "an empty value cannot stand here without quotes");
	for (const char *p = text + six(text); *p; p++)
		if (!is_safe(*p))
			return refuse(err, text,
				      "cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can");
	buf_adds(into, text);
	return 0;
}

/* Appends text with a backslash before each character of special. */
static void add_escaped(struct buf *into, const char *text, const char *special)
{
	for (const char *p = text; *p; p++) {
		if (strchr(special, *p))
			buf_addc(into, '\\');
		buf_addc(into, *p);
	}
}

int quote_dockerfile(struct buf *into, const char *text, struct err *err)
{
	if (check(text, true, err) < 0)
		return -1;
	buf_addc(into, '"');
	add_escaped(into, text, "\\\"$");
	buf_addc(into, '"');
	return 0;
}

static bool is_bare_in_shell(const char *text)
{
	if (!*text || *text == '~' || *text == '=')
		return false;
	for (; *text; text++)
		if (!is_safe(*text) || *text == '!')
			return false;
	return true;
}

int quote_shell(struct buf *into, const char *text, struct err *err)
{
	if (check(text, true, err) < 0)
		return -1;
	if (is_bare_in_shell(text)) {
		buf_adds(into, text);
		return 0;
	}
	buf_addc(into, '\'');
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			buf_adds(into, "'\\''");
		else
			buf_addc(into, *p);
	}
	buf_addc(into, '\'');
	return 0;
}

static void add_json_char(struct buf *into, char c)
{
	static const char plain[] = "\"\\\b\f\n\r\t";
	static const char named[] = "\"\\bfnrt";
	const char *at = c ? strchr(plain, c) : NULL;
	if (at) {
		buf_addc(into, '\\');
		buf_addc(into, named[at - plain]);
	} else if (is_control(c)) {
		buf_addf(into, "\\u%04x", (unsigned)(unsigned char)c);
	} else {
		buf_addc(into, c);
	}
}

int quote_json(struct buf *into, const char *text, struct err *err)
{
	if (check(text, false, err) < 0)
		return -1;
	buf_addc(into, '"');
	for (const char *p = text; *p; p++)
		add_json_char(into, *p);
	buf_addc(into, '"');
	return 0;
}

int quote_bake(struct buf *into, const char *text, struct err *err)
{
	AUTO_BUF struct buf doubled = BUF_INIT;
	for (const char *p = text; *p; p++) {
		if ((*p == '$' || *p == '%') && p[1] == '{')
			buf_addc(&doubled, *p);
		buf_addc(&doubled, *p);
	}
	return quote_json(into, buf_text(&doubled), err);
}

int quote_copy(struct buf *into, const char *text, struct err *err)
{
	AUTO_BUF struct buf escaped = BUF_INIT;
	if (check(text, true, err) < 0)
		return -1;
	add_escaped(&escaped, text, "\\$");
	return quote_json(into, buf_text(&escaped), err);
}

int quote_env(struct buf *into, const char *text, struct err *err)
{
	if (check(text, true, err) < 0)
		return -1;
	buf_adds(into, text);
	return 0;
}

int quote_comment(struct buf *into, const char *text, struct err *err)
{
	if (check(text, true, err) < 0)
		return -1;
	buf_adds(into, text);
	return 0;
}

int quote_ignore(struct buf *into, const char *text, struct err *err)
{
	if (check(text, true, err) < 0)
		return -1;
	if (*text == '!' || *text == '#' || *text == ' ' || (*text && text[strlen(text) - 1] == ' '))
		return refuse(err, text,
			      "cannot be named in an ignore file: it begins with ! or #, or has blanks around it");
	add_escaped(into, text, "*?[]\\");
	return 0;
}

int quote_html(struct buf *into, const char *text, struct err *err)
{
	static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
	static const char plain[] = "&<>\"";
	if (check(text, false, err) < 0)
		return -1;
	for (const char *p = text; *p; p++) {
		const char *at = strchr(plain, *p);
		if (at)
			buf_adds(into, names[at - plain]);
		else
			buf_addc(into, *p);
	}
	return 0;
}
