/* loader.h — where ld.so of the image would find each library, without running it.
 *
 * The search as glibc's ld.so does it: what is loaded already answers by its soname; RPATH of the asking library, of
 * those that loaded it and of the program (none where the asking one has a RUNPATH), LD_LIBRARY_PATH, RUNPATH, what
 * ldconfig finds through ld.so.conf, the default folders; below each the builds for CPUs of today first (glibc-hwcaps);
 * files of another machine are passed over. $ORIGIN, $LIB and $PLATFORM are replaced. tests/cases/loader compares with
 * the real one. The cache itself is not read: the container toolkit runs ldconfig when a container with a GPU starts;
 * what an old or missing one does not name is said by the caller. Not here: musl (torch has no build for it), dlopen.
 */
#pragma once

#include "base/strv.h"
#include "inspect/loader_dirs.h"
#include "model/binary.h"

/* The image's file system as the loader sees it; borrowed. */
struct loader_files {
	/* The ELF file behind an absolute path, links followed: NULL = none. Borrowed as long as the loader lives. */
	const struct binary *(*find)(void *self, const char *path);
	void *self;
};

struct loader;
void loader_free(struct loader *l);
DEFINE_AUTO(loader, struct loader);

/* library_path is the image's LD_LIBRARY_PATH or NULL; conf_dirs come from loader_conf(), may be NULL. Both are copied.
 */
struct loader *loader_new(struct loader_files files, const char *library_path, const struct strv *conf_dirs) NODISCARD;

/* One library that was looked for. */
struct loader_step {
	const char *name;	    /* as NEEDED says; of a root its path */
	const struct binary *asker; /* the first that asked for it; NULL for a root */
	const struct binary *found; /* NULL = missing */
	char *path;		    /* where it was found, links not followed; NULL = missing or loaded before */
	char *how; /* "RPATH /opt/lib", "LD_LIBRARY_PATH /x", "ld.so.conf /y", "default /usr/lib", "path", "loaded",
		    * "root"; NULL = missing */
};

/* Loads b and all that it needs, breadth first, into the process that l stands for. What earlier calls loaded is there:
 * the program first (its RPATH counts for all), then torch, then an extension; path is the name that it is opened by.
 * The steps of this call, one per name, are l's until the next call or loader_free(). */
const struct loader_step *loader_load(struct loader *l, const struct binary *b, const char *path,
				      size_t *ret_n) NODISCARD;
/* Whether so much was looked for that the rest was left out: no process asks for as much. */
bool loader_is_spent(const struct loader *l) NODISCARD;
/* All that is loaded, in order. Borrowed from l until the next loader_load(). */
const struct binary *const *loader_loaded(const struct loader *l, size_t *ret_n) NODISCARD;
