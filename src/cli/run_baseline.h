/* run_baseline.h — what --bench measured, held against an earlier run (--baseline) and a floor (--floor). */
#pragma once

#include "cli/cmd.h"
#include "cli/options.h"
#include "work/test_all.h"

struct baseline;
void baseline_free(struct baseline *b);
DEFINE_AUTO(baseline, struct baseline);
/* Reads --bench, --baseline and --floor; *ret is the caller's, NULL without --bench. ERR_USAGE, ERR_INPUT where the
 * file is no report with measurements. */
int baseline_read(const struct app *app, struct baseline **ret, struct err *err) NODISCARD;
/* Adds a row to the reports for each measurement that there is something to say of. */
void baseline_judge(const struct baseline *b, struct reports *r);
