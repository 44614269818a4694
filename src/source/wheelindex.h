/* wheelindex.h — which file is this wheel, source archive or Python, and what does it hash to: asked of indexes and
 * folders.
 *
 * Channels: "index" (PEP 503 pages per variant below sources.torch, else its old flat page), "pyg" (a flat page per
 * torch release and variant), "pypi" (the plain index, JSON or HTML, files without label only). Any of them may be a
 * folder; its wheels are hashed where they lie. A wheel whose page states no hash is fetched and hashed, unless it is
 * larger than WHEELINDEX_HASH_MAX (then sha256 stays NULL). URLs are canonical: what lies below a mirror is named as it
 * is on the public index, and files of the plain index have none. Not here: which file of a page is taken
 * (source/pick.h). */
#pragma once

#include "model/needs.h"
#include "source/caller.h"

#define WHEELINDEX_HASH_MAX (512ull << 20)
#define WHEELINDEX_TORCH    "https://download.pytorch.org/whl"
#define WHEELINDEX_PYG	    "https://data.pyg.org/whl"

struct wheelindex;

struct wheelindex_opts {
	struct caller *caller; /* borrowed */
	const char *torch, *pyg, *pypi,
		*python; /* URLs or folders; NULL: the public ones, pypi this host's, python none */
	const char *dir; /* where relative folders start; NULL: here */
};

struct wheelindex *wheelindex_new(const struct wheelindex_opts *o) NODISCARD;
void wheelindex_free(struct wheelindex *w);
DEFINE_AUTO(wheelindex, struct wheelindex);
/* Begins a question of kind FACT_WHEEL, FACT_SDIST or FACT_PYTHON, borrowed for the call. on_done is called once, now
 * or in caller_run(): with a fact (whose contents it may take) or an err (may be moved from). */
void wheelindex_start(struct wheelindex *w, const struct fact_ask *a,
		      void (*on_done)(void *self, struct fact *fact, struct err *err), void *self);
