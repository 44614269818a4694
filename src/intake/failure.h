/* failure.h — the table of known failures: the text that shows one, its cause, what proves it, what mends it.
 *
 * Sentences may hold {1} to {5}, the holes of the pattern. Rows with code NULL are no failures: they tell what else is
 * in the log, and a row may ask for one of them. Not here: finding them (intake/errlog.h). */
#pragma once

#include "intake/pattern.h"
#include "model/diagnosis.h"

/* What else a log may show. */
enum witness {
	WITNESS_NONE,
	WITNESS_BUILD,	     /* a package is being compiled */
	WITNESS_TORCH,	     /* torch is talked of at all */
	WITNESS_NVIDIA,	     /* NVIDIA's driver or a program of it is talked of */
	WITNESS_EXTENSION,   /* torch_sparse, torch_scatter or one of their like is talked of */
	WITNESS_TORCH_LABEL, /* {1} is torch's version, {2} its CUDA in the label's spelling, 118 */
	WITNESS_TORCH_CUDA,  /* {1} is torch's CUDA, 11.8 */
	WITNESS__MAX
};

/* What is made of a hit beyond the sentences of its row. */
enum refine {
	REFINE_NONE,
	REFINE_PAIR,	  /* two CUDA versions: {2} of torch and {4} of the package, or {1} and {2} of nvcc and torch */
	REFINE_SYMBOL,	  /* {1} is a symbol that is missing */
	REFINE_SONAME,	  /* {1} is what follows "libcu" in the name of a library that is missing */
	REFINE_NVLIB,	  /* likewise what follows "libnv" */
	REFINE_EXTENSION, /* counts only where a hole names an extension of torch that is compiled */
	REFINE_DRIVER,	  /* {1} is a driver's CUDA as a number, 11040 */
	REFINE_REQUIRE,	  /* {1} is the CUDA that an image asks of the driver */
	REFINE_ARCH,	  /* {1} is an architecture that nvcc does not know, 89 */
	REFINE_DEVICE,	  /* {1} is the architecture of a GPU that torch does not serve */
	REFINE_OLD,	  /* {1} is the capability of a GPU that torch has dropped */
	REFINE_CAPABILITY, /* {1} is a GPU's capability, {2} and {3} what torch serves */
	REFINE_GLIBC,	   /* {1} is the glibc that is asked for */
	REFINE_IMAGE,	   /* {1} is an image reference: counts only for one that may hold CUDA or torch */
	REFINE__MAX
};

struct failure {
	const char *id; /* row in the tables of facts: "E1", "CUDA 222" */
	const char *pattern;
	const char *code;
	enum cause_rank rank;
	enum witness is, needs,
		unless; /* is: this row is a witness; the failure counts only beside and without those */
	bool alone;	/* counts only where nothing else is the root of the failure */
	enum refine refine;
	const char *because, *proof, *fix;
};

/* The tables; the last row of each has a NULL pattern. */
extern const struct failure failures_seen[];	  /* witnesses */
extern const struct failure failures_torch[];	  /* texts of torch and its extensions */
extern const struct failure failures_library[];	  /* of the loader: symbols and libraries that are missing */
extern const struct failure failures_build[];	  /* of compiling them */
extern const struct failure failures_install[];	  /* of pip, uv, conda and poetry */
extern const struct failure failures_gpu[];	  /* of the driver and the GPU */
extern const struct failure failures_other[];	  /* of other packages, and of processes around torch */
extern const struct failure failures_container[]; /* of engines, registries and NVIDIA's container runtime */

extern const struct failure *const failure_tables[]; /* all of them, NULL last */
