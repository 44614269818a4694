/* call.h — requests to an engine, for the files of this floor only: the handle's inside, one request at a time or
 * several in flight.
 *
 * Waiting always goes through engine_turn(), so that every call ends when *stop is set. Cleaning up runs in a closing
 * section, in which *stop counts no more but a deadline does. A transport's ERR_NET becomes ERR_ENGINE with the
 * engine's address: that is how an unreachable engine differs from an unreachable registry. */
#pragma once

#include "adapt/http.h"
#include "adapt/json.h"
#include "base/event.h"
#include "engine/host.h"
#include "engine/owner.h"

#include <signal.h>

#define CALL_CLOSING_MS 60000
#define CALL_NAME_SIZE	48

struct engine {
	struct http *http; /* owned */
	const struct host *host;
	const struct owner *owner;
	const struct events *events;
	const volatile sig_atomic_t *stop;
	struct http_via via;
	char *api;    /* "1.41"; NULL until negotiated */
	char *libpod; /* "4.3.1": of podman's own API; NULL: it is not podman */
	bool podman, buildkit;
	unsigned closing;  /* sections entered */
	uint64_t deadline; /* of the outermost, on the monotonic clock in ms */
};

struct call {
	const char *method, *path; /* path behind /vX.Y, query included, escaped; "/libpod/...": podman's */
	const struct jdoc *json;   /* body; or */
	struct stream *body;	   /* body, streamed; borrowed until done */
	int64_t body_len;
	const char *content_type; /* of body */
	const char *header;	  /* one more "Name: value", or NULL */
	bool lasting;		  /* may be silent for as long as it likes */
	uint64_t max_body;	  /* 0: 4 MiB; not for on_data */
	/* Gets the bytes of a good answer (below 300) in place of answer.body. */
	int (*on_data)(void *self, struct blob piece, struct err *err);
	void *self;
};

struct answer {
	int status;
	struct strv headers;
	struct buf body;
};

/* A request on its way. */
struct flight {
	struct engine *e;
	struct call call; /* json is NULL here: its text is sent */
	uint64_t id;
	bool headed, done;
	struct answer answer;
	struct err err;	 /* of the transport or of on_data */
	struct buf text; /* the JSON that is sent */
	size_t sent;
	struct stream text_stream;
};

/* Milliseconds of the monotonic clock. */
uint64_t engine_now(void);
/* Waits for at most ms until something moves and lets the callbacks run. ERR_CANCELED when stopped; ERR_ENGINE when a
 * closing section is over its time. */
int engine_turn(struct engine *e, int ms, struct err *err) NODISCARD;
void engine_closing_begin(struct engine *e);
void engine_closing_end(struct engine *e);

/* Starts a request. *ret is the caller's; freeing one that is not done ends it. */
int flight_start(struct engine *e, const struct call *c, struct flight **ret, struct err *err) NODISCARD;
/* Once done: 0 if an answer of any status came whole, else -1 with what happened. */
int flight_result(struct flight *f, struct err *err) NODISCARD;
/* Waits until it is done and says the same; after -1 by cancellation the request is ended. */
int flight_wait(struct flight *f, struct err *err) NODISCARD;
void flight_free(struct flight *f);
DEFINE_AUTO(flight, struct flight);

/* One request to its end. ret is empty before; the caller's to answer_clear(). Any status is success. */
int call_run(struct engine *e, const struct call *c, struct answer *ret, struct err *err) NODISCARD;
/* The same, for an answer that must be below 300 (else ERR_ENGINE: "WHAT: the engine's message") and JSON. ret may be
 * NULL. 1: it was 404, which is an answer. */
int call_json(struct engine *e, const struct call *c, const char *what, struct jdoc **ret, struct err *err) NODISCARD;
/* Fills err with "engine ADDRESS: WHAT: MESSAGE" from an answer of 300 and above. Always -1. */
int call_fail(struct engine *e, const struct answer *a, const char *what, struct err *err);
/* The engine's message in a refusing answer; the caller's. */
char *answer_message(const struct answer *a) NODISCARD;
const char *answer_header(const struct answer *a, const char *name) NODISCARD;
void answer_clear(struct answer *a);
static inline void answer_clear_auto_(struct answer *a)
{
	answer_clear(a);
}
#define AUTO_ANSWER __attribute__((cleanup(answer_clear_auto_)))

/* Appends "?KEY=VALUE" or "&KEY=VALUE", escaped. */
void call_query(struct buf *path, const char *key, const char *value);
/* Appends text escaped as one part of a path; "/" and ":" and "@" stay, as image names need. */
void call_path(struct buf *path, const char *text);
/* {"label": [...]} and the like as a query value: one key, its texts. The caller's. */
char *call_filter(const char *key, const struct strv *texts) NODISCARD;
/* "KEY=VALUE" texts as members of a new object in into. */
void call_put_pairs(struct jval into, const char *key, const struct strv *pairs);
/* Members of an object of texts as sorted "KEY=VALUE"; a missing or null object gives none. */
int call_get_pairs(struct jval from, const char *key, struct strv *into, struct err *err) NODISCARD;

/* prefix (at most 12 bytes) and 32 random hex digits: a name for what is made in the engine. ERR_INTERNAL without
 * random bytes. */
int call_name(const char *prefix, char ret[CALL_NAME_SIZE], struct err *err) NODISCARD;
