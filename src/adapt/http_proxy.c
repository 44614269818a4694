#include "adapt/http_proxy.h"

#include "adapt/http_part.h"
#include "base/str.h"
#include "base/strv.h"

#include <arpa/inet.h>
#include <string.h>

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

static void read_address(struct http_proxy *p, const char *value)
{
	const unsigned flags = CURLU_NON_SUPPORT_SCHEME | CURLU_GUESS_SCHEME;
	CURLU *u = curl_url();

	if (!u)
		mem_short();
	if (curl_url_set(u, CURLUPART_URL, value, flags) == CURLUE_OK) {
		AUTO_TEXT char *host = http_part(u, CURLUPART_HOST, 0), *port = http_part(u, CURLUPART_PORT, 0);
		AUTO_TEXT char *user = http_part(u, CURLUPART_USER, 0);
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

/* Whether an entry of no_proxy, "2001:db8::/32" or "[::1]", is a net or address that holds the other. */
static bool holds(const char *entry, const struct in6_addr *host)
{
	AUTO_TEXT char *own = xstrdup(entry + (*entry == '['));
	char *slash = strchr(own, '/');
	struct in6_addr net;
	uint64_t bits = 128;

	if (slash)
		*slash = '\0';
	own[strcspn(own, "]")] = '\0';
	if (inet_pton(AF_INET6, own, &net) != 1 || (slash && !str_to_u64(slash + 1, 128, &bits)))
		return false;
	for (unsigned i = 0; i < 16 && bits; i++) {
		unsigned n = bits < 8 ? (unsigned)bits : 8;

		if ((net.s6_addr[i] ^ host->s6_addr[i]) >> (8 - n))
			return false;
		bits -= n;
	}
	return true;
}

bool http_proxy_skips_six(const char *host)
{
	const char *small = getenv("no_proxy"), *large = getenv("NO_PROXY");
	AUTO_TEXT char *list = xstrdup(small ? small : large ? large : "");
	struct in6_addr address;
	char *rest = list;

	if (inet_pton(AF_INET6, host, &address) != 1)
		return false;
	for (char *entry; (entry = strsep(&rest, ", ")) != NULL;)
		if (holds(entry, &address))
			return true;
	return false;
}
