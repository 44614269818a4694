/* archive.h — tar archives written and read piece by piece, with no temporary file and no member held in memory.
 *
 * Writing is pulled: a tar_out is a stream that asks its source for one member after the other. The same members give
 * the same bytes (pax, where ustar does not suffice; numeric ids only; no access times). Reading takes plain, gzip and
 * zstd tars from any stream; tars that readers understand differently are refused (adapt/archive_watch.h), and bombs.
 * Names are hostile: they are reported, nothing is ever extracted here. Not here: what is packed and in which order
 * (model/context.h). */
#pragma once

#include "base/err.h"
#include "base/mem.h"
#include "base/stream.h"

#include <stddef.h>
#include <stdint.h>

enum tar_type { TAR_FILE, TAR_DIR, TAR_SYMLINK, TAR_HARDLINK, TAR_OTHER };

/* One member. In tar_out the strings are borrowed until the source is asked again; in tar_in they are valid until the
 * next call of tar_in_next(). */
struct tar_entry {
	enum tar_type type;
	const char *name;   /* as it stands in the archive */
	const char *target; /* of a link, else NULL */
	uint64_t size;	    /* of a file's bytes, else 0 */
	int64_t mtime;	    /* seconds */
	unsigned mode;	    /* permission bits */
	unsigned uid, gid;
};

/* Where the members of a new archive come from. `next` fills *e and, for a file, *body (read to exactly e->size bytes
 * before next is called again; a body that ends early or goes on is ERR_IO). It returns 1 for a member, 0 at the end,
 * -1 with err set. TAR_OTHER is not written. */
struct tar_source {
	int (*next)(void *self, struct tar_entry *e, struct stream *body, struct err *err);
	void *self;
};

struct tar_out;
void tar_out_free(struct tar_out *t);
DEFINE_AUTO(tar_out, struct tar_out);

/* *ret is the caller's to tar_out_free(); the source must outlive it. */
int tar_out_new(struct tar_source from, struct tar_out **ret, struct err *err) NODISCARD;
/* The archive's bytes, read once from start to end; borrowed: valid as long as t. Raises what the source raises,
 * ERR_IO, ERR_INTERNAL. */
struct stream tar_out_stream(struct tar_out *t);

/* What a hostile archive may cost. A zero is the default. */
struct tar_limits {
	uint64_t max_bytes;   /* of all members together as their heads say, and of what is read; default 1 GiB */
	uint64_t max_entries; /* default 100,000 */
};

struct tar_in;
void tar_in_free(struct tar_in *t);
DEFINE_AUTO(tar_in, struct tar_in);

/* Begins to read an archive; `from` is borrowed until tar_in_free(). ERR_PROTOCOL where it is no archive. limits may be
 * NULL. */
int tar_in_new(struct stream from, const struct tar_limits *limits, struct tar_in **ret, struct err *err) NODISCARD;
/* The next member: 1, or 0 at the archive's end; -1 with ERR_PROTOCOL where the archive is broken, cut short or over a
 * limit, or what the stream raised. What was not read of the member before is skipped. */
int tar_in_next(struct tar_in *t, struct tar_entry *e, struct err *err) NODISCARD;
/* Up to len bytes of the current member; 0 at its end, -1 as above. */
long tar_in_read(struct tar_in *t, char *into, size_t len, struct err *err) NODISCARD;
