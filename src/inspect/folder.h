/* folder.h — a root directory, a virtual environment or a site-packages folder, walked into facts.
 *
 * No link is followed out of the folder, devices and pipes are not opened, depth and number of entries have limits.
 * Of a virtual environment and the like the paths are this machine's, and the C library, libstdc++ and whatever else
 * its libraries need from the system are read from this machine's library folders. Not here: archives and images. */
#pragma once

#include "base/err.h"
#include "model/facts.h"

#include <signal.h>

/* What the folder is: a file system of its own (it has etc or usr), or something that runs on this one. */
enum facts_kind folder_kind(const char *path) NODISCARD;
/* Walks it; what this user may not read is in facts.shut. *ret is the caller's. ERR_IO with the path that could not be
 * read, ERR_CANCELED. stop (may be NULL): a
 * signal number ends it. */
int folder_read(const char *path, const volatile sig_atomic_t *stop, struct facts **ret, struct err *err) NODISCARD;
