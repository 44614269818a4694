/* why.h — why a question has no answer: the step at which the last rows fell, with the rows themselves as facts.
 *
 * Each function returns a conflict that is the caller's. Not here: what would mend it by searching again
 * (resolve/suggest.h), the page that is shown (model/explain.h). */
#pragma once

#include "model/conflict.h"
#include "resolve/search.h"

/* Labels that exclude each other, or that the variant's own CUDA excludes; NULL where they agree. */
struct conflict *why_labels(const struct ask *a) NODISCARD;
/* Why an entry of cuda (">=12.6") has no answer beside a label that says another CUDA version. */
struct conflict *why_entry(const struct ask *a, const char *entry, uint16_t label) NODISCARD;
/* Why a search without an answer has none. */
struct conflict *why_not(const struct ask *a, const struct found *f) NODISCARD;
/* Why an answer runs on none of its targets. */
struct conflict *why_no_target(const struct ask *a, const struct choice *ch) NODISCARD;
/* Adds why torch's own rows fall; false where some remain (they are then good for why_extension()). */
bool why_torch(const struct ask *a, struct conflict *c) NODISCARD;
/* Adds why the rows of an extension fall beside the remaining torch rows; false where some remain. */
bool why_extension(const struct ask *a, enum pkg pkg, struct conflict *c) NODISCARD;
/* Adds that no version of the package is allowed: newer than the catalog (the verdict becomes unknown), or not there,
 * with the nearest. */
void why_no_version(const struct ask *a, enum pkg pkg, struct conflict *c);
/* Sets the texts of a reason; all but subject and because may be NULL. subject, because and fix are taken. */
void why_say(struct conflict *c, enum reason_code code, char *subject, char *because, const char *fact_table,
	     char *fact_row, const char *source, char *fix);
/* The verb to versions that are one or several: "has" or "have". */
const char *why_has(const char *versions) NODISCARD;
