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
/* Device code compressed by zstd: the driver must be as new as the first toolkit whose driver reads it. */
enum driver_fit driver_reads_zstd(const struct catalog *c, const struct driver *d) NODISCARD;
/* That driver; NULL = no row. */
const struct driver *driver_least_for_zstd(const struct catalog *c) NODISCARD;
/* Whether the nvcc of `cuda` compresses by zstd unless it is told otherwise, as its wheels then are. */
bool driver_needs_zstd(const struct catalog *c, uint16_t cuda) NODISCARD;

enum compat {
	COMPAT_SERVES,
	COMPAT_SERVES_NOT, /* consumer GPUs: CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE (804) */
	COMPAT_UNKNOWN,	   /* some workstation GPUs are served; or the product is not known */
};
/* Forward compatibility: whether the cuda-compat libraries of an image run newer CUDA on an older driver of this
 * product; row may be NULL. */
enum compat driver_compat_serves(const struct gpu_row *row) NODISCARD;
