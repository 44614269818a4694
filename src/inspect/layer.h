/* layer.h — one layer of an image: its members as a list, the contents that matter kept.
 *
 * Names are foreign: they are taken apart into paths "/a/b" without "." parts; a member whose name leads out ("..") or
 * holds a NUL or is too long is left out and counted. Whiteouts are members of their own kind. Not here: what layers
 * make together (inspect/merge.h). */
#pragma once

#include "adapt/archive.h"
#include "base/buf.h"
#include "inspect/spool.h"

#include <signal.h>
#include <stdbool.h>

enum layer_kind {
	LAYER_FILE,
	LAYER_DIR,
	LAYER_LINK,	/* target: as written */
	LAYER_HARD,	/* target: a path "/a/b" of this layer or one below */
	LAYER_WHITEOUT, /* the path is gone */
	LAYER_OPAQUE,	/* what lower layers have below the path is gone */
	LAYER_OTHER,	/* devices and the like: only there */
};

struct layer_member {
	enum layer_kind kind;
	char *path, *target;
	uint64_t size;
	bool kept; /* file `number` of the spool has what matters of it */
	unsigned number;
	char *text; /* bytes of a small text that matters, or NULL */
	size_t text_len;
};

struct layer {
	char *name; /* of the archive's member or its digest */
	struct layer_member *v;
	size_t n, cap;
	uint64_t size;	 /* bytes of all files */
	size_t left_out; /* members whose names cannot be taken */
};

struct layer_limits {
	uint64_t max_bytes, max_members;
	uint64_t max_text; /* of all kept texts together */
};

/* Reads a layer (plain, gzip or zstd tar) to its end. *ret is the caller's. ERR_PROTOCOL: broken, cut short, over a
 * limit; ERR_INPUT: too much to keep; ERR_CANCELED. */
int layer_read(const char *name, struct stream from, const struct layer_limits *limits, struct spool *spool,
	       const volatile sig_atomic_t *stop, struct layer **ret, struct err *err) NODISCARD;
/* A layer without members; the caller's. */
struct layer *layer_new(const char *name) NODISCARD;
void layer_free(struct layer *l);
DEFINE_AUTO(layer, struct layer);
/* A member's name as a path: "./a//b/" -> "/a/b"; NULL where it leads out or is too long. The caller's. */
char *layer_path(const char *name) NODISCARD;
