#include "adapt/http_proxy.h"

#include "base/str.h"

#include <curl/curl.h>

void http_proxy_free(struct http_proxy *p)
{
	if (!p)
		return;
	free(p->address);
	free(p);
}

/* As libcurl does it: HTTP_PROXY in capitals may be a request's header of a CGI and is not read. */
static const char *variable_of(const char *url)
{
	static const char *const plain[] = {"http_proxy", "all_proxy", "ALL_PROXY", NULL};
	static const char *const tls[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", NULL};

	for (const char *const *name = str_starts(url, "https:") ? tls : plain; *name; name++) {
		const char *value = getenv(*name);

		if (value && *value)
			return *name;
	}
	return NULL;
}

/* A part of the URL in our own memory; NULL where there is none. */
static char *part(CURLU *u, CURLUPart what, unsigned flags)
{
	char *text = NULL, *own = NULL;

	if (curl_url_get(u, what, &text, flags) == CURLUE_OK)
		own = xstrdup(text);
	curl_free(text);
	return own;
}

static void read_address(struct http_proxy *p, const char *value)
{
	const unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME;
	CURLU *u = curl_url();

	if (!u)
		mem_short();
	if (curl_url_set(u, CURLUPART_URL, value, flags) == CURLUE_OK) {
		AUTO_TEXT char *host = part(u, CURLUPART_HOST, 0), *port = part(u, CURLUPART_PORT, 0);
		AUTO_TEXT char *user = part(u, CURLUPART_USER, 0);
		AUTO_TEXT char *whole = xasprintf("%s:%s", host ? host : "", port ? port : "1080");

		p->has_user = user && *user;
		p->address = str_shown(whole, 200);
	}
	curl_url_cleanup(u);
}

struct http_proxy *http_proxy_of(const char *url)
{
	const char *variable = variable_of(url);
	struct http_proxy *p;

	if (!variable)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->variable = variable;
	read_address(p, getenv(variable));
	return p;
}
