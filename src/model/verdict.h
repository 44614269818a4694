/* verdict.h — what the probe said: rows, devices, packages, as values; whatever a hostile image printed, it parses or
 * is noise.
 *
 * The probe prints JSON lines, each with "cudabuild": 1 and the tag that it was started with; every other line on the
 * stream is noise of the image and kept only as a short tail. A line that claims to be the probe's and has another tag
 * is forged: it counts, and says nothing. Nothing here decides what is right: probe/judge.h compares with the plan.
 * Limits: 16 MiB in all, 16 KiB a line, 4096 rows, 64 devices, 256 packages and runtimes, 1 KiB a text; what is over
 * them is counted in dropped. A verdict owns all its texts (valid UTF-8, one printable line each). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/strv.h"
#include "model/bench.h"

enum verdict_status {
	VERDICT_PASS,
	VERDICT_FAIL,
	VERDICT_WARN,
	VERDICT_SKIP,
	VERDICT_ERROR,
	VERDICT_INFO,
	VERDICT__MAX
};

/* What each part of the probe must put into its lines; borrowed. */
struct verdict_tags {
	const char *host, *smoke;
};

struct verdict_row {
	char *id; /* "gpu.spmm", "import.torch_sparse", ...; never NULL */
	enum verdict_status status;
	char *code, *expected, *found, *file, *hint; /* each may be NULL */
	unsigned ms;
	int device; /* index in the container, or -1 */
};

struct verdict_device {
	unsigned index;
	char *name, *uuid;
	unsigned major, minor; /* compute capability */
	bool ran;	       /* kernels ran there and every result was right */
};

struct verdict_package {
	char *name;    /* module name: "torch_sparse" */
	char *version; /* as the package states it, label and all; NULL = it could not be imported */
	char *path;    /* of its __init__ file, or NULL */
	char *cuda;    /* "12.8"; "cpu" where it was built without; NULL = it does not say */
};

struct verdict {
	struct verdict_row *rows;
	size_t n_rows;
	struct verdict_device *devices;
	size_t n_devices;
	struct verdict_package *packages;
	size_t n_packages;
	struct bench *benches; /* what --bench measured */
	size_t n_benches;
	char *python;		      /* "3.11.7", or NULL */
	char *driver_cuda;	      /* CUDA version the driver offers ("13.0"), or NULL */
	char *driver;		      /* "580.65.06" where the kernel module shows it, or NULL */
	struct strv runtimes;	      /* "libcudart.so.12 PATH" mapped into the interpreter, sorted */
	char *libcuda;		      /* the file that the driver was loaded from, or NULL */
	char *gpu_code, *gpu_found;   /* why no GPU was probed (code, text), or NULL */
	bool host_ended, smoke_ended; /* each said so in its last line; else it died or was killed */
	char *smoke_at;		      /* the last thing that the script began, or NULL */
	size_t forged;		      /* lines with a wrong tag or none */
	size_t dropped;		      /* lines over a limit or claimed as ours and not readable */
	struct strv noise;	      /* the last lines that were not ours, at most 20 */
};

/* Reads what the probe's container printed. tags NULL: the probe was started without, and no line has one. Any bytes
 * parse: ERR_INPUT only where no line at all is ours (err's detail then holds the noise). *ret is the caller's to
 * verdict_free(). */
int verdict_parse(struct blob said, const struct verdict_tags *tags, struct verdict **ret, struct err *err) NODISCARD;
void verdict_free(struct verdict *v);
DEFINE_AUTO(verdict, struct verdict);
/* "pass", "fail", "warn", "skip", "error", "info"; static. */
const char *verdict_status_name(enum verdict_status s) NODISCARD;
/* Whether it speaks of what a device or its driver did: the probe's own kernels, or the image's CUDA libraries. */
bool verdict_row_is_gpu(const struct verdict_row *row) NODISCARD;
/* The package of that name, NULL where there is none; borrowed from v. */
const struct verdict_package *verdict_find_package(const struct verdict *v, const char *name) NODISCARD;
