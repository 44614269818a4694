/* survey.h — every combination of torch, torch_sparse and CUDA that a question allows, judged as resolve() judges: the
 * matrix.
 *
 * The same search and the same rules, without the choice of one answer. Pure: the catalog alone decides. Not here: how
 * a matrix is shown (model/matrix.h, render/matrix_page.h). */
#pragma once

#include "base/err.h"
#include "model/manifest.h"
#include "model/matrix.h"

/* Fills *ret (the caller's) with a row per torch release, CUDA version and torch_sparse release that the first variant
 * of m allows; `best` is every CUDA version and, without targets, cpu. What must be compiled counts as if its CUDA were
 * named. Targets are those of the variant. c NULL = the program's own. ERR_INPUT as resolve(): an unknown GPU, an entry
 * that is no CUDA version. */
int survey(const struct manifest *m, const struct catalog *c, struct matrix **ret, struct err *err) NODISCARD;
