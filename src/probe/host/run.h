/* run.h — one kernel on one problem on the current device: poisoned output, canaries around every buffer, two streams.
 */
#pragma once

#include "probe/host/driver.h"
#include "probe/host/shape.h"

struct run {
	const struct driver *driver;
	void *function, *stream;
	bool long_rows; /* a block for each row, else a warp */
	const char *id; /* of the row that a failure is said in */
	int device;
	long limit_ms; /* for the kernel */
	/* In place of function: what computes it on the stream from the addresses of rowptr, col, val, dense and out.
	 * 0, or not after a row was said. */
	int (*product)(void *self, const struct problem *p, const devptr *data);
	void *self;
};

enum outcome {
	RIGHT,
	WRONG, /* a row was said; the device is still usable */
	LOST,  /* a row was said; the context is no longer to be used */
};

enum outcome run_problem(const struct run *r, const struct problem *p);
