/* http_guard.h — ends what keeps libcurl busy inside one call.
 *
 * Over HTTP/2 libcurl reads on for as long as frames come that are of no use, and looks at no time limit meanwhile: a
 * server that sends such frames fast enough would hold it for ever. TLS tells of each record that comes; when one turn
 * has lasted for the stall time, the sockets are shut down. Private to adapt/http_*.c. */
#pragma once

#include "adapt/http_xfer.h"

struct http_guard {
	int *fds; /* the client's open sockets */
	size_t n, cap;
	uint64_t began; /* the turn under way, on the monotonic clock in ms; 0: none */
	uint64_t stall; /* the longest of the transfers */
	bool cut;	/* in the last turn */
};

/* Milliseconds on the monotonic clock. */
uint64_t guard_now(void) NODISCARD;
/* Watches a transfer, which is about to be started. */
void guard_add(struct http_guard *g, struct xfer *x);
void guard_begin(struct http_guard *g);
void guard_end(struct http_guard *g);
/* What the end of a transfer means whose socket was shut down: that it stalled. */
CURLcode guard_result(struct xfer *x) NODISCARD;
/* After the last socket is closed. */
void guard_clear(struct http_guard *g);
