#include "work/pinlist.h"

#include "base/str.h"
#include "model/lock_grammar.h"
#include "render/require.h"

#include <string.h>

enum { PACKAGES_MAX = 5000, HEX = 64 };

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The hashes that a pylock.toml holds, sorted. */
static void hashes_of(struct blob files, struct strv *into)
{
	static const char key[] = "sha256 = \"";
	const char *at = files.data, *end = files.data ? files.data + files.len : NULL;

	while (at && (at = memmem(at, (size_t)(end - at), key, sizeof(key) - 1))) {
		at += sizeof(key) - 1;
		if ((size_t)(end - at) >= HEX)
			strv_own(into, xstrndup(at, HEX));
	}
	strv_sort(into);
}

static bool has_sorted(const struct strv *s, const char *text)
{
	return s->n && bsearch(&text, s->v, s->n, sizeof(*s->v), compare_texts);
}

/* Leaves of a requirement's hashes those that are in `files`; all, where that would leave none. */
static void keep_files(struct plan_requirement *r, const struct strv *files)
{
	AUTO_STRV struct strv kept = STRV_INIT;
	struct strv all = r->sha256;

	for (size_t i = 0; i < r->sha256.n; i++)
		if (has_sorted(files, r->sha256.v[i]))
			strv_add(&kept, r->sha256.v[i]);
	if (!kept.n)
		return;
	r->sha256 = kept;
	kept = all;
}

static int refuse(const char *line, const char *why, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(line, 80);

	return err_set(err, ERR_PROTOCOL, "'%s': %s", shown, why);
}

/* The requirement itself, and its hashes. */
static void take_words(const struct strv *words, struct buf *line, struct strv *hashes)
{
	for (size_t i = 0; i < words->n; i++) {
		const char *word = words->v[i];

		if (str_starts(word, "--hash=sha256:"))
			strv_add(hashes, word + strlen("--hash=sha256:"));
		else if (!str_starts(word, "--hash="))
			buf_addf(line, "%s%s", line->len ? " " : "", word);
	}
}

/* "name==1.0 --hash=sha256:... --hash=..." as a requirement of v. */
static int read_line(const char *text, struct plan_variant *v, struct err *err)
{
	AUTO_STRV struct strv words = STRV_INIT;
	AUTO_STRV struct strv hashes = STRV_INIT;
	AUTO_BUF struct buf line = BUF_INIT;
	AUTO_TEXT char *name = NULL;

	strv_split(&words, text, " \t\r\\");
	take_words(&words, &line, &hashes);
	if (!line.len)
		return 0;
	name = require_name(buf_text(&line));
	if (!name || !lock_text_valid(LOCK_REQUIREMENT, buf_text(&line)) || str_starts(words.v[0], "--") ||
	    !(strstr(buf_text(&line), "==") || strstr(buf_text(&line), " @ ")))
		return refuse(buf_text(&line), "no requirement of one version", err);
	if (pkg_of(name) != PKG__MAX)
		return 0;
	if (!hashes.n)
		return refuse(buf_text(&line), "has no sha256", err);
	for (size_t i = 0; i < hashes.n; i++)
		if (!lock_text_valid(LOCK_SHA256, hashes.v[i]))
			return refuse(hashes.v[i], "no sha256", err);
	if (v->npip == PACKAGES_MAX)
		return refuse(buf_text(&line), "one package too many", err);
	strv_add_all(&plan_add_pip(v, buf_text(&line))->sha256, &hashes);
	return 0;
}

/* One line with those that it goes on in ("\" at the end); *at is moved behind it. False at the end. */
static bool next_line(const char **at, const char *end, struct buf *into)
{
	bool more = true;

	buf_clear(into);
	if (*at == end)
		return false;
	while (more && *at < end) {
		const char *stop = memchr(*at, '\n', (size_t)(end - *at));
		size_t len = (size_t)((stop ? stop : end) - *at);

		if ((*at)[strspn(*at, " \t")] != '#')
			buf_add(into, *at, len);
		more = len && (*at)[len - 1] == '\\';
		*at = stop ? stop + 1 : end;
	}
	return true;
}

static int read_all(struct blob compiled, struct plan_variant *v, struct err *err)
{
	AUTO_BUF struct buf whole = BUF_INIT;
	AUTO_BUF struct buf line = BUF_INIT;
	const char *at, *end;

	if (memchr(compiled.data, '\0', compiled.len))
		return err_set(err, ERR_PROTOCOL, "a NUL byte");
	buf_add(&whole, compiled.data, compiled.len);
	at = buf_text(&whole);
	end = at + whole.len;
	while (next_line(&at, end, &line))
		if (read_line(buf_text(&line), v, err) < 0)
			return -1;
	return 0;
}

int pinlist_read(struct blob compiled, struct blob files, struct plan_variant *v, struct err *err)
{
	struct plan_variant list = {.name = NULL}, old;
	AUTO_STRV struct strv some = STRV_INIT;
	int rc = read_all(compiled, &list, err);

	hashes_of(files, &some);
	for (size_t i = 0; i < list.npip; i++)
		keep_files(&list.pip[i], &some);
	if (rc == 0) {
		old = *v;
		v->pip = list.pip;
		v->npip = list.npip;
		list.pip = old.pip;
		list.npip = old.npip;
	}
	plan_clear_pip(&list);
	return rc;
}
