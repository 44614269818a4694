/* driver_fit.h — whether a driver runs a CUDA version: by minor-version compatibility, by its JIT, by an image's own
 * requirement.
 *
 * Pure; nothing here fails. Not here: driver versions as values (model/driver.h), GPU coverage (rules/arch.h). */
#pragma once

#include "model/catalog.h"

enum driver_fit {
	DRIVER_FITS,
	DRIVER_TOO_OLD, /* CUDA_ERROR_SYSTEM_DRIVER_MISMATCH and its like: nothing runs */
	DRIVER_UNKNOWN, /* the catalog has no row of this CUDA version */
};

/* Code of CUDA `cuda` on a driver: from 11.0 on the floor of the major's minor-version compatibility, below the
 * toolkit's own. */
enum driver_fit driver_runs(const struct catalog *c, uint16_t cuda, const struct driver *d) NODISCARD;
/* PTX made by the toolkit of `cuda`: the driver must be as new as that toolkit, minor-version compatibility does not
 * help. */
enum driver_fit driver_takes_ptx(const struct catalog *c, uint16_t cuda, const struct driver *d) NODISCARD;
/* The requirement cuda>=X.Y of an image as the container hook checks it: the driver's own CUDA must reach X.Y. */
enum driver_fit driver_meets_require(const struct catalog *c, uint16_t cuda, const struct driver *d) NODISCARD;
