/* value.h — the tree of values a template is rendered from: no, yes, text, list or map; owned, small, in order of
 * insertion.
 *
 * A map keeps every value it is given; looking up finds the first of a name. Every function that returns a value
 * borrows it from its parent, valid until the parent grows again: fill one branch before the next one is begun. Not
 * here: how values are shown (render/mustache.h, render/quote.h). */
#pragma once

#include "base/buf.h"
#include "base/strv.h"

enum value_kind { VALUE_NO, VALUE_YES, VALUE_TEXT, VALUE_LIST, VALUE_MAP };

struct value {
	enum value_kind kind;
	char *name;	     /* owned: the name under which a map holds it; NULL elsewhere */
	char *text;	     /* owned: of VALUE_TEXT */
	struct value *items; /* owned: of VALUE_LIST and VALUE_MAP */
	size_t n, cap;
};

/* A new empty map; the caller's to value_free(). */
struct value *value_map(void) NODISCARD;
/* Releases the whole tree; NULL is fine. */
void value_free(struct value *v);
DEFINE_AUTO(value, struct value);

/* Sets a name of a map; the texts are copied, and a NULL text is VALUE_NO. */
void value_set(struct value *map, const char *name, const char *text);
void value_setf(struct value *map, const char *name, const char *fmt, ...) PRINTF(3, 4);
void value_set_bool(struct value *map, const char *name, bool yes);
void value_set_strv(struct value *map, const char *name, const struct strv *texts); /* a list of texts */
struct value *value_set_list(struct value *map, const char *name);
struct value *value_set_map(struct value *map, const char *name);
/* Appends to a list. */
void value_add(struct value *list, const char *text);
void value_add_bool(struct value *list, bool yes);
struct value *value_add_map(struct value *list);
struct value *value_add_list(struct value *list);
/* Gives every map of a list the name "last": yes in the last one, no in the others (for separators). */
void value_mark_last(struct value *list);

/* What the map holds under a name of len bytes, or NULL; NULL for everything that is no map. */
const struct value *value_find(const struct value *map, const char *name, size_t len) NODISCARD;
/* Whether a section of it is shown: not for no, the empty text and the empty list. */
bool value_shows(const struct value *v) NODISCARD;
