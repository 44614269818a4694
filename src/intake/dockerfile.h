/* dockerfile.h — a Dockerfile (or a Singularity file's From:) as stages of instructions, with lines.
 *
 * Read are: comments, the escape directive, continued lines, here-documents, ARG and ENV with their values where they
 * are used, stages by FROM and by COPY --from. Which stages the last one is made of is marked. Not here: what is
 * installed (intake/recipe.h). */
#pragma once

#include "base/err.h"
#include "intake/vars.h"

#define DOCKERFILE_MAX (1U << 20)

struct dockerfile_step {
	char *name; /* "RUN", upper case */
	char *text; /* arguments, continued lines joined by SHELL_SOFT, variables not replaced */
	size_t line;
};

struct dockerfile_stage {
	char *name;	/* "" where it has none */
	char *image;	/* of FROM, variables replaced; the image itself also where FROM names a stage */
	char *platform; /* of FROM --platform=, or NULL */
	size_t parent;	/* stage that FROM names, DOCKERFILE_NONE = an image */
	size_t line;
	bool counts;	  /* the last stage is made of it */
	struct vars args; /* global ARGs, for ARG without value */
	struct dockerfile_step *v;
	size_t n;
};
#define DOCKERFILE_NONE ((size_t)-1)

struct dockerfile {
	struct dockerfile_stage *v; /* owned */
	size_t n;
};

/* ERR_INPUT where there is no FROM. *ret is the caller's. */
int dockerfile_read(struct blob text, struct dockerfile **ret, struct err *err) NODISCARD;
void dockerfile_free(struct dockerfile *d);
DEFINE_AUTO(dockerfile, struct dockerfile);
