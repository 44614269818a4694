#include "model/lock_grammar.h"

#include "base/file.h"
#include "base/str.h"
#include "model/ref.h"
#include "model/ver.h"

#include <string.h>

static const char *const wants[] = {
	[LOCK_LINE] = "one printable line",
	[LOCK_NAME] = "a name of lower-case letters, digits, '.', '_' and '-'",
	[LOCK_WORD] = "a word of letters, digits, '.', '_', '-' and '+'",
	[LOCK_USER] = "a numeric user such as 1000 or 1000:1000",
	[LOCK_APT] = "a Debian package",
	[LOCK_VERSION] = "a version",
	[LOCK_LABEL] = "a label: '+', letters, digits and '.'",
	[LOCK_REPOSITORY] = "the name of an image repository",
	[LOCK_TAG] = "an image tag",
	[LOCK_DIGEST] = "a digest: 'sha256:' and 64 hex digits",
	[LOCK_SHA256] = "a sha256 of 64 hex digits",
	[LOCK_FILE] = "a file name",
	[LOCK_URL] = "an http or https URL without credentials",
	[LOCK_PLACE] = "a URL or a path",
	[LOCK_PATH] = "a path below the project's folder",
	[LOCK_REQUIREMENT] = "a requirement as pip reads it",
	[LOCK_ARCHS] = "compute capabilities such as '7.5 8.0 9.0+PTX'",
	[LOCK_REQUIRE] = "a condition such as 'cuda>=12.0'",
};

/* Whether text has 1 to max bytes, all of them letters, digits or of `also`. */
static bool only(const char *text, size_t max, const char *also)
{
	size_t n = 0;

	for (; text[n]; n++)
		if (!str_is_alnum(text[n]) && !strchr(also, text[n]))
			return false;
	return n > 0 && n <= max;
}

static bool is_line(const char *text)
{
	AUTO_TEXT char *shown = str_shown(text, strlen(text) + 3);

	return strlen(text) <= 9000 && str_eq(shown, text);
}

static bool is_name(const char *text)
{
	for (const char *c = text; *c; c++)
		if (str_lower(*c) != *c)
			return false;
	return only(text, 128, "._-") && str_is_alnum(text[0]);
}

static bool is_user(const char *text)
{
	uint64_t id;

	if (!str_scan_u64(&text, 999999999, &id))
		return false;
	if (*text == '\0')
		return true;
	text++;
	return text[-1] == ':' && str_scan_u64(&text, 999999999, &id) && *text == '\0';
}

static bool is_version(const char *text)
{
	struct err err = ERR_INIT;
	struct ver v;

	if (ver_parse(text, &v, &err) == 0 && only(text, 128, "._-+!"))
		return true;
	err_clear(&err);
	return false;
}

static bool is_repository(const char *text)
{
	struct err err = ERR_INIT;
	struct ref r;

	if (ref_parse_repository(text, &r, &err) == 0)
		return true;
	err_clear(&err);
	return false;
}

static bool is_digest(const char *text)
{
	struct err err = ERR_INIT;
	struct digest d;

	if (digest_parse(text, &d, &err) == 0)
		return str_starts(text, "sha256:");
	err_clear(&err);
	return false;
}

static bool is_sha256(const char *text)
{
	return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool is_url(const char *text)
{
	const char *host;

	if (!str_starts(text, "https://") && !str_starts(text, "http://"))
		return false;
	host = strstr(text, "//") + 2;
	if (!*host || memchr(host, '@', strcspn(host, "/?#")))
		return false;
	for (const char *c = text; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || strchr("\"'\\<>`{}|^$", *c))
			return false;
	return strlen(text) <= 2000;
}

/* A folder may be written with a slash behind it. */
static bool is_path(const char *text)
{
	const size_t n = strlen(text);
	AUTO_TEXT char *bare = xstrndup(text, n > 1 && text[n - 1] == '/' ? n - 1 : n);

	return is_line(text) && file_is_inside(bare);
}

static bool is_place(const char *text)
{
	size_t n = strlen(text);

	if (str_starts(text, "http:") || str_starts(text, "https:"))
		return is_url(text);
	return n > 0 && text[0] != ' ' && text[n - 1] != ' ' && is_line(text);
}

static bool is_requirement(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c < ' ' || *c >= 0x7f || *c == '\\')
			return false;
	return text[0] && text[0] != '-' && text[0] != '#' && strlen(text) <= 500;
}

static bool is_archs(const char *text)
{
	AUTO_STRV struct strv parts = STRV_INIT;

	strv_split(&parts, text, " ");
	for (size_t i = 0; i < parts.n; i++) {
		const char *p = parts.v[i];
		uint64_t major, minor;

		if (!str_scan_u64(&p, 99, &major) || *p++ != '.' || !str_scan_u64(&p, 9, &minor))
			return false;
		if (*p == 'a' || *p == 'f')
			p++;
		if (!str_eq(p, "") && !str_eq(p, "+PTX"))
			return false;
	}
	return parts.n > 0;
}

bool lock_text_valid(enum lock_grammar g, const char *text)
{
	switch (g) {
	case LOCK_LINE:
		return is_line(text);
	case LOCK_NAME:
		return is_name(text);
	case LOCK_WORD:
		return only(text, 128, "._-+");
	case LOCK_USER:
		return is_user(text);
	case LOCK_APT:
		return only(text, 200, "+.=:~-") && str_is_alnum(text[0]);
	case LOCK_VERSION:
		return is_version(text);
	case LOCK_LABEL:
		return text[0] == '+' && only(text + 1, 80, ".");
	case LOCK_REPOSITORY:
		return is_repository(text);
	case LOCK_TAG:
		return ref_tag_valid(text);
	case LOCK_DIGEST:
		return is_digest(text);
	case LOCK_SHA256:
		return is_sha256(text);
	case LOCK_FILE:
		return only(text, 255, "._-+!~%") && file_is_inside(text);
	case LOCK_URL:
		return is_url(text);
	case LOCK_PLACE:
		return is_place(text);
	case LOCK_PATH:
		return is_path(text);
	case LOCK_REQUIREMENT:
		return is_requirement(text);
	case LOCK_ARCHS:
		return is_archs(text);
	case LOCK_REQUIRE:
		return only(text, 200, ".,<>=- ");
	}
	return false;
}

const char *lock_grammar_wants(enum lock_grammar g)
{
	return wants[g];
}
