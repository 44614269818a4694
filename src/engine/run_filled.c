#include "engine/run_filled.h"

#include "adapt/archive.h"
#include "base/str.h"
#include "engine/box.h"
#include "engine/run_libpod.h"

#include <string.h>

#define LOOK_MAX 65536 /* bytes of a folder's tar: enough for its second member */

/* The beginning of a folder's tar, and where its reader is. */
struct look {
	struct buf begin;
	struct blob left;
};

static int on_tar(void *self, struct blob piece, struct err *err)
{
	struct look *l = self;
	const size_t room = LOOK_MAX - l->begin.len;

	(void)err;
	buf_add(&l->begin, piece.data, piece.len < room ? piece.len : room);
	return 0;
}

static long begin_read(void *self, char *into, size_t len, struct err *err)
{
	struct look *l = self;
	const size_t take = l->left.len < len ? l->left.len : len;

	(void)err;
	if (take > 0)
		memcpy(into, l->left.data, take);
	l->left.data += take;
	l->left.len -= take;
	return (long)take;
}

/* 1: the tar holds more than the folder itself, which only Docker puts in. What is cut short behind that does not
 * matter.
 */
static int is_more(struct look *l, struct err *err)
{
	AUTO(tar_in) struct tar_in *t = NULL;
	struct tar_entry entry;
	int rc;

	l->left = buf_blob(&l->begin, "a folder of the image");
	if (tar_in_new((struct stream){.read = begin_read, .self = l}, NULL, &t, err) < 0)
		return -1;
	do
		rc = tar_in_next(t, &entry, err);
	while (rc > 0 && strspn(entry.name, "./") == strlen(entry.name));
	return rc;
}

/* Asks a made container for a folder, and hangs up once enough has come. 1: it holds something. */
static int is_filled(struct box *b, const char *path, struct err *err)
{
	AUTO_TEXT char *folder = xasprintf("%s/.", path); /* a link is followed */
	AUTO_BUF struct buf url = BUF_INIT;
	struct look l = {.begin = BUF_INIT};
	AUTO(flight) struct flight *f = NULL;
	int rc = 0;

	box_path(b, "/archive", &url);
	call_query(&url, "path", folder);
	if (flight_start(b->e, &(struct call){.method = "GET", .path = buf_text(&url), .on_data = on_tar, .self = &l},
			 &f, err) < 0)
		return -1;
	while (rc == 0 && !f->done && l.begin.len < LOOK_MAX)
		rc = engine_turn(b->e, 1000, err);
	if (rc == 0 && f->done)
		rc = flight_result(f, err);
	if (rc == 0 && l.begin.len > 0)
		rc = is_more(&l, err);
	buf_clear(&l.begin);
	return rc;
}

int run_filled(struct engine *e, const char *image, const struct strv *folders, struct strv *ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *spec = NULL;
	AUTO_STRV struct strv found = STRV_INIT;
	struct box b;

	if (folders->n == 0)
		return 0;
	if (box_new(&b, e, image, err) < 0)
		return -1;
	b.libpod = e->podman;
	spec = b.libpod ? run_libpod_still(image) : box_still(image, folders);
	int rc = box_create(&b, spec, NULL, err);

	if (rc > 0)
		rc = err_set(err, ERR_ENGINE, "engine %s: no such image: %s", e->host->address, image);
	for (size_t i = 0; rc == 0 && i < folders->n && i < RUN_FILLED_MAX; i++) {
		rc = is_filled(&b, folders->v[i], err);
		if (rc > 0)
			strv_add(&found, folders->v[i]);
		rc = rc < 0 ? -1 : 0;
	}
	box_remove(&b);
	if (rc == 0)
		strv_add_all(ret, &found);
	return rc;
}
