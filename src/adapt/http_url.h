/* http_url.h — URLs taken apart and joined as RFC 3986 says, and shown without their secrets.
 *
 * Every function copies; results are the caller's to free(). */
#pragma once

#include "base/err.h"
#include "base/mem.h"

#include <stdbool.h>

/* The parts of an absolute URL. Strings are owned; host is lower-case and without the brackets of an IPv6 address; port
 * is always set. */
struct http_url {
	char *scheme, *host, *path,
		*query;	       /* query NULL where there is none; path starts with a slash and stays percent-encoded */
	char *user, *password; /* decoded; NULL where there are none */
	unsigned port;
};
void http_url_free(struct http_url *u);
DEFINE_AUTO(http_url, struct http_url);

/* Takes an absolute http or https URL apart. ERR_INPUT names it (without secrets) when it is anything else. */
int http_url_parse(const char *url, struct http_url **ret, struct err *err) NODISCARD;
/* The URL again, without user and password, and without a port that its scheme implies. */
char *http_url_bare(const struct http_url *u) NODISCARD;
/* Resolves `ref` (relative or absolute) against `base`; a fragment of ref is kept. ERR_INPUT where the result is not
 * http or https. */
int http_url_join(const char *base, const char *ref, char **ret, struct err *err) NODISCARD;
/* "scheme://host:port" of two URLs are equal. False where one is no URL. */
bool http_url_same_origin(const char *a, const char *b);
/* Where a host name or address (no brackets, no port) leads, as far as it says so itself: names are not looked up, IPv4
 * in IPv6 is seen through. */
enum http_reach {
	HTTP_REACH_ANY,	     /* a name, or an address of the public net */
	HTTP_REACH_PRIVATE,  /* 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7 */
	HTTP_REACH_LINK,     /* 169.254/16, fe80::/10, unspecified addresses: nobody's server */
	HTTP_REACH_LOOPBACK, /* localhost, *.localhost, 127/8, ::1 */
};
enum http_reach http_host_reach(const char *host);
/* For messages: no user, no password, "?..." for a query, control characters escaped, at most 200 bytes. Never fails;
 * any text may come in. */
char *http_url_shown(const char *url);
/* %XX decoded into a new string; NULL where an escape is broken or stands for NUL. */
char *http_url_unescape(const char *text);
/* Everything but letters, digits and "-._~" percent-encoded. */
char *http_url_escape(const char *text);
