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
	WITNESS_TORCH_LABEL, /* {2} is torch's CUDA in the label's spelling, 118 */
	WITNESS_TORCH_CUDA,  /* {1} is torch's CUDA, 11.8 */
	WITNESS__MAX
};

/* What is made of a hit beyond the sentences of its row. */
enum refine {
	REFINE_NONE,
	REFINE_PAIR,   /* two CUDA versions: {2} of torch and {4} of the package, or {1} and {2} where `alone` */
	REFINE_SYMBOL, /* {1} is a symbol that is missing */
	REFINE_SONAME, /* {1} is what follows "libcu" in the name of a library that is missing */
};

struct failure {
	const char *id; /* row in the tables of facts: "E1", "CUDA 222" */
	const char *pattern;
	const char *code;
	enum cause_rank rank;
	enum witness is, needs,
		unless; /* is: this row is a witness; the failure counts only beside and without those */
	enum refine refine;
	const char *because, *proof, *fix;
};

/* The tables; the last row of each has a NULL pattern. */
extern const struct failure failures_torch[]; /* witnesses, and texts of torch and its extensions */
extern const struct failure failures_build[]; /* of compiling and installing them */
extern const struct failure failures_gpu[];   /* of the driver, the GPU and the container runtime */
