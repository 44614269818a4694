#include "adapt/http_proxy.h"
#include "adapt/http_url.h"
#include "adapt/http_xfer.h"
#include "base/str.h"

#include <string.h>

#define CONNECT_MS  10000
#define STALL_MS    30000
#define STALL_BYTES 1024L

void xfer_free(struct xfer *x)
{
	if (!x)
		return;
	curl_easy_cleanup(x->easy);
	curl_slist_free_all(x->list);
	free(x->method);
	free(x->url);
	free(x->user);
	free(x->password);
	free(x->agent);
	strv_clear(&x->headers);
	strv_clear(&x->head);
	err_clear(&x->err);
	free(x);
}

bool xfer_header_is(const char *line, const char *name)
{
	size_t len = strlen(name);
	return strncasecmp(line, name, len) == 0 && line[len] == ':';
}

void xfer_set_headers(struct xfer *x)
{
	bool has_type = false;
	struct curl_slist *list = NULL, *grown;
	for (size_t i = 0; i < x->headers.n; i++) {
		has_type = has_type || xfer_header_is(x->headers.v[i], "Content-Type");
		grown = curl_slist_append(list, x->headers.v[i]);
		if (!grown)
			mem_short();
		list = grown;
	}
	list = curl_slist_append(list, "Expect:");
	if (list && !has_type)
		list = curl_slist_append(list, "Content-Type:");
	if (!list)
		mem_short();
	curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, list);
	curl_slist_free_all(x->list);
	x->list = list;
}

static void set_method(struct xfer *x)
{
	CURL *c = x->easy;
	if (x->q.body) {
		curl_easy_setopt(c, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(c, CURLOPT_READFUNCTION, xfer_on_read);
		curl_easy_setopt(c, CURLOPT_READDATA, x);
		curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)(x->q.body_len < 0 ? -1 : x->q.body_len));
		/* a stream cannot be sent again, so a connection that may have gone stale is not taken */
		curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
		curl_easy_setopt(c, CURLOPT_UPLOAD_BUFFERSIZE, 65536L);
	} else if (str_eq(x->method, "POST") || str_eq(x->method, "PUT")) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, "");
	} else if (str_eq(x->method, "HEAD")) {
		curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
		return;
	}
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, x->method);
}

static void set_via(struct xfer *x)
{
	CURL *c = x->easy;
	static const struct http_via none = {.unix_path = NULL};
	const struct http_via *via = x->q.via ? x->q.via : &none;
	const char *ca = via->ca_file ? via->ca_file : getenv("SSL_CERT_FILE");
	const char *dir = getenv("SSL_CERT_DIR");
	if (via->unix_path)
		curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, via->unix_path);
	if (ca && *ca)
		curl_easy_setopt(c, CURLOPT_CAINFO, ca);
	if (via->only_ca)
		curl_easy_setopt(c, CURLOPT_CAPATH, NULL);
	else if (dir && *dir)
		curl_easy_setopt(c, CURLOPT_CAPATH, dir);
	/* what is trusted here is trusted of a proxy that is spoken to over TLS, too */
	const char *of_proxy = via->only_ca ? getenv("SSL_CERT_FILE") : ca;
	curl_easy_setopt(c, CURLOPT_PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (of_proxy && *of_proxy)
		curl_easy_setopt(c, CURLOPT_PROXY_CAINFO, of_proxy);
	if (dir && *dir)
		curl_easy_setopt(c, CURLOPT_PROXY_CAPATH, dir);
	if (via->cert_file)
		curl_easy_setopt(c, CURLOPT_SSLCERT, via->cert_file);
	if (via->key_file)
		curl_easy_setopt(c, CURLOPT_SSLKEY, via->key_file);
}

static void set_times(struct xfer *x)
{
	CURL *c = x->easy;
	long connect = x->q.connect_ms == HTTP_NEVER ? INT32_MAX : (long)x->q.connect_ms;
	uint32_t stall = x->q.stall_ms;
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, connect);
	if (stall != HTTP_NEVER) {
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, STALL_BYTES);
		curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)(stall / 1000 + (stall % 1000 != 0)));
	}
	if (x->q.total_ms && x->q.total_ms != HTTP_NEVER)
		curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)x->q.total_ms);
}

static void set_common(struct xfer *x)
{
	CURL *c = x->easy;
	curl_easy_setopt(c, CURLOPT_PRIVATE, x);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, x->said);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	curl_easy_setopt(c, CURLOPT_BUFFERSIZE, 65536L);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, xfer_on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, xfer_on_write);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
	if (x->agent)
		curl_easy_setopt(c, CURLOPT_USERAGENT, x->agent);
}

/* The URL goes to libcurl without user and password; those go as a header of this origin. */
int xfer_set_url(struct xfer *x, const char *url, bool with_secrets, struct err *err)
{
	AUTO(http_url) struct http_url *u = NULL;
	if (http_url_parse(url, &u, err) < 0)
		return -1;
	if (with_secrets && u->user && !x->user) {
		x->user = TAKE(u->user);
		x->password = u->password ? TAKE(u->password) : xstrdup("");
	}
	char *bare = http_url_bare(u);
	free(x->url);
	x->url = bare;
	curl_easy_setopt(x->easy, CURLOPT_URL, x->url);
	/* as other tools do it: what is on this machine is not asked for through a proxy */
	x->direct = (x->q.via && x->q.via->unix_path) || http_host_reach(u->host) == HTTP_REACH_LOOPBACK ||
		    http_proxy_skips_six(u->host);
	curl_easy_setopt(x->easy, CURLOPT_NOPROXY, x->direct ? "*" : NULL);
	/* where HTTP/2 may be offered, the first connection says whether it carries the others too; a body that is
	 * streamed has one of its own */
	curl_easy_setopt(x->easy, CURLOPT_PIPEWAIT, str_eq(u->scheme, "https") && !x->q.body ? 1L : 0L);
	return 0;
}

static void set_user(struct xfer *x)
{
	if (!x->user)
		return;
	curl_easy_setopt(x->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	curl_easy_setopt(x->easy, CURLOPT_USERNAME, x->user);
	curl_easy_setopt(x->easy, CURLOPT_PASSWORD, x->password ? x->password : "");
}

int xfer_new(const struct http_req *q, const char *agent, size_t *moved, struct xfer **ret, struct err *err)
{
	AUTO(xfer) struct xfer *x = xcalloc(1, sizeof(*x));
	x->q = *q;
	x->q.method = x->q.url = x->q.user = x->q.password = NULL; /* borrowed for this call only */
	x->q.headers = (struct strv)STRV_INIT;
	x->q.connect_ms = q->connect_ms ? q->connect_ms : CONNECT_MS;
	x->q.stall_ms = q->stall_ms ? q->stall_ms : STALL_MS;
	x->moved = moved;
	x->method = xstrdup(q->method ? q->method : "GET");
	x->user = xstrdup(q->user);
	x->password = xstrdup(q->password);
	x->agent = xstrdup(agent);
	strv_add_all(&x->headers, &q->headers);
	x->easy = curl_easy_init();
	if (!x->easy)
		return err_set(err, ERR_INTERNAL, "libcurl does not start");
	if (xfer_set_url(x, q->url, true, err) < 0)
		return -1;
	set_common(x);
	set_method(x);
	xfer_set_headers(x);
	set_via(x);
	set_times(x);
	set_user(x);
	*ret = TAKE(x);
	return 0;
}
