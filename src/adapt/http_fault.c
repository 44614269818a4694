#include "adapt/http_proxy.h"
#include "adapt/http_url.h"
#include "adapt/http_xfer.h"
#include "base/str.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static enum err_kind kind_of(CURLcode rc)
{
	switch ((int)rc) {
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
		return ERR_INPUT;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_BAD_FUNCTION_ARGUMENT:
		return ERR_PROTOCOL;
	default:
		return ERR_NET;
	}
}

/* --- time --- */

static void say_timeout(const struct xfer *x, const char *shown, struct err *err)
{
	curl_off_t connected = 0;
	curl_easy_getinfo(x->easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
	connected += x->expired;
	if (str_starts(x->said, "Operation too slow")) {
		err_set(err, ERR_NET, "%s: stalled: less than 1 KiB/s for %u s", shown, (x->q.stall_ms + 999) / 1000);
		err->sys = ETIME;
	} else if (!connected) {
		err_set(err, ERR_NET, "%s: no connection within %u s", shown, (x->q.connect_ms + 999) / 1000);
		err->sys = ETIMEDOUT;
	} else {
		err_set(err, ERR_NET, "%s: not finished within %u s", shown, (x->q.total_ms + 999) / 1000);
		err->sys = ETIME;
	}
}

/* --- proxies --- */

/* Whether libcurl's text is about that address. */
static bool is_about(const char *said, const char *address)
{
	const char *colon = strrchr(address, ':');
	AUTO_TEXT char *host = xstrndup(address, (size_t)(colon - address));
	AUTO_TEXT char *text = xasprintf("Failed to connect to %s port %s ", host, colon + 1);
	return str_starts(said, text);
}

static void say_connect(const struct xfer *x, const char *shown, struct err *err)
{
	AUTO(http_proxy) struct http_proxy *proxy = http_proxy_of(x->url);
	long sys = 0;
	bool by_proxy = !x->direct && proxy && proxy->address && is_about(x->said, proxy->address);
	curl_easy_getinfo(x->easy, CURLINFO_OS_ERRNO, &sys);
	err_set(err, ERR_NET, "%s: cannot connect%s%s%s%s", shown, by_proxy ? " to the proxy " : "",
		by_proxy ? proxy->address : "", sys ? ": " : "", sys ? strerror((int)sys) : "");
	if (by_proxy)
		err_hint(err, "%s names it; no_proxy names hosts that are asked directly", proxy->variable);
	err->sys = (int)sys;
}

static void say_no_proxy(const struct xfer *x, const char *shown, struct err *err)
{
	AUTO(http_proxy) struct http_proxy *proxy = http_proxy_of(x->url);
	if (proxy && proxy->address && !strstr(x->said, "nsupported proxy"))
		err_set(err, ERR_NET, "%s: no such host: the proxy %s", shown, proxy->address);
	else /* libcurl's own text would show the password in it */
		err_set(err, ERR_INPUT, "%s: the proxy that the environment names is no address", shown);
	err_hint(err, "%s names it", proxy ? proxy->variable : "the environment");
	err->sys = EHOSTUNREACH;
}

bool xfer_refused_by_proxy(const struct xfer *x, long status, struct err *err)
{
	AUTO(http_proxy) struct http_proxy *proxy = http_proxy_of(x->url);
	AUTO_TEXT char *shown = http_url_shown(x->url);
	if (!proxy || !proxy->address || x->direct)
		return false;
	if (status != 407) {
		err_set(err, ERR_NET, "%s: the proxy %s does not connect (%ld)", shown, proxy->address, status);
		err_hint(err, "%s names it; no_proxy names hosts that are asked directly", proxy->variable);
		return true;
	}
	err_set(err, ERR_AUTH, "%s: the proxy %s wants a login (407)", shown, proxy->address);
	if (proxy->has_user)
		err_hint(err, "it does not accept the user and password that %s holds", proxy->variable);
	else
		err_hint(err, "%s may hold one: http://USER:PASSWORD@HOST:PORT", proxy->variable);
	return true;
}

/* --- certificates --- */

#define NAME_IT "trust it by name: `sources: {ca: FILE}`, SSL_CERT_FILE, or certs.d/HOST/ca.crt as docker reads it"

#define PLAIN "plain http is spoken with this machine, and with what is named http://HOST/..."

/* By OpenSSL's numbers of what its verification found (X509_V_ERR_...). */
static const struct {
	long number;
	const char *what, *mend;
	bool clock;
} verdicts[] = {
	{9, "its certificate is not valid yet", "it may be the clock", true},
	{10, "its certificate has expired", "its operator has to renew it, or it is the clock", true},
	{18, "its certificate is signed by nobody but itself", NAME_IT, false},
	{19, "its certificate comes from a CA that is not trusted here", NAME_IT, false},
	{20, "its certificate comes from a CA that is not trusted here", NAME_IT, false},
	{21, "its certificate comes from a CA that is not trusted here", NAME_IT, false},
	{26, "its certificate is not one for a server", "its operator has to get another one", false},
	{66, "its certificate is too weak: the key is too short", "its operator has to get another one", false},
	{67, "its certificate is too weak: a CA's key is too short", "its operator has to get another one", false},
	{68, "its certificate is too weak: signed with an old hash", "its operator has to get another one", false},
};

static void add_clock(const char *mend, struct err *err)
{
	time_t now = time(NULL);
	struct tm tm = {.tm_year = 0};
	char text[32] = "";
	if (gmtime_r(&now, &tm))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm);
	err_hint(err, "%s: the clock here says %s", mend, text);
}

/* Which libcurl's words about TLS are about: "URL", or "URL: the proxy HOST:PORT" while that was not verified. The
 * caller's. */
static char *tls_peer(const struct xfer *x, const char *shown, long *number)
{
	AUTO(http_proxy) struct http_proxy *proxy = http_proxy_of(x->url);
	long of_proxy = 0;
	curl_easy_getinfo(x->easy, CURLINFO_SSL_VERIFYRESULT, number);
	curl_easy_getinfo(x->easy, CURLINFO_PROXY_SSL_VERIFYRESULT, &of_proxy);
	if (x->direct || !proxy || !proxy->address)
		return xstrdup(shown);
	AUTO_TEXT char *host = xstrndup(proxy->address, (size_t)(strrchr(proxy->address, ':') - proxy->address));
	AUTO_TEXT char *other = xasprintf("target host name '%s'", host);
	if (!of_proxy && !strstr(x->said, other))
		return xstrdup(shown);
	*number = of_proxy;
	return xasprintf("%s: the proxy %s", shown, proxy->address);
}

static void say_certificate(const struct xfer *x, const char *url, const char *said, struct err *err)
{
	long number = 0;
	AUTO_TEXT char *shown = tls_peer(x, url, &number);
	if (strstr(x->said, "target host name")) {
		err_set(err, ERR_PROTOCOL, "%s: its certificate is for another host", shown);
		err_hint(err,
			 "ask it under the name that the certificate holds, or its operator has to get another one");
		return;
	}
	if (!str_starts(curl_version_info(CURLVERSION_NOW)->ssl_version, "OpenSSL"))
		number = 0;
	for (size_t i = 0; i < ARRAY_LEN(verdicts); i++) {
		if (verdicts[i].number != number)
			continue;
		err_set(err, ERR_PROTOCOL, "%s: %s", shown, verdicts[i].what);
		if (verdicts[i].clock)
			add_clock(verdicts[i].mend, err);
		else
			err_hint(err, "%s", verdicts[i].mend);
		return;
	}
	err_set(err, ERR_PROTOCOL, "%s: its certificate is not trusted: %s", shown, said);
	err_hint(err, NAME_IT);
}

#define CLIENT_FILES "certs.d/HOST/client.cert and client.key as docker reads them"
#define NOT_ACCEPTED "it does not accept the certificate of this client"

/* What TLS says before there is a certificate to look at, by words of OpenSSL's. */
static const struct {
	const char *word, *what, *mend;
} handshakes[] = {
	{"unsupported protocol", "it speaks TLS 1.1 or older", "TLS 1.2 is the oldest that is spoken here"},
	{"protocol version", "it speaks TLS 1.1 or older", "TLS 1.2 is the oldest that is spoken here"},
	{"wrong version number", "it does not speak TLS", PLAIN},
	{"http request", "it does not speak TLS", PLAIN},
	{"certificate required", "it wants a certificate of its clients", CLIENT_FILES},
	{"alert certificate expired", "it says that the certificate of this client has expired", CLIENT_FILES},
	{"alert certificate revoked", "it says that the certificate of this client was revoked", CLIENT_FILES},
	{"alert unknown ca", NOT_ACCEPTED, CLIENT_FILES},
	{"alert bad certificate", NOT_ACCEPTED, CLIENT_FILES},
	{"alert certificate unknown", NOT_ACCEPTED, CLIENT_FILES},
	{"alert unsupported certificate", NOT_ACCEPTED, CLIENT_FILES},
	{"alert access denied", NOT_ACCEPTED, CLIENT_FILES},
	{"dh key too small", "its TLS is too weak: a short key", "its operator has to configure it anew"},
	{"ee key too small", "its certificate is too weak: the key is too short",
	 "its operator has to get another one"},
	{"handshake failure", "it agrees to no cipher of TLS 1.2 or newer", "its operator has to configure it anew"},
};

static bool say_handshake(const struct xfer *x, const char *url, struct err *err)
{
	long number = 0;
	AUTO_TEXT char *shown = tls_peer(x, url, &number);
	for (size_t i = 0; i < ARRAY_LEN(handshakes); i++) {
		if (!strstr(x->said, handshakes[i].word) || !strstr(x->said, "error:"))
			continue;
		err_set(err, ERR_PROTOCOL, "%s: %s", shown, handshakes[i].what);
		if (str_eq(handshakes[i].mend, PLAIN) && !str_eq(shown, url))
			err_hint(err,
				 "the environment names it: http://HOST:PORT is one that is spoken to without TLS");
		else
			err_hint(err, "%s", handshakes[i].mend);
		return true;
	}
	return false;
}

/* --- HTTP/2 --- */

static bool say_http2(const struct xfer *x, CURLcode rc, const char *shown, struct err *err)
{
	const char *name = strstr(x->said, "closed cleanly: ");
	name = name ? name + strlen("closed cleanly: ") : "";
	if (strstr(x->said, "nghttp2_session") || (rc == CURLE_HTTP2_STREAM && str_starts(name, "PROTOCOL_ERROR"))) {
		err_set(err, ERR_PROTOCOL, "%s: broken answer: against the rules of HTTP/2", shown);
		return true;
	}
	if (rc != CURLE_HTTP2_STREAM)
		return false;
	AUTO_TEXT char *why = xstrndup(name, strcspn(name, " "));
	err_set(err, ERR_NET, "%s: the answer was cut short (HTTP/2: %s)", shown, why);
	return true;
}

/* --- all of them --- */

/* Those that end without any further look. */
static bool say_simple(const struct xfer *x, CURLcode rc, const char *shown, struct err *err)
{
	if (strstr(x->said, "Content-Length")) {
		err_set(err, ERR_PROTOCOL, "%s: broken answer: a Content-Length that is no length", shown);
		return true;
	}
	if (str_starts(x->said, "Too large response headers")) {
		err_set(err, ERR_PROTOCOL, "%s: broken answer: a head without end", shown);
		return true;
	}
	if (strstr(x->said, "chunked-encoding") || strstr(x->said, "Chunked-Encoded")) {
		err_set(err, ERR_PROTOCOL, "%s: broken answer: chunks that are none", shown);
		return true;
	}
	switch ((int)rc) {
	case CURLE_COULDNT_RESOLVE_HOST:
		err_set(err, ERR_NET, "%s: no such host", shown);
		err->sys = EHOSTUNREACH;
		return true;
	case CURLE_GOT_NOTHING:
		err_set(err, ERR_NET, "%s: the server closed the connection without an answer", shown);
		return true;
	case CURLE_PARTIAL_FILE:
		err_set(err, ERR_NET, "%s: the answer was cut short", shown);
		return true;
	case CURLE_OUT_OF_MEMORY: /* memory that is short ends the process elsewhere; libcurl says so of a line over its
				     limit */
		err_set(err, ERR_PROTOCOL, "%s: broken answer: a head without end", shown);
		return true;
	default:
		return false;
	}
}

void xfer_fault(const struct xfer *x, CURLcode rc, struct err *err)
{
	AUTO_TEXT char *shown = http_url_shown(x->q.via && x->q.via->unix_path ? x->q.via->unix_path : x->url);
	AUTO_TEXT char *said = str_shown(x->said[0] ? x->said : curl_easy_strerror(rc), 300);
	long connect = 0;
	curl_easy_getinfo(x->easy, CURLINFO_HTTP_CONNECTCODE, &connect);
	if (strstr(x->said, "nsupported proxy"))
		rc = CURLE_PROXY;
	if (say_simple(x, rc, shown, err))
		return;
	switch ((int)rc) {
	case CURLE_COULDNT_CONNECT:
		say_connect(x, shown, err);
		return;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		say_no_proxy(x, shown, err);
		return;
	case CURLE_OPERATION_TIMEDOUT:
		say_timeout(x, shown, err);
		return;
	case CURLE_SSL_CACERT_BADFILE:
		err_set(err, ERR_INPUT, "%s: the file of CAs cannot be read: %s", shown, said);
		err_hint(err, "`sources: {ca: FILE}`, SSL_CERT_FILE or certs.d/HOST/ca.crt names it");
		return;
	case CURLE_PEER_FAILED_VERIFICATION:
		say_certificate(x, shown, said, err);
		return;
	default:
		break;
	}
	if (connect >= 300 && xfer_refused_by_proxy(x, connect, err))
		return;
	if (say_handshake(x, shown, err) || say_http2(x, rc, shown, err))
		return;
	if (strstr(x->said, "proxy")) /* such texts may show its password */
		say_no_proxy(x, shown, err);
	else
		err_set(err, kind_of(rc), "%s: %s", shown, said);
}
