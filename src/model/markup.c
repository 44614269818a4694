#include "model/markup.h"

#include "base/str.h"

#include <string.h>

static const char *escape_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '\n':
		return "&#10;";
	case '\t':
		return "&#9;";
	default:
		return NULL;
	}
}

/* U+FFFE and U+FFFF: valid UTF-8, but no characters of XML. */
static bool is_forbidden(const char *at)
{
	return strncmp(at, "\xef\xbf\xbe", 3) == 0 || strncmp(at, "\xef\xbf\xbf", 3) == 0;
}

void markup_add(struct buf *into, const char *text)
{
	AUTO_BUF struct buf fit = BUF_INIT;

	if (!text)
		return;
	str_printable(&fit, text, strlen(text));
	for (const char *at = buf_text(&fit); *at; at++) {
		const char *escape = escape_of(*at);

		if (escape) {
			buf_adds(into, escape);
		} else if (is_forbidden(at)) {
			buf_addc(into, '?');
			at += 2;
		} else {
			buf_addc(into, *at);
		}
	}
}

void markup_attribute(struct buf *into, const char *name, const char *text)
{
	if (!text)
		return;
	buf_addf(into, " %s=\"", name);
	markup_add(into, text);
	buf_addc(into, '"');
}
