/* fuzz_trace.c — BuildKit's progress messages, whole and as two, into the steps of a build. */
#include "base/buf.h"
#include "engine/steps.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drop(void *self, const struct event *e)
{
	size_t *sum = self;

	for (const char *c = e->text; *c; c++)
		*sum += (unsigned char)*c;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t sum = 0;
	struct events events = {.emit = drop, .self = &sum};
	AUTO(steps) struct steps *s = steps_new("fuzz", &events);
	AUTO_TEXT char *tail = NULL;
	const char *error = NULL;

	sum += steps_feed(s, data, size / 2);
	sum += steps_feed(s, data, size);
	if (steps_failed(s, &error))
		sum += (size_t)(steps_exit_code(error) + 1);
	tail = steps_tail(s);
	return 0;
}
