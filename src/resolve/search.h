/* search.h — all combinations of rows that answer a question, and the best of them by the documented order of
 * preference.
 *
 * Exhaustive and deterministic: every torch row x OS x Python is looked at, and for each the best wheels of the
 * extensions, which are independent of one another once these three are fixed. Where nothing fits, the stage says how
 * far the furthest combination came. Not here: the words for either result (resolve/emit.h, resolve/why.h). */
#pragma once

#include "model/catalog_find.h"
#include "resolve/ask.h"
#include "rules/sdist.h"

/* One extension of a choice. */
struct pick {
	bool used;
	enum plan_way way;
	uint32_t version;	     /* 0: as the manifest writes it (packages without rows) */
	uint16_t cuda;		     /* what it is built for */
	const struct wheel_row *row; /* a wheel's row; NULL for source archives and packages without rows */
	enum sdist sdist;	     /* source archive: what is known about compiling it */
};

enum {
	SCORE_FAILS,
	SCORE_KEEP,
	SCORE_SOURCES,
	SCORE_JIT,
	SCORE_TORCH,
	SCORE_CUDA,
	SCORE_SPARSE,
	SCORE_SCATTER,
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

enum stage {
	STAGE_TORCH, /* no torch of that version, CUDA, platform and label */
	STAGE_PYTHON,
	STAGE_GLIBC,
	STAGE_MANAGED, /* no standalone Python for it */
	STAGE_SPARSE,
	STAGE_SCATTER,
	STAGE_OTHER,   /* torch_cluster, torch_spline_conv, pyg_lib */
	STAGE_COMPILE, /* no architectures are known to compile for, or no toolkit */
	STAGE_BASE,
	STAGE_FOUND
};

struct found {
	enum stage stage; /* STAGE_FOUND: choice is the answer, else how far choice came before it fell */
	enum pkg other;	  /* STAGE_OTHER: which */
	struct choice choice;
};

/* Searches; fills *ret wholly. */
void search(const struct ask *a, struct found *ret);
/* The flavor of the final base that suffices, and whether an OS image without NVIDIA's libraries does. */
enum flavor search_flavor(const struct ask *a, const struct choice *ch, bool *os_suffices) NODISCARD;
