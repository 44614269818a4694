#include "base/strv.h"

#include <string.h>

void strv_own(struct strv *s, char *text)
{
	if (s->n + 2 > s->cap) {
		s->cap = mem_grow(s->cap);
		s->v = xreallocarray(s->v, s->cap, sizeof(*s->v));
	}
	s->v[s->n++] = text;
	s->v[s->n] = NULL;
}

void strv_add(struct strv *s, const char *text)
{
	strv_own(s, xstrdup(text));
}

void strv_addf(struct strv *s, const char *fmt, ...)
{
	struct buf b = BUF_INIT;
	va_list args;

	va_start(args, fmt);
	buf_addv(&b, fmt, args);
	va_end(args);
	strv_own(s, buf_take(&b));
}

bool strv_add_once(struct strv *s, const char *text)
{
	if (strv_has(s, text))
		return false;
	strv_add(s, text);
	return true;
}

void strv_add_all(struct strv *s, const struct strv *more)
{
	for (size_t i = 0; i < more->n; i++)
		strv_add(s, more->v[i]);
}

bool strv_has(const struct strv *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->v[i], text) == 0)
			return true;
	return false;
}

bool strv_eq(const struct strv *a, const struct strv *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *s)
{
	if (s->n > 1)
		qsort(s->v, s->n, sizeof(*s->v), by_bytes);
}

void strv_split(struct strv *s, const char *text, const char *separators)
{
	while (*(text += strspn(text, separators))) {
		size_t len = strcspn(text, separators);

		strv_own(s, xstrndup(text, len));
		text += len;
	}
}

char *strv_join(const struct strv *s, const char *separator)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < s->n; i++) {
		if (i)
			buf_adds(&b, separator);
		buf_adds(&b, s->v[i]);
	}
	return buf_take(&b);
}

void strv_clear(struct strv *s)
{
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i]);
	free(s->v);
	*s = (struct strv)STRV_INIT;
}
