/* survey_why.h — one sentence why a combination of three versions cannot be, from the step at which it fell.
 *
 * Shorter than what explain says (resolve/why.h), since thousands are made at once. */
#pragma once

#include "model/matrix.h"
#include "resolve/search.h"

/* Sets code, because, fact and from of a row that fell at a stage; ch is the furthest combination of its versions. */
void survey_why(const struct ask *a, enum stage stage, const struct choice *ch, struct matrix_row *row);
