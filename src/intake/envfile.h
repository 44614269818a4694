/* envfile.h — environment.yml of conda: its packages, and those that it lets pip install.
 *
 * Read line by line, as people write it: the list under `dependencies:`, within it the list under `pip:`. Not here:
 * what follows from them. */
#pragma once

#include "intake/reqfile.h"

struct envfile {
	struct reqfile conda, pip; /* owned; lines are those of the file */
};

/* Appends what a file says. */
void envfile_read(struct blob text, struct envfile *into);
void envfile_clear(struct envfile *e);
