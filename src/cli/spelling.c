#include "cli/spelling.h"

#include "base/str.h"
#include "model/catalog_find.h"
#include "work/facts.h"

#include <string.h>

#define DIGITS "0123456789"

/* What stands behind the first of the words that the text begins with, in any case. */
static const char *behind(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(words[i]);
		AUTO_TEXT char *start = str_lowered(text);
		if (str_starts(start, words[i]) && text[len])
			return text + len;
	}
	return NULL;
}

/* Digits and dots alone. */
static bool is_bare(const char *text)
{
	return str_is_digit(*text) && strspn(text, DIGITS ".") == strlen(text);
}

char *spelling_python(const char *text)
{
	static const char *const words[] = {"python", "cpython", "cp", "py"};
	const char *version = behind(text, words, ARRAY_LEN(words));
	version = version && str_is_digit(*version) ? version : NULL;
	size_t digits = version ? strspn(version, DIGITS) : 0;
	bool tag = digits > 1 && (!version[digits] || str_eq(version + digits, "t"));
	if (tag)
		return xasprintf("%c.%s", version[0], version + 1);
	return xstrdup(version ? version : text);
}

static void add_cuda(const char *text, struct strv *into)
{
	static const char *const words[] = {"cuda ", "cuda-", "cuda"};
	const char *version = behind(text, words, ARRAY_LEN(words));
	strv_add(into, version && str_is_digit(*version) ? version : text);
}

void spelling_cuda(const char *text, struct strv *into)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	bool bare = true;
	for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		at += strspn(at, " ");
		AUTO_TEXT char *part = xstrndup(at, strcspn(at, ", "));
		bare = bare && is_bare(part);
		strv_add(&parts, part);
	}
	for (size_t i = 0; bare && parts.n > 1 && i < parts.n; i++)
		add_cuda(parts.v[i], into);
	if (!bare || parts.n < 2)
		add_cuda(text, into);
}

bool spelling_is_compute(const char *gpu)
{
	unsigned cc = 0;
	bool looks = str_starts(gpu, "sm_") || strchr(gpu, '.');
	return looks && !catalog_gpu(facts_catalog(), gpu) && catalog_cc_parse(gpu, &cc);
}
