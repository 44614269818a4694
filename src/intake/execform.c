#include "intake/execform.h"

#include "base/str.h"
#include "base/strv.h"
#include "intake/shell.h"

#include <string.h>

#define WORDS_MAX 2000

static const char *skip_blanks(const char *at)
{
	while (*at == SHELL_SOFT || (*at && strchr(" \t\n", *at)))
		at++;
	return at;
}

/* One JSON string at its quote; behind it, or NULL where it does not end. */
static const char *read_string(const char *at, struct buf *into)
{
	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
		if (*at != SHELL_SOFT)
			buf_addc(into, *at);
	}
	return *at ? at + 1 : NULL;
}

static bool read_array(const char *text, struct strv *into)
{
	const char *at = skip_blanks(text);
	if (*at != '[')
		return false;
	do {
		AUTO_BUF struct buf word = BUF_INIT;
		at = skip_blanks(at + 1);
		at = *at == '"' && into->n < WORDS_MAX ? read_string(at, &word) : NULL;
		if (!at)
			return false;
		strv_add(into, buf_text(&word));
		at = skip_blanks(at);
	} while (*at == ',');
	return *at == ']' && !*skip_blanks(at + 1); /* [ "$X" ] && ... is a shell's */
}

static void add_quoted(const char *word, struct buf *into)
{
	buf_adds(into, "'");
	for (; *word; word++)
		buf_adds(into, *word == '\'' ? "'\\''" : (const char[]){*word, '\0'});
	buf_adds(into, "' ");
}

bool execform_read(const char *text, struct buf *into)
{
	AUTO_STRV struct strv words = STRV_INIT;
	if (!read_array(text, &words))
		return false;
	bool script = words.n == 3 && str_starts(words.v[1], "-") && str_ends(words.v[1], "c");
	if (script)
		buf_adds(into, words.v[2]);
	for (size_t i = 0; !script && i < words.n; i++)
		add_quoted(words.v[i], into);
	return true;
}
