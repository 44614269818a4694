/* sdist.h — whether a source archive of an extension is known to compile, and which torch_scatter belongs to a
 * torch_sparse.
 *
 * Pure. Not here: the compiler and the toolkit (model/catalog.h: toolkits, oses). */
#pragma once

#include "model/catalog.h"

enum sdist {
	SDIST_COMPILES,	     /* was seen, or nothing speaks against it */
	SDIST_UNPROVEN,	     /* torch is newer than any it was seen to compile with */
	SDIST_TORCH_TOO_OLD, /* below the least torch of that version */
	SDIST_TORCH_TOO_NEW, /* known to fail */
	SDIST_PYTHON_TOO_OLD,
	SDIST_NO_VERSION, /* no such version is known */
};

/* The newest torch with which the newest source archives were seen to compile. */
#define SDIST_TORCH_SEEN REL(2, 11, 0)

/* python is major * 100 + minor. */
enum sdist sdist_sparse(const struct catalog *c, uint32_t sparse, uint32_t torch, uint16_t python) NODISCARD;
enum sdist sdist_scatter(uint32_t torch) NODISCARD;
/* The torch_scatter of the same time as a torch_sparse; 0 = none known. */
uint32_t sdist_scatter_for(const struct catalog *c, uint32_t sparse) NODISCARD;
/* Rough minutes to compile a package for a number of architectures on eight cores (torch_scatter compiles on one). */
unsigned sdist_minutes(enum pkg pkg, unsigned archs) NODISCARD;
/* Whether it may be tried. */
static inline bool sdist_ok(enum sdist s)
{
	return s == SDIST_COMPILES || s == SDIST_UNPROVEN;
}
