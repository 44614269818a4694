/* inspect.h — anything that holds files, read into facts without running it.
 *
 * Not here: what is right or wrong (inspect/checks.h). */
#pragma once

#include "base/err.h"
#include "model/facts.h"

#include <signal.h>

/* Reads what the user named: a root directory, a virtual environment or a site-packages folder. *ret is the caller's.
 * ERR_USAGE where it is nothing that can be read, ERR_IO, ERR_CANCELED. */
int inspect_read(const char *what, const volatile sig_atomic_t *stop, struct facts **ret, struct err *err) NODISCARD;
