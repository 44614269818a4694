/* fake_engine.h — a container engine on a unix socket that answers what a test wrote, and a handle opened on it.
 *
 * For faults and for what the wire carries; that the real thing works is shown in tests/e2e/engine.bats. */
#pragma once

#include "engine/engine.h"
#include "support/server.h"

/* What a request is answered with: the first row whose start ("POST /v1.41/build?") its method and path begin with. */
struct fake_reply {
	const char *start;
	int status;
	const char *body; /* sent with its length; or */
	const char *raw;  /* sent as it is, then the connection closes: NULL with body NULL: closes without an answer */
};

struct fake_engine {
	const struct fake_reply *replies;
	size_t n;
	server_fn first; /* asked before the rows; answered if it appends something. NULL: none */
	void *first_self;
	const char *ping; /* headers of the answer to /_ping; NULL: API 1.41 */
	unsigned fail_at; /* this request (from 1, /_ping not counted) gets half an answer; 0: none */
	unsigned asked;	  /* requests so far, /_ping not counted */
	struct buf log;	  /* "METHOD PATH\n" of each, and its body behind if it is JSON */
	struct buf said;  /* events: "KIND SUBJECT: TEXT DONE/TOTAL\n" */
	volatile sig_atomic_t stop;
	int stop_at; /* sets stop to 2 when this event kind is emitted; -1: never */
	char *dir;
	struct server *server;
	struct host host;
	struct owner owner;
	struct events events;
	struct engine *e; /* NULL until fake_engine_open() */
};

/* Starts it and fills f. Fails the test when it cannot. */
void fake_engine_start(struct fake_engine *f, const struct fake_reply *replies, size_t n);
/* Opens f->e, which must work. */
void fake_engine_open(struct fake_engine *f);
int fake_engine_try(struct fake_engine *f, struct err *err);
void fake_engine_stop(struct fake_engine *f);
