/* vars.h — variables of a Dockerfile or a shell: names with values, and texts in which they are replaced.
 *
 * A value that only a run would tell (command substitution, an ARG without default) holds VARS_UNKNOWN where it stands;
 * so does every text made of it. Not here: where variables come from (intake/dockerfile.h, intake/shell.h). */
#pragma once

#include "base/strv.h"

#define VARS_UNKNOWN '\001'

struct vars {
	struct strv v; /* "NAME=value"; a later one hides earlier ones */
};

/* Sets a variable; value NULL: not known. */
void vars_set(struct vars *v, const char *name, const char *value);
/* The value, borrowed from v, or NULL where there is none. */
const char *vars_get(const struct vars *v, const char *name) NODISCARD;
void vars_clear(struct vars *v);
/* Replaces the variable at *at ("$NAME", "${NAME}", "${NAME:-text}", "$(...)", "`...`") and moves *at behind it;
 * *ret_empty is set where it is a variable that nobody sets. False where none is there. */
bool vars_expand(const struct vars *v, const char **at, struct buf *into, bool *ret_empty) NODISCARD;
/* A whole text of a Dockerfile instruction with variables replaced and quotes kept; the caller's. */
char *vars_text(const struct vars *v, const char *text) NODISCARD;
/* What ENV (env) or ARG sets: A=b C="d e", of ENV also A b, of ARG also A, whose value is outer's (NULL: there is
 * none). */
void vars_read(struct vars *v, const char *text, bool env, const struct vars *outer);
/* Whether the text depends on what is not known. */
bool vars_unknown(const char *text) NODISCARD;
