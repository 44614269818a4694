/* explain.h — an answer as a page for people and as JSON: what fits, or what does not, why, and the ways out.
 *
 * Exactly one of plan and why is given. Tables show rather than tell; every reason names the fact it rests on. Foreign
 * texts are made fit for a terminal. Not here: how the answer was found (resolve/resolve.h). */
#pragma once

#include "model/conflict.h"
#include "model/plan.h"

/* Whether the answer is neither yes nor no: a wheel is assumed, or for a target nothing establishes that what fits
 * together runs there. */
bool explain_is_unknown(const struct plan *plan) NODISCARD;
/* Appends the page. */
void explain_text(const struct plan *plan, const struct conflict *why, struct buf *out);
/* Appends {"schema": 1, "verdict", "variants", "reasons", "suggestions", "conflicts"}, sorted keys, one value per line.
 */
void explain_json(const struct plan *plan, const struct conflict *why, struct buf *out);
