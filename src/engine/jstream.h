/* jstream.h — the engine's live answers: one JSON object per line, handed on one by one as the bytes come.
 *
 * A line over JSTREAM_MAX, or one that is no JSON object, is ERR_ENGINE. */
#pragma once

#include "adapt/json.h"

#define JSTREAM_MAX (16u << 20)

struct jstream {
	struct buf part;
	int (*on_object)(void *self, struct jval object, struct err *err); /* the value is valid during the call */
	void *self;
};

int jstream_feed(struct jstream *s, struct blob piece, struct err *err) NODISCARD;
/* At the end: a last line without newline is read too; half an object is ERR_ENGINE "cut short". */
int jstream_end(struct jstream *s, struct err *err) NODISCARD;
void jstream_clear(struct jstream *s);
