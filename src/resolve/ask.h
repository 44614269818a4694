/* ask.h — one question to the catalog: a manifest's variant in values that rows can be compared with.
 *
 * Everything is parsed once here, so that searching compares numbers and bits. Borrows manifest, catalog and known
 * facts, which outlive it. Copies are made by ask_copy() so that single constraints can be loosened to see what would
 * mend a conflict. Not here: which CUDA versions a variant is tried with (resolve/select.h), searching
 * (resolve/search.h). */
#pragma once

#include "base/err.h"
#include "model/catalog.h"
#include "model/label.h"
#include "model/manifest.h"
#include "model/needs.h"
#include "model/plan.h"
#include "model/spec.h"

#define ASK_CUDAS 48
#define ASK_OSES  96

struct ask_package {
	bool wanted;		 /* named by the manifest, or implied */
	bool implied;		 /* torch_scatter, because of torch_sparse */
	const struct spec *spec; /* labels left out; NULL = any version */
	bool has_label;		 /* of a known kind: label */
	struct label label;
	char local[VER_LOCAL]; /* the label as written, without '+'; "" = none */
	const char *text;      /* borrowed: as written; NULL where implied */
};

/* What a lock chose, in values that rows can be compared with. */
struct keep {
	uint16_t cuda;
	uint32_t version[PKG__MAX]; /* 0: not in it */
	int python;		    /* -1 = one that the catalog does not know */
	const struct os_row *os;    /* NULL = likewise */
	const char *tag;	    /* borrowed from the lock */
};

struct ask_target {
	const struct manifest_target *from; /* borrowed */
	unsigned cc;			    /* 0 = not given */
	bool has_driver;
	struct driver driver;
};

enum ask_base { ASK_BASE_AUTO, ASK_BASE_BASE, ASK_BASE_RUNTIME, ASK_BASE_OS, ASK_BASE_OWN };

struct ask {
	const struct manifest *m;
	const struct manifest_variant *v;
	const struct catalog *c;
	const struct known *known; /* NULL = nothing */
	bool live;		   /* what is not known may be asked */
	bool any_python;	   /* one that no OS and no archive brings will do */
	bool some_absent;	   /* known has an answer "it is not there" */
	struct ask_package pkg[PKG__MAX];
	uint16_t cudas[ASK_CUDAS]; /* allowed, newest first; 0 = cpu */
	size_t ncudas;
	bool cuda_named;		     /* exactly, so compiling is allowed */
	int patch;			     /* of the CUDA version in the base tag, -1 = any */
	uint32_t pythons;		     /* allowed, bits are indices into catalog.pythons */
	const struct os_row *oses[ASK_OSES]; /* allowed, newest first */
	size_t noses;
	enum platform platform;
	const char *platform_text; /* borrowed: as written */
	enum ask_base base;
	const char *own;	 /* ASK_BASE_OWN: the reference */
	const struct keep *keep; /* borrowed: what a lock chose for this variant, preferred where it still fits */
	size_t nkeep;
	enum manifest_wheels wheels;
	bool torch_pypi;	    /* sources.torch: pypi */
	bool probe_stage;	    /* a stage with nvcc is wanted in any case */
	struct arch_set archs;	    /* build.arch_list; known = false: automatic */
	struct ask_target *targets; /* those of this platform; owned */
	size_t ntargets;
	struct spec *owned[PKG__MAX]; /* the specs that pkg[].spec borrows; NULL in copies */
};

/* Reads a variant for one of its platforms; CUDA stays empty (select does it). ERR_INPUT for a GPU or an architecture
 * that no table knows, with the nearest, and for texts that break their grammar. *ret is the caller's to ask_free(). */
int ask_new(const struct manifest *m, const struct manifest_variant *v, const char *platform, const struct catalog *c,
	    struct ask **ret, struct err *err) NODISCARD;
/* A copy that may be loosened; it borrows from a, which must outlive it. */
struct ask *ask_copy(const struct ask *a) NODISCARD;
void ask_free(struct ask *a);
DEFINE_AUTO(ask, struct ask);

/* Whether a release of the package is allowed by its specifier. */
bool ask_allows(const struct ask *a, enum pkg pkg, uint32_t version) NODISCARD;
bool ask_allows_cuda(const struct ask *a, uint16_t cuda) NODISCARD;
/* Whether any extension is wanted. */
bool ask_has_extensions(const struct ask *a) NODISCARD;
/* Whether an extension without wheel may be compiled. */
bool ask_may_compile(const struct ask *a) NODISCARD;
/* "torch 1.8.1+cu102, torch_sparse 0.6.12+cu111, CUDA 11.1": the question in the words of the manifest; the caller's.
 */
char *ask_text(const struct ask *a) NODISCARD;
/* The CUDA version that an extension must be built for beside this torch: its label's (torch_sparse's for an implied
 * torch_scatter), else torch's. */
uint16_t ask_extension_cuda(const struct ask *a, enum pkg pkg, uint16_t torch_cuda) NODISCARD;
