/* lines.h — foreign bytes cut into lines of bounded length, whatever the pieces they come in.
 *
 * Lines end with \n; a \r before it is dropped, and of a line that was redrawn with \r only the last drawing counts.
 * A line longer than max is handed on in pieces, never kept whole. */
#pragma once

#include "base/buf.h"

struct lines {
	struct buf part;					   /* the line that has not ended */
	size_t max;						   /* bytes kept of one line; 0 = 4096 */
	void (*on_line)(void *self, const char *line, size_t len); /* NUL behind it */
	void *self;
};

void lines_feed(struct lines *l, const char *data, size_t len);
/* Hands on what is left as a last line. */
void lines_end(struct lines *l);
void lines_clear(struct lines *l);

/* The last lines of a log: at most n lines are kept, the oldest goes first. */
struct tail {
	char **v; /* a ring, owned */
	size_t n, next, max;
};

struct tail *tail_new(size_t max) NODISCARD;
void tail_add(struct tail *t, const char *line);
/* All lines, each with a newline behind; NULL when there are none. The caller's. */
char *tail_text(const struct tail *t) NODISCARD;
void tail_free(struct tail *t);
DEFINE_AUTO(tail, struct tail);
