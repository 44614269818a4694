/* manifest_grammar.h — what a text in a manifest may be: words, a pattern, or a check of the value's own module.
 *
 * A manifest's texts reach Dockerfiles, shells, paths, URLs and terminals; these grammars are why they may: no control
 * character, no option where a name is due, no way out of the manifest's folder, no password in a URL.
 * Patterns are written in what POSIX ERE and ECMA-262 share, since manifest_schema() shows them to editors. Where check
 * is set it decides and the pattern is its description; elsewhere the pattern decides. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct mgrammar {
	const char *what;	  /* for messages: "a compute capability such as 9.0" */
	const char *const *words; /* NULL-terminated: accepted as they are; NULL: none */
	const char *pattern;	  /* NULL: the words only */
	const char *never;	  /* a pattern that must not match; NULL: none */
	bool open;		  /* takes more than ASCII: what mgrammar_ruled_out() says must be ruled out apart */
	bool (*plain)(const char *text); /* true: the pattern takes it; NULL: not known */
	int (*check)(const char *text, struct err *err);
	size_t max; /* characters */
};

enum mgrammar_id {
	MG_TEXT,    /* anything printable on one line */
	MG_NAME,    /* of the project */
	MG_VARIANT, /* of a variant or target */
	MG_VERSION, /* of the project: part of a tag */
	MG_SPEC,    /* PEP 440 */
	MG_PYTHON,
	MG_CUDA,
	MG_CUDA_ITEM,
	MG_OS,
	MG_BASE,
	MG_PLATFORM,
	MG_PIP,
	MG_APT,
	MG_PATH, /* relative, inside the manifest's folder */
	MG_WORKDIR,
	MG_USER,
	MG_ENV_NAME,
	MG_IMAGE, /* with placeholders */
	MG_REPOSITORY,
	MG_REGISTRY,
	MG_MIRROR, /* of a configuration file: a repository or registry, in plain http where it begins so */
	MG_DIR,	   /* a folder or file of the host */
	MG_PLACE,  /* an URL or a folder */
	MG_TORCH_PLACE,
	MG_GPU,
	MG_COMPUTE,
	MG_DRIVER,
	MG_SLURM,
	MG_SLURM_TIME,
	MG_RUNTIME,
	MG_K8S_NAME,
	MG_K8S_KEY,
	MG_K8S_VALUE,
	MG_ARCH_LIST,
	MG_SECONDS,
	MG__MAX
};

const struct mgrammar *mgrammar_of(enum mgrammar_id id) NODISCARD;
/* The pattern of what no text may hold: passwords in URLs, C1 and bidirectional controls, separators of lines. */
const char *mgrammar_ruled_out(void) NODISCARD;
/* Fails with what is wrong with text ("'x' is not WHAT (did you mean 'y'?)"), without its place. ERR_INPUT. */
int mgrammar_check(enum mgrammar_id id, const char *text, struct err *err) NODISCARD;
