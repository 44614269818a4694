/* catalog_key.h — the small words of the catalog: release keys, platforms, flavours and the like, and their texts.
 *
 * Keys compare as numbers. Not here: the rows (model/catalog.h). */
#pragma once

#include "model/cuda.h"
#include "model/pkg.h"
#include "model/ver.h"

/* Release keys: major << 20 | minor << 10 | patch; 2.7.1 < 2.10.0. */
#define REL(major, minor, patch) ((uint32_t)(major) << 20 | (uint32_t)(minor) << 10 | (uint32_t)(patch))
#define REL_MINOR(key)		 ((key) & ~UINT32_C(1023)) /* X.Y.0 of X.Y.Z */

enum platform { PLATFORM_AMD64, PLATFORM_ARM64, PLATFORM_PPC64LE, PLATFORM_WINDOWS, PLATFORM_MACOS, PLATFORM__MAX };
enum channel { CHANNEL_INDEX, CHANNEL_PYPI }; /* the PyTorch index; plain PyPI */
enum tri { TRI_NO, TRI_YES, TRI_UNKNOWN };
enum libs {
	LIBS_NONE,
	LIBS_BUNDLED,
	LIBS_PIP,
	LIBS_UNKNOWN
}; /* where torch's CUDA libraries are: cpu, in the wheel, nvidia-* packages */
enum proof { PROOF_MEASURED, PROOF_LISTING, PROOF_CODE, PROOF_DOCUMENTED, PROOF_MATRIX, PROOF_INFERRED, PROOF_PARTLY };
enum flavor { FLAVOR_BASE, FLAVOR_RUNTIME, FLAVOR_DEVEL, FLAVOR__MAX };
enum presence {
	PRESENCE_SUPPORTED,
	PRESENCE_UNSUPPORTED,
	PRESENCE_UNKNOWN,
	PRESENCE_REMOVED
}; /* removed: on Docker Hub */
/* Device code compressed by zstd: unknown to nvcc and driver, read by the driver, written on request, written. */
enum zstd { ZSTD_NO, ZSTD_READ, ZSTD_OPTION, ZSTD_DEFAULT };
enum gpu_line { GPU_CONSUMER, GPU_WORKSTATION, GPU_DATACENTER, GPU_EMBEDDED };
enum cuda_check { CHECK_NONE, CHECK_MINOR, CHECK_MAJOR }; /* what the package compares at import */

/* Keys and versions. */
struct ver catalog_rel_ver(uint32_t rel);
/* Key of a version's first three numbers; 0 if one is too large or the version is a pre-, post- or development release.
 */
uint32_t catalog_ver_rel(const struct ver *v);
/* The nearest thing that a row can hold: 2.7.1 of 2.7.1rc1, 2.7.1.post1 and 2.7.1.1, 2.7.1023 of 2.7.5000; 0 for one
 * with an epoch. */
uint32_t catalog_ver_near(const struct ver *v);
/* "2.7.1" in into, which is returned. */
const char *catalog_rel_text(uint32_t rel, char into[CUDA_TEXT]);
/* "2.28" of 228 in into, which is returned; "" for 0. */
const char *catalog_minor_text(uint16_t key, char into[CUDA_TEXT]);
/* major * 100 + minor of "2.28"; 0 if it is none. */
uint16_t catalog_minor_parse(const char *text);
/* "linux/amd64" and back (PLATFORM__MAX if unknown); "linux_x86_64" is known too. */
const char *catalog_platform_text(enum platform p);
enum platform catalog_platform(const char *text);
const char *catalog_flavor_text(enum flavor f);
const char *catalog_presence_text(enum presence p);
const char *catalog_proof_text(enum proof p);
const char *catalog_zstd_text(enum zstd z);	    /* "no", "read", "option", "default" */
const char *catalog_gpu_line_text(enum gpu_line l); /* "consumer", "workstation", "datacenter", "embedded" */
