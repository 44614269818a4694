/* recipe.h — what a Dockerfile makes: its base, and each package of the torch family that it installs, with the line.
 *
 * Followed are pip, uv pip and conda in any spelling, requirement files (a function of the caller's brings their
 * bytes), build arguments, environment, and only the stages that the last one is made of. Nothing is judged. Not here:
 * what clashes (work/recipe_check.h). */
#pragma once

#include "intake/dockerfile.h"
#include "intake/reqfile.h"

struct recipe_base {
	char *image;	/* as written, variables replaced */
	char *platform; /* of FROM --platform=, or NULL */
	size_t line;	/* of FROM */
};

struct recipe_install {
	enum pkg pkg;
	char *spec; /* "==1.8.1+cu111"; "" = any version */
	char *url;  /* a wheel or a source archive of its own, or NULL */
	bool conda, no_index, no_isolation, force_cuda, redirected, upgrade;
	char *arch_list; /* TORCH_CUDA_ARCH_LIST where it is installed, or NULL */
	struct strv links, indexes;
	size_t base; /* in recipe.bases: where it is installed */
	char *file;  /* where it stands: the Dockerfile, or a requirement file */
	size_t line;
};

struct recipe {
	struct recipe_base *bases; /* owned; the last is that of the final image */
	size_t nbases;
	struct recipe_install *v; /* owned, in the order of the file */
	size_t n;
	char *python;	  /* "3.8" where a command says it, "" where one brings another than the base's, or NULL */
	char *conda_cuda; /* cudatoolkit= or pytorch-cuda=, or NULL */
	size_t conda_line;
	struct strv missing; /* requirement files that were not found */
};

/* Brings the bytes of a file that the Dockerfile names; false: it is not there. */
struct recipe_files {
	bool (*read)(void *self, const char *path, struct buf *into);
	void *self;
};

/* Follows d, whose name in messages is file. *The recipe is the caller's. */
struct recipe *recipe_of(const struct dockerfile *d, const char *file, const struct recipe_files *files) NODISCARD;
void recipe_free(struct recipe *r);
DEFINE_AUTO(recipe, struct recipe);
