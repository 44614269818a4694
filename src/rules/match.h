/* match.h — whether two builds can share one process: CUDA, torch minor, C++ ABI, Python, C library.
 *
 * One small function per rule, each a pure question with a plain answer. Not here: GPUs (rules/arch.h), drivers
 * (rules/driver_fit.h), which CUDA libraries an image must bring (rules/libs.h). */
#pragma once

#include "model/catalog.h"

enum match {
	MATCH_YES,
	MATCH_MINOR_WARNS,   /* CUDA minors differ; works by CUDA's minor-version compatibility */
	MATCH_MINOR_REFUSED, /* CUDA minors differ and either the extension's own check or the soname refuses it */
	MATCH_MAJOR,	     /* CUDA majors differ */
	MATCH_CPU_ONLY,	     /* the extension has no CUDA, torch has */
	MATCH_TORCH_CPU,     /* the extension has CUDA, torch has not */
};

/* CUDA of torch against that of an extension. sparse: the torch_sparse version whose import check looks on (0 = none
 * does): minors must agree up to 0.6.8, and for CUDA 10.x, whose soname holds the minor. */
enum match match_cuda(uint16_t torch, uint16_t extension, uint32_t sparse) NODISCARD;
/* An extension is built for one torch minor: its symbols are not stable across minors; patches do not matter. */
bool match_torch(uint32_t torch, uint32_t built_for) NODISCARD;
/* C++ string ABI; one that is not established matches. */
bool match_abi(enum tri torch, enum tri extension) NODISCARD;
/* Whether the C library of an OS is new enough; 0 = not established, which matches. Keys as in os_row. */
bool match_glibc(uint16_t os, uint16_t needed) NODISCARD;
/* What a wheel of an extension asks of the C library: what users report, else what its build machine had (an upper
 * bound). */
uint16_t match_wheel_glibc(const struct wheel_row *row) NODISCARD;
/* Whether a build exists for the Python with that index into catalog.pythons. */
bool match_python(uint32_t pythons, int python) NODISCARD;
