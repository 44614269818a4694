/* wire.h — protobuf's wire format, read field by field from foreign bytes: nothing is copied, nothing is trusted.
 *
 * A reader never leaves its bytes; a broken message ends the reading with wire_next() == -1. Groups (deprecated) are
 * refused. Not here: what a field means (engine/trace.h). */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct wire {
	const unsigned char *at, *end;
};

enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

struct wire_field {
	uint32_t number;
	enum wire_type type;
	uint64_t value;	  /* of the three number types */
	const char *data; /* of WIRE_BYTES, borrowed from the message; not NUL-terminated */
	size_t len;
};

struct wire wire_new(const void *data, size_t len);
/* The next field: 1, 0 at the end, -1 where the message is broken. */
int wire_next(struct wire *w, struct wire_field *ret);
