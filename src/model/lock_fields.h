/* lock_fields.h — the keys of the lock as tables: member, place in the struct, grammar. Reading and writing walk the
 * same rows. */
#pragma once

#include "adapt/json.h"
#include "model/lock_grammar.h"

#include <stddef.h>

/* A text member. */
struct lock_text {
	const char *key;
	size_t at; /* offset of the char * in its struct */
	enum lock_grammar grammar;
	bool required;
};

/* A list of texts. */
struct lock_list {
	const char *key;
	size_t at; /* offset of the struct strv */
	enum lock_grammar grammar;
};

/* A yes or no. */
struct lock_flag {
	const char *key;
	size_t at; /* offset of the bool */
};

struct lock_shape {
	const struct lock_text *texts;
	const struct lock_list *lists;
	const struct lock_flag *flags;
	const char *const *other; /* keys that the caller handles itself */
	size_t ntexts, nlists, nflags, nother;
};

/* Writes the members of `from` that are set; lists are written when they hold something, flags when true. */
void lock_put(struct jval into, const struct lock_shape *s, const void *from);
/* Reads them into `into`, whose texts become owned; unknown keys, wrong types and texts against their grammar are
 * ERR_INPUT. */
int lock_get(struct jval from, const struct lock_shape *s, void *into, struct err *err) NODISCARD;
