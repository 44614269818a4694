/* resolve.h — manifest + catalog + known facts -> plan, or why there is none, or what to find out first.
 *
 * Pure: no file, clock, network or environment; the same values give the same bytes. Every combination of catalog rows
 * is looked at, and the best by the documented order of preference is taken. Live, what a choice rests on is asked for
 * first (needs), and what turns out to be absent falls out when resolve() is called again with the answers. Not here:
 * fetching (work/fetch.h), rendering, the words of the explanation (model/explain.h). */
#pragma once

#include "base/err.h"
#include "model/catalog.h"
#include "model/conflict.h"
#include "model/manifest.h"
#include "model/needs.h"
#include "model/plan.h"

enum resolve_answer { RESOLVE_PLAN = 0, RESOLVE_NO = 1, RESOLVE_NEEDS = 2 };

struct resolve_opts {
	bool offline;		       /* ask nothing: the catalog decides and nothing new is pinned */
	const struct catalog *catalog; /* NULL = the program's own */
	const struct plan *lock;       /* borrowed or NULL: entries that still fit are kept */
	const struct strv *only;       /* variants wanted by name, or NULL = all */
	bool any_python; /* take a Python too that no OS and no known archive brings, with a warning: a question is
			    about wheels, not yet about an image */
};

/* RESOLVE_PLAN fills *ret_plan, RESOLVE_NO fills *ret_why (both the caller's), RESOLVE_NEEDS adds to needs: answer them
 * into known and call again. -1: ERR_INPUT where the manifest names what no table knows (an unknown GPU), with the
 * nearest. */
int resolve(const struct manifest *m, const struct known *known, const struct resolve_opts *opts,
	    struct plan **ret_plan, struct conflict **ret_why, struct needs *needs, struct err *err) NODISCARD;
