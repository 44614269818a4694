/* trace.h — BuildKit's progress message (moby.buildkit.v1.StatusResponse) taken apart.
 *
 * Texts are borrowed from the message, foreign, and not NUL-terminated. Unknown fields are skipped, so newer engines
 * can say more. Not here: what becomes of it (engine/steps.h). */
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/* A step of the build, sent whole again whenever it changes. */
struct trace_vertex {
	struct blob digest, name, error; /* digest is its identity */
	bool started, completed, cached;
};

/* What a step's part is at: bytes of a layer, say. */
struct trace_status {
	struct blob id, vertex;
	uint64_t current, total;
};

struct trace_log {
	struct blob vertex, data;
	uint64_t stream; /* 1 output, 2 error */
};

struct trace_sink {
	void (*on_vertex)(void *self, const struct trace_vertex *v); /* any of the three may be NULL */
	void (*on_status)(void *self, const struct trace_status *s);
	void (*on_log)(void *self, const struct trace_log *l);
	void *self;
};

/* Reads one message; what came before a fault was handed on. False where the message is broken. */
bool trace_read(const void *data, size_t len, const struct trace_sink *to) NODISCARD;
