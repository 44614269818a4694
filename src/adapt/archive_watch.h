/* archive_watch.h — a tar's headers seen on their way to libarchive: what readers understand differently is refused.
 *
 * A size, name or link target can be stated several times (in the header, in pax records, in GNU's long names), and
 * readers do not agree which one counts: an archive made for that shows one thing to a scanner and another to the
 * engine that unpacks it. Refused are long names beside pax names, two of a kind, names and sizes for all members, pax
 * records that break their grammar, links with contents and kinds of members that nobody knows. Not here: what the
 * members are (archive.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct watch {
	enum { WATCH_HEAD, WATCH_MORE, WATCH_PAX, WATCH_ALL, WATCH_OVER } state;
	bool begun;			  /* a header was there */
	bool pax, long_name, long_target; /* seen in front of the member to come */
	bool pax_name, pax_target, pax_size;
	uint64_t size; /* of pax_size */
	uint64_t left; /* bytes to pass by or to take into body, with their padding */
	struct buf body;
	size_t body_len; /* without its padding */
	unsigned char block[512];
	size_t have;
};
#define WATCH_INIT                                                                                                     \
	{                                                                                                              \
		.state = WATCH_HEAD, .body = BUF_INIT                                                                  \
	}
void watch_clear(struct watch *w);
/* Whether 512 bytes are a tar's header, of whatever age. */
bool watch_is_head(const char *block) NODISCARD;
/* Takes the archive's next bytes, not packed. ERR_PROTOCOL where it is one to refuse. */
int watch_add(struct watch *w, const char *data, size_t len, struct err *err) NODISCARD;
