/* fetch.h — answers all needs of the resolver at once: registries, wheel indexes and folders, in parallel.
 *
 * A need that cannot be answered (a registry that is down, refuses or lies about a digest; a broken page) fails the
 * whole: err names the host or page and the reason and is of kind ERR_NET, ERR_AUTH or ERR_PROTOCOL (exit 3); a folder
 * that cannot be read is ERR_IO. "It is not there" is an answer. Where several registries are named, they are asked in
 * turn: the next one answers for one that could not be asked (a warning event says so), and only where none has the
 * image does that failure count. Not here: where facts come from (source), what is done with them (resolve). */
#pragma once

#include "base/event.h"
#include "model/manifest.h"
#include "model/needs.h"

#define FETCH_CONNECTIONS 24 /* to a host, of HTTP/1.1; over HTTP/2 one is enough */

struct http;
struct cache;

struct fetch_opts {
	const struct manifest_sources *sources; /* with options, environment and configuration applied */
	const struct strv *named; /* the manifest's images, and os_images, where others are asked in their place: what
				     is found is recorded as of the first; NULL: as found */
	const char *named_os;
	const char
		*dir; /* the manifest's folder, where relative folders among the sources start; NULL: the current one */
	const struct events *events; /* NULL: nobody listens */
	const volatile int *cancel;  /* NULL, or not zero once a signal came: ERR_CANCELED */
	struct http *http;	     /* NULL: an own one */
	struct cache *cache;	     /* what was answered before (source/cache.h); NULL: nothing is kept */
	bool anew;		     /* what is kept is asked for again, however young it is */
};

/* Answers each need into `into` (in the order of the needs). On an error nothing is added; the first need in order that
 * failed is the one reported. */
int fetch_needs(const struct needs *needs, const struct fetch_opts *opts, struct known *into,
		struct err *err) NODISCARD;
