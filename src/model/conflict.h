/* conflict.h — why nothing could be: reasons with the facts they rest on, and the ways out.
 *
 * Facts only; the wording of tables and pages is model/explain's. Owned by whoever holds the conflict. */
#pragma once

#include "base/strv.h"
#include "model/reason.h"

struct suggestion {
	char *change; /* what to write or to run */
	char *result; /* what comes out then */
};

enum answer_verdict { VERDICT_COMPATIBLE, VERDICT_CONFLICT, VERDICT_UNKNOWN };

/* One line of the comparison that a conflict shows: what it is about, and how each side has it. */
struct conflict_row {
	char *what, *left, *right;
	bool differs;
};

/* Lines of one variant that cannot stand together; without any one of them something fits. */
struct conflict_set {
	char *where; /* "variant NAME", "" for an unnamed one */
	struct strv lines;
};

struct conflict {
	enum answer_verdict verdict; /* CONFLICT, or UNKNOWN where the catalog ends before the question */
	char *question;		     /* "torch 1.8.1+cu102, torch_sparse 0.6.12+cu111" */
	char *left, *right;	     /* the two that clash, heads of the rows; NULL where no two do */
	struct conflict_row *rows;
	size_t nrows;
	struct reasons reasons;
	struct suggestion *suggestions;
	size_t nsuggestions;
	struct conflict_set *sets; /* owned */
	size_t nsets;
};

struct conflict *conflict_new(enum answer_verdict verdict) NODISCARD;
void conflict_free(struct conflict *c);
DEFINE_AUTO(conflict, struct conflict);
/* Adds a suggestion; takes both texts. One whose result is there already is dropped. */
void conflict_suggest(struct conflict *c, char *change /* taken */, char *result /* taken */);
/* Adds a smallest conflicting set; takes the lines. */
void conflict_add_set(struct conflict *c, const char *where, struct strv *lines /* taken */);
/* Adds a line of the comparison; takes the texts. It differs where the sides do. */
void conflict_compare(struct conflict *c, const char *what, char *left /* taken */, char *right /* taken */);
/* Moves the reasons and suggestions of more behind those of c; more is freed. The verdict becomes the graver one. */
void conflict_join(struct conflict *c, struct conflict *more /* taken */);
/* "compatible", "conflict" or "unknown". Static. */
const char *answer_verdict_name(enum answer_verdict v) NODISCARD;
