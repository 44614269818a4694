#include "inspect/merge.h"

#include "base/file.h"
#include "base/str.h"

#include <string.h>

enum { LINKS_MOST = 40, DEPTH_MOST = 256 };

/* A name in the tree. member is NULL for a folder that no layer named itself. */
struct node {
	char *name;
	const struct layer_member *member; /* borrowed from its layer */
	bool is_dir;
	struct node **kids; /* sorted by name */
	size_t n, cap;
};

struct merge {
	struct node *root;
};

static void node_free(struct node *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n->n; i++)
		node_free(n->kids[i]);
	free(n->kids);
	free(n->name);
	free(n);
}

static struct node *node_new(const char *name, size_t len)
{
	struct node *n = xcalloc(1, sizeof(*n));

	n->name = xstrndup(name, len);
	n->is_dir = true;
	return n;
}

void merge_free(struct merge *m)
{
	if (!m)
		return;
	node_free(m->root);
	free(m);
}

struct merge *merge_new(void)
{
	struct merge *m = xcalloc(1, sizeof(*m));

	m->root = node_new("", 0);
	return m;
}

/* Where a name of len bytes is among the kids, or would be. */
static size_t place(const struct node *dir, const char *name, size_t len, bool *found)
{
	size_t low = 0, high = dir->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const char *other = dir->kids[mid]->name;
		int c = strncmp(other, name, len);

		if (c == 0 && other[len])
			c = 1;
		if (c == 0) {
			*found = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*found = false;
	return low;
}

static struct node *kid(const struct node *dir, const char *name, size_t len)
{
	bool found;
	size_t at = place(dir, name, len, &found);

	return found ? dir->kids[at] : NULL;
}

static struct node *kid_made(struct node *dir, const char *name, size_t len)
{
	bool found;
	size_t at = place(dir, name, len, &found);

	if (found)
		return dir->kids[at];
	if (dir->n == dir->cap) {
		dir->cap = mem_grow(dir->cap);
		dir->kids = xreallocarray(dir->kids, dir->cap, sizeof(struct node *));
	}
	memmove(dir->kids + at + 1, dir->kids + at, (dir->n - at) * sizeof(struct node *));
	dir->n++;
	dir->kids[at] = node_new(name, len);
	return dir->kids[at];
}

static void kids_clear(struct node *dir)
{
	for (size_t i = 0; i < dir->n; i++)
		node_free(dir->kids[i]);
	dir->n = 0;
}

static void kid_remove(struct node *dir, const char *name, size_t len)
{
	bool found;
	size_t at = place(dir, name, len, &found);

	if (!found)
		return;
	node_free(dir->kids[at]);
	memmove(dir->kids + at, dir->kids + at + 1, (dir->n - at - 1) * sizeof(struct node *));
	dir->n--;
}

static bool is_link(const struct node *n)
{
	return !n->is_dir && n->member && n->member->kind == LAYER_LINK;
}

/* The path of a folder with links followed: "/lib/x" is "/usr/lib/x" where /lib is a link. NULL: a loop, or too deep.
 * The caller's. */
static char *real_dir(const struct merge *m, const char *path)
{
	AUTO_TEXT char *rest = xstrdup(path);
	AUTO_STRV struct strv done = STRV_INIT;
	const struct node *at = m->root;
	unsigned links = 0;

	for (char *p = rest; *(p += strspn(p, "/"));) {
		size_t len = strcspn(p, "/");
		const struct node *next = at ? kid(at, p, len) : NULL;

		if (len == 2 && strncmp(p, "..", 2) == 0) {
			if (done.n)
				free(done.v[--done.n]);
		} else if (next && is_link(next)) {
			char *again = xasprintf("%s/%s", next->member->target, p + len);

			if (next->member->target[0] == '/')
				strv_clear(&done);
			free(rest);
			rest = p = again;
			if (++links > LINKS_MOST || strlen(rest) > 16384)
				return NULL;
			len = 0;
		} else if (len != 1 || p[0] != '.') {
			strv_own(&done, xstrndup(p, len));
		}
		at = m->root;
		for (size_t i = 0; at && i < done.n; i++)
			at = kid(at, done.v[i], strlen(done.v[i]));
		p += len;
	}
	if (done.n > DEPTH_MOST)
		return NULL;
	rest = (free(rest), strv_join(&done, "/"));
	return xasprintf("/%s", rest);
}

/* The node of a path whose folders are no links; made with the folders above it where make is true, else NULL. */
static struct node *node_at(struct merge *m, const char *path, bool make)
{
	struct node *at = m->root;

	for (const char *p = path; at && *(p += strspn(p, "/"));) {
		size_t len = strcspn(p, "/");

		if (make && !at->is_dir) { /* a file in the place of a folder: the later layer is right */
			at->is_dir = true;
			at->member = NULL;
		}
		at = make ? kid_made(at, p, len) : kid(at, p, len);
		p += len;
	}
	return at;
}

/* The path that a member has in the tree so far: its folder's links followed. NULL where that cannot be. The caller's.
 */
static char *in_tree(const struct merge *m, const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_TEXT char *dir = xstrndup(path, (size_t)(slash - path));
	AUTO_TEXT char *real = real_dir(m, dir);

	if (!real)
		return NULL;
	return xasprintf("%s%s", str_eq(real, "/") ? "" : real, slash);
}

static void take_away(struct merge *m, const struct layer_member *w)
{
	AUTO_TEXT char *path = in_tree(m, w->path);
	AUTO_TEXT char *dir = NULL;
	struct node *parent, *opaque;
	const char *base;

	if (!path)
		return;
	if (w->kind == LAYER_OPAQUE) {
		opaque = node_at(m, path, false);
		if (opaque && opaque->is_dir)
			kids_clear(opaque);
		return;
	}
	base = strrchr(path, '/') + 1;
	dir = xstrndup(path, (size_t)(base - path));
	parent = node_at(m, dir, false);
	if (parent)
		kid_remove(parent, base, strlen(base));
}

static void put(struct merge *m, const struct layer_member *e)
{
	AUTO_TEXT char *path = in_tree(m, e->path);
	const struct layer_member *member = e;
	struct node *n;

	if (!path || str_eq(e->path, "/"))
		return;
	if (e->kind == LAYER_HARD) {
		AUTO_TEXT char *target = in_tree(m, e->target);
		const struct node *to = target ? node_at(m, target, false) : NULL;

		if (!to || to->is_dir || !to->member)
			return;
		member = to->member;
	}
	n = node_at(m, path, true);
	if (e->kind == LAYER_DIR) {
		n->is_dir = true;
	} else {
		kids_clear(n);
		n->is_dir = false;
	}
	n->member = member;
}

void merge_layer(struct merge *m, const struct layer *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == LAYER_WHITEOUT || l->v[i].kind == LAYER_OPAQUE)
			take_away(m, &l->v[i]);
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind != LAYER_WHITEOUT && l->v[i].kind != LAYER_OPAQUE)
			put(m, &l->v[i]);
}

/* --- the final tree --- */

static int gather_member(const struct layer_member *e, const char *path, struct spool *spool, struct gather *g,
			 struct err *err)
{
	AUTO_FD int fd = -1;

	if (e->kind == LAYER_LINK) {
		gather_link(g, path, e->target);
		return 0;
	}
	if (e->kind != LAYER_FILE)
		return 0;
	gather_file(g, path, e->size);
	if (e->text)
		gather_text(g, path, e->text, e->text_len);
	if (!e->kept)
		return 0;
	if (spool_open(spool, e->number, &fd, err) < 0)
		return -1;
	return gather_elf(g, path, fd, e->size, err);
}

static int gather_node(const struct node *n, struct buf *path, unsigned depth, struct spool *spool, struct gather *g,
		       struct err *err)
{
	size_t len = path->len;

	if (!n->is_dir)
		return gather_member(n->member, buf_text(path), spool, g, err);
	for (size_t i = 0; i < n->n && depth <= DEPTH_MOST; i++) {
		buf_addf(path, "/%s", n->kids[i]->name);
		if (gather_node(n->kids[i], path, depth + 1, spool, g, err) < 0)
			return -1;
		buf_cut(path, len);
	}
	return 0;
}

int merge_gather(const struct merge *m, struct spool *spool, struct gather *g, struct err *err)
{
	AUTO_BUF struct buf path = BUF_INIT;

	return gather_node(m->root, &path, 0, spool, g, err);
}
