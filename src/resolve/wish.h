/* wish.h — a manifest's variant with single lines taken out or changed, solved anew.
 *
 * What a conflict rests on and what would mend it is found by asking again, never by reasoning about the search. A wish
 * borrows the manifest that it was made of. Not here: which lines are tried (resolve/minimal.h, resolve/suggest.h). */
#pragma once

#include "resolve/choice.h"

/* The lines of a variant that bind. The packages come first, by enum pkg. */
enum wish_line {
	WISH_CUDA = PKG__MAX,
	WISH_PYTHON,
	WISH_OS,
	WISH_BASE,
	WISH_PLATFORM,
	WISH_TARGETS, /* the list, where it has more than one */
	WISH_GPU,     /* of the one target */
	WISH_DRIVER,
	WISH_WHEELS,
	WISH_ARCHS,
	WISH_SOURCE, /* sources.torch: pypi */
	WISH_KEEP,   /* base_require: keep */
	WISH_PROBE,  /* test.probe: image */
	WISH__MAX
};

struct wish {
	const struct ask *base; /* borrowed: catalog, known facts, lock */
	struct manifest m;
	struct manifest_variant v;
	struct manifest_target target; /* the one target, so that parts can be taken out */
	char *cuda[2];		       /* the one entry */
	char *owned[WISH__MAX];	       /* texts that were set */
	char *platform;		       /* borrowed */
};

/* The variant of a question; entry: the entry of its CUDA list that the question is about, NULL = the list. */
void wish_init(struct wish *w, const struct ask *base, const char *entry);
void wish_clear(struct wish *w);
bool wish_has(const struct wish *w, enum wish_line line) NODISCARD;
/* Takes the line out. */
void wish_drop(struct wish *w, enum wish_line line);
/* Puts another value there; not for targets. */
void wish_set(struct wish *w, enum wish_line line, const char *value);
/* The value as written, "" where it is no text. Borrowed. */
const char *wish_value(const struct wish *w, enum wish_line line) NODISCARD;
/* "torch: \"1.8.1\"", the line as it stands in the manifest; the caller's. */
char *wish_text(const struct wish *w, enum wish_line line) NODISCARD;
/* Whether anything meets the wish. On success fills *ret and, unless ret_result is NULL, *ret_result with what comes
 * out (the caller's). */
bool wish_solve(const struct wish *w, struct choice *ret, char **ret_result) NODISCARD;
