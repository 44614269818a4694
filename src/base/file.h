/* file.h — files whole: read with a limit, written so that the old or the new one is there and never half.
 *
 * All failures are ERR_IO with the path, but for a file over its limit (ERR_INPUT). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/strv.h"

/* Reads the whole file, "-" being standard input; more than max bytes, a folder or a device is ERR_INPUT. */
int file_read(const char *path, size_t max, struct buf *into, struct err *err) NODISCARD;
/* The same, but a file that is not there is an answer: 1, and into is untouched. */
int file_read_if_there(const char *path, size_t max, struct buf *into, struct err *err) NODISCARD;
/* Writes beside the file and renames over it; missing folders are made. mode as open(2), umask applied. A fault leaves
 * the old file; nothing is forced to the disk, since what we write can be made again. A link at path is replaced, not
 * followed. */
int file_write(const char *path, struct blob data, unsigned mode, struct err *err) NODISCARD;
/* The two halves of file_write(), for several files that change together: writes beside path and gives that name (the
 * caller's) ... */
int file_stage(const char *path, struct blob data, unsigned mode, char **ret_beside, struct err *err) NODISCARD;
/* ... and renames it over path. */
int file_commit(const char *beside, const char *path, struct err *err) NODISCARD;
/* Makes the folder and the ones above it; one that is there is fine. */
int file_make_dirs(const char *path, struct err *err) NODISCARD;
/* Removes a file; one that is not there is fine. */
int file_remove(const char *path, struct err *err) NODISCARD;
/* Removes a folder if it is empty; anything else is left alone. */
void file_remove_empty_dir(const char *path);
/* Names in a folder, sorted, without . and ..; a folder that is not there gives none. */
int file_list(const char *path, struct strv *into, struct err *err) NODISCARD;
bool file_exists(const char *path) NODISCARD;	  /* follows links */
bool file_is_dir(const char *path) NODISCARD;	  /* follows links */
bool file_is_regular(const char *path) NODISCARD; /* a regular file itself: a link is none */
/* dir/name with one slash between; name alone where it is absolute or dir is empty or ".". The caller's. */
char *file_join(const char *dir, const char *name) NODISCARD;
/* The path without links, dots and double slashes; NULL where it is not there. The caller's. */
char *file_real(const char *path) NODISCARD;
/* path from the root on, "." and ".." taken out by name, links of its existing front part resolved. The caller's. */
char *file_absolute(const char *path) NODISCARD;
/* The folder part ("." when there is none) and the last part; the caller's. */
char *file_dir(const char *path) NODISCARD;
const char *file_base(const char *path) NODISCARD; /* borrowed from path */
/* A folder of our own below $TMPDIR or /tmp, mode 0700; the caller's to free and to remove. */
int file_temp_dir(char **ret, struct err *err) NODISCARD;
/* A temporary file without a name in the same place: *ret_fd is the caller's to close, and the file is gone then. */
int file_temp(int *ret_fd, struct err *err) NODISCARD;
/* Removes a folder and all below it; follows no link. */
int file_remove_tree(const char *path, struct err *err) NODISCARD;
/* Whether rel is a relative path that stays below its folder: no empty, "." or ".." parts, no backslash or control
 * byte. */
bool file_is_inside(const char *rel) NODISCARD;

/* An open descriptor of a folder, or -1. */
int file_open_dir(const char *path) NODISCARD;
/* Closes *fd if it is one. */
void file_close(int *fd);
/* AUTO_FD int fd = -1; is closed at the end of its scope. */
#define AUTO_FD __attribute__((cleanup(file_close)))
