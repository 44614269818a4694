/* branch.h — which branch of a shell's if is read: the one that the known values choose, else the first.
 *
 * What both branches install would clash, and no build runs both. Not here: splitting a script into commands
 * (intake/shell.h). */
#pragma once

#include "intake/shell.h"

#define BRANCH_DEPTH 16 /* ifs inside each other; deeper ones are read whole */

enum branch_state {
	BRANCH_CONDITION, /* between if and then */
	BRANCH_READ,
	BRANCH_SKIPPED
};

struct branch {
	enum branch_state state;
	bool taken, outside; /* a branch has been read; the if itself stands in a branch that is not */
	int holds;	     /* the condition: 1, 0, or -1 where nobody knows */
};

struct branches {
	struct branch v[BRANCH_DEPTH];
	size_t n, deeper;
};

/* Follows one command; whether it is read. */
bool branches_read(struct branches *b, const struct shell_command *c) NODISCARD;
