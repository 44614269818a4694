/* steps.h — a build as its trace tells it: which steps there are, what they printed, which one failed and why.
 *
 * Fed by trace messages; emits EVENT_STEP and EVENT_LOG. Everything kept is bounded: steps, lines of each, length of a
 * line. */
#pragma once

#include "base/event.h"
#include "engine/trace.h"

struct steps;

/* subject and events are borrowed; events may be NULL. */
struct steps *steps_new(const char *subject, const struct events *events) NODISCARD;
/* Takes one trace message. False where it is broken. */
bool steps_feed(struct steps *s, const void *data, size_t len) NODISCARD;
void steps_free(struct steps *s);
DEFINE_AUTO(steps, struct steps);

/* The step that failed by itself (not because others were cancelled): its name and error, printable, borrowed from s;
 * NULL when none did. */
const char *steps_failed(const struct steps *s, const char **ret_error) NODISCARD;
/* The last lines that the failing step printed, each with a newline; NULL when there are none. The caller's. */
char *steps_tail(const struct steps *s) NODISCARD;
/* The number behind "exit code: " in an error of BuildKit, or -1. */
int steps_exit_code(const char *error) NODISCARD;
