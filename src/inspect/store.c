#include "inspect/store.h"

#include "base/file.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define GIB (UINT64_C(1) << 30)
enum { JSON_MOST = 4 << 20, DOCUMENTS_MOST = 2000, PEEK = 512 };

static const struct layer_limits limits = {.max_bytes = 200 * GIB, .max_members = 2000000, .max_text = 128 << 20};

struct document {
	char *name;
	struct buf text;
};

struct alias {
	char *name, *target;
};

struct store {
	char *folder; /* of a layout, or NULL */
	const volatile sig_atomic_t *stop;
	struct spool *spool;
	struct document *documents;
	struct layer **layers;
	struct alias *aliases;
	size_t ndocuments, nlayers, naliases;
};

void store_free(struct store *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->ndocuments; i++) {
		free(s->documents[i].name);
		buf_clear(&s->documents[i].text);
	}
	for (size_t i = 0; i < s->nlayers; i++)
		layer_free(s->layers[i]);
	for (size_t i = 0; i < s->naliases; i++) {
		free(s->aliases[i].name);
		free(s->aliases[i].target);
	}
	free(s->documents);
	free(s->layers);
	free(s->aliases);
	spool_free(s->spool);
	free(s->folder);
	free(s);
}

static int store_new(const volatile sig_atomic_t *stop, struct store **ret, struct err *err)
{
	AUTO(store) struct store *s = xcalloc(1, sizeof(*s));

	s->stop = stop;
	if (spool_new(8 * GIB, &s->spool, err) < 0)
		return -1;
	*ret = TAKE(s);
	return 0;
}

int store_folder(const char *path, const volatile sig_atomic_t *stop, struct store **ret, struct err *err)
{
	AUTO(store) struct store *s = NULL;

	if (store_new(stop, &s, err) < 0)
		return -1;
	s->folder = xstrdup(path);
	*ret = TAKE(s);
	return 0;
}

/* --- reading an archive --- */

/* A member's body whose first bytes were looked at already. */
struct body {
	struct tar_in *tar;
	char peeked[PEEK];
	size_t len, at;
};

static long body_read(void *self, char *into, size_t len, struct err *err)
{
	struct body *b = self;
	size_t left = b->len - b->at;

	if (left == 0)
		return tar_in_read(b->tar, into, len, err);
	if (len > left)
		len = left;
	memcpy(into, b->peeked + b->at, len);
	b->at += len;
	return (long)len;
}

static int peek(struct body *b, struct err *err)
{
	while (b->len < PEEK) {
		long n = tar_in_read(b->tar, b->peeked + b->len, PEEK - b->len, err);

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		b->len += (size_t)n;
	}
	return 0;
}

static bool is_layer(const struct body *b)
{
	const unsigned char *p = (const unsigned char *)b->peeked;

	if (b->len >= 2 && p[0] == 0x1f && p[1] == 0x8b)
		return true;
	if (b->len >= 4 && p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd)
		return true;
	return b->len == PEEK && memcmp(p + 257, "ustar", 5) == 0;
}

/* A layer that changed nothing: blocks of zeros only, in which no reader sees an archive. */
static bool is_empty_layer(const struct body *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->peeked[i])
			return false;
	return b->len == PEEK;
}

static void own_layer(struct store *s, struct layer *l)
{
	s->layers = xreallocarray(s->layers, s->nlayers + 1, sizeof(struct layer *));
	s->layers[s->nlayers++] = l;
}

static int add_layer(struct store *s, const char *name, struct body *b, struct err *err)
{
	const struct stream from = {.read = body_read, .self = b};
	struct layer *l = NULL;

	if (layer_read(name, from, &limits, s->spool, s->stop, &l, err) < 0)
		return err_wrap(err, "layer '%s'", name);
	own_layer(s, l);
	return 0;
}

static int add_document(struct store *s, const char *name, struct body *b, struct err *err)
{
	struct document *d;
	long n;

	if (s->ndocuments >= DOCUMENTS_MOST)
		return 0;
	s->documents = xreallocarray(s->documents, s->ndocuments + 1, sizeof(*s->documents));
	d = &s->documents[s->ndocuments++];
	*d = (struct document){.name = xstrdup(name)};
	do {
		char piece[65536];

		n = body_read(b, piece, sizeof(piece), err);
		if (n > 0)
			buf_add(&d->text, piece, (size_t)n);
	} while (n > 0);
	return n < 0 ? -1 : 0;
}

/* `docker save` writes a layer that it has written already as a link to it. */
static void add_alias(struct store *s, const char *name, const char *target)
{
	AUTO_TEXT char *dir = file_dir(name);
	AUTO_TEXT char *joined = file_join(dir, target);
	AUTO_BUF struct buf plain = BUF_INIT;
	AUTO_STRV struct strv parts = STRV_INIT;

	strv_split(&parts, joined, "/");
	for (size_t i = 0; i < parts.n; i++) {
		const char *slash;

		if (!str_eq(parts.v[i], "..")) {
			buf_addf(&plain, "/%s", parts.v[i]);
			continue;
		}
		slash = strrchr(buf_text(&plain), '/');
		buf_cut(&plain, slash ? (size_t)(slash - plain.data) : 0);
	}
	s->aliases = xreallocarray(s->aliases, s->naliases + 1, sizeof(*s->aliases));
	s->aliases[s->naliases++] = (struct alias){.name = xstrdup(name), .target = buf_take(&plain)};
}

static int add_member(struct store *s, struct tar_in *tar, const struct tar_entry *e, struct err *err)
{
	AUTO_TEXT char *name = e->name ? layer_path(e->name) : NULL;
	struct body b = {.tar = tar};

	if (!name)
		return 0;
	if (e->type == TAR_SYMLINK && strlen(e->target) < 4096)
		add_alias(s, name, e->target);
	if (e->type != TAR_FILE)
		return 0;
	if (peek(&b, err) < 0)
		return -1;
	if (is_layer(&b))
		return add_layer(s, name, &b, err);
	if (is_empty_layer(&b))
		own_layer(s, layer_new(name));
	if (e->size <= JSON_MOST && b.len && (b.peeked[0] == '{' || b.peeked[0] == '['))
		return add_document(s, name, &b, err);
	return 0;
}

int store_archive(struct stream from, const volatile sig_atomic_t *stop, struct store **ret, struct err *err)
{
	const struct tar_limits tl = {.max_bytes = limits.max_bytes, .max_entries = 100000};
	AUTO(store) struct store *s = NULL;
	AUTO(tar_in) struct tar_in *tar = NULL;

	if (store_new(stop, &s, err) < 0 || tar_in_new(from, &tl, &tar, err) < 0)
		return -1;
	for (;;) {
		struct tar_entry e;
		int rc = tar_in_next(tar, &e, err);

		if (rc < 0 || (rc > 0 && add_member(s, tar, &e, err) < 0))
			return -1;
		if (rc == 0)
			break;
	}
	*ret = TAKE(s);
	return 0;
}

/* --- asking --- */

static int folder_document(const struct store *s, const char *name, struct buf *text, struct err *err)
{
	AUTO_TEXT char *path = file_join(s->folder, name);

	if (!file_is_regular(path))
		return 1;
	return file_read_if_there(path, JSON_MOST, text, err);
}

int store_json(struct store *s, const char *name, struct jdoc **ret, struct err *err)
{
	AUTO_TEXT char *path = layer_path(name);
	AUTO_TEXT char *shown = str_shown(name, 200);
	AUTO_BUF struct buf text = BUF_INIT;
	int rc;

	if (!path)
		return 1;
	if (s->folder) {
		rc = folder_document(s, path + 1, &text, err);
		return rc != 0 ? rc : jdoc_parse_as(ERR_PROTOCOL, buf_blob(&text, shown), ret, err);
	}
	for (size_t i = 0; i < s->ndocuments; i++)
		if (str_eq(s->documents[i].name, path))
			return jdoc_parse_as(ERR_PROTOCOL, buf_blob(&s->documents[i].text, shown), ret, err);
	return 1;
}

static long fd_read(void *self, char *into, size_t len, struct err *err)
{
	long n;

	do {
		n = (long)read(*(int *)self, into, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? err_set_errno(err, errno, "read a layer") : n;
}

static int folder_layer(struct store *s, const char *path, struct err *err)
{
	AUTO_TEXT char *whole = file_join(s->folder, path + 1);
	AUTO_FD int fd = -1;
	struct stream from = {.read = fd_read, .self = &fd};
	struct layer *l = NULL;

	if (!file_is_regular(whole))
		return err_set(err, ERR_PROTOCOL, "there is no layer '%s'", path + 1);
	fd = open(whole, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return err_set_errno(err, errno, "open '%s'", whole);
	if (layer_read(path, from, &limits, s->spool, s->stop, &l, err) < 0)
		return err_wrap(err, "layer '%s'", path);
	own_layer(s, l);
	return 0;
}

static const struct layer *find_layer(const struct store *s, const char *path)
{
	for (size_t i = 0; i < s->nlayers; i++)
		if (str_eq(s->layers[i]->name, path))
			return s->layers[i];
	return NULL;
}

int store_layer(struct store *s, const char *name, const struct layer **ret, struct err *err)
{
	AUTO_TEXT char *path = layer_path(name);
	const struct layer *l = path ? find_layer(s, path) : NULL;

	for (size_t i = 0; path && !l && i < s->naliases; i++)
		if (str_eq(s->aliases[i].name, path))
			l = find_layer(s, s->aliases[i].target);
	if (path && !l && s->folder) {
		if (folder_layer(s, path, err) < 0)
			return -1;
		l = find_layer(s, path);
	}
	if (!l) {
		AUTO_TEXT char *shown = str_shown(name, 100);

		return err_set(err, ERR_PROTOCOL, "there is no layer '%s'", shown);
	}
	*ret = l;
	return 0;
}

struct spool *store_spool(struct store *s)
{
	return s->spool;
}
