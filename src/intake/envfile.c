#include "intake/envfile.h"

#include "base/str.h"

#include <string.h>

#define LINES_MAX 10000

struct reading {
	struct buf conda, pip; /* as requirement files: the line of an entry is that of the environment's */
	bool listed;	       /* under dependencies: */
	bool pipped;	       /* under - pip: */
	size_t indent;	       /* of "- pip:" */
};

/* What stands in a list's entry, without quotes and remark. */
static void add_entry(const char *at, size_t len, struct buf *into)
{
	size_t end = 0;
	while (end < len && !(at[end] == '#' && end && at[end - 1] == ' '))
		end++;
	for (size_t i = 0; i < end; i++)
		if (at[i] != '"' && at[i] != '\'')
			buf_addc(into, at[i]);
}

static bool says(const char *at, size_t len, const char *word)
{
	size_t n = strlen(word);
	while (len && strchr(" \t\r", at[len - 1]))
		len--;
	return len == n && memcmp(at, word, n) == 0;
}

static void read_line(struct reading *r, const char *line, size_t len)
{
	size_t indent = 0;
	while (indent < len && line[indent] == ' ')
		indent++;
	const char *at = line + indent;
	size_t left = len - indent;
	bool entry = left && *at == '-' && (left == 1 || at[1] == ' ');
	if (!entry && left && *at != '#')
		r->listed = says(at, left, "dependencies:");
	if (!entry || !r->listed)
		return;
	if (r->pipped && indent <= r->indent)
		r->pipped = false;
	do {
		at++;
		left--;
	} while (left && *at == ' ');
	if (says(at, left, "pip:")) {
		r->pipped = true;
		r->indent = indent;
		return;
	}
	add_entry(at, left, r->pipped ? &r->pip : &r->conda);
}

void envfile_read(struct blob text, struct envfile *into)
{
	struct reading r = {.conda = BUF_INIT, .pip = BUF_INIT};
	const char *at = text.data;
	const char *end = text.data + text.len;
	for (size_t n = 0; at < end && n < LINES_MAX; n++) {
		const char *to = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((to ? to : end) - at);
		read_line(&r, at, len && at[len - 1] == '\r' ? len - 1 : len);
		buf_addc(&r.conda, '\n');
		buf_addc(&r.pip, '\n');
		at = to ? to + 1 : end;
	}
	reqfile_read(buf_blob(&r.conda, text.name), &into->conda);
	reqfile_read(buf_blob(&r.pip, text.name), &into->pip);
	buf_clear(&r.conda);
	buf_clear(&r.pip);
}

void envfile_clear(struct envfile *e)
{
	reqfile_clear(&e->conda);
	reqfile_clear(&e->pip);
}
