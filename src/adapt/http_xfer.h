/* http_xfer.h — one transfer of http_curl: a request, its redirects, and the way from libcurl's callbacks to the
 * request's.
 *
 * http_setup.c prepares it, http_xfer.c takes the answer, http_fault.c words what went wrong; private to
 * adapt/http_*.c. */
#pragma once

#include "adapt/http.h"

#include <curl/curl.h>

struct xfer {
	struct xfer *next;
	uint64_t id;
	CURL *easy;
	bool added, gone; /* in the multi handle; canceled, to be freed outside of libcurl's callbacks */
	bool direct;	  /* no proxy is asked */
	bool expired;	  /* its time was over, by our own clock */
	uint64_t until;	  /* on the monotonic clock in ms; 0: for ever */
	size_t *moved;	  /* borrowed: counts the callbacks that ran */

	/* the request, copied */
	struct http_req q;
	char *method, *url, *user, *password, *agent;
	struct strv headers;

	/* the answer so far */
	struct strv head;
	size_t head_bytes;
	int status;
	bool head_done, redirecting;
	unsigned hops;
	uint64_t got;
	struct err err; /* what a callback or a check here raised */
	char said[CURL_ERROR_SIZE];
	struct curl_slist *list;
};

/* A transfer ready to be added to a multi handle. ERR_INPUT for a bad URL. */
int xfer_new(const struct http_req *q, const char *agent, size_t *moved, struct xfer **ret, struct err *err) NODISCARD;
void xfer_free(struct xfer *x);
DEFINE_AUTO(xfer, struct xfer);

/* libcurl is done with x (and x is out of the multi handle): 1 when a redirect is to be followed, x being ready to be
 * added again; 0 when it is over and on_done was called. */
int xfer_end(struct xfer *x, CURLcode result) NODISCARD;

/* Between the three. */
size_t xfer_on_header(char *data, size_t size, size_t n, void *self);
size_t xfer_on_write(char *data, size_t size, size_t n, void *self);
size_t xfer_on_read(char *into, size_t size, size_t n, void *self);
/* Points x at a URL; what user and password it holds are taken only with_secrets. */
int xfer_set_url(struct xfer *x, const char *url, bool with_secrets, struct err *err) NODISCARD;
/* Hands x->headers to libcurl. */
void xfer_set_headers(struct xfer *x);
/* Whether the line "Name: value" has that name. */
bool xfer_header_is(const char *line, const char *name) NODISCARD;
/* Fills err with what libcurl's result means: host and reason, and the mend where there is one. */
void xfer_fault(const struct xfer *x, CURLcode rc, struct err *err);
/* Fills err when a proxy answered with that status in the server's place (407, or another to CONNECT); false where no
 * proxy can have. */
bool xfer_refused_by_proxy(const struct xfer *x, long status, struct err *err) NODISCARD;
