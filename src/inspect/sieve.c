#include "inspect/sieve.h"

#include "inspect/bytes.h"
#include "inspect/fatbin.h"
#include "inspect/sieve_plan.h"

#include <errno.h>
#include <unistd.h>

#define SHORT	     2048		  /* bytes of a piece that is kept in memory */
#define MOST_MEMORY  ((size_t)32 << 20)	  /* of all of them; more only in a file made to cost */
#define MOST_SAMPLES ((uint64_t)32 << 20) /* bytes kept of picked payloads; more only in a file made to cost */

struct sieve {
	int fd; /* borrowed */
	uint64_t size, taken, kept, samples;
	bool planned, in_container;
	struct sieve_plan plan;
	size_t range; /* the first one that does not end before the bytes at hand */
	struct fatbin_picks picks;
	uint64_t keep_to, skip_to, container_end; /* offsets in the file */

	/* Short pieces, which would take a page of the file each. */
	bool short_piece; /* the one that goes up to keep_to */
	struct buf memory;
	struct obj_patch *patches; /* data: set at the end */
	size_t n_patches, cap_patches;

	uint64_t base; /* where buf stands in the file */
	size_t n;
	unsigned char buf[SIEVE_HEAD];
};

void sieve_free(struct sieve *s)
{
	if (s == NULL)
		return;
	buf_clear(&s->memory);
	free(s->patches);
	free(s);
}

struct sieve *sieve_new(int fd, uint64_t size)
{
	struct sieve *s = xcalloc(1, sizeof(*s));
	s->fd = fd;
	s->size = size;
	return s;
}

uint64_t sieve_kept(const struct sieve *s)
{
	return s->kept;
}

static int put(struct sieve *s, const unsigned char *data, size_t len, uint64_t at, struct err *err)
{
	s->kept += len;
	while (len > 0) {
		ssize_t n = pwrite(s->fd, data, len, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set_errno(err, n < 0 ? errno : ENOSPC, "write a temporary file");
		data += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

/* Keeps bytes in memory. */
static void note(struct sieve *s, const unsigned char *data, size_t len, uint64_t at)
{
	struct obj_patch *last = s->n_patches > 0 ? &s->patches[s->n_patches - 1] : NULL;
	s->kept += len;
	buf_add(&s->memory, data, len);
	if (last != NULL && last->offset + last->len == at) {
		last->len += len;
		return;
	}
	if (s->n_patches == s->cap_patches) {
		s->cap_patches = mem_grow(s->cap_patches);
		s->patches = xreallocarray(s->patches, s->cap_patches, sizeof(*s->patches));
	}
	s->patches[s->n_patches++] = (struct obj_patch){.offset = at, .len = len};
}

/* Keeps bytes of a container, as enter() and seek() said. */
static int put_code(struct sieve *s, const unsigned char *data, size_t len, uint64_t at, struct err *err)
{
	if (!s->short_piece || s->memory.len > MOST_MEMORY)
		return put(s, data, len, at, err);
	note(s, data, len, at);
	return 0;
}

const struct obj_patch *sieve_patches(const struct sieve *s, size_t *ret_n)
{
	*ret_n = s->n_patches;
	return s->patches;
}

/* Where the pieces lie, now that they stay there. */
static void settle_patches(struct sieve *s)
{
	const unsigned char *at = (const unsigned char *)buf_text(&s->memory);
	for (size_t i = 0; i < s->n_patches; i++) {
		s->patches[i].data = at;
		at += s->patches[i].len;
	}
}

/* Keeps what the plan wants of buf[from..to). */
static int put_planned(struct sieve *s, size_t from, size_t to, struct err *err)
{
	uint64_t start = s->base + from, end = s->base + to;
	while (s->range < s->plan.n && s->plan.v[s->range].to <= start)
		s->range++;
	for (size_t i = s->range; i < s->plan.n && s->plan.v[i].from < end; i++) {
		uint64_t a = s->plan.v[i].from > start ? s->plan.v[i].from : start;
		uint64_t b = s->plan.v[i].to < end ? s->plan.v[i].to : end;
		if (a < b && put(s, s->buf + (a - s->base), (size_t)(b - a), a, err) < 0)
			return -1;
	}
	return 0;
}

/* How much of a payload is worth keeping. */
static uint64_t worth(struct sieve *s, const struct fatbin_entry *e, uint64_t at)
{
	bool picked = fatbin_pick(&s->picks, e, at);
	if (e->payload <= FATBIN_SMALL)
		return e->payload;
	if (!picked || s->samples >= MOST_SAMPLES)
		return FATBIN_PEEK;
	uint64_t n = e->payload < FATBIN_SAMPLE ? e->payload : FATBIN_SAMPLE;
	s->samples += n;
	return n;
}

/* An entry's header stands at buf[i]: decides about it and what is behind it. False: it is none. */
static bool enter(struct sieve *s, size_t i)
{
	struct fatbin_entry e;
	uint64_t at = s->base + i;
	if (s->n - i < FATBIN_ENTRY || s->container_end - at < FATBIN_ENTRY ||
	    !fatbin_entry(s->buf + i, s->container_end - at, &e))
		return false;
	uint64_t keep = e.header + worth(s, &e, at + e.header);
	s->short_piece = keep <= SHORT;
	s->keep_to = at + keep;
	s->skip_to = at + e.header + e.payload;
	return true;
}

/* Whether a container starts at one of eight places, eight bytes apart: asked of most bytes of most libraries. */
static bool starts_in(const unsigned char *at)
{
	unsigned hits = 0;
	for (unsigned i = 0; i < 8; i++)
		hits |= get_u64(at + (size_t)8 * i) == FATBIN_MAGIC;
	return hits != 0;
}

/* The first place from buf[i] on where a container starts or may start; s->n where none does. */
static size_t find_container(const struct sieve *s, size_t i, bool last)
{
	size_t at = i + (size_t)(-(s->base + i) & 7);
	while (at + 64 <= s->n && !starts_in(s->buf + at))
		at += 64;
	for (; at + FATBIN_HEAD <= s->n; at += 8)
		if (get_u64(s->buf + at) == FATBIN_MAGIC)
			return at;
	return last || at > s->n ? s->n : at;
}

/* Outside containers: moves *i on to the next one and enters it. */
static int seek(struct sieve *s, size_t *i, bool last, struct err *err)
{
	uint64_t size = 0;
	size_t at = find_container(s, *i, last);
	if (put_planned(s, *i, at, err) < 0)
		return -1;
	*i = at;
	if (s->n - at < FATBIN_HEAD || !fatbin_container(s->buf + at, &size))
		return 0;
	uint64_t start = s->base + at;
	s->keep_to = start + FATBIN_HEAD;
	s->short_piece = true;
	if (size <= s->size - s->keep_to) {
		s->in_container = true;
		s->container_end = s->keep_to + size;
	}
	return 0;
}

static size_t until(const struct sieve *s, size_t i, uint64_t to)
{
	uint64_t n = to - (s->base + i);
	return n < s->n - i ? (size_t)n : s->n - i;
}

/* One step from buf[*i]; 1 where more bytes are wanted before it can be done. */
static int step(struct sieve *s, size_t *i, bool last, struct err *err)
{
	uint64_t at = s->base + *i;
	if (at < s->keep_to) {
		size_t n = until(s, *i, s->keep_to);
		int rc = put_code(s, s->buf + *i, n, at, err);
		*i += n;
		return rc;
	}
	if (at < s->skip_to) {
		*i += until(s, *i, s->skip_to);
		return 0;
	}
	if (s->in_container && at >= s->container_end)
		s->in_container = false;
	if (s->in_container) {
		if (s->n - *i < FATBIN_ENTRY && !last)
			return 1;
		if (enter(s, *i))
			return 0;
		s->in_container = false;
	}
	size_t before = *i;
	if (seek(s, i, last, err) < 0)
		return -1;
	return *i == before && s->base + *i >= s->keep_to ? 1 : 0;
}

/* Deals with what buf holds, all of it where nothing follows. */
static int settle(struct sieve *s, bool last, struct err *err)
{
	size_t i = 0;
	int rc = 0;
	if (!s->planned) {
		sieve_plan(&s->plan, s->buf, s->n, s->size);
		s->planned = true;
	}
	while (i < s->n && rc == 0)
		rc = step(s, &i, last, err);
	if (rc < 0)
		return -1;
	memmove(s->buf, s->buf + i, s->n - i);
	s->base += i;
	s->n -= i;
	return 0;
}

/* How many of the next bytes are left out anyway and need no copy. */
static uint64_t skips(const struct sieve *s)
{
	return s->n == 0 && s->base >= s->keep_to && s->skip_to > s->base ? s->skip_to - s->base : 0;
}

/* Takes at most len bytes into buf and deals with it when it is full: how many, or -1. */
static long fill(struct sieve *s, const char *data, size_t len, struct err *err)
{
	size_t room = sizeof(s->buf) - s->n, n = room < len ? room : len;
	memcpy(s->buf + s->n, data, n);
	s->n += n;
	return s->n == sizeof(s->buf) && settle(s, false, err) < 0 ? -1 : (long)n;
}

int sieve_add(struct sieve *s, const char *data, size_t len, struct err *err)
{
	if (len > s->size - s->taken)
		return err_set(err, ERR_INTERNAL, "a file is longer than it was said to be");
	s->taken += len;
	while (len > 0) {
		uint64_t skip = skips(s);
		long n = skip < len ? (long)skip : (long)len;
		if (n > 0)
			s->base += (uint64_t)n;
		else if ((n = fill(s, data, len, err)) < 0)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int sieve_end(struct sieve *s, struct err *err)
{
	if (settle(s, true, err) < 0)
		return -1;
	if (ftruncate(s->fd, (off_t)s->taken) < 0)
		return err_set_errno(err, errno, "write a temporary file");
	settle_patches(s);
	return 0;
}
