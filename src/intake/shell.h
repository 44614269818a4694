/* shell.h — the commands of a shell text as words, with the line that each stands on.
 *
 * Quotes, escapes, continued lines, variables, assignments and redirections are read, and the commands of "for NAME in
 * VALUES" once for each value; of an if one branch (intake/branch.h). Other loops, functions, case and here-documents
 * are not run: their commands are read as they stand. Not here: what a command means (intake/recipe.h). */
#pragma once

#include "intake/vars.h"

#define SHELL_SOFT '\002' /* the end of a line that goes on: counted, else nothing */

struct shell_word {
	char *text; /* owned */
	size_t line;
	bool empty_var;	 /* a variable in it is set by nobody */
	bool redirected; /* ">=" behind it was read as a redirection, as the shell does */
};

struct shell_command {
	struct shell_word *v; /* owned */
	size_t n;
};

/* Reads text, whose first line has that number, and calls with each command in order. vars grows by assignments. */
void shell_read(const char *text, size_t line, struct vars *vars,
		void (*with)(void *self, const struct shell_command *c, const struct vars *vars), void *self);
