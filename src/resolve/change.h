/* change.h — the values that a line could have instead, nearest first, and how much each changes.
 *
 * Not here: whether they help (resolve/suggest.h tries them). */
#pragma once

#include "resolve/wish.h"

#define CHANGES_MAX 96

struct change {
	char *value; /* owned; NULL: the line goes */
	unsigned cost;
};

struct changes {
	struct change v[CHANGES_MAX]; /* by cost */
	size_t n;
};

/* All values worth trying for a line; none for where it runs, which nobody changes. */
void changes_of(const struct wish *w, enum wish_line line, struct changes *ret);
void changes_clear(struct changes *c);
/* Makes change i to the wish. */
void changes_make(struct wish *w, enum wish_line line, const struct changes *c, size_t i);
/* "torch: \"1.8.1\"", "without base: os"; the caller's. */
char *changes_text(const struct wish *w, enum wish_line line, const struct changes *c, size_t i) NODISCARD;
