#include "engine/pack.h"

#include "adapt/archive.h"
#include "adapt/digest.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct pack {
	const struct context *c;
	size_t next; /* the member that comes next */
	struct tar_out *tar;
	const struct member *now;
	int fd;	   /* of a MEMBER_FILE being read, else -1 */
	size_t at; /* in a MEMBER_BYTES */
	uint64_t bytes;
	struct hash hash;
	struct stream in;
	struct err early; /* why there is no tar */
};

void pack_free(struct pack *p)
{
	if (!p)
		return;
	tar_out_free(p->tar);
	file_close(&p->fd);
	err_clear(&p->early);
	free(p);
}

static int pack_open(struct pack *p, const struct member *m, struct err *err)
{
	struct stat st;

	p->fd = open(m->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (p->fd < 0)
		return err_set_errno(err, errno, "open '%s'", m->path);
	if (fstat(p->fd, &st) < 0)
		return err_set_errno(err, errno, "look at '%s'", m->path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_IO, "'%s' is not a regular file", m->path);
	if ((uint64_t)st.st_size != m->len)
		return err_set(err, ERR_IO, "'%s' changed while it was sent: %llu bytes in place of %llu", m->path,
			       (unsigned long long)st.st_size, (unsigned long long)m->len);
	return 0;
}

static long pack_body(void *self, char *into, size_t len, struct err *err)
{
	struct pack *p = self;
	const struct member *m = p->now;

	if (m->kind == MEMBER_BYTES) {
		size_t left = (size_t)m->len - p->at, take = left < len ? left : len;

		if (take > 0)
			memcpy(into, m->data + p->at, take);
		p->at += take;
		return (long)take;
	}
	for (;;) {
		ssize_t got = read(p->fd, into, len);

		if (got >= 0)
			return (long)got;
		if (errno != EINTR)
			return err_set_errno(err, errno, "read '%s'", m->path);
	}
}

static enum tar_type tar_type_of(enum member_kind kind)
{
	switch (kind) {
	case MEMBER_DIR:
		return TAR_DIR;
	case MEMBER_LINK:
		return TAR_SYMLINK;
	case MEMBER_BYTES:
	case MEMBER_FILE:
		break;
	}
	return TAR_FILE;
}

static int pack_next(void *self, struct tar_entry *e, struct stream *body, struct err *err)
{
	struct pack *p = self;

	file_close(&p->fd);
	if (p->next == p->c->n)
		return 0;
	const struct member *m = p->c->v[p->next++];

	p->now = m;
	p->at = 0;
	*e = (struct tar_entry){
		.type = tar_type_of(m->kind),
		.name = m->name,
		.target = m->kind == MEMBER_LINK ? m->data : NULL,
		.size = m->len,
		.mode = m->mode,
	};
	if (m->kind == MEMBER_FILE && pack_open(p, m, err) < 0)
		return -1;
	*body = (struct stream){.read = pack_body, .self = p};
	return 1;
}

static long pack_out(void *self, char *into, size_t len, struct err *err)
{
	struct pack *p = self;

	if (!p->tar)
		return err_move(err, &p->early);
	struct stream s = tar_out_stream(p->tar);
	long got = s.read(s.self, into, len, err);

	if (got > 0) {
		hash_add(&p->hash, into, (size_t)got);
		p->bytes += (uint64_t)got;
	}
	return got;
}

struct pack *pack_new(const struct context *c)
{
	struct pack *p = xcalloc(1, sizeof(*p));
	struct tar_source from = {.next = pack_next, .self = p};

	p->c = c;
	p->fd = -1;
	hash_init(&p->hash);
	if (tar_out_new(from, &p->tar, &p->early) < 0)
		p->tar = NULL;
	return p;
}

struct stream pack_stream(struct pack *p)
{
	return (struct stream){.read = pack_out, .self = p};
}

char *pack_digest(const struct pack *p)
{
	struct hash copy = p->hash;
	char hex[HASH_HEX_SIZE];

	hash_end(&copy, hex);
	return xstrdup(hex);
}

uint64_t pack_read(const struct pack *p)
{
	return p->bytes;
}
