/* choice.h — one combination of rows that answers a question, with everything that follows from it.
 *
 * A plain value that borrows rows from the catalog. Not here: how it is found (resolve/search.h), how it is written
 * down (resolve/emit.h). */
#pragma once

#include "model/catalog_find.h"
#include "resolve/ask.h"
#include "rules/sdist.h"

/* One extension of a choice. */
struct pick {
	bool used;
	enum plan_way way;
	uint32_t version;	     /* 0: as the manifest writes it (versions without rows) */
	uint16_t cuda;		     /* what it is built for */
	const struct wheel_row *row; /* a wheel's row; NULL for source archives and wheels that are assumed */
	enum sdist sdist;	     /* source archive: what is known about compiling it */
};

enum {
	SCORE_FAILS,
	SCORE_KEEP,
	SCORE_ASSUMED, /* wheels that no row has */
	SCORE_SOURCES,
	SCORE_JIT,
	SCORE_TORCH,
	SCORE_CUDA,
	SCORE_SPARSE,
	SCORE_SCATTER,
	SCORE_CLUSTER,
	SCORE_SPLINE_CONV,
	SCORE_PYG_LIB,
	SCORE_TAG,
	SCORE_OS,
	SCORE_OWN_PYTHON,
	SCORE_PYTHON,
	SCORE__MAX
};

struct choice {
	const struct torch_row *torch;
	struct pick pick[PKG__MAX];
	int python;	 /* index into catalog.pythons */
	bool own_python; /* the OS's */
	const struct os_row *os;
	bool nvidia; /* the final base is NVIDIA's, of that flavor */
	enum flavor flavor;
	bool devel;		    /* a stage with nvcc is needed */
	struct base_set bases;	    /* NVIDIA's tags of one patch; tag[] set for the flavors in use */
	int tag_rank;		    /* 3 proven, 2 unproven, 1 removed from one registry, 0 no NVIDIA base */
	struct arch_set compiled;   /* what is compiled for; known = false when nothing with CUDA is compiled */
	unsigned sources;	    /* packages that are compiled */
	unsigned fails, not_native; /* targets */
	int64_t score[SCORE__MAX];
};
