/* diagnosis.h — the causes that a pasted log shows: code, line, proof and mend, as a page and as JSON.
 *
 * Owned: all texts. Causes stand in the order of their rank: what explains the rest first. Not here: how a log is read
 * (intake/errlog.h). */
#pragma once

#include "base/buf.h"

#include <stdbool.h>

enum cause_rank {
	CAUSE_ROOT,    /* the text names the cause */
	CAUSE_WARNS,   /* a warning that may be the cause where nothing else is */
	CAUSE_FOLLOWS, /* what a cause elsewhere leads to: another text would say more */
	CAUSE__MAX
};

struct cause {
	const char *code; /* borrowed, static: "cuda-major-mismatch" */
	enum cause_rank rank;
	size_t line;   /* in the log, from 1 */
	char *text;    /* that line as it stands there */
	char *because; /* one sentence without its full stop */
	char *proof;   /* a command or a look that proves it */
	char *fix;     /* what mends it */
	char *fact;    /* the row of the table of failures, and where that was read */
};

struct diagnosis {
	struct cause *v; /* owned */
	size_t n;
};

void diagnosis_free(struct diagnosis *d);
DEFINE_AUTO(diagnosis, struct diagnosis);
/* Adds a cause, whose texts are taken; one with the code and the sentence of an earlier one is dropped. */
void diagnosis_add(struct diagnosis *d, struct cause c /* taken */);
/* Puts causes in order: by rank, then by line. */
void diagnosis_settle(struct diagnosis *d);
/* Appends the page: each cause with its line, sentence, proof and mend; or that none is known. */
void diagnosis_text(const struct diagnosis *d, const char *name, struct buf *out);
/* Appends {"schema": 1, "causes": [{"code", "line", "because", "fix", "proof", "text", "fact"}]}. */
void diagnosis_json(const struct diagnosis *d, struct buf *out);
