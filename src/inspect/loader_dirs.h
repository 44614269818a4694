/* loader_dirs.h — the folders of a search: what ld.so.conf names, what a path list with $ORIGIN means. */
#pragma once

#include "base/strv.h"
#include "model/binary.h"

/* Appends the folders that ld.so.conf names, in order, each once. files: /etc/ld.so.conf and what its include lines may
 * match, each named by its absolute path in the image. */
void loader_conf(const struct blob *files, size_t n, struct strv *dirs);
/* Appends the folders of a list (separators: ":" of RPATH and RUNPATH, ":;" of LD_LIBRARY_PATH), $ORIGIN (the folder
 * origin), $LIB and $PLATFORM replaced; relative ones are left out, since the working folder is not known. */
void loader_dirs(const char *list, const char *separators, const char *origin, enum binary_machine machine,
		 struct strv *dirs);
/* Appends the folders that ld.so looks into at last: of Debian's glibc and of others'. */
void loader_default_dirs(enum binary_machine machine, struct strv *dirs);
