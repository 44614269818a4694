/* manifest.h — what the user wants: cudabuild.yaml or the same tree as JSON, checked for form.
 *
 * After parsing, inheritance is done: every variant is complete and needs no look at the top level. Texts are kept as
 * written and are known to follow their grammar (versions, specifiers, names, URLs), so that later floors may parse
 * them again without fear. Optional texts are NULL where absent. The manifest owns all it points to.
 * Not here: whether a wish can be met (resolve/resolve.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/strv.h"
#include "model/pkg.h"

struct manifest_slurm {
	bool given;
	char *partition, *gres, *constraint, *account, *time, *runtime;
};

struct manifest_kubernetes {
	bool given;
	char *namespace_, *runtime_class;
	struct strv node_selector; /* "key=value", sorted */
};

struct manifest_target {
	char *name;
	char *gpu, *compute, *driver, *platform; /* "A100" or "9.0"; "535.104.05"; "linux/amd64" */
	bool forward_compat;
	struct manifest_slurm slurm;
	struct manifest_kubernetes kubernetes;
	unsigned line; /* where it stands, 0 = unknown (JSON) */
};

/* One variant, inheritance applied. */
struct manifest_variant {
	char *name;		  /* NULL: named automatically; at most one such entry, and then it is the only one */
	char *packages[PKG__MAX]; /* specifier as written ("2.7.*", "1.8.1+cu102"), NULL = not asked for */
	char *bound[PKG__MAX];	  /* the line of a requirement file that narrows it ("requirements.txt:3"), or NULL */
	char *other[PKG__MAX];	  /* what that line says, where its label excludes packages[]'s; or NULL */
	struct strv cuda; /* entries as written: "11.8", ">=12.6", "best", "all", "per-target", "cpu"; never empty:
			     default "best" */
	char *python, *os, *base; /* base: "auto" by default, "base", "runtime", "os" or an image reference */
	struct strv platforms;	  /* never empty: default linux/amd64 */
	struct manifest_target *targets;
	size_t ntargets;
	struct strv pip, apt;
	unsigned line;
};

struct manifest_app {
	bool given;
	struct strv copy; /* paths below the manifest's folder */
	char *workdir, *user;
	struct strv env; /* "NAME=value", sorted by name */
	struct strv command;
};

struct manifest_sources {
	struct strv images; /* default nvcr.io/nvidia/cuda, docker.io/nvidia/cuda */
	char *os_images, *torch, *pyg;
	char *pypi, *python, *apt, *ca; /* NULL = this host's configuration or the tools' own */
	struct strv given;		/* the keys that the document holds */
};

enum manifest_wheels { WHEELS_PREFER, WHEELS_REQUIRE, WHEELS_NEVER };
enum manifest_probe { PROBE_AUTO, PROBE_IMAGE, PROBE_INJECT };

struct manifest_build {
	enum manifest_wheels wheels;
	char *arch_list; /* NULL = auto; else "8.0 9.0+PTX" */
	unsigned jobs;	 /* compile processes per stage; 0 = auto */
	bool metis, slim;
};

struct manifest_test {
	bool require_gpu;
	enum manifest_probe probe;
	unsigned timeout; /* seconds */
};

struct manifest {
	char *file; /* the name that messages use */
	char *name, *version, *image, *templates;
	bool base_keep;			   /* base_require: keep */
	bool named_variants;		   /* `variants` was given */
	struct manifest_variant *variants; /* at least one */
	size_t nvariants;
	struct manifest_app app;
	struct manifest_sources sources;
	struct manifest_build build;
	struct manifest_test test;
};

/* Reads a manifest; text.name decides the syntax (".json" is JSON, all else YAML) and appears in messages. On success
 * *ret is the caller's to manifest_free(). ERR_INPUT names file, place (line:column, or JSON pointer), key, what was
 * expected, the mend. */
int manifest_parse(struct blob text, struct manifest **ret, struct err *err) NODISCARD;
/* An empty manifest with all defaults and one unnamed variant, for commands that get versions as options. */
struct manifest *manifest_new(const char *file) NODISCARD;
void manifest_free(struct manifest *m);
void manifest_sources_clear(struct manifest_sources *s);
DEFINE_AUTO(manifest, struct manifest);
/* The JSON Schema (draft 7) of the manifest; the caller's to free. It agrees with manifest_parse() on every document
 * without syntax and cross-key faults. */
char *manifest_schema(void) NODISCARD;
