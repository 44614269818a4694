#include "adapt/http_url.h"

#include "adapt/http_part.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#define URL_MAX 8192

static void curlu_cleanup(CURLU **u)
{
	curl_url_cleanup(*u);
}
#define AUTO_CURLU __attribute__((cleanup(curlu_cleanup)))

void http_url_free(struct http_url *u)
{
	if (!u)
		return;
	free(u->scheme);
	free(u->host);
	free(u->path);
	free(u->query);
	free(u->user);
	free(u->password);
	free(u);
}

static int refuse(const char *url, const char *why, struct err *err)
{
	AUTO_TEXT char *shown = http_url_shown(url);
	return err_set(err, ERR_INPUT, "'%s': %s", shown, why);
}

static bool has_scheme(const char *url)
{
	return str_starts(url, "http://") || str_starts(url, "https://") || str_starts(url, "HTTP://") ||
	       str_starts(url, "HTTPS://");
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text <= ' ' || *text == 0x7f || *text == '\\')
			return true;
	return false;
}

static int load(CURLU *u, const char *url, struct err *err)
{
	if (!u)
		mem_short();
	if (strlen(url) > URL_MAX)
		return refuse(url, "the URL is too long", err);
	if (!has_scheme(url))
		return refuse(url, "not an http or https URL", err);
	if (has_control(url))
		return refuse(url, "a URL holds no spaces, control characters or backslashes", err);
	CURLUcode rc = curl_url_set(u, CURLUPART_URL, url, 0);
	if (rc != CURLUE_OK)
		return refuse(url, curl_url_strerror(rc), err);
	return 0;
}

static void strip_brackets(char *host)
{
	size_t len = strlen(host);
	if (len < 2 || host[0] != '[' || host[len - 1] != ']')
		return;
	memmove(host, host + 1, len - 2);
	host[len - 2] = '\0';
}

/* Letters of other alphabets would be turned into what no check here has seen: they are written as xn--... */
static bool is_host(const char *host)
{
	for (const char *p = host; *p; p++)
		if (!str_is_alnum(*p) && !strchr("-._[]:", *p))
			return false;
	return *host;
}

static void lower(char *text)
{
	for (; *text; text++)
		*text = str_lower(*text);
}

int http_url_parse(const char *url, struct http_url **ret, struct err *err)
{
	AUTO(http_url) struct http_url *parts = xcalloc(1, sizeof(*parts));
	AUTO_CURLU CURLU *u = curl_url();
	uint64_t number = 0;
	if (load(u, url, err) < 0)
		return -1;
	parts->scheme = http_part(u, CURLUPART_SCHEME, 0);
	parts->host = http_part(u, CURLUPART_HOST, 0);
	parts->path = http_part(u, CURLUPART_PATH, 0);
	parts->query = http_part(u, CURLUPART_QUERY, 0);
	parts->user = http_part(u, CURLUPART_USER, CURLU_URLDECODE);
	parts->password = http_part(u, CURLUPART_PASSWORD, CURLU_URLDECODE);
	AUTO_TEXT char *port = http_part(u, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if (!parts->scheme || !parts->host || !parts->path || !port || !str_to_u64(port, 65535, &number))
		return refuse(url, "not an http or https URL", err);
	if (!is_host(parts->host))
		return refuse(url, "not a host name", err);
	lower(parts->scheme);
	lower(parts->host);
	strip_brackets(parts->host);
	parts->port = (unsigned)number;
	*ret = TAKE(parts);
	return 0;
}

char *http_url_bare(const struct http_url *u)
{
	AUTO_BUF struct buf out = BUF_INIT;
	bool v6 = strchr(u->host, ':') != NULL;
	buf_addf(&out, "%s://%s%s%s", u->scheme, v6 ? "[" : "", u->host, v6 ? "]" : "");
	if (u->port != (str_eq(u->scheme, "https") ? 443 : 80))
		buf_addf(&out, ":%u", u->port);
	buf_adds(&out, u->path);
	if (u->query)
		buf_addf(&out, "?%s", u->query);
	return buf_take(&out);
}

int http_url_join(const char *base, const char *ref, char **ret, struct err *err)
{
	AUTO_CURLU CURLU *u = curl_url();
	if (load(u, base, err) < 0)
		return -1;
	if (strlen(ref) > URL_MAX || has_control(ref))
		return refuse(ref, "not a URL", err);
	CURLUcode rc = curl_url_set(u, CURLUPART_URL, ref, 0);
	if (rc != CURLUE_OK)
		return refuse(ref, curl_url_strerror(rc), err);
	AUTO_TEXT char *joined = http_part(u, CURLUPART_URL, 0);
	if (!joined || !has_scheme(joined))
		return refuse(ref, "not an http or https URL", err);
	*ret = TAKE(joined);
	return 0;
}

bool http_url_same_origin(const char *a, const char *b)
{
	struct err err = ERR_INIT;
	AUTO(http_url) struct http_url *ua = NULL, *ub = NULL;
	if (http_url_parse(a, &ua, &err) < 0 || http_url_parse(b, &ub, &err) < 0) {
		err_clear(&err);
		return false;
	}
	return str_eq(ua->scheme, ub->scheme) && str_eq(ua->host, ub->host) && ua->port == ub->port;
}

static enum http_reach reach_v4(uint32_t a)
{
	if (a >> 24 == 127)
		return HTTP_REACH_LOOPBACK;
	if (a >> 16 == 0xa9fe || a >> 24 == 0)
		return HTTP_REACH_LINK;
	if (a >> 24 == 10 || a >> 20 == 0xac1 || a >> 16 == 0xc0a8 || a >> 22 == 0x191)
		return HTTP_REACH_PRIVATE;
	return HTTP_REACH_ANY;
}

static enum http_reach reach_v6(const struct in6_addr *a)
{
	const uint8_t *b = a->s6_addr;
	if (IN6_IS_ADDR_V4MAPPED(a))
		return reach_v4((uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15]);
	if (IN6_IS_ADDR_LOOPBACK(a))
		return HTTP_REACH_LOOPBACK;
	if (IN6_IS_ADDR_UNSPECIFIED(a) || IN6_IS_ADDR_LINKLOCAL(a))
		return HTTP_REACH_LINK;
	return (b[0] & 0xfe) == 0xfc ? HTTP_REACH_PRIVATE : HTTP_REACH_ANY;
}

enum http_reach http_host_reach(const char *host)
{
	AUTO_TEXT char *name = str_lowered(host);
	struct in_addr v4;
	struct in6_addr v6;
	size_t len = strlen(name);
	if (len && name[len - 1] == '.')
		name[len - 1] = '\0';
	if (str_eq(name, "localhost") || str_ends(name, ".localhost"))
		return HTTP_REACH_LOOPBACK;
	if (inet_pton(AF_INET6, name, &v6) == 1)
		return reach_v6(&v6);
	/* inet_aton also reads what libcurl and the C library would: 127.1, 0x7f000001 */
	if (inet_aton(name, &v4))
		return reach_v4(ntohl(v4.s_addr));
	return HTTP_REACH_ANY;
}

/* Where the part that may hold a user and password begins; also in what is no URL: "https:/u:p@host", "//u:p@host". */
static const char *authority_of(const char *url)
{
	size_t scheme = strcspn(url, ":/\\?#@");
	const char *at =
		url[scheme] == ':' && (url[scheme + 1] == '/' || url[scheme + 1] == '\\') ? url + scheme + 1 : url;
	return at + strspn(at, "/\\");
}

char *http_url_shown(const char *url)
{
	AUTO_BUF struct buf out = BUF_INIT;
	const char *rest = authority_of(url);
	size_t authority = strcspn(rest, "/?#");
	const char *at = memrchr(rest, '@', authority);
	buf_add(&out, url, (size_t)(rest - url));
	if (at)
		rest = at + 1;
	size_t len = strcspn(rest, "?#");
	buf_add(&out, rest, len);
	if (rest[len] == '?')
		buf_adds(&out, "?...");
	return str_shown(buf_text(&out), 200);
}

static int hex(char c)
{
	if (str_is_digit(c))
		return c - '0';
	c = str_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *http_url_unescape(const char *text)
{
	AUTO_BUF struct buf out = BUF_INIT;
	for (; *text; text++) {
		if (*text != '%') {
			buf_addc(&out, *text);
			continue;
		}
		int high = hex(text[1]), low = high < 0 ? -1 : hex(text[2]);
		if (low < 0 || (high == 0 && low == 0))
			return NULL;
		buf_addc(&out, (char)(high << 4 | low));
		text += 2;
	}
	return buf_take(&out);
}

char *http_url_escape(const char *text)
{
	AUTO_BUF struct buf out = BUF_INIT;
	for (; *text; text++) {
		if (str_is_alnum(*text) || strchr("-._~", *text))
			buf_addc(&out, *text);
		else
			buf_addf(&out, "%%%02X", (unsigned)(unsigned char)*text);
	}
	return buf_take(&out);
}
