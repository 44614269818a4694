/* box.h — a container of ours from creation to removal, with the volume of files that it may have; for this floor only.
 *
 * Both are named before they are asked for, so that they can be removed whatever happened; box_remove() belongs to
 * every box. */
#pragma once

#include "engine/call.h"
#include "model/context.h"

struct box {
	struct engine *e;
	const char *subject;
	char name[CALL_NAME_SIZE], volume[CALL_NAME_SIZE]; /* volume "": none */
	struct strv copies;				   /* names of the volumes that box_copy() made */
	bool libpod;					   /* the request of box_create() is in podman's own form */
	bool made;
};

int box_new(struct box *b, struct engine *e, const char *subject, struct err *err) NODISCARD;
/* Makes the volume and fills it: files, seen at the absolute path. Uses a container of the image that is never started.
 */
int box_fill(struct box *b, const char *image, const struct strv *volumes, const struct context *files, const char *at,
	     struct err *err) NODISCARD;
/* Creates the container from a request of the engine's form, adding our labels and more ("KEY=VALUE", may be NULL): 0,
 * or 1 when the image is not there. */
int box_create(struct box *b, struct jdoc *spec, const struct strv *more, struct err *err) NODISCARD;
/* Mounts the volume at a path, into HostConfig; nothing without a volume. */
void box_mount(const struct box *b, struct jval host_config, const char *at, bool read_only);
/* Makes a volume that the engine fills with what the image has at that path, and mounts it there, read-only, into
 * HostConfig. */
int box_copy(struct box *b, struct jval host_config, const char *at, struct err *err) NODISCARD;
/* The request for a container of the image that is never started; the caller's. volumes: places of its VOLUMEs (may be
 * NULL), which are then not filled with gigabytes of the image for nothing. */
struct jdoc *box_still(const char *image, const struct strv *volumes) NODISCARD;
/* "/containers/NAME" + rest into path. */
void box_path(const struct box *b, const char *rest, struct buf *path);
/* Kills and removes container and volumes, in a closing section. What cannot be removed is said as EVENT_WARNING. */
void box_remove(struct box *b);
