/* compiler.h — whether an operating system's own gcc can compile an extension: for a torch, and under a toolkit's nvcc.
 *
 * Pure. Not here: source archives (rules/sdist.h), architectures (rules/arch.h). */
#pragma once

#include "model/catalog.h"

enum compiler { COMPILER_FITS, COMPILER_TOO_OLD, COMPILER_TOO_NEW };

/* The least gcc that torch's headers take, as major * 100 + minor. */
uint16_t compiler_least(uint32_t torch) NODISCARD;
/* cuda 0: a CPU build, for which no toolkit looks at the compiler. nvcc looks at gcc's major alone. */
enum compiler compiler_fits(const struct catalog *c, uint16_t cuda, const struct os_row *os, uint32_t torch) NODISCARD;
