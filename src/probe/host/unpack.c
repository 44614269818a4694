#include "probe/host/unpack.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 4, MOST = 1 << 24, MATCH_MIN = 4 };

struct unpacker {
	const unsigned char *from, *end;
	char *into;
	size_t at, size;
};

/* A length's further bytes: each of 255 says that one more follows. */
static bool read_length(struct unpacker *u, size_t *length)
{
	unsigned char byte = 255;

	while (byte == 255) {
		if (u->from == u->end || *length > MOST)
			return false;
		byte = *u->from++;
		*length += byte;
	}
	return true;
}

static bool take_literals(struct unpacker *u, size_t length)
{
	if ((length == 15 && !read_length(u, &length)) || length > (size_t)(u->end - u->from) ||
	    length > u->size - u->at)
		return false;
	memcpy(u->into + u->at, u->from, length);
	u->from += length;
	u->at += length;
	return true;
}

static bool take_match(struct unpacker *u, size_t length)
{
	if (u->end - u->from < 2)
		return false;
	const size_t back = u->from[0] | (size_t)u->from[1] << 8;
	u->from += 2;
	if ((length == 15 && !read_length(u, &length)) || !back || back > u->at || length + MATCH_MIN > u->size - u->at)
		return false;
	for (length += MATCH_MIN; length > 0; length--, u->at++)
		u->into[u->at] = u->into[u->at - back]; /* they may overlap */
	return true;
}

/* A block is literals and a match in turn; the last has no match. */
static bool take_all(struct unpacker *u)
{
	while (u->from < u->end) {
		const unsigned char token = *u->from++;
		if (!take_literals(u, token >> 4))
			return false;
		if (u->from < u->end && !take_match(u, token & 15))
			return false;
	}
	return u->at == u->size;
}

char *unpack(const unsigned char *packed, size_t size)
{
	if (size < HEAD)
		return NULL;
	struct unpacker u = {.from = packed + HEAD, .end = packed + size};
	for (int i = 0; i < HEAD; i++)
		u.size |= (size_t)packed[i] << 8 * i;
	if (u.size > MOST || !(u.into = malloc(u.size + 1)))
		return NULL;
	u.into[u.size] = '\0';
	if (take_all(&u))
		return u.into;
	free(u.into);
	return NULL;
}
