/* probe.h — the programs that prove an image, as bytes, and how they are put into a container and started there.
 *
 * One container per image runs everything: the host program is its entry point. It proves the GPU through the driver
 * API alone (libcuda.so.1 by dlopen, so it runs in any glibc image, with or without a GPU), opens the CUDA runtimes and
 * the cuSPARSE that lie in the image, then starts smoke.py with the image's own interpreter and watches over it. Both
 * print JSON lines on stdout, which model/verdict.h reads and probe/judge.h judges. All blobs are constant memory of
 * this program. Not here: starting containers (work). */
#pragma once

#include "base/buf.h"
#include "base/strv.h"

#define PROBE_DIR	 "/cudabuild-probe" /* where the files below are mounted, read-only */
#define PROBE_HOST_NAME	 "host"		    /* mode 0755 */
#define PROBE_SMOKE_NAME "smoke.py"	    /* mode 0644 */
/* Where the probe stage of a variant leaves the kernels that its nvcc compiled (a fatbin; any cuModuleLoadData format).
 */
#define PROBE_MODULE "/usr/local/share/cudabuild/probe.fatbin"

/* The host program for an architecture ("amd64", "arm64"): an ELF executable that holds the universal PTX and needs
 * nothing but the C library's first symbols (GLIBC_2.2.5; 2.17 on arm64). len 0 where there is none for it: another
 * architecture, or no cross compiler when cudabuild was built. */
struct blob probe_host(const char *arch) NODISCARD;
/* The script for the image's interpreter: Python 3.6 or newer, no package needed. */
struct blob probe_smoke(void) NODISCARD;
/* spmm.cu and spmm.h in one file, as render writes it beside the Dockerfile (probe.cu); every nvcc from 10.2 on
 * compiles it with -fatbin, without headers, by its absolute path. */
struct blob probe_cu(void) NODISCARD;
/* The universal PTX (ptx60, sm_50), for tests and for inspection. */
struct blob probe_ptx(void) NODISCARD;

struct probe_run {
	const char *dir;    /* where the two files lie in the container; NULL = PROBE_DIR */
	const char *python; /* the image's interpreter, a path or a name searched in PATH; NULL = no smoke script */
	const char *cuda;   /* CUDA of the image's torch ("12.8"): the driver must be able to run it; NULL = unknown */
	const char *host_tag, *smoke_tag; /* what each part puts into its lines (model/verdict.h); NULL: none */
	unsigned timeout_s;   /* for everything together; 0 = 300. Whoever runs it adds some seconds before killing from
				 outside */
	bool no_gpu;	      /* the container gets no GPU on purpose: GPU parts are one skip row */
	bool quick;	      /* small shapes only */
	bool bench;	      /* measure as well */
	bool no_image_module; /* do not look for PROBE_MODULE */
	bool no_libraries;    /* do not look for the image's own CUDA runtime and cuSPARSE */
	const struct strv *packages; /* modules to import and check; NULL = the torch family */
};

/* Appends the command line that starts the probe in a container: use it as entry point with nothing behind.
 * Exit status of the command: 0 all rows written (the rows say what they found), 2 wrong usage, 143 ended by SIGTERM;
 * the verdict is in the rows, never in the exit status. Needs no network, no capability, no writable file system; set
 * HOME=/tmp or leave it, and NVIDIA_VISIBLE_DEVICES=void where no GPU is asked for. */
void probe_argv(const struct probe_run *run, struct strv *argv);
