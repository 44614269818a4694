#include "inspect/layer.h"

#include "adapt/archive.h"
#include "base/file.h"
#include "base/str.h"
#include "inspect/elf_read.h"
#include "inspect/sieve.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define WHITEOUT "/.wh."
#define KEPT_MAX (1ull << 30) /* of one file */

enum item_kind { ITEM_FILE, ITEM_DIR, ITEM_LINK, ITEM_HARD, ITEM_GONE, ITEM_EMPTIED };

struct item {
	char *path, *target; /* path without slash in front */
	enum item_kind kind;
	uint64_t size;
	struct binary *binary;
	struct buf text;
	bool wanted, is_elf, odd, odd_text; /* odd: wanted as ELF, and is none */
	char *at;			    /* where it was handed on first */
};

struct layer {
	struct item *v;
	size_t n, cap;
	uint64_t size;
	int fd; /* the temporary file */
};

void layer_free(struct layer *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].path);
		free(l->v[i].target);
		free(l->v[i].at);
		binary_free(l->v[i].binary);
		buf_clear(&l->v[i].text);
	}
	free(l->v);
	file_close(&l->fd);
	free(l);
}

uint64_t layer_size(const struct layer *l)
{
	return l->size;
}

/* --- names --- */

/* "usr/lib/x" of "./usr//lib/x" or "/usr/lib/x"; NULL where it goes upwards or names nothing. The caller's. */
static char *clean_path(const char *name)
{
	enum { PATH_LIMIT = 4096 };
	AUTO_STRV struct strv parts = STRV_INIT;
	AUTO_STRV struct strv kept = STRV_INIT;

	if (strlen(name) > PATH_LIMIT)
		return NULL;
	strv_split(&parts, name, "/");
	for (size_t i = 0; i < parts.n; i++) {
		if (strcmp(parts.v[i], "..") == 0)
			return NULL;
		if (strcmp(parts.v[i], ".") != 0)
			strv_add(&kept, parts.v[i]);
	}
	return kept.n ? strv_join(&kept, "/") : NULL;
}

/* Engines take ".wh." and ".wh.." for the folder itself, or the one above it, or for nothing. */
static bool names_nothing(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return strcmp(name, ".wh.") == 0 || strcmp(name, ".wh..") == 0 || strcmp(name, ".wh...") == 0;
}

/* What a whiteout's name stands for. True: it is one, and *path and *kind say what it takes away (path NULL: nothing).
 */
static bool is_whiteout(char **path, enum item_kind *kind)
{
	AUTO_TEXT char *rooted = xasprintf("/%s", *path);
	char *at = strrchr(rooted, '/');

	if (!str_starts(at, WHITEOUT))
		return false;
	*kind = strcmp(at, "/.wh..wh..opq") == 0 ? ITEM_EMPTIED : ITEM_GONE;
	free(*path);
	*path = NULL;
	if (*kind == ITEM_GONE && str_starts(at, "/.wh..wh."))
		return true; /* a note of an old storage driver */
	if (*kind == ITEM_GONE) {
		const char *name = at + strlen(WHITEOUT);

		*path = xasprintf("%.*s/%s", (int)(at - rooted), rooted, name);
	} else {
		*path = xasprintf("%.*s/", (int)(at - rooted), rooted);
	}
	memmove(*path, *path + 1, strlen(*path));
	return true;
}

static enum item_kind kind_of(enum tar_type type)
{
	switch (type) {
	case TAR_DIR:
		return ITEM_DIR;
	case TAR_SYMLINK:
		return ITEM_LINK;
	case TAR_HARDLINK:
		return ITEM_HARD;
	case TAR_FILE:
	case TAR_OTHER:
		break;
	}
	return ITEM_FILE;
}

static struct item *add_item(struct layer *l, char *path, enum item_kind kind)
{
	if (l->n == l->cap) {
		l->cap = mem_grow(l->cap);
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n] = (struct item){.path = path, .kind = kind};
	return &l->v[l->n++];
}

/* --- contents --- */

/* Sends the file's bytes through the sieve; their first ones go into head. */
static int sift(struct tar_in *t, struct sieve *s, const char *path, char *head, size_t head_len, struct err *err)
{
	char piece[65536];
	uint64_t done = 0;
	long got;

	while ((got = tar_in_read(t, piece, sizeof(piece), err)) > 0) {
		if (done == 0)
			memcpy(head, piece, (size_t)got < head_len ? (size_t)got : head_len);
		done += (uint64_t)got;
		if (sieve_add(s, piece, (size_t)got, err) < 0)
			return -1;
		if (sieve_kept(s) > KEPT_MAX)
			return err_set(err, ERR_PROTOCOL, "'%s' is larger than what is kept of a file", path);
	}
	return got < 0 ? -1 : sieve_end(s, err);
}

static int keep_elf(struct layer *l, struct tar_in *t, struct item *item, struct err *err)
{
	AUTO_TEXT char *path = xasprintf("/%s", item->path);
	AUTO(sieve) struct sieve *s = NULL;
	char head[GATHER_HEAD] = {0};
	int rc;

	if (l->fd < 0 && file_temp(&l->fd, err) < 0)
		return -1;
	if (ftruncate(l->fd, 0) < 0)
		return err_set_errno(err, errno, "empty a temporary file");
	s = sieve_new(l->fd, item->size);
	if (sift(t, s, path, head, sizeof(head), err) < 0)
		return -1;
	rc = binary_read_sieved(l->fd, s, path, &item->binary, err);
	item->odd = rc == 1;
	item->is_elf = rc == 0;
	item->odd_text =
		item->odd && gather_is_text(head, item->size < sizeof(head) ? (size_t)item->size : sizeof(head));
	return rc < 0 ? -1 : 0;
}

static int keep_text(struct tar_in *t, struct item *item, struct err *err)
{
	char piece[16384];
	long got;

	while ((got = tar_in_read(t, piece, sizeof(piece), err)) > 0)
		if (item->text.len + (size_t)got <= GATHER_TEXT_MAX)
			buf_add(&item->text, piece, (size_t)got);
	return got < 0 ? -1 : 0;
}

static int keep(struct layer *l, struct tar_in *t, struct item *item, struct err *err)
{
	AUTO_TEXT char *path = xasprintf("/%s", item->path);

	l->size += item->size;
	switch (gather_wants(path, item->size)) {
	case GATHER_ELF:
		item->wanted = true;
		return keep_elf(l, t, item, err);
	case GATHER_TEXT:
		item->wanted = true;
		return keep_text(t, item, err);
	case GATHER_NAME:
		break;
	}
	return 0;
}

static int take_entry(struct layer *l, struct tar_in *t, const struct tar_entry *e, struct err *err)
{
	char *path = clean_path(e->name ? e->name : "");
	enum item_kind kind = kind_of(e->type);
	struct item *item;

	if (!path || e->type == TAR_OTHER) {
		free(path);
		return 0;
	}
	if (names_nothing(path)) {
		free(path);
		return err_set(err, ERR_PROTOCOL, "a whiteout that names nothing");
	}
	if (is_whiteout(&path, &kind)) {
		if (path)
			add_item(l, path, kind);
		return 0;
	}
	item = add_item(l, path, kind);
	if (kind == ITEM_LINK)
		item->target = xstrdup(e->target ? e->target : "");
	if (kind == ITEM_HARD)
		item->target = clean_path(e->target ? e->target : "");
	item->size = kind == ITEM_FILE ? e->size : 0;
	return kind == ITEM_FILE ? keep(l, t, item, err) : 0;
}

/* Takes n out of what is left, if there is that much. */
static bool take(_Atomic uint64_t *left, uint64_t n)
{
	uint64_t have = atomic_load(left);

	while (have >= n)
		if (atomic_compare_exchange_weak(left, &have, have - n))
			return true;
	return false;
}

static int spend(struct layer_budget *left, const struct tar_entry *e, struct err *err)
{
	if (left->stop && *left->stop) {
		err_set(err, ERR_CANCELED, "stopped while an image was read");
		err->sys = *left->stop;
		return -1;
	}
	if (!take(&left->entries, 1) || !take(&left->bytes, e->size))
		return err_set(err, ERR_PROTOCOL, "the layers hold more than what is looked at");
	return 0;
}

int layer_read(struct stream from, struct layer_budget *left, struct layer **ret, struct err *err)
{
	AUTO(layer) struct layer *l = xcalloc(1, sizeof(*l));
	AUTO(tar_in) struct tar_in *t = NULL;
	struct tar_limits limits = {.max_bytes = left->bytes, .max_entries = left->entries + 1};
	struct tar_entry e;
	int rc;

	l->fd = -1;
	if (tar_in_new(from, &limits, &t, err) < 0)
		return -1;
	while ((rc = tar_in_next(t, &e, err)) == 1)
		if (spend(left, &e, err) < 0 || take_entry(l, t, &e, err) < 0)
			return -1;
	if (rc < 0)
		return -1;
	file_close(&l->fd);
	*ret = TAKE(l);
	return 0;
}

/* --- over one another --- */

static void apply_one(struct item *item, struct tree *t)
{
	void *linked;

	switch (item->kind) {
	case ITEM_FILE:
		tree_put(t, item->path, TREE_FILE, item, NULL);
		break;
	case ITEM_DIR:
		tree_put(t, item->path, TREE_DIR, NULL, NULL);
		break;
	case ITEM_LINK:
		tree_put(t, item->path, TREE_LINK, NULL, item->target);
		break;
	case ITEM_HARD:
		linked = item->target ? tree_item(t, item->target) : NULL;
		if (linked)
			tree_put(t, item->path, TREE_FILE, linked, NULL);
		break;
	case ITEM_GONE:
	case ITEM_EMPTIED:
		break;
	}
}

void layer_apply(struct layer *l, struct tree *t)
{
	for (size_t i = 0; i < l->n; i++) { /* what is taken away is of the layers below, wherever it stands */
		if (l->v[i].kind == ITEM_GONE)
			tree_remove(t, l->v[i].path);
		else if (l->v[i].kind == ITEM_EMPTIED)
			tree_empty(t, l->v[i].path);
	}
	for (size_t i = 0; i < l->n; i++)
		apply_one(&l->v[i], t);
}

/* --- handing on --- */

/* Of what was wanted the ELF files are handed on and gone by their second name. */
static bool is_text(const struct item *item)
{
	return item->wanted && !item->odd && !item->is_elf;
}

static void on_file(void *self, const char *path, void *it)
{
	struct gather *g = self;
	struct item *item = it;

	if (item->at) { /* a second name of the same file */
		struct blob text = {.data = is_text(item) ? buf_text(&item->text) : NULL, .len = item->text.len};

		gather_alias(g, path, item->at, item->size, text);
		return;
	}
	gather_file(g, path, item->size);
	item->at = xstrdup(path);
	if (item->binary)
		gather_binary(g, path, TAKE(item->binary));
	else if (item->odd)
		gather_no_elf(g, path, item->size, item->odd_text);
	else if (is_text(item))
		gather_text(g, path, buf_text(&item->text), item->text.len);
}

static void on_link(void *self, const char *path, const char *target)
{
	gather_link(self, path, target);
}

void layer_gather(const struct tree *t, struct gather *g)
{
	tree_walk(t, &(struct tree_visitor){.file = on_file, .link = on_link, .self = g});
}
