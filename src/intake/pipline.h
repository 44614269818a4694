/* pipline.h — one command that installs packages: pip, uv pip, conda or mamba, its options and its operands.
 *
 * Not here: what the operands ask for (intake/reqfile.h). */
#pragma once

#include "intake/shell.h"

struct pipline {
	const struct shell_word *words; /* operands, borrowed from the command */
	size_t nwords;
	struct shell_word *own; /* owned: what words lies in */
	struct strv files, links, indexes;
	struct strv environments; /* environment.yml of conda */
	bool conda, no_index, no_isolation, upgrade, force_cuda;
	const char *arch_list; /* borrowed from the variables or the command */
};

/* Reads a command; false where it installs nothing. On success *ret is the caller's to pipline_clear(). */
bool pipline_read(const struct shell_command *c, const struct vars *vars, struct pipline *ret) NODISCARD;
void pipline_clear(struct pipline *p);
