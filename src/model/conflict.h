/* conflict.h — why nothing could be: reasons with the facts they rest on, and the ways out.
 *
 * Facts only; the wording of tables and pages is model/report's. Owned by whoever holds the conflict. */
#pragma once

#include "base/strv.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING, SEVERITY_INFO };

/* A reason. code is one of the documented reason codes (reason.h). */
struct reason {
	const char *code;  /* static */
	enum severity severity;
	char *subject;     /* "torch_sparse 0.6.12+cu111", "variant pytorch102", "target dgx" */
	char *because;     /* one sentence */
	char *fact;        /* the catalog row or registry answer it rests on */
	char *source;      /* where that is published */
	char *fix;         /* the smallest change that would mend it, or NULL */
};

struct suggestion {
	char *change; /* what to write or to run */
	char *result; /* what comes out then */
};

enum answer_verdict { VERDICT_COMPATIBLE, VERDICT_CONFLICT, VERDICT_UNKNOWN };

struct conflict {
	enum answer_verdict verdict; /* CONFLICT, or UNKNOWN where the catalog ends before the question */
	char *question;              /* "torch 1.8.1+cu102, torch_sparse 0.6.12+cu111" */
	struct reason *reasons;
	size_t nreasons;
	struct suggestion *suggestions;
	size_t nsuggestions;
};

struct conflict *conflict_new(enum answer_verdict verdict) NODISCARD;
void conflict_free(struct conflict *c);
DEFINE_AUTO(conflict, struct conflict);
/* Adds an empty reason or suggestion and returns it, borrowed until the next is added. */
struct reason *conflict_add(struct conflict *c, const char *code, enum severity severity);
void conflict_suggest(struct conflict *c, char *change /* taken */, char *result /* taken */);
