/* blobs.h — the members of an image's archive or layout: JSON texts kept, layers read as they pass by.
 *
 * Part of reading bundles (inspect/bundle.h). */
#pragma once

#include "adapt/digest.h"
#include "inspect/layer.h"

#define BLOB_JSON_MAX (8u << 20)

struct blob_row {
	char *name; /* "blobs/sha256/HEX", "HEX/layer.tar", "manifest.json" */
	char *same; /* name of the member that this one links to, or NULL */
	struct buf text;
	struct layer *layer;	     /* owned; NULL: a text, or neither */
	char diff_id[HASH_HEX_SIZE]; /* of the bytes, those of a packed layer unpacked */
};

struct blobs {
	struct blob_row *v;
	size_t n;
	uint64_t text_bytes;
	int dir;		   /* of a layout, or -1 */
	struct layer_budget *left; /* borrowed */
};

void blobs_clear(struct blobs *b);
/* Takes one member: its bytes come from `from`. ERR_PROTOCOL where they are not what its name's digest says. */
int blobs_take(struct blobs *b, const char *name, struct stream from, struct err *err) NODISCARD;
/* A member that is a link to another; relative: from its own folder, as symbolic links are. */
void blobs_link(struct blobs *b, const char *name, const char *target, bool relative);
/* The member, links followed, of a layout read now: 0, or 1 where there is none. *ret is borrowed until the next call.
 */
int blobs_get(struct blobs *b, const char *name, struct blob_row **ret, struct err *err) NODISCARD;
