/* minimal.h — the smallest set of a variant's lines that cannot stand together, proved by solving.
 *
 * The set has no answer, and without any one of its lines there is one. Not here: what would mend it
 * (resolve/suggest.h). */
#pragma once

#include "model/conflict.h"
#include "resolve/wish.h"

struct minimal {
	enum wish_line v[WISH__MAX];
	size_t n;
};

/* Finds the lines of a question that has no answer; entry as in wish_init(). n is 0 where no line is to blame. */
void minimal_find(const struct ask *a, const char *entry, struct minimal *ret);
/* Adds them to the conflict as texts. */
void minimal_say(const struct ask *a, const char *entry, const struct minimal *min, struct conflict *into);
