/* plan.h — the decision: which base images, toolkits, Pythons, packages and digests each variant uses.
 *
 * A plan is complete and self-contained: rendering, building and testing need no catalog, no manifest and no network.
 * Its file is the lock (model/lock.h). The plan owns all texts; optional ones are NULL. What came from a lock is held
 * to the grammars of a manifest. Not here: how a plan is chosen (resolve/resolve.h), how it is shown (model/report.h).
 */
#pragma once

#include "base/strv.h"
#include "model/pkg.h"

#include <stdint.h>

/* A base image. ref names what FROM carries; digests are NULL while unpinned. */
struct plan_image {
	char *repository;   /* "nvcr.io/nvidia/cuda", "docker.io/library/ubuntu" */
	char *tag;	    /* "12.8.1-base-ubuntu22.04"; NULL only for an own image by digest */
	char *index_digest; /* "sha256:..." of the index, or NULL */
	char *digest;	    /* "sha256:..." of the platform's manifest, or NULL = not pinned */
	char *presence; /* "live": a registry answered; "listed": the catalog's evidence; "unknown": nobody proved it */
	char *source;	/* who said so */
};

enum plan_way { WAY_WHEEL, WAY_SOURCE };

/* One package of the torch family. */
struct plan_package {
	enum pkg pkg;
	char *version;	   /* "2.7.1", without label */
	char *label;	   /* "+cu128", "+pt27cu128", or NULL */
	enum plan_way way; /* a wheel is installed, or a source archive is compiled in a stage of its own */
	char *channel;	   /* "index", "pyg", "pypi", "directory" */
	char *index;	   /* the page or index it comes from, as the manifest's sources say; NULL for pypi default */
	char *file;	   /* file name; NULL while unpinned */
	char *url;	   /* canonical URL; NULL while unpinned, for pypi and for directories */
	char *sha256, *source; /* 64 hex digits, or NULL = not pinned; who said that it exists, NULL = assumed */
	unsigned minutes;      /* WAY_SOURCE: rough time to compile on 8 cores, for the note to the user; 0 else */
};

/* A package of `pip`, resolved with hashes where pinned. */
struct plan_requirement {
	char *line;	    /* "torch_geometric==2.6.1" as wished, or name==version of the resolution */
	struct strv sha256; /* hex digests; empty = not pinned */
};

struct plan_python {
	char *version; /* "3.11", "3.13t" */
	bool managed;  /* false: the OS's own */
	char *file;    /* managed, from a directory or URL source: archive name; else NULL = uv's own download */
	char *url;     /* canonical URL or NULL */
	char *sha256, *source; /* of the archive, or NULL = not pinned; where it was read */
};

enum plan_fit { FIT_YES, FIT_NO, FIT_UNKNOWN };
/* How a target of the manifest fares with this variant. */
struct plan_target {
	char *name, *compute, *driver, *gpu; /* compute "8.0", of the GPU too; the others as given, or NULL */
	char *because;			     /* one sentence; for FIT_NO and FIT_UNKNOWN, and where JIT is needed */
	enum plan_fit fit;
	bool native; /* SASS for it in all packages: no JIT at first use */
};

/* Why a choice was made or what the user should know; shown by generate and explain. */
#define PLAN_NOTE_ASSUMED "wheel-assumed"
struct plan_note {
	char *code, *severity; /* reason code or choice name ("os", "python", ...); "info" or "warning" */
	char *text, *source;
};

struct plan_variant {
	char *name;		 /* "cu128", "pytorch102": also the folder below images/ */
	char *cuda;		 /* "12.8", NULL for cpu */
	char *cuda_tag;		 /* "cu128" or "cpu" */
	char *platform;		 /* "linux/amd64" */
	char *os;		 /* "ubuntu22.04" */
	char *os_packages;	 /* package manager of the OS: "apt" */
	char *flavor;		 /* "base", "runtime", "os", "own": kind of the final base */
	struct plan_image base;	 /* the final stage's */
	struct plan_image devel; /* compiling and probe stages'; repository NULL when there are none */
	struct plan_python python;
	struct plan_package *packages; /* in order of enum pkg; torch first */
	size_t npackages;
	struct plan_requirement *pip;
	size_t npip;
	struct strv pip_files; /* "-r FILE" of the manifest, paths below its folder; none once pip_input is set */
	char *pip_input;       /* sha256 of what `pip` was resolved from (work/pins.h); NULL: it is as wished */
	struct strv apt;
	char *arch_list;   /* TORCH_CUDA_ARCH_LIST for what is compiled: "7.5 8.0 9.0+PTX"; NULL when nothing is */
	char *driver_min;  /* least driver: "525.60.13"; NULL for cpu */
	char *require;	   /* NVIDIA_REQUIRE_CUDA of the final stage ("cuda>=12.0"); NULL: the base's is kept, or cpu */
	bool probe_stage;  /* kernels compiled in the image by the devel base's nvcc */
	char *probe_archs; /* nvcc arch list for the probe stage, or NULL */
	bool nvidia_env;   /* final base is no NVIDIA image: NVIDIA_VISIBLE_DEVICES and capabilities are set */
	char *tag, *image; /* "0.4.0-cu128"; reference without tag: "registry.example.com/team/gnn", or the manifest's
			      name */
	struct plan_target *targets;
	struct plan_note *notes;
	size_t ntargets, nnotes;
};

struct plan_app {
	struct strv copy, env, command;
	char *workdir, *user;
	bool given;
};

struct plan_sources { /* as the manifest says; FROM and URLs follow them */
	struct strv images;
	char *os_images, *torch, *pyg, *pypi, *python, *apt;
	bool torch_is_pypi;
};

struct plan {
	char *name, *version;	 /* the manifest's */
	char *manifest;		 /* its file name without folder: "cudabuild.yaml" */
	char *out;		 /* folder of the files below the manifest's: "images", "." or deeper; never NULL */
	char *catalog, *program; /* id of the catalog, version of cudabuild that decided */
	struct plan_sources sources;
	struct plan_app app;
	char *templates, *templates_sha256; /* the user's folder, as in the manifest, and the hash over it, or NULL */
	unsigned jobs;			    /* build.jobs, 0 = auto */
	unsigned test_timeout;		    /* seconds */
	bool metis, slim, test_require_gpu;
	struct plan_variant *variants;
	size_t nvariants;
};

struct plan *plan_new(void) NODISCARD;
void plan_free(struct plan *p);
DEFINE_AUTO(plan, struct plan);
/* Adds an empty variant, package, note or target at the end and returns it, borrowed until the next is added. */
struct plan_variant *plan_add_variant(struct plan *p);
struct plan_package *plan_add_package(struct plan_variant *v, enum pkg pkg);
struct plan_note *plan_add_note(struct plan_variant *v, const char *code, const char *severity, const char *source,
				const char *fmt, ...) PRINTF(5, 6);
struct plan_target *plan_add_target(struct plan_variant *v, const char *name);
struct plan_requirement *plan_add_pip(struct plan_variant *v, const char *line);
void plan_clear_pip(struct plan_variant *v);
void plan_remove_pip(struct plan_variant *v, size_t at);
/* The variant of that name, the package of that kind, or NULL. */
const struct plan_variant *plan_variant(const struct plan *p, const char *name) NODISCARD;
const struct plan_package *plan_package(const struct plan_variant *v, enum pkg pkg) NODISCARD;
/* "repository:tag@digest" as FROM carries it (digest left out where unpinned); the caller's to free. */
char *plan_image_ref(const struct plan_image *i) NODISCARD;
/* Appends what is not pinned, one phrase each: "base images", "torch", "managed Python", "pip packages". */
void plan_unpinned(const struct plan_variant *v, struct strv *into);
/* Whether the plan holds a wheel that neither a row nor an index has. */
bool plan_is_assumed(const struct plan *p) NODISCARD;
/* Whether bases, torch or extensions are unpinned, which `build` refuses without --allow-unpinned. */
bool plan_needs_pins(const struct plan_variant *v) NODISCARD;
