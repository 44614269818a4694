/* caller.h — requests to registries and indexes that are tried again when that may help, any number side by side.
 *
 * Tried again: a connection that broke, and the statuses 408, 429, 500, 502, 503, 504, at most CALLER_TRIES times with
 * growing waits; a Retry-After is obeyed up to a minute, a longer one ends the call at once (the answer says how long).
 * Not tried again: what is no GET or HEAD, a host that does not exist or cannot be reached, an untrusted certificate, a
 * broken answer, what stalled twice. A stream that broke goes on at the byte where it did if its ETag or its digest in
 * the URL says that it is the same file; else it begins anew. All calls together have the time of `patience`. Users
 * and passwords come from the call, else from the URL, else from the user's netrc file; no message shows them.
 * Where there is a cache, an answer (200 to a GET) that may be kept is taken from it while it is younger than
 * CALLER_FRESH; an older one is asked for with its ETag, and a 304 makes it new again. That there is nothing (404, 410,
 * and 403 where that means it) is kept too, for CALLER_FRESH_ABSENT. Where a server cannot be reached at all, what it
 * answered within CALLER_REPLAY is taken, and a warning says so. Only what the caller of the call found sound is kept.
 * Not here: tokens (source/token.h), what the bytes mean. */
#pragma once

#include "adapt/http.h"
#include "base/event.h"
#include "source/cache.h"
#include "source/patience.h"

#define CALLER_TRIES	4
#define CALLER_WAIT_MAX 60  /* seconds */
#define CALLER_FRESH	600 /* seconds */
/* That something is not there is believed for less: somebody may be about to push it. */
#define CALLER_FRESH_ABSENT 120
#define CALLER_REPLAY	    (30 * 24 * 3600) /* what is kept is taken for so long where a server cannot be reached */

struct caller;

struct caller_opts {
	struct http *http;	     /* borrowed */
	const struct events *events; /* borrowed, may be NULL: waits are shown */
	const struct http_via *via;  /* borrowed, may be NULL: certificates for all that has none of its own */
	struct cache *cache;	     /* borrowed, may be NULL: nothing is kept */
	bool anew;		     /* what is kept is asked for again, however young it is */
	struct patience patience;    /* zeros: as source/patience.h says */
	uint64_t together_max;	     /* bytes of all answers under way; 0: 32 MiB; tests use less */
	unsigned second_ms;	     /* how long a second of waiting is; 0: 1000; tests use less */
};

enum call_keep {
	CALL_KEEP_NOT,
	CALL_KEEP_YOUNG, /* may change: an index page, the manifest of a tag */
	CALL_KEEP_EVER,	 /* cannot change: the URL ends in the sha256 of what it names */
};

struct call {
	const char *method; /* NULL: GET */
	const char *url;
	const char *user, *password; /* NULL: see above */
	struct strv headers;	     /* copied */
	const char *body;	     /* copied; NULL: none */
	const struct http_via *via;  /* borrowed until on_done; NULL: the caller's */
	uint64_t max_body;	     /* 0: 1 MiB */
	enum call_keep keep;	     /* of calls without on_data */
	/* Optional: the body of a 200 goes there in place of the answer's body; data NULL says that it begins (anew),
	 * len being its Content-Length or 0. */
	int (*on_data)(void *self, struct blob piece, struct err *err);
	/* Exactly once. `answer` is NULL exactly where err is not; both are borrowed for the call, err may be moved
	 * from. */
	void (*on_done)(void *self, const struct http_answer *answer, struct err *err);
	void *self;
};

struct caller *caller_new(const struct caller_opts *opts) NODISCARD;
/* Ends all calls without on_done. */
void caller_free(struct caller *c);
DEFINE_AUTO(caller, struct caller);
/* Begins a call; on_done runs in caller_run() only. May be called from on_done. A bad URL comes through on_done too. */
void caller_start(struct caller *c, const struct call *q);
/* Runs until every call is done. ERR_CANCELED or ERR_INTERNAL as http_poll(). */
int caller_run(struct caller *c, struct err *err) NODISCARD;
/* In on_done of a call with `keep`: its answer is sound, or it is sure that there is nothing: keep it. */
void caller_keep(struct caller *c);
/* Shows a warning, each text once. */
void caller_warn(struct caller *c, const char *subject, const char *text);
/* Gives err the hint that clocks differ, where the answer's Date is far from the time here: tokens are bound to time.
 */
void caller_hint_clock(const struct http_answer *a, struct err *err);
/* The cache, or NULL; and whether what was kept at that time (seconds since 1970) is young enough to be believed. */
struct cache *caller_cache(const struct caller *c) NODISCARD;
bool caller_is_fresh(const struct caller *c, uint64_t at) NODISCARD;
/* Whether what was answered at that time is to be taken in place of this failure; a warning says so, once. */
bool caller_replays(struct caller *c, const struct err *err, uint64_t at) NODISCARD;
/* Seconds that a Retry-After value (seconds or an HTTP date) asks for; 0 where it is none or past. */
unsigned long caller_retry_after(const char *value, long long now) NODISCARD;
