/* frames.h — the engine's multiplexed output stream cut into standard output and standard error.
 *
 * A frame is 8 bytes (stream 0, 1 or 2, three zeros, size as 32 bits big-endian) and that many bytes; pieces may be cut
 * anywhere. Nothing is buffered but a frame's head: payload is handed on as it comes. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

struct frames {
	unsigned char head[8];
	size_t have;   /* bytes of head so far */
	uint32_t left; /* payload bytes still to come */
	/* stream is 1 (output) or 2 (error). */
	void (*on_data)(void *self, int stream, const char *data, size_t len);
	void *self;
};

/* Takes the next piece. ERR_ENGINE where it is no such stream. */
int frames_feed(struct frames *f, struct blob piece, struct err *err) NODISCARD;
/* At the end of the stream: ERR_ENGINE if it was cut inside a frame. */
int frames_end(const struct frames *f, struct err *err) NODISCARD;
