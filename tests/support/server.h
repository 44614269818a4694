/* server.h — an HTTP server on a free loopback port (or unix socket) that answers exactly what a test says, byte for
 * byte.
 *
 * Runs in threads of the test program, one per connection, so that leaks and races are seen by the sanitizers.
 * Everything that was asked is recorded. Protocol faults are the test's to write: a reply is raw bytes, head and body.
 */
#pragma once

#include "base/buf.h"
#include "base/strv.h"

#include <stdbool.h>

struct server;

/* One request as it came. */
struct server_request {
	const char *method, *path; /* path with query, as sent */
	const char *head;	   /* the whole head, lines ended by \r\n */
	struct blob body;	   /* what came with Content-Length or in chunks, unchunked */
};

/* Appends the raw reply to `out`. Returns true when the connection stays open for the next request (the reply must then
 * say its length), false when it is closed behind the reply. Called from several threads, but never at once. */
typedef bool (*server_fn)(void *self, const struct server_request *q, struct buf *out);

/* Starts on 127.0.0.1, or on the unix socket at unix_path. Fails the test when it cannot. */
struct server *server_start(server_fn fn, void *self, const char *unix_path);
/* Ends all connections and waits for the threads. */
void server_stop(struct server *s);
unsigned server_port(const struct server *s);
/* "http://127.0.0.1:PORT" + path; the caller's. */
char *server_url(const struct server *s, const char *path);
/* Heads of all requests so far, each one text; valid until server_stop(). */
const struct strv *server_log(struct server *s);
/* How many requests named that method and path so far. */
size_t server_count(struct server *s, const char *method, const char *path);

/* The value of a request's header (name in any case), or NULL; the caller's. */
char *server_header(const char *head, const char *name);
/* A whole reply with Content-Length and the given further header lines ("A: b\r\n", may be ""). */
void server_reply(struct buf *out, int status, const char *headers, const char *body);
/* In a reply: everything before this mark is sent, then so many milliseconds pass (or until the server is stopped). */
void server_pause(struct buf *out, unsigned ms);
