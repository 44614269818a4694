/* run_variants.h — `catalog variants PACKAGE VERSION`: what an index says of the variant wheels of a release, and which
 * of them the manifest's targets would get. */
#pragma once

#include "cli/cmd.h"
#include "work/fetch.h"
#include "work/project.h"

/* The operands are checked by the caller. project may be NULL. 1 where the index says nothing of variants. */
int run_variants(struct app *app, const struct project *project, const struct fetch_opts *o, struct err *err) NODISCARD;
