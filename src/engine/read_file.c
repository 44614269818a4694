#include "adapt/archive.h"
#include "base/str.h"
#include "engine/box.h"
#include "engine/run.h"

#include <string.h>

#define LINKS_MAX 8
#define TAR_EXTRA 65536 /* heads and padding of a tar with one member */

struct bytes {
	struct blob left;
};

static long bytes_read(void *self, char *into, size_t len, struct err *err)
{
	struct bytes *b = self;
	size_t take = b->left.len < len ? b->left.len : len;

	(void)err;
	if (take > 0)
		memcpy(into, b->left.data, take);
	b->left.data += take;
	b->left.len -= take;
	return (long)take;
}

/* Takes the one file of the tar: 0; 1 when it is something else, or a link, whose target goes into *ret_target. */
static int take_file(struct blob tar, size_t max, struct buf *into, char **ret_target, struct err *err)
{
	struct bytes bytes = {.left = tar};
	AUTO(tar_in) struct tar_in *t = NULL;
	struct tar_entry entry;
	char piece[16384];
	long got;

	if (tar_in_new((struct stream){.read = bytes_read, .self = &bytes}, NULL, &t, err) < 0)
		return -1;
	int rc = tar_in_next(t, &entry, err);

	if (rc <= 0)
		return rc < 0 ? -1 : 1;
	if (entry.type == TAR_SYMLINK)
		*ret_target = xstrdup(entry.target);
	if (entry.type != TAR_FILE)
		return 1;
	if (entry.size > max)
		return err_set(err, ERR_ENGINE, "is larger than %zu bytes", max);
	while ((got = tar_in_read(t, piece, sizeof(piece), err)) > 0)
		buf_add(into, piece, (size_t)got);
	return got < 0 ? -1 : 0;
}

/* One path of a made container: 0 its bytes, 1 nothing (or a link: its target). */
static int read_path(struct box *b, const char *path, size_t max, struct buf *into, char **ret_target, struct err *err)
{
	AUTO_ANSWER struct answer a = {.status = 0};
	AUTO_BUF struct buf url = BUF_INIT;

	box_path(b, "/archive", &url);
	call_query(&url, "path", path);
	if (call_run(b->e, &(struct call){.method = "GET", .path = buf_text(&url), .max_body = max + TAR_EXTRA}, &a,
		     err) < 0)
		return -1;
	if (a.status == 404)
		return 1;
	if (a.status >= 300)
		return call_fail(b->e, &a, "copy a file out", err);
	return take_file(buf_blob(&a.body, path), max, into, ret_target, err);
}

/* Where a link at path leads. */
static char *link_to(const char *path, const char *target)
{
	const char *slash = strrchr(path, '/');

	if (target[0] == '/' || !slash)
		return xstrdup(target);
	return xasprintf("%.*s/%s", (int)(slash - path), path, target);
}

static int read_following(struct box *b, const char *path, size_t max, struct buf *into, struct err *err)
{
	AUTO_TEXT char *at = xstrdup(path);

	for (unsigned i = 0; i < LINKS_MAX; i++) {
		AUTO_TEXT char *target = NULL;
		int rc = read_path(b, at, max, into, &target, err);

		if (rc <= 0 || !target)
			return rc;
		char *next = link_to(at, target);

		free(at);
		at = next;
	}
	return 1;
}

int engine_read_file(struct engine *e, const char *image, const char *path, size_t max, struct buf *into,
		     struct err *err)
{
	AUTO(jdoc) struct jdoc *spec = box_still(image, NULL);
	AUTO_BUF struct buf bytes = BUF_INIT;
	struct box b;

	if (box_new(&b, e, image, err) < 0)
		return -1;
	int rc = box_create(&b, spec, NULL, err);

	if (rc > 0)
		rc = err_set(err, ERR_ENGINE, "engine %s: no such image: %s", e->host->address, image);
	else if (rc == 0)
		rc = read_following(&b, path, max, &bytes, err);
	box_remove(&b);
	if (rc < 0 && err->kind != ERR_CANCELED)
		return err_wrap(err, "'%s' of image %s", path, image);
	if (rc == 0)
		buf_add(into, bytes.data, bytes.len);
	return rc;
}
