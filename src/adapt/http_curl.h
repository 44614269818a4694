/* http_curl.h — the real struct http: libcurl's multi interface behind http.h's promises.
 *
 * Policy that libcurl does not have by itself: redirects are followed by own code, to http and https only, never from
 * https to http, and no header that may hold a secret crosses to another origin; sizes are counted as bytes arrive; two
 * different lengths of one answer are refused; no content encoding is asked for; a stalled transfer ends. Proxies come
 * from http_proxy, https_proxy, all_proxy and no_proxy; the loopback is never asked for through one. TLS 1.2 and newer.
 */
#pragma once

#include "adapt/http.h"

struct http_curl_opts {
	const char *user_agent; /* NULL: none is sent */
	unsigned max_per_host;	/* connections to one host; further transfers wait for a free one; 0: no limit (engines,
				   whose streams stay open) */
};

/* *ret is the caller's to http_free(). ERR_INTERNAL when libcurl cannot start. opts may be NULL. */
int http_curl_new(const struct http_curl_opts *opts, struct http **ret, struct err *err) NODISCARD;
