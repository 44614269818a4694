/* trace.h — BuildKit's progress messages as a test writes them. */
#pragma once

#include "base/buf.h"

/* Appends a vertex to a message; error NULL: none. */
void trace_put_vertex(struct buf *into, const char *digest, const char *name, bool started, bool completed,
		      const char *error);
/* Appends something that a vertex printed. */
void trace_put_log(struct buf *into, const char *digest, const char *text);
/* The line of the engine's answer that carries a message, which is emptied: {"id":"moby.buildkit.trace","aux":"..."} */
void trace_put_line(struct buf *into, struct buf *message);
