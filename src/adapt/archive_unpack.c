#include "adapt/archive_unpack.h"

#include "base/str.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define PIECE 65536

struct unpack {
	struct stream from;
	struct archive *a;
	struct err err; /* what the stream raised inside libarchive's callback */
	uint64_t in, out;
	char piece[PIECE];
};

void unpack_free(struct unpack *u)
{
	if (!u)
		return;
	archive_read_free(u->a);
	err_clear(&u->err);
	free(u);
}

static la_ssize_t on_wanted(struct archive *a, void *self, const void **data)
{
	struct unpack *u = self;
	long got = u->from.read(u->from.self, u->piece, sizeof(u->piece), &u->err);

	*data = u->piece;
	if (got < 0)
		archive_set_error(a, EIO, "%s", u->err.text);
	else
		u->in += (uint64_t)got;
	return got < 0 ? ARCHIVE_FATAL : (la_ssize_t)got;
}

/* The stream's own error where it had one. */
static int failed(struct unpack *u, struct err *err)
{
	const char *said = archive_error_string(u->a);
	AUTO_TEXT char *shown = str_shown(said ? said : "cut short or damaged", 200);

	if (u->err.kind != ERR_NONE)
		return err_move(err, &u->err);
	return err_set(err, ERR_PROTOCOL, "unpack: %s", shown);
}

int unpack_new(struct stream from, struct unpack **ret, struct err *err)
{
	AUTO(unpack) struct unpack *u = xcalloc(1, sizeof(*u));
	struct archive_entry *e = NULL;

	u->from = from;
	u->a = archive_read_new();
	if (!u->a)
		mem_short();
	archive_read_support_filter_gzip(u->a);
	archive_read_support_filter_zstd(u->a);
	archive_read_support_format_raw(u->a);
	if (archive_read_open(u->a, u, NULL, on_wanted, NULL) != ARCHIVE_OK ||
	    archive_read_next_header(u->a, &e) < ARCHIVE_WARN)
		return failed(u, err);
	*ret = TAKE(u);
	return 0;
}

static long unpack_read(void *self, char *into, size_t len, struct err *err)
{
	struct unpack *u = self;
	la_ssize_t got = archive_read_data(u->a, into, len);

	if (got < 0 || u->err.kind != ERR_NONE)
		return failed(u, err);
	u->out += (uint64_t)got;
	if (u->out > UNPACK_FREE && u->out / UNPACK_RATIO > u->in)
		return err_set(err, ERR_PROTOCOL, "unpack: it grows to more than %d times its size", UNPACK_RATIO);
	return (long)got;
}

struct stream unpack_stream(struct unpack *u)
{
	return (struct stream){.read = unpack_read, .self = u};
}
