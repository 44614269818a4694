/* http_proxy.h — which proxy libcurl takes for a URL, as far as messages need to know.
 *
 * libcurl reads http_proxy, https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY and no_proxy by itself and does not tell
 * which one it used. Private to adapt/http_*.c. */
#pragma once

#include "base/mem.h"

#include <stdbool.h>

struct http_proxy {
	const char *variable; /* the one that names it; static */
	char *address;	      /* "HOST:PORT", fit to be printed and without user and password; NULL: it is no address */
	bool has_user;
};

void http_proxy_free(struct http_proxy *p);
DEFINE_AUTO(http_proxy, struct http_proxy);

/* Whether no_proxy names the IPv6 address (no brackets), by itself or as a net such as 2001:db8::/32: libcurl 7.88
 * reads such nets for IPv4 only. */
bool http_proxy_skips_six(const char *host) NODISCARD;
/* The proxy that the environment names for URLs of that scheme, no_proxy left aside; NULL where there is none. */
struct http_proxy *http_proxy_of(const char *url) NODISCARD;
