/* cudas.h — the CUDA versions that a question is tried with.
 *
 * Not here: which of them work (resolve/select.h). */
#pragma once

#include "resolve/ask.h"

/* Allows every CUDA version that torch has wheels for, newest first; not cpu. */
void cudas_all(struct ask *a);
/* Allows one alone. */
void cudas_only(struct ask *a, uint16_t cuda);
/* Keeps what an entry allows (">=12.6"). ERR_INPUT where it is no specifier. */
int cudas_match(struct ask *a, const char *specifier, struct err *err) NODISCARD;
/* The CUDA version that the labels fix for torch: its own label's, else the first extension's. Whether there is one. */
bool cudas_label(const struct ask *a, uint16_t *ret) NODISCARD;
