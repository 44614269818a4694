/* strv.h — owned lists of texts: arguments, environments, names.
 *
 * v is NULL-terminated once anything was added, so it serves as an argv. */
#pragma once

#include "base/buf.h"

struct strv {
	char **v; /* owned texts; NULL while empty */
	size_t n, cap;
};

#define STRV_INIT                                                                                                      \
	{                                                                                                              \
		.v = NULL                                                                                              \
	}

/* Appends a copy of text. */
void strv_add(struct strv *s, const char *text);
/* Appends text itself, which s owns from now on. */
void strv_own(struct strv *s, char *text);
void strv_addf(struct strv *s, const char *fmt, ...) PRINTF(2, 3);
/* Appends a copy of text unless an equal one is there. Whether it was appended. */
bool strv_add_once(struct strv *s, const char *text);
void strv_add_all(struct strv *s, const struct strv *more);
bool strv_has(const struct strv *s, const char *text) NODISCARD;
bool strv_eq(const struct strv *a, const struct strv *b) NODISCARD;
/* Sorts by bytes. */
void strv_sort(struct strv *s);
/* Appends the parts of text between separators, empty parts left out. */
void strv_split(struct strv *s, const char *text, const char *separators);
/* All texts with separator between them; the caller's to free. */
char *strv_join(const struct strv *s, const char *separator) NODISCARD;
/* Releases all; s is empty and usable again. */
void strv_clear(struct strv *s);

static inline void strv_clear_auto_(struct strv *s)
{
	strv_clear(s);
}
/* AUTO_STRV struct strv s = STRV_INIT; is released at the end of its scope. */
#define AUTO_STRV __attribute__((cleanup(strv_clear_auto_)))
