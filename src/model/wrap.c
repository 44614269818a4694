#include "model/wrap.h"

#include "base/str.h"

#include <string.h>

#define TEXT_MAX 4000

void wrap_within(const char *text, size_t column, size_t width, struct buf *out)
{
	AUTO_TEXT char *shown = str_shown(text, TEXT_MAX);
	size_t at = column;
	for (char *word = shown; *word;) {
		size_t len = strcspn(word, " ");
		AUTO_TEXT char *piece = xstrndup(word, len);
		size_t wide = str_columns(piece);
		if (at > column && at + 1 + wide > width) {
			buf_addf(out, "\n%*s", (int)column, "");
			at = column;
		} else if (at > column) {
			buf_addc(out, ' ');
			at++;
		}
		buf_adds(out, piece);
		at += wide;
		word += len + strspn(word + len, " ");
	}
}

void wrap_text(const char *text, size_t column, struct buf *out)
{
	wrap_within(text, column, WRAP_WIDTH, out);
}
