/* overlay.h — what changed in the world since the program's catalog was made, and the catalog with it.
 *
 * Made from lists (model/live.h) by `catalog update`, kept as a small JSON file that can be carried to other machines.
 * It is for one catalog: with another one, of a newer program, it says nothing. What is not known of a new wheel
 * (architectures) stays unknown; the rest is taken from the nearest row. Not here: where the file lies (work/facts.h).
 */
#pragma once

#include "base/buf.h"
#include "model/live.h"

#define OVERLAY_SIZE_MAX (4u << 20)

struct overlay {
	struct live added, gone; /* wheels alone */
	struct strv tags, tags_gone;
};
#define OVERLAY_INIT                                                                                                   \
	{                                                                                                              \
		.tags = STRV_INIT                                                                                      \
	}
void overlay_clear(struct overlay *o);
bool overlay_is_empty(const struct overlay *o) NODISCARD;

/* How the lists differ from the catalog. */
void overlay_make(const struct catalog *c, const struct live *l, struct overlay *into);
/* The file, for that catalog. */
void overlay_dump(const struct catalog *c, const struct overlay *o, struct buf *into);
/* 0 read; 1: it is for another catalog, and into is untouched; ERR_INPUT names what is wrong. */
int overlay_parse(struct blob file, const struct catalog *c, struct overlay *into, struct err *err) NODISCARD;

/* A catalog of its own with the overlay's rows; the caller's to catalog_free(). Its id is another one. */
struct catalog *overlay_apply(const struct catalog *c, const struct overlay *o) NODISCARD;
void catalog_free(struct catalog *c);
DEFINE_AUTO(catalog, struct catalog);
