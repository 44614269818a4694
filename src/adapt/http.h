/* http.h — many HTTP transfers at once, each of which ends in exactly one call of its on_done.
 *
 * A struct http is a seam: http_curl_new() (adapt/http_curl.h) makes the real one over libcurl, tests make their own
 * from a struct http_ops. Bodies are streams both ways; nothing is buffered beyond one piece, so a 5 GB image passes
 * through as well as a token. Callbacks run inside http_poll() only (never inside http_start()), on the thread that
 * called it. They may start and cancel transfers. The request is copied by http_start(), except the body stream, `via`
 * and `self`, which are borrowed until on_done. A status of 400 and above is an answer, not an error: `err` is set only
 * where no complete answer came. Messages name the URL without its user, password and query (http_url_shown()). Not
 * here: what the bytes mean, tries and waits (source), who is trusted with which credential (source/credential.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/stream.h"
#include "base/strv.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pollfd;
struct http;

#define HTTP_NEVER UINT32_MAX /* a time-out that does not end anything */

/* How a server is reached. All strings are borrowed; NULL means the default. */
struct http_via {
	const char
		*unix_path; /* a unix socket instead of TCP; the URL's host is then a mere name and no proxy is asked */
	const char *ca_file;   /* PEM; default: SSL_CERT_FILE, else the system's */
	const char *cert_file; /* client certificate and key, PEM */
	const char *key_file;
	bool only_ca; /* trust ca_file and nothing of the system's */
};

/* The head of an answer; valid during the callback that gets it. */
struct http_head {
	int status;
	const char *url;     /* the one that answered, after redirects; without user and password */
	struct strv headers; /* "name: value", names in lower case, in the order they came */
};

/* The value of the first header of that (lower-case) name at or after *at, which is moved behind it; NULL where there
 * is none. */
const char *http_head_next(const struct http_head *h, const char *name, size_t *at);
/* The first value of that name, or NULL. */
const char *http_head_get(const struct http_head *h, const char *name);

struct http_req {
	const char *method; /* GET, HEAD, POST, PUT, DELETE; NULL is GET */
	const char *url;    /* http or https; a user and password in it serve as the two below and are shown nowhere */
	const char *user;   /* NULL, or sent with the password as a Basic Authorization, to the first origin only */
	const char *password;
	struct strv headers; /* "Name: value"; what may hold a secret does not follow a redirect to another origin */
	struct stream *body; /* what is sent; NULL: nothing */
	int64_t body_len;    /* its length; negative: not known, sent chunked */
	const struct http_via *via; /* NULL: TCP and the system's certificates */
	unsigned max_redirects;	    /* followed for GET and HEAD only; 0: a redirect is an answer like any other */
	uint64_t max_body;	    /* bytes of an answer's body; more is ERR_PROTOCOL; 0: no limit */
	uint32_t connect_ms;	    /* until TCP and TLS stand; 0: 10 s */
	uint32_t stall_ms; /* without 1 KiB/s in either direction; 0: 30 s; HTTP_NEVER for logs and builds; rounded up
			      to a second */
	uint32_t total_ms; /* 0: never */
	int (*on_head)(void *self, const struct http_head *h,
		       struct err *err); /* optional; once, before the first piece; -1 ends the transfer */
	int (*on_data)(void *self, struct blob piece,
		       struct err *err); /* optional; -1 ends the transfer with that error */
	void (*on_done)(void *self, const struct http_head *h,
			struct err *err); /* h NULL: no head came; err NULL: success; it may be moved from */
	void *self;
};

/* What a real client and a test double implement; the functions below only dispatch. */
struct http_ops {
	int (*start)(void *self, const struct http_req *q, uint64_t *ret_id, struct err *err);
	int (*poll)(void *self, int timeout_ms, struct pollfd *extra, size_t n, struct err *err);
	void (*cancel)(void *self, uint64_t id);
	size_t (*in_flight)(const void *self);
	void (*free)(void *self);
};

struct http {
	const struct http_ops *ops;
	void *self;		    /* owned */
	const volatile int *cancel; /* borrowed, may be NULL: once it is not zero, as a signal handler sets it,
				       http_poll() is ERR_CANCELED with that signal */
};

/* Ends all transfers without calling on_done and frees everything. */
void http_free(struct http *h);
DEFINE_AUTO(http, struct http);

/* Begins a transfer; any number may be in flight. ret_id (may be NULL) names it for http_cancel(). ERR_INPUT for a URL
 * that is none; every fault of the network comes through on_done. */
int http_start(struct http *h, const struct http_req *q, uint64_t *ret_id, struct err *err) NODISCARD;
/* Waits until something moves (at most timeout_ms; negative: as long as it takes) and runs the callbacks that are due.
 * `extra` descriptors are waited for too, their revents are set. 0 also when nothing happened. ERR_CANCELED as `cancel`
 * says, ERR_INTERNAL when waiting itself fails. */
int http_poll(struct http *h, int timeout_ms, struct pollfd *extra, size_t n, struct err *err) NODISCARD;
/* Ends a transfer and closes its connection; its on_done is not called. An unknown id is ignored. */
void http_cancel(struct http *h, uint64_t id);
/* Transfers whose on_done has not been called. */
size_t http_in_flight(const struct http *h);

/* A whole answer. */
struct http_answer {
	int status;
	char *url;
	struct strv headers;
	struct buf body;
};
void http_answer_free(struct http_answer *a);
DEFINE_AUTO(http_answer, struct http_answer);

/* Runs one request to its end (others go on meanwhile) and keeps the answer. The callbacks of q must be NULL, except
 * on_data, which then gets the body in place of ret->body. max_body 0 means 1 MiB here unless on_data is set. Any
 * status is success; *ret is the caller's to http_answer_free(). Raises what a transfer raises: ERR_NET (may be tried
 * again), ERR_PROTOCOL (a broken answer, an untrusted certificate, too large), or on_data's. */
int http_fetch(struct http *h, const struct http_req *q, struct http_answer **ret, struct err *err) NODISCARD;
/* The first value of that (lower-case) header, or NULL. */
const char *http_answer_get(const struct http_answer *a, const char *name);
