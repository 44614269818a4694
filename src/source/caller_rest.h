/* caller_rest.h — how far a streamed answer came, and how it goes on where it broke: by Range, and only where the file
 * is known to be the same, by a strong ETag or by a digest in its URL. Private to source/caller*.c. */
#pragma once

#include "adapt/http.h"

struct rest {
	uint64_t passed;   /* bytes so far */
	uint64_t whole;	   /* of the file; 0: not said */
	uint64_t broke_at; /* where the last try broke */
	uint64_t began;	   /* this try, on the monotonic clock in ms */
	char *etag;	   /* owned; NULL: none that promises the same bytes */
	bool resuming;	   /* this try asks for the rest */
};

void rest_clear(struct rest *r);
/* A 200 begins the file; its length, 0 where it is not said, is the result. */
size_t rest_begin(struct rest *r, const struct http_head *h);
/* Holds a 206 against what was asked for: the same file, from the very byte on where it broke. ERR_PROTOCOL. */
int rest_check(const struct rest *r, const struct http_head *h, struct err *err) NODISCARD;
/* The stream broke: the next try asks for the rest where it may. *progress: this one brought so much that it counts as
 * the first. */
void rest_broke(struct rest *r, const char *url, bool *progress);
/* The headers that ask for the rest. */
void rest_ask(const struct rest *r, struct strv *into);
/* A stream may take its time, but not for ever: once limit_ms are over it must have brought 64 KiB/s. ERR_NET. */
int rest_pace(const struct rest *r, unsigned limit_ms, const char *url, struct err *err) NODISCARD;
