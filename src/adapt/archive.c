#include "adapt/archive.h"

#include "adapt/archive_unpack.h"
#include "adapt/archive_watch.h"
#include "base/buf.h"
#include "base/str.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE	    ((size_t)256 << 10)
#define HEAD	    8 /* enough to know packed bytes by */
#define MAX_BYTES   (1024ull * 1024 * 1024)
#define MAX_ENTRIES 100000

/* libarchive turns names into the locale's characters and loses those that it does not have, so its calls run in one
 * that has all. */
static locale_t made;

static void utf8_make(void)
{
	made = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

static locale_t utf8(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT; /* variants are packed in threads */
	pthread_once(&once, utf8_make);
	return made;
}

static locale_t locale_enter(void)
{
	return utf8() ? uselocale(utf8()) : (locale_t)0;
}

static void locale_leave(locale_t *before)
{
	if (*before)
		uselocale(*before);
}
#define IN_UTF8 __attribute__((cleanup(locale_leave), unused)) locale_t before_ = locale_enter()

static int broken(struct archive *a, const char *what, struct err *err)
{
	const char *said = archive_error_string(a);
	AUTO_TEXT char *shown = str_shown(said ? said : "cut short or damaged", 200);
	return err_set(err, ERR_PROTOCOL, "%s: %s", what, shown);
}

/* --- writing --- */

struct tar_out {
	struct tar_source from;
	struct archive *a;
	struct buf ready; /* written by libarchive, not yet read */
	size_t at;	  /* how far ready was read */
	struct stream body;
	uint64_t left; /* bytes of the current member to come */
	bool in_member, ended;
	char *name; /* of the current member, for messages */
	char piece[PIECE];
};

void tar_out_free(struct tar_out *t)
{
	if (!t)
		return;
	IN_UTF8;
	archive_write_free(t->a);
	buf_clear(&t->ready);
	free(t->name);
	free(t);
}

static la_ssize_t on_written(struct archive *a, void *self, const void *data, size_t len)
{
	struct tar_out *t = self;
	(void)a;
	buf_add(&t->ready, data, len);
	return (la_ssize_t)len;
}

int tar_out_new(struct tar_source from, struct tar_out **ret, struct err *err)
{
	IN_UTF8;
	AUTO(tar_out) struct tar_out *t = xcalloc(1, sizeof(*t));
	t->from = from;
	t->a = archive_write_new();
	if (!t->a)
		mem_short();
	if (archive_write_set_format_pax_restricted(t->a) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(t->a, 0) != ARCHIVE_OK ||
	    archive_write_open(t->a, t, NULL, on_written, NULL) != ARCHIVE_OK)
		return err_set(err, ERR_INTERNAL, "libarchive does not start");
	*ret = TAKE(t);
	return 0;
}

static mode_t mode_of(enum tar_type type)
{
	switch (type) {
	case TAR_DIR:
		return S_IFDIR;
	case TAR_SYMLINK:
		return S_IFLNK;
	case TAR_FILE:
	case TAR_HARDLINK:
	case TAR_OTHER:
		break;
	}
	return S_IFREG;
}

static void entry_cleanup(struct archive_entry **e)
{
	archive_entry_free(*e);
}

static int write_head(struct tar_out *t, const struct tar_entry *e, struct err *err)
{
	__attribute__((cleanup(entry_cleanup))) struct archive_entry *ae = archive_entry_new();
	if (!ae)
		mem_short();
	archive_entry_set_pathname(ae, e->name);
	archive_entry_set_mode(ae, mode_of(e->type) | (e->mode & 07777));
	archive_entry_set_uid(ae, e->uid);
	archive_entry_set_gid(ae, e->gid);
	archive_entry_set_mtime(ae, (time_t)e->mtime, 0);
	archive_entry_set_size(ae, e->type == TAR_FILE ? (la_int64_t)e->size : 0);
	if (e->type == TAR_SYMLINK)
		archive_entry_set_symlink(ae, e->target);
	if (e->type == TAR_HARDLINK)
		archive_entry_set_hardlink(ae, e->target);
	if (archive_write_header(t->a, ae) < ARCHIVE_WARN)
		return err_set(err, ERR_IO, "pack '%s': %s", e->name, archive_error_string(t->a));
	return 0;
}

static int next_member(struct tar_out *t, struct err *err)
{
	struct tar_entry e = {.name = NULL};
	int rc = t->from.next(t->from.self, &e, &t->body, err);
	if (rc < 0)
		return -1;
	if (rc == 0) {
		t->ended = true;
		if (archive_write_close(t->a) != ARCHIVE_OK)
			return err_set(err, ERR_IO, "pack: %s", archive_error_string(t->a));
		return 0;
	}
	if (e.type == TAR_OTHER || (e.type == TAR_FILE && e.size > INT64_MAX))
		return err_set(err, ERR_INTERNAL, "pack '%s': not a kind of member that is written", e.name);
	if (write_head(t, &e, err) < 0)
		return -1;
	free(t->name);
	t->name = xstrdup(e.name);
	t->left = e.type == TAR_FILE ? e.size : 0;
	t->in_member = e.type == TAR_FILE;
	return 0;
}

static int next_piece(struct tar_out *t, struct err *err)
{
	long got = t->body.read(t->body.self, t->piece, sizeof(t->piece), err);
	if (got < 0)
		return err_wrap(err, "pack '%s'", t->name);
	if ((uint64_t)got > t->left || (got == 0 && t->left > 0))
		return err_set(err, ERR_IO, "pack '%s': the file changed while it was read", t->name);
	if (got == 0) {
		t->in_member = false;
		return 0;
	}
	t->left -= (uint64_t)got;
	if (archive_write_data(t->a, t->piece, (size_t)got) != got)
		return err_set(err, ERR_IO, "pack '%s': %s", t->name, archive_error_string(t->a));
	return 0;
}

static long out_read(void *self, char *into, size_t len, struct err *err)
{
	IN_UTF8;
	struct tar_out *t = self;
	while (t->at == t->ready.len) {
		buf_cut(&t->ready, 0);
		t->at = 0;
		if (t->ended)
			return 0;
		if ((t->in_member ? next_piece(t, err) : next_member(t, err)) < 0)
			return -1;
	}
	size_t n = t->ready.len - t->at;
	if (n > len)
		n = len;
	memcpy(into, t->ready.data + t->at, n);
	t->at += n;
	return (long)n;
}

struct stream tar_out_stream(struct tar_out *t)
{
	return (struct stream){.read = out_read, .self = t};
}

/* --- reading --- */

struct tar_in {
	struct stream from;
	struct unpack *unpack; /* of a packed archive, else NULL */
	struct archive *a;
	struct watch watch;
	struct err err; /* what the stream or the watch raised inside libarchive's callback */
	uint64_t max_bytes, max_entries, bytes, entries;
	uint64_t in, out; /* bytes of the archive, and of members as they were read: holes count there */
	char *name, *target;
	char head[HEAD]; /* read ahead, to see whether it is packed */
	size_t head_len, head_at;
	char piece[PIECE];
};

void tar_in_free(struct tar_in *t)
{
	if (!t)
		return;
	IN_UTF8;
	archive_read_free(t->a);
	unpack_free(t->unpack);
	watch_clear(&t->watch);
	err_clear(&t->err);
	free(t->name);
	free(t->target);
	free(t);
}

/* The archive as it comes, its head first. */
static long packed_read(void *self, char *into, size_t len, struct err *err)
{
	struct tar_in *t = self;
	size_t n = t->head_len - t->head_at;
	if (n == 0)
		return t->from.read(t->from.self, into, len, err);
	if (n > len)
		n = len;
	memcpy(into, t->head + t->head_at, n);
	t->head_at += n;
	return (long)n;
}

static la_ssize_t on_wanted(struct archive *a, void *self, const void **data)
{
	struct tar_in *t = self;
	struct stream s = t->unpack ? unpack_stream(t->unpack) : (struct stream){.read = packed_read, .self = t};
	long got = s.read(s.self, t->piece, sizeof(t->piece), &t->err);
	*data = t->piece;
	if (got > 0 && watch_add(&t->watch, t->piece, (size_t)got, &t->err) < 0)
		got = -1;
	if (got < 0)
		archive_set_error(a, EIO, "%s", t->err.text);
	else
		t->in += (uint64_t)got;
	return got < 0 ? ARCHIVE_FATAL : (la_ssize_t)got;
}

/* The stream's own error where it had one. */
static int in_failed(struct tar_in *t, const char *what, struct err *err)
{
	if (t->err.kind != ERR_NONE)
		return err_move(err, &t->err);
	if (!t->watch.begun)
		return err_set(err, ERR_PROTOCOL, "%s: it is no tar archive", what);
	return broken(t->a, what, err);
}

static int look_ahead(struct tar_in *t, struct err *err)
{
	static const unsigned char gzip[] = {0x1f, 0x8b, 8}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
	while (t->head_len < HEAD) {
		long got = t->from.read(t->from.self, t->head + t->head_len, HEAD - t->head_len, err);
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		t->head_len += (size_t)got;
	}
	if (memcmp(t->head, gzip, sizeof(gzip)) != 0 && memcmp(t->head, zstd, sizeof(zstd)) != 0)
		return 0;
	return unpack_new((struct stream){.read = packed_read, .self = t}, &t->unpack, err);
}

int tar_in_new(struct stream from, const struct tar_limits *limits, struct tar_in **ret, struct err *err)
{
	IN_UTF8;
	AUTO(tar_in) struct tar_in *t = xcalloc(1, sizeof(*t));
	t->from = from;
	t->watch = (struct watch)WATCH_INIT;
	t->max_bytes = limits && limits->max_bytes ? limits->max_bytes : MAX_BYTES;
	t->max_entries = limits && limits->max_entries ? limits->max_entries : MAX_ENTRIES;
	if (look_ahead(t, err) < 0)
		return -1;
	t->a = archive_read_new();
	if (!t->a)
		mem_short();
	archive_read_support_format_tar(t->a);
	if (archive_read_open(t->a, t, NULL, on_wanted, NULL) != ARCHIVE_OK)
		return in_failed(t, "read archive", err);
	*ret = TAKE(t);
	return 0;
}

static enum tar_type type_of(struct archive_entry *e)
{
	if (archive_entry_hardlink(e))
		return TAR_HARDLINK;
	switch (archive_entry_filetype(e)) {
	case AE_IFREG:
		return TAR_FILE;
	case AE_IFDIR:
		return TAR_DIR;
	case AE_IFLNK:
		return TAR_SYMLINK;
	default:
		return TAR_OTHER;
	}
}

static int check_limits(struct tar_in *t, const struct tar_entry *e, struct err *err)
{
	if (++t->entries > t->max_entries)
		return err_set(err, ERR_PROTOCOL, "read archive: more than %llu members",
			       (unsigned long long)t->max_entries);
	if (e->size > t->max_bytes - t->bytes)
		return err_set(err, ERR_PROTOCOL, "read archive: larger than %llu bytes",
			       (unsigned long long)t->max_bytes);
	t->bytes += e->size;
	return 0;
}

int tar_in_next(struct tar_in *t, struct tar_entry *e, struct err *err)
{
	IN_UTF8;
	struct archive_entry *ae = NULL;
	int rc = archive_read_next_header(t->a, &ae);
	if (rc == ARCHIVE_EOF && t->err.kind == ERR_NONE)
		return 0;
	if (rc < ARCHIVE_WARN || rc == ARCHIVE_EOF)
		return in_failed(t, "read archive", err);
	const char *name = archive_entry_pathname(ae);
	if (!name)
		return err_set(err, ERR_PROTOCOL, "read archive: a member without a readable name");
	const char *hard = archive_entry_hardlink(ae), *soft = archive_entry_symlink(ae);
	free(t->name);
	free(t->target);
	t->name = xstrdup(name);
	t->target = xstrdup(hard ? hard : soft);
	la_int64_t size = archive_entry_size(ae), uid = archive_entry_uid(ae), gid = archive_entry_gid(ae);
	struct tar_entry got = {
		.type = type_of(ae),
		.name = t->name,
		.target = t->target,
		.mtime = (int64_t)archive_entry_mtime(ae),
		.mode = (unsigned)(archive_entry_perm(ae) & 07777),
		.uid = uid < 0 || uid > UINT_MAX ? UINT_MAX : (unsigned)uid,
		.gid = gid < 0 || gid > UINT_MAX ? UINT_MAX : (unsigned)gid,
	};
	if (size < 0)
		return err_set(err, ERR_PROTOCOL, "read archive: a member of negative size");
	got.size = got.type == TAR_FILE ? (uint64_t)size : 0;
	if (check_limits(t, &got, err) < 0)
		return -1;
	*e = got;
	return 1;
}

long tar_in_read(struct tar_in *t, char *into, size_t len, struct err *err)
{
	IN_UTF8;
	la_ssize_t got = archive_read_data(t->a, into, len);
	if (got < 0)
		return in_failed(t, t->name ? t->name : "read archive", err);
	t->out += (uint64_t)got;
	if (t->out > UNPACK_FREE && t->out / UNPACK_RATIO > t->in)
		return err_set(err, ERR_PROTOCOL, "read archive: a file grows to more than %d times its size",
			       UNPACK_RATIO);
	return (long)got;
}
