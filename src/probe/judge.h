/* judge.h — from what the probe said to check rows: right or wrong for this plan and these targets, with causes.
 *
 * A fault of the host, or one that cannot be told, is an error (probe/fault.h), never a failure of the image.
 * Adds one row per finding to a report (model/report.h), in a fixed order: the probe's own rows first, then the
 * comparisons with the plan, then one per target. Pure. Not here: reading the lines (model/verdict.h), the exit code
 * (work, from the rows). */
#pragma once

#include "model/report.h"
#include "model/verdict.h"

struct judge_package {
	const char *name;    /* module name */
	const char *version; /* as planned, with or without label */
};

struct judge_target {
	const char *name;      /* of the manifest */
	unsigned major, minor; /* compute capability; 0 = not stated */
};

/* Borrowed for the call. */
struct judge_expect {
	const struct judge_package *packages;
	size_t n_packages;
	const char *python; /* "3.11" or "3.11.7"; NULL = any */
	const char *cuda;   /* "12.8": the variant's CUDA; "cpu"; NULL = any (a foreign image) */
	const char *driver; /* the oldest driver that a target states; NULL = none does */
	bool gpu_shown;	    /* the host shows an NVIDIA device and GPUs were asked for: a skip is then an error */
	bool gpu_required;  /* --require-gpu: a skip is an error even where the host shows none */
	bool smoke;	    /* the script was started: its absence is an error */
	const struct judge_target *targets;
	size_t n_targets;
};

/* Adds the rows. */
void judge_check(const struct verdict *v, const struct judge_expect *want, struct report *into);
