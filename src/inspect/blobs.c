#include "inspect/blobs.h"

#include "adapt/archive_unpack.h"
#include "adapt/archive_watch.h"
#include "adapt/digest_lane.h"
#include "base/file.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = 512, BLOBS_MAX = 4096, TEXTS_MAX = 64 << 20 };

void blobs_clear(struct blobs *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].name);
		free(b->v[i].same);
		buf_clear(&b->v[i].text);
		layer_free(b->v[i].layer);
	}
	free(b->v);
	*b = (struct blobs){.dir = -1};
}

/* A member's bytes: its head, read ahead to see what it is, then the rest; all of them hashed. */
struct member {
	struct stream from;
	char head[HEAD];
	size_t have, at;
	struct lane *hash;
};

static int look_ahead(struct member *m, struct err *err)
{
	while (m->have < HEAD) {
		long got = m->from.read(m->from.self, m->head + m->have, HEAD - m->have, err);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		m->have += (size_t)got;
	}
	lane_add(m->hash, m->head, m->have);
	return 0;
}

static long member_read(void *self, char *into, size_t len, struct err *err)
{
	struct member *m = self;
	size_t ready = m->have - m->at;
	long got;

	if (ready > 0) {
		size_t n = ready < len ? ready : len;

		memcpy(into, m->head + m->at, n);
		m->at += n;
		return (long)n;
	}
	got = m->from.read(m->from.self, into, len, err);
	if (got > 0)
		lane_add(m->hash, into, (size_t)got);
	return got;
}

static bool is_json(const struct member *m)
{
	size_t i = 0;

	while (i < m->have && strchr(" \t\r\n", m->head[i]) && m->head[i])
		i++;
	return i < m->have && (m->head[i] == '{' || m->head[i] == '[');
}

static bool is_packed(const struct member *m)
{
	static const unsigned char gzip[] = {0x1f, 0x8b}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};

	return m->have >= 16 && (memcmp(m->head, gzip, sizeof(gzip)) == 0 || memcmp(m->head, zstd, sizeof(zstd)) == 0);
}

static bool is_layer(const struct member *m)
{
	bool zero = m->have == HEAD;

	for (size_t i = 0; i < m->have && zero; i++)
		zero = m->head[i] == 0;
	return zero || (m->have == HEAD && watch_is_head(m->head));
}

static int take_text(struct blobs *b, struct member *m, struct buf *into, struct err *err)
{
	char piece[16384];
	long got;

	while ((got = member_read(m, piece, sizeof(piece), err)) > 0) {
		if (into->len + (size_t)got > BLOB_JSON_MAX || b->text_bytes + (size_t)got > TEXTS_MAX)
			return err_set(err, ERR_PROTOCOL, "a text is larger than any manifest");
		buf_add(into, piece, (size_t)got);
		b->text_bytes += (size_t)got;
	}
	return got < 0 ? -1 : 0;
}

/* Reads what is left, so that the hash is of all. */
static int drain(struct stream from, struct err *err)
{
	char piece[65536];
	long got;

	while ((got = from.read(from.self, piece, sizeof(piece), err)) > 0)
		;
	return got < 0 ? -1 : 0;
}

/* A packed layer's bytes as they are unpacked, hashed as well. */
struct unpacked {
	struct stream from;
	struct lane *hash;
};

static long unpacked_read(void *self, char *into, size_t len, struct err *err)
{
	const struct unpacked *u = self;
	long got = u->from.read(u->from.self, into, len, err);

	if (got > 0)
		lane_add(u->hash, into, (size_t)got);
	return got;
}

static int take_packed(struct blobs *b, struct blob_row *row, struct stream from, struct err *err)
{
	AUTO(lane) struct lane *hash = lane_new();
	AUTO(unpack) struct unpack *u = NULL;
	struct unpacked inner = {.hash = hash};
	struct stream s = {.read = unpacked_read, .self = &inner};

	if (unpack_new(from, &u, err) < 0)
		return -1;
	inner.from = unpack_stream(u);
	if (layer_read(s, b->left, &row->layer, err) < 0 || drain(s, err) < 0)
		return -1;
	lane_end(hash, row->diff_id);
	return 0;
}

static int check_hash(const char *name, const char *hex, struct err *err)
{
	static const char prefix[] = "blobs/sha256/";

	if (str_starts(name, prefix) && strcmp(name + strlen(prefix), hex) != 0)
		return err_set(err, ERR_PROTOCOL, "its bytes hash to %s", hex);
	return 0;
}

static struct blob_row *add_row(struct blobs *b, const char *name)
{
	b->v = xreallocarray(b->v, b->n + 1, sizeof(*b->v));
	b->v[b->n] = (struct blob_row){.name = xstrdup(name)};
	return &b->v[b->n++];
}

static int take(struct blobs *b, struct blob_row *row, struct member *m, struct err *err)
{
	struct stream s = {.read = member_read, .self = m};
	char hex[HASH_HEX_SIZE];
	int rc = 0;

	if (look_ahead(m, err) < 0)
		return -1;
	if (is_json(m))
		rc = take_text(b, m, &row->text, err);
	else if (is_packed(m))
		rc = take_packed(b, row, s, err);
	else if (is_layer(m))
		rc = layer_read(s, b->left, &row->layer, err);
	if (rc < 0 || drain(s, err) < 0)
		return -1;
	lane_end(m->hash, hex);
	if (row->diff_id[0] == '\0')
		memcpy(row->diff_id, hex, sizeof(hex));
	return check_hash(row->name, hex, err);
}

int blobs_take(struct blobs *b, const char *name, struct stream from, struct err *err)
{
	AUTO(lane) struct lane *hash = lane_new();
	struct member m = {.from = from, .hash = hash};
	AUTO_TEXT char *shown = str_shown(name, 120);

	if (b->n >= BLOBS_MAX)
		return err_set(err, ERR_PROTOCOL, "more members than any image has");
	if (take(b, add_row(b, name), &m, err) == 0)
		return 0;
	return err->kind == ERR_CANCELED ? -1 : err_wrap(err, "'%s'", shown);
}

/* "b/layer.tar" of the link "../b/layer.tar" in "a/layer.tar". */
static char *link_to(const char *name, const char *target)
{
	const char *slash = strrchr(name, '/');
	size_t dir = slash ? (size_t)(slash - name) : 0;

	while (str_starts(target, "../")) {
		target += 3;
		while (dir > 0 && name[--dir] != '/')
			;
	}
	return dir ? xasprintf("%.*s/%s", (int)dir, name, target) : xstrdup(target);
}

void blobs_link(struct blobs *b, const char *name, const char *target, bool relative)
{
	if (b->n < BLOBS_MAX)
		add_row(b, name)->same = relative ? link_to(name, target) : xstrdup(target);
}

static struct blob_row *find(struct blobs *b, const char *name)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcmp(b->v[i].name, name) == 0)
			return &b->v[i];
	return NULL;
}

static long fd_read(void *self, char *into, size_t len, struct err *err)
{
	const int *fd = self;
	ssize_t n = read(*fd, into, len);

	return n < 0 ? err_set_errno(err, errno, "read") : (long)n;
}

static int take_file(struct blobs *b, const char *name, struct err *err)
{
	AUTO_FD int fd = -1;
	struct stat st;

	if (b->dir < 0 || !file_is_inside(name))
		return 1;
	fd = openat(b->dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 1 : err_set_errno(err, errno, "open '%s'", name);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return 1;
	return blobs_take(b, name, (struct stream){.read = fd_read, .self = &fd}, err);
}

int blobs_get(struct blobs *b, const char *name, struct blob_row **ret, struct err *err)
{
	struct blob_row *row = find(b, name);

	for (unsigned links = 0; row && row->same && links < 8; links++)
		row = find(b, row->same);
	if (!row) {
		int rc = take_file(b, name, err);

		if (rc != 0)
			return rc;
		row = &b->v[b->n - 1];
	}
	*ret = row;
	return row->same ? 1 : 0;
}
