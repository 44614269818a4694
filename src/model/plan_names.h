/* plan_names.h — names of variants on a command line, held against those that there are.
 *
 * Not here: how variants are named (resolve/names.h). */
#pragma once

#include "base/err.h"
#include "model/plan.h"

/* Whether each of names is one of all, the variants there are: ERR_USAGE with the nearest one, or all, otherwise. */
int variant_names_check(const struct strv *all, const struct strv *names, struct err *err) NODISCARD;
/* The same for the variants of a plan. */
int plan_check_names(const struct plan *p, const struct strv *names, struct err *err) NODISCARD;
