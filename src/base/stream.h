/* stream.h — bytes read piece by piece: a request's body, an archive, an image. */
#pragma once

#include "base/err.h"

struct stream {
	/* Up to len bytes into into: their number, 0 at the end, -1 with err. */
	long (*read)(void *self, char *into, size_t len, struct err *err);
	void *self;
};
