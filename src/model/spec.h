/* spec.h — version specifiers of PEP 440: "~=2.6, !=2.6.1", complete: ~= == != < > <= >= === and the .* forms.
 *
 * A specifier is a list of clauses that must all hold; the empty list holds for every version. Owned by whoever parsed
 * it. Not here: versions (model/ver.h); a label as a constraint on the variant (model/label.h). */
#pragma once

#include "model/ver.h"

enum spec_op {
	SPEC_COMPATIBLE, /* ~= */
	SPEC_EQ,	 /* == */
	SPEC_NE,	 /* != */
	SPEC_LE,	 /* <= */
	SPEC_GE,	 /* >= */
	SPEC_LT,	 /* < */
	SPEC_GT,	 /* > */
	SPEC_ARBITRARY,	 /* === */
};

struct spec_clause {
	enum spec_op op;
	bool prefix;	/* the version ends in .* (== and != only) */
	struct ver ver; /* of ===: zero where its text is none */
	char *text;	/* owned: the version as written, without operator and white space */
};

struct spec {
	struct spec_clause *v; /* owned */
	size_t n;
	char *text; /* owned: normalised, clauses in the order written: ">=2.6,<3" */
};

/* Reads a specifier. ERR_INPUT shows the clause and what is wrong with it. *ret is the caller's to spec_free(). */
int spec_parse(const char *text, struct spec **ret, struct err *err) NODISCARD;
/* The same, but a clause without operator means == ("2.7.*", "1.8.1+cu102"). */
int spec_parse_bare(const char *text, struct spec **ret, struct err *err) NODISCARD;
struct spec *spec_copy(const struct spec *s) NODISCARD;
void spec_free(struct spec *s);
DEFINE_AUTO(spec, struct spec);

/* Whether the version meets every clause. Pre-releases are candidates like any other here. */
bool spec_match(const struct spec *s, const struct ver *v) NODISCARD;
/* Whether one clause is met. */
bool spec_clause_match(const struct spec_clause *c, const struct ver *v) NODISCARD;
/* The same for a version as a file name or an index spells it; === compares this text. A text that is no version meets
 * === only. */
bool spec_match_text(const struct spec *s, const char *version) NODISCARD;
/* Whether a clause other than != names a pre-release itself: only then are pre-releases welcome. */
bool spec_wants_pre(const struct spec *s) NODISCARD;
/* What an installer takes by itself: spec_match(), and no pre-release unless spec_wants_pre(). */
bool spec_allows(const struct spec *s, const struct ver *v) NODISCARD;
/* The one version of a specifier "==VERSION" (no .*), or NULL. Borrowed from s. */
const struct ver *spec_exact(const struct spec *s) NODISCARD;
/* The local label of the first == or === clause that has one ("cu102" of ==1.8.1+cu102), or NULL. Borrowed from s. */
const char *spec_local(const struct spec *s) NODISCARD;
/* A copy whose == and === clauses are without that label: what remains for the version once the label has become a
 * constraint on the variant. Clauses with another one keep it, and no version meets them. */
struct spec *spec_without_local(const struct spec *s) NODISCARD;
