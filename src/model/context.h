/* context.h — what is sent to an engine: named members (files, folders, links), sorted, from which one deterministic
 * tar is made.
 *
 * Members are kept sorted by the bytes of their names, without duplicates; the folders above a member are members too
 * and are added by themselves. Names are relative, stay inside, and use "/". Modes are reduced to what a build may
 * depend on: 0755 for folders and for files that somebody may execute, else 0644. Owner, group and times are no part of
 * a context: the tar has zeros. A file's bytes are either held here (MEMBER_BYTES) or read from a path when the tar is
 * made (MEMBER_FILE): this floor opens nothing. A context owns all it holds. Not here: the tar itself and its digest
 * (engine/pack.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

enum member_kind { MEMBER_DIR, MEMBER_BYTES, MEMBER_FILE, MEMBER_LINK };

struct member {
	char *name; /* in the tar, without leading or trailing "/" */
	enum member_kind kind;
	unsigned mode; /* 0755 or 0644 */
	char *data;    /* MEMBER_BYTES: the bytes, NUL behind them; MEMBER_LINK: the target as text; else NULL */
	uint64_t len;  /* size in the tar: of data, or of the file as the caller saw it; 0 for folders and links */
	char *path;    /* MEMBER_FILE: where the bytes are read from; else NULL */
};

struct context {
	struct member **v; /* owned, sorted by name */
	size_t n, cap;
};

struct context *context_new(void) NODISCARD;
void context_free(struct context *c);
DEFINE_AUTO(context, struct context);

/* The four ways to add a member. A name that is not inside, is too long (over 4096 bytes), or is there already with
 * another content or kind is ERR_INPUT naming it; adding a folder twice, or an equal member twice, changes nothing. All
 * texts and bytes are copied. */
int context_add_bytes(struct context *c, const char *name, unsigned mode, struct blob data, struct err *err) NODISCARD;
/* len: the file's size; if the file has another size when it is read, the build fails and says so. */
int context_add_file(struct context *c, const char *name, unsigned mode, const char *path, uint64_t len,
		     struct err *err) NODISCARD;
/* A symbolic link; the target must be relative and may not leave the context. */
int context_add_link(struct context *c, const char *name, const char *target, struct err *err) NODISCARD;
int context_add_dir(struct context *c, const char *name, struct err *err) NODISCARD;

/* The member of that name, or NULL. Borrowed. */
const struct member *context_find(const struct context *c, const char *name) NODISCARD;
/* Bytes of all files together. */
uint64_t context_size(const struct context *c) NODISCARD;
