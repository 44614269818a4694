/* wheelpage.h — addresses of wheel pages and indexes: which torch and which CUDA variant they are for, and whether they
 * can exist.
 *
 * Pure: nothing is fetched. Not here: reading the pages (source/linkpage.h). */
#pragma once

#include "model/cuda.h"

enum wheelpage_kind {
	WHEELPAGE_OTHER,   /* none of PyTorch's or PyG's */
	WHEELPAGE_UNKNOWN, /* depends on what only a run would tell */
	WHEELPAGE_TORCH,   /* PyTorch's, for has_variant's CUDA or, without, for all */
	WHEELPAGE_PYG,	   /* PyG's for one torch and one variant */
	WHEELPAGE_BROKEN,  /* of PyG, and cannot exist: why */
};

struct wheelpage {
	enum wheelpage_kind kind;
	bool has_variant;
	struct cuda variant;	      /* major 0 = cpu */
	unsigned major, minor, patch; /* of torch */
	const char *why;	      /* static */
};

/* Reads a URL of -f, -i or --extra-index-url, or of a wheel file. */
struct wheelpage wheelpage_read(const char *url) NODISCARD;
