/* inspect.h — anything that holds files, read into facts without running it.
 *
 * Not here: what is right or wrong (inspect/checks.h). */
#pragma once

#include "engine/engine.h"
#include "model/facts.h"

#include <signal.h>

/* Whether the name can only be that of an image in an engine: nothing of that name lies on the disk. */
bool inspect_needs_engine(const char *what) NODISCARD;
/* Reads what the user named: a root directory, a virtual environment, a site-packages folder, an OCI layout; an archive
 * of one image ("-": standard input); else an image of the engine (opts NULL: there is none). *ret is the caller's.
 * ERR_USAGE where it is nothing of all that; ERR_PROTOCOL for a broken archive; ERR_ENGINE, ERR_IO, ERR_CANCELED. */
int inspect_read(const char *what, const struct engine_opts *engine, const volatile sig_atomic_t *stop,
		 struct facts **ret, struct err *err) NODISCARD;
