/* require.h — the packages of a variant as lines of a requirements file, and how far they are pinned.
 *
 * Every line is put together from parts that follow their grammar, or refused: a requirements file has no quoting.
 * Not here: the steps that install them (templates), how versions were chosen. */
#pragma once

#include "base/err.h"
#include "model/plan.h"

/* Where files are fetched from. */
struct places {
	const char *wheels; /* folder of files of directory sources; NULL: they are named like an index's */
	const struct plan_sources *sources; /* mirrors: canonical URLs are moved to them */
};

/* "name @ URL --hash=sha256:...", "name==version+label --hash=..." or, unpinned, "name==version+label". ERR_INPUT names
 * the part that breaks its grammar. Appended to into. */
int require_package(const struct plan_package *p, const struct places *at, struct buf *into, struct err *err) NODISCARD;
/* A canonical URL as the sources say: below a mirror where one is named for that host. The caller's to free. */
char *require_url(const struct plan_sources *sources, const char *url) NODISCARD;
/* "name==version+label" alone. Names and versions as require_package() checks them. */
int require_exact(const struct plan_package *p, struct buf *into, struct err *err) NODISCARD;
/* The line of `pip` with its hashes behind. */
int require_other(const struct plan_requirement *r, struct buf *into, struct err *err) NODISCARD;
/* The package name of a requirement line, lower case, with "-" for runs of "-", "_" and "."; NULL when it begins with
 * none. The caller's. */
char *require_name(const char *line) NODISCARD;
/* Whether that torch fails at run time with NumPy 2, which it does not say itself: those before 2.3 do. */
bool require_old_numpy(const struct plan_package *torch) NODISCARD;
/* Appends the page of the PyTorch index (torch's own, or NULL) that carries the line's package too, if there is one. */
void require_links(const char *index, const char *line, struct strv *into);
/* Whether all that is installed is there with a hash: the file can be installed as it is, resolving nothing. */
bool require_complete(const struct plan_variant *v) NODISCARD;
