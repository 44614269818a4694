/* test_times.h — where the time between the start of a test and its verdict went: what the engine did, what the
 * container did, what was waited for, and the rest, which is cudabuild's own. */
#pragma once

#include "engine/run.h"
#include "model/report.h"

struct test_times {
	uint64_t begun; /* on the monotonic clock */
	uint64_t asked; /* looking for the image and at the engine; all in milliseconds */
	uint64_t files, made, started, ran, removed;
	uint64_t read; /* waiting for the image's bytes after the container had gone */
};

/* Milliseconds of the monotonic clock. */
uint64_t test_now(void) NODISCARD;
void test_times_take(struct test_times *t, const struct run_result *said);
/* Adds the parts to the report, whose rows tell how long the parts of the container's life took. */
void test_times_add(const struct test_times *t, struct report *into);
