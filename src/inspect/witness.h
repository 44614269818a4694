/* witness.h — which CUDA version built a file: every independent witness, and whether they agree.
 *
 * A witness states a range of CUDA versions (a soname knows the major only, a function body the minor); what all ranges
 * share is the verdict. ELF witnesses decide; metadata (version.py, labels) are kept apart as hints and compared.
 * CUDA versions are keys as in model/cuda.h: major * 100 + minor; 0..0 is a build without CUDA. */
#pragma once

#include "base/buf.h"
#include "model/binary.h"

/* In the order of what they are worth. */
enum witness_kind {
	WITNESS_FUNCTION, /* body of cuda_version() */
	WITNESS_CUBIN, /* header or note of machine code; a library linked of several toolkits' code shows its newest */
	WITNESS_PTX,   /* language version of the newest PTX */
	WITNESS_RUNTIME, /* soname of libcudart */
	WITNESS_LAUNCH,	 /* how kernels are launched */
	WITNESS_HINT,	 /* version.py, a label: what somebody wrote down */
};

struct witness {
	enum witness_kind kind;
	uint16_t low, high; /* CUDA versions it is compatible with, both included */
	char *file;
	char *said; /* "cuda_version() returns 12040" */
};

struct witnesses {
	struct witness *v;
	size_t n, cap;
};

#define WITNESSES_INIT                                                                                                 \
	{                                                                                                              \
		.v = NULL                                                                                              \
	}

/* What the witnesses say together. Borrowed texts live in the witnesses. */
struct witness_verdict {
	bool known;		     /* at least one ELF witness spoke and they share a version */
	uint16_t low, high;	     /* what they share; 0..0 = built without CUDA */
	const struct witness *a, *b; /* two that contradict each other (a stronger than b), else NULL */
};

/* Adds what a file shows. A file that shows nothing adds nothing. */
void witness_binary(struct witnesses *into, const struct binary *b);
/* Adds torch/version.py (cuda = '12.4', or None) as a hint; also its __version__ label. */
void witness_version_py(struct witnesses *into, struct blob text);
/* Adds the local label of a version ("0.6.18+pt27cu128", "2.6.0+cpu") as a hint, if it speaks of CUDA. */
void witness_label(struct witnesses *into, const char *file, const char *version);
/* The verdict of all; hints count only for a contradiction. */
struct witness_verdict witness_judge(const struct witnesses *w) NODISCARD;
/* "12.4", "12", "12.5 to 12.6", "cpu": a range in words; the caller's. */
char *witness_text(uint16_t low, uint16_t high) NODISCARD;
/* "function", "cubin", "ptx", "runtime", "launch", "hint"; static. */
const char *witness_kind_name(enum witness_kind kind) NODISCARD;
void witnesses_clear(struct witnesses *w);
