/* view.h — facts in the order in which a process sees them: each torch, what it loads, and the extensions that join it.
 *
 * Made once for all checks. Everything is borrowed from the facts but the lists. Part of checking (inspect/checks.h).
 */
#pragma once

#include "inspect/checks.h"
#include "inspect/loader.h"
#include "inspect/witness.h"
#include "rules/cover.h"

/* A package that joins torch in a process: of the torch family, or anything in a site that links torch. */
struct view_ext {
	char *name;
	const struct facts_package *package; /* NULL: only files are there */
	enum pkg pkg;			     /* PKG__MAX: not one that the manifest names */
	const struct binary **files;	     /* that are loaded where a GPU is there */
	size_t n_files;
	struct witnesses witnesses;
	struct witness_verdict cuda;
	bool has_cuda; /* device code, or it links CUDA or torch's CUDA part */
};

/* What was looked for when torch or an extension was loaded. */
struct view_miss {
	char *name; /* "libfoo.so.1"; owned */
	const struct binary *asker;
	const char *ext_name; /* NULL: torch itself */
};

struct view_torch {
	const struct facts_package *package;
	char *python;		     /* "3.11" by its folder's name, or NULL */
	const struct binary **files; /* torch's own libraries, roots of the loading */
	size_t n_files;
	bool hollow; /* none of its libraries is there, or libc10 alone: nothing can be held against it */
	struct witnesses witnesses;
	struct witness_verdict cuda;
	bool has_cuda;
	struct loader *loader;
	const struct binary **loaded; /* by torch and all extensions, in order */
	size_t n_loaded;
	struct view_miss *misses;
	size_t n_misses;
	char *uncached; /* the first library that ld.so.conf leads to and ld.so's cache does not name, or NULL */
	struct view_ext *exts;
	size_t n_exts;
};

struct view {
	const struct check_input *in;
	struct view_torch *torches;
	size_t n_torches;
	struct strv conf_dirs;
};

void view_init(struct view *v, const struct check_input *in);
void view_clear(struct view *v);

/* Whether torch is for another machine than this one, whose C library an environment would use. */
bool view_is_foreign(const struct view *v, const struct view_torch *t) NODISCARD;
/* The loaded library of that soname, or NULL. */
const struct binary *view_loaded(const struct view_torch *t, const char *soname) NODISCARD;
/* Whether a path lies in the folder. */
bool view_is_in(const char *path, const char *dir) NODISCARD;
/* The name of a library without folder. */
const char *view_base(const char *path) NODISCARD;
/* "torch_sparse 0.6.18+pt27cu128" or the name alone; the caller's. */
char *view_ext_name(const struct view_ext *e) NODISCARD;
