/* bench.h — how fast a product is: on a problem larger than the caches where memory allows, many times with a cold
 * cache, beside a copy on the same device. Says a line of numbers; what they mean is decided elsewhere (model/bench.h).
 */
#pragma once

#include "probe/host/driver.h"
#include "probe/host/shape.h"

enum pattern {
	PATTERN_EVEN, /* 32 entries in each row */
	PATTERN_LONG, /* few rows of very many entries */
};

struct bench {
	const struct driver *driver;
	int index, handle; /* of the device */
	void *stream;
	const char *id; /* "bench.spmm.ptx.f32.i32" */
	enum kind kind;
	bool wide; /* 64-bit indices */
	enum pattern pattern;
	/* Puts the product on the stream, from the addresses of rowptr, col, val, dense and out. 0, the driver's
	 * result, or below 0 after a row was said. */
	int (*product)(void *self, const struct problem *q, const devptr *data);
	void *self;
};

/* False where the context is not to be used any more; a row was said. */
bool bench_run(const struct bench *b);
