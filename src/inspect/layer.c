#include "inspect/layer.h"

#include "base/file.h"
#include "base/str.h"
#include "inspect/gather.h"
#include "inspect/sieve.h"

#include <string.h>

enum { PATH_MOST = 4096 };
#define WHITEOUT ".wh."
#define OPAQUE	 ".wh..wh..opq"

struct reading {
	struct layer *l;
	struct tar_in *tar;
	const struct layer_limits *limits;
	struct spool *spool;
	const volatile sig_atomic_t *stop;
	uint64_t text;
};

static void member_clear(struct layer_member *m)
{
	free(m->path);
	free(m->target);
	free(m->text);
}

void layer_free(struct layer *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		member_clear(&l->v[i]);
	free(l->v);
	free(l->name);
	free(l);
}

struct layer *layer_new(const char *name)
{
	struct layer *l = xcalloc(1, sizeof(*l));

	l->name = xstrdup(name);
	return l;
}

char *layer_path(const char *name)
{
	AUTO_BUF struct buf path = BUF_INIT;

	if (strlen(name) > PATH_MOST)
		return NULL;
	while (*name) {
		size_t len = strcspn(name, "/");

		if (len == 2 && name[0] == '.' && name[1] == '.')
			return NULL;
		if (len > 0 && !(len == 1 && name[0] == '.')) {
			buf_addc(&path, '/');
			buf_add(&path, name, len);
		}
		name += len + (name[len] == '/');
	}
	return path.len ? buf_take(&path) : xstrdup("/");
}

static struct layer_member *add(struct layer *l, enum layer_kind kind, char *path /* taken */)
{
	if (l->n == l->cap) {
		l->cap = mem_grow(l->cap);
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n] = (struct layer_member){.kind = kind, .path = path};
	return &l->v[l->n++];
}

/* "/a/.wh.b" takes "/a/b" away, "/a/.wh..wh..opq" all below "/a". Whether the path was one of these. */
static bool add_whiteout(struct layer *l, const char *path)
{
	const char *base = file_base(path);
	AUTO_TEXT char *dir = NULL;

	if (!str_starts(base, WHITEOUT))
		return false;
	dir = xstrndup(path, (size_t)(base - path));
	if (str_eq(base, OPAQUE))
		add(l, LAYER_OPAQUE, layer_path(dir));
	else if (base[strlen(WHITEOUT)])
		add(l, LAYER_WHITEOUT, xasprintf("%s%s", dir, base + strlen(WHITEOUT)));
	return true;
}

static int keep_text(struct reading *r, struct layer_member *m, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;

	if (m->size > r->limits->max_text - r->text)
		return 0; /* it stays a name */
	r->text += m->size;
	for (;;) {
		char piece[65536];
		long n = tar_in_read(r->tar, piece, sizeof(piece), err);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		buf_add(&text, piece, (size_t)n);
	}
	m->text_len = text.len;
	m->text = buf_take(&text);
	return 0;
}

static int sieve_all(struct reading *r, struct sieve *s, struct err *err)
{
	uint64_t counted = 0;

	for (;;) {
		char piece[65536];
		long n = tar_in_read(r->tar, piece, sizeof(piece), err);

		if (n < 0)
			return -1;
		if (n == 0)
			return sieve_end(s, err);
		if (sieve_add(s, piece, (size_t)n, err) < 0 || spool_count(r->spool, sieve_kept(s) - counted, err) < 0)
			return -1;
		counted = sieve_kept(s);
	}
}

static int keep_elf(struct reading *r, struct layer_member *m, struct err *err)
{
	AUTO(sieve) struct sieve *s = NULL;
	AUTO_FD int fd = -1;

	if (spool_create(r->spool, &m->number, &fd, err) < 0)
		return -1;
	s = sieve_new(fd, m->size);
	m->kept = true;
	return sieve_all(r, s, err);
}

static int add_file(struct reading *r, const struct tar_entry *e, char *path /* taken */, struct err *err)
{
	struct layer_member *m = add(r->l, LAYER_FILE, path);

	m->size = e->size;
	r->l->size += e->size;
	switch (gather_wants(path, e->size)) {
	case GATHER_ELF:
		return keep_elf(r, m, err);
	case GATHER_TEXT:
		return keep_text(r, m, err);
	case GATHER_NAME:
		break;
	}
	return 0;
}

static int add_member(struct reading *r, const struct tar_entry *e, struct err *err)
{
	AUTO_TEXT char *path = e->name ? layer_path(e->name) : NULL;

	if (!path) {
		r->l->left_out++;
		return 0;
	}
	if (add_whiteout(r->l, path))
		return 0;
	switch (e->type) {
	case TAR_FILE:
		return add_file(r, e, TAKE(path), err);
	case TAR_DIR:
		add(r->l, LAYER_DIR, TAKE(path));
		return 0;
	case TAR_SYMLINK:
		if (strlen(e->target) > PATH_MOST)
			break;
		add(r->l, LAYER_LINK, TAKE(path))->target = xstrdup(e->target);
		return 0;
	case TAR_HARDLINK: {
		AUTO_TEXT char *target = layer_path(e->target);

		if (!target)
			break;
		add(r->l, LAYER_HARD, TAKE(path))->target = TAKE(target);
		return 0;
	}
	case TAR_OTHER:
		add(r->l, LAYER_OTHER, TAKE(path));
		return 0;
	}
	r->l->left_out++;
	return 0;
}

static int read_all(struct reading *r, struct err *err)
{
	for (;;) {
		struct tar_entry e;
		int rc = tar_in_next(r->tar, &e, err);

		if (rc <= 0)
			return rc;
		if (r->stop && *r->stop) {
			err_set(err, ERR_CANCELED, "ended by a signal");
			err->sys = (int)*r->stop;
			return -1;
		}
		if (add_member(r, &e, err) < 0)
			return -1;
	}
}

int layer_read(const char *name, struct stream from, const struct layer_limits *limits, struct spool *spool,
	       const volatile sig_atomic_t *stop, struct layer **ret, struct err *err)
{
	const struct tar_limits tl = {.max_bytes = limits->max_bytes, .max_entries = limits->max_members};
	AUTO(layer) struct layer *l = layer_new(name);
	AUTO(tar_in) struct tar_in *tar = NULL;
	struct reading r = {.l = l, .limits = limits, .spool = spool, .stop = stop};

	if (tar_in_new(from, &tl, &tar, err) < 0)
		return -1;
	r.tar = tar;
	if (read_all(&r, err) < 0)
		return -1;
	*ret = TAKE(l);
	return 0;
}
