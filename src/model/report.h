/* report.h — rows of findings about images: what was checked, what came out, and the verdict per target.
 *
 * `inspect`, `test` and `build` fill one report per image; its text and JSON come from here. A report owns all texts.
 * Statuses: warn does not change the exit code, fail makes it 1, an error is "could not find out" and exits with its
 * cause's code. Not here: what is right or wrong (probe/judge.h), why a choice was made (model/conflict.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/strv.h"
#include "model/bench.h"

#include <stdint.h>

enum report_status { REPORT_PASS, REPORT_FAIL, REPORT_WARN, REPORT_SKIP, REPORT_ERROR, REPORT_INFO, REPORT__MAX };

enum report_level { LEVEL_STATIC, LEVEL_CONTAINER, LEVEL_GPU };

struct report_check {
	char *id; /* "gpu.spmm", "import.torch_sparse"; unique enough to grep for */
	enum report_status status;
	char *code;			      /* reason code or cause, or NULL */
	char *expected, *found, *file, *hint; /* each may be NULL */
	const char *fault;		      /* whose it is: "image", "host", "unknown"; static, or NULL */
	enum report_level level;	      /* what it took to know */
	unsigned ms;
};

enum report_verdict { TARGET_PASS, TARGET_FAIL, TARGET_SKIP, TARGET_ERROR, TARGET_UNKNOWN };

struct report_target {
	char *name;
	enum report_verdict verdict;
	enum report_level level; /* how far the proof went */
	char *because;		 /* or NULL */
};

struct report_package {
	char *name, *version, *path, *cuda; /* all but name may be NULL */
	struct strv witnesses, archs; /* how its CUDA is known; "sm_90", "compute_90": of what was read in its bytes */
	char *cxx11_abi, *glibc;      /* "0" or "1"; what it asks of the C library ("2.28"); NULL = not seen */
};

/* How many bytes something holds: a layer by its digest, a Python package by its name. */
struct report_size {
	char *name, *made_by; /* the command that made a layer, or NULL */
	uint64_t bytes;
};

struct report_sizes {
	struct report_size *v;
	size_t n;
};

/* Where the time went. A name with a dot is a part of the one before the dot. */
struct report_time {
	char *name; /* "container.imports" */
	uint64_t ms;
};

struct report {
	char *subject; /* the variant or image */
	char *image;   /* reference and id, or NULL */
	char *source;  /* where its bytes were read: "registry 127.0.0.1:5000", or NULL where none were */
	uint64_t size; /* bytes of its files */
	size_t files;  /* how many; 0 = they were not looked at */
	struct report_sizes layers, sizes; /* lowest layer first; Python packages, the largest first */
	enum report_level level; /* of the rows that are added next; LEVEL_CONTAINER: "gpu..." are LEVEL_GPU */
	enum err_kind error;	 /* cause of the first REPORT_ERROR row: its exit code; ERR_NONE if there is none */
	struct report_check *checks;
	size_t nchecks;
	struct report_target *targets;
	size_t ntargets;
	struct report_package *packages;
	size_t npackages;
	struct report_time *times;
	size_t ntimes;
	struct bench *benches; /* what --bench measured */
	size_t nbenches;
};

struct report *report_new(const char *subject) NODISCARD;
void report_free(struct report *r);
DEFINE_AUTO(report, struct report);
/* Adds an empty row and returns it, borrowed until the next is added; the caller fills its texts (owned by the report).
 */
struct report_check *report_add(struct report *r, const char *id, enum report_status status);
/* The same with texts copied; each may be NULL. */
struct report_check *report_add_full(struct report *r, const char *id, enum report_status status, const char *code,
				     const char *expected, const char *found, const char *hint);
/* A REPORT_ERROR row whose cause decides the exit code where it is the report's first. */
struct report_check *report_add_error(struct report *r, const char *id, enum err_kind cause, const char *found,
				      const char *hint);
struct report_target *report_add_target(struct report *r, const char *name, enum report_verdict verdict,
					enum report_level level, const char *because);
struct report_package *report_add_package(struct report *r, const char *name, const char *version, const char *path,
					  const char *cuda);
void report_add_size(struct report_sizes *into, const char *name, const char *made_by, uint64_t bytes);
/* Lays a report of the static level under one of a container, which takes its rows; below stays to be freed. A target's
 * verdict is what ran, unless the bytes show a fault or could not be read; a package's row the one that says more. */
void report_lay_under(struct report *r, struct report *below);
/* Reads what report_json() wrote of one report; for what a child process found. *ret is the caller's. ERR_PROTOCOL. */
int report_parse(struct blob text, struct report **ret, struct err *err) NODISCARD;
/* A copy of b. */
void report_add_bench(struct report *r, const struct bench *b);
void report_add_time(struct report *r, const char *name, uint64_t ms);
/* How many rows have that status. */
size_t report_count(const struct report *r, enum report_status s) NODISCARD;
/* 0, 1 (a fail), or the code of the error's cause; a fail wins over an error. */
int report_exit_code(const struct report *r) NODISCARD;
/* "fail", "error" or "pass" of the whole image; static. */
const char *report_verdict(const struct report *r) NODISCARD;
/* The SGR sequence of a status; static. */
const char *report_colour(enum report_status s) NODISCARD;
const char *report_status_name(enum report_status s);	/* "pass" ...; static */
const char *report_verdict_name(enum report_verdict v); /* "pass" ... "unknown"; static */
const char *report_level_name(enum report_level l);
/* Appends one finding as a paragraph of the text for people; a passing one is a line. */
void report_check_text(const struct report_check *c, bool colour, struct buf *out);
/* Appends the text for people: one table per report, failures with expected and found, a last line with the verdict.
 * verbose shows passing rows one by one; colour adds SGR sequences. */
void report_text(const struct report *r, bool verbose, bool colour, struct buf *out);
/* Its last line alone: the verdict and the counts. */
void report_last_line(const struct report *r, bool colour, struct buf *out);
/* Appends one document over n reports: {"schema", "checks", "targets", "packages", "images", "summary"}. Each row names
 * its report by "subject"; "images" has what is of the whole report. */
void report_json(const struct report *const *r, size_t n, struct buf *out);
