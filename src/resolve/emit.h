/* emit.h — a choice written down as a variant of the plan, with what is known of its digests.
 *
 * Not here: choosing (resolve/search.h), the sentences (resolve/notes.h). */
#pragma once

#include "resolve/search.h"

/* Adds the variant of that name to the plan. */
void emit_variant(const struct ask *a, const struct choice *ch, const char *name, struct plan *into);
/* Fills what belongs to the plan as a whole: names, sources, app, build and test settings. */
void emit_plan(const struct manifest *m, const struct catalog *c, struct plan *into);
/* Sets tag and image of every variant. ERR_INPUT where two variants would get the same, or the pattern has an unknown
 * {word}. */
int emit_tags(const struct manifest *m, struct plan *p, struct err *err) NODISCARD;
