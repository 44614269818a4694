/* matrix_page.h — a matrix as one HTML page that needs nothing else: no request, no file beside it.
 *
 * The page holds the rows as data, and the little script that filters them. Not here: what the rows say
 * (resolve/survey.h). */
#pragma once

#include "base/err.h"
#include "model/matrix.h"
#include "render/templates.h"

/* Appends the page made from the template matrix.mustache. */
int matrix_page(const struct matrix *m, struct templates *t, struct buf *out, struct err *err) NODISCARD;
