#include "source/token.h"

#include "adapt/domain.h"
#include "adapt/http_url.h"
#include "adapt/json.h"
#include "base/base64.h"
#include "base/str.h"
#include "source/challenge.h"

#include <string.h>

#define TOKEN_MAX (64 * 1024)

struct waiter {
	struct waiter *next;
	void (*ready)(void *self, struct err *err);
	void *self;
};

struct token {
	struct token_opts opts;
	struct credential *credential; /* NULL: not looked for yet */
	struct challenge challenge;    /* the first one */
	char *line;
	bool asking, posted;
	struct waiter *waiters, **last;
};

struct token *token_new(const struct token_opts *o)
{
	struct token *t = xcalloc(1, sizeof(*t));
	t->opts = *o;
	t->last = &t->waiters;
	return t;
}

void token_free(struct token *t)
{
	if (!t)
		return;
	while (t->waiters) {
		struct waiter *w = t->waiters;
		t->waiters = w->next;
		free(w);
	}
	credential_free(t->credential);
	challenge_clear(&t->challenge);
	free(t->line);
	free(t);
}

const char *token_line(const struct token *t)
{
	return t->line;
}

void token_explain(const struct token *t, struct err *err)
{
	const struct credential *c = t->credential;
	const char *domain = t->opts.repository->domain;
	if (!c)
		err_hint(err, "it did not ask for a login");
	else if (c->trouble)
		err_hint(err, "%s", c->trouble);
	else if (c->user || c->identity_token || c->registry_token)
		err_hint(err, "the credentials used are those of %s", c->from ? c->from : "the configuration");
	else
		err_hint(err, "no credentials for it were found; `docker login %s` stores some", domain);
}

/* Ends the asking: everybody who waits is told. A waiter's err is its own copy. */
static void settle(struct token *t, struct err *err)
{
	struct waiter *w = t->waiters;
	t->asking = false;
	t->waiters = NULL;
	t->last = &t->waiters;
	while (w) {
		struct waiter *next = w->next;
		struct err own = ERR_INIT;
		if (err) {
			err_set(&own, err->kind, "%s", err->text);
			if (err->hint[0])
				err_hint(&own, "%s", err->hint);
		}
		w->ready(w->self, err ? &own : NULL);
		err_clear(&own);
		free(w);
		w = next;
	}
}

/* `a` may be NULL: whose clock is compared with ours. */
static void settle_auth(struct token *t, const char *what, const struct http_answer *a)
{
	struct err err = ERR_INIT;
	char name[REF_TEXT];
	err_set(&err, ERR_AUTH, "%s: %s", ref_repository(t->opts.repository, name), what);
	token_explain(t, &err);
	if (a)
		caller_hint_clock(a, &err);
	settle(t, &err);
	err_clear(&err);
}

static void settle_protocol(struct token *t, const char *what)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *shown = str_shown(what, 300);
	err_set(&err, ERR_PROTOCOL, "%s: %s", t->opts.repository->domain, shown);
	settle(t, &err);
	err_clear(&err);
}

static void set_bearer(struct token *t, const char *token)
{
	free(t->line);
	t->line = xasprintf("Authorization: Bearer %s", token);
	settle(t, NULL);
}

static void set_basic(struct token *t)
{
	AUTO_BUF struct buf pair = BUF_INIT, line = BUF_INIT;
	buf_addf(&pair, "%s:%s", t->credential->user, t->credential->password);
	buf_adds(&line, "Authorization: Basic ");
	base64_encode(&line, pair.data, pair.len);
	free(t->line);
	t->line = buf_take(&line);
	settle(t, NULL);
}

/* --- realms --- */

/* Registries and names by address in which every customer has a name of his own, and which the list of public suffixes
 * lacks. */
static bool has_tenants(const char *domain)
{
	static const char *const hosts[] = {
		"amazonaws.com", "amazonaws.com.cn",   "azurecr.cn", "azurecr.io",
		"azurecr.us",	 "cloudapp.azure.com", "gcr.io",     "jfrog.io",
		"ngrok.app",	 "ngrok-free.app",     "nip.io",     "pkg.dev",
		"sslip.io",	 "tencentcloudcr.com",
	};
	AUTO_TEXT char *low = str_lowered(domain);
	size_t n = strlen(low);
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		size_t m = strlen(hosts[i]);
		if (n >= m && str_eq(low + n - m, hosts[i]) && (n == m || low[n - m - 1] == '.'))
			return true;
	}
	return false;
}

/* "example.com" of "reg.example.com" and of "example.com", "reg.co.uk" of "reg.co.uk": below which all names belong to
 * whom the host belongs; NULL where that is said of none. */
static const char *own_part(const char *host)
{
	if (strchr(host, ':') || str_is_digit(host[strlen(host) - 1]))
		return NULL; /* an address */
	const char *dot = strchr(host, '.');
	if (!dot || domain_is_shared(host))
		return NULL;
	return domain_is_shared(dot + 1) || has_tenants(dot + 1) ? host : dot + 1;
}

bool token_realm_trusted(const char *registry_host, const char *realm_host)
{
	static const char *const services[][2] = {
		{"registry-1.docker.io", "auth.docker.io"},
		{"nvcr.io", "authn.nvidia.com"},
	};
	if (str_eq_case(registry_host, realm_host))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(services); i++)
		if (str_eq_case(registry_host, services[i][0]) && str_eq_case(realm_host, services[i][1]))
			return true;
	const char *own = own_part(registry_host);
	size_t n = strlen(realm_host), m = own ? strlen(own) : 0;
	if (!own || n < m || !str_eq_case(realm_host + n - m, own))
		return false;
	return n == m || realm_host[n - m - 1] == '.';
}

/* Takes the realm apart and refuses what must not be asked; the trusted ones get the password. */
static int check_realm(const struct token *t, bool *trusted, struct err *err)
{
	AUTO(http_url) struct http_url *base = NULL, *realm = NULL;
	const char *domain = t->opts.repository->domain;
	struct err bad = ERR_INIT;
	if (http_url_parse(t->opts.base, &base, err) < 0)
		return -1;
	if (!t->challenge.realm || http_url_parse(t->challenge.realm, &realm, &bad) < 0) {
		err_clear(&bad);
		return err_set(err, ERR_PROTOCOL, "%s: asks for a token from no valid address", domain);
	}
	AUTO_TEXT char *shown = http_url_shown(t->challenge.realm);
	if (str_eq(base->scheme, "https") && !str_eq(realm->scheme, "https"))
		return err_set(err, ERR_PROTOCOL, "%s: asks for a token from %s, which is not https", domain, shown);
	enum http_reach here = http_host_reach(base->host), there = http_host_reach(realm->host);
	if (there == HTTP_REACH_LINK || (there == HTTP_REACH_LOOPBACK && here != there) ||
	    (there == HTTP_REACH_PRIVATE && here == HTTP_REACH_ANY))
		return err_set(err, ERR_PROTOCOL, "%s: asks for a token from %s, which is not a server of its own",
			       domain, shown);
	if (str_eq(realm->scheme, "http") && here != HTTP_REACH_LOOPBACK && !str_eq(realm->host, base->host))
		return err_set(err, ERR_PROTOCOL, "%s: asks for a token from %s, another host, in plain http", domain,
			       shown);
	/* without TLS another port may be another user's */
	*trusted = token_realm_trusted(base->host, realm->host) &&
		   (str_eq(realm->scheme, "https") || realm->port == base->port);
	return 0;
}

/* --- asking --- */

int token_parse(struct blob text, char **ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	const char *token = NULL, *access = NULL;
	if (jdoc_parse_as(ERR_PROTOCOL, text, &doc, err) < 0)
		return -1;
	struct jval root = jdoc_root(doc);
	if (jval_want(root, JDOC_OBJECT, err) < 0 || jval_text_opt(root, "token", &token, err) < 0 ||
	    jval_text_opt(root, "access_token", &access, err) < 0)
		return -1;
	if (token && access && *token && *access && !str_eq(token, access))
		return jval_fail(root, err, "holds two different tokens");
	const char *which = token && *token ? token : access;
	if (!which || !*which)
		return jval_fail(root, err, "holds no token");
	for (const char *c = which; *c; c++)
		if (*c <= ' ' || *c == 0x7f)
			return jval_fail(root, err, "holds a token that fits in no header");
	*ret = xstrdup(which);
	return 0;
}

static void ask(struct token *t);

static void on_token(void *self, const struct http_answer *a, struct err *err)
{
	struct token *t = self;
	struct err own = ERR_INIT;
	AUTO_TEXT char *token = NULL;
	if (err) {
		err_wrap(err, "%s: token", t->opts.repository->domain);
		settle(t, err);
		return;
	}
	AUTO_TEXT char *shown = http_url_shown(a->url);
	if (t->posted && a->status == 404 && t->credential->user) { /* no OAuth there: ask in the older way */
		free(t->credential->identity_token);
		t->credential->identity_token = NULL;
		ask(t);
		return;
	}
	/* 400 is what OAuth answers to a login that has expired or was revoked */
	if (a->status == 401 || a->status == 403 || (t->posted && a->status == 400)) {
		AUTO_TEXT char *what = xasprintf("%s gives no token (%d)", shown, a->status);
		settle_auth(t, what, a);
		return;
	}
	if (a->status != 200) {
		err_set(&own, a->status == 429 || a->status >= 500 ? ERR_NET : ERR_PROTOCOL,
			"%s: %s answers %d to the wish for a token", t->opts.repository->domain, shown, a->status);
		settle(t, &own);
		err_clear(&own);
		return;
	}
	if (token_parse(buf_blob(&a->body, shown), &token, &own) < 0) {
		settle(t, &own);
		err_clear(&own);
		return;
	}
	set_bearer(t, token);
}

static void add_param(struct buf *into, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	AUTO_TEXT char *coded = http_url_escape(value);
	buf_addf(into, "%s%s=%s", into->len ? "&" : "", name, coded);
}

static void ask_get(struct token *t, const char *scope, bool trusted)
{
	AUTO_BUF struct buf query = BUF_INIT;
	const struct credential *c = t->credential;
	bool login = trusted && c->user;
	add_param(&query, "service", t->challenge.service);
	add_param(&query, "scope", scope);
	if (login)
		add_param(&query, "account", c->user);
	const char *joint = strchr(t->challenge.realm, '?') ? "&" : "?";
	AUTO_TEXT char *url = xasprintf("%s%s%s", t->challenge.realm, joint, buf_text(&query));
	struct call q = {.url = url, .via = t->opts.via, .max_body = TOKEN_MAX, .on_done = on_token, .self = t};
	q.user = login ? c->user : NULL;
	q.password = login ? c->password : NULL;
	t->posted = false;
	caller_start(t->opts.caller, &q);
}

static void ask_post(struct token *t, const char *scope)
{
	AUTO_BUF struct buf form = BUF_INIT;
	AUTO_STRV struct strv headers = STRV_INIT;
	add_param(&form, "grant_type", "refresh_token");
	add_param(&form, "service", t->challenge.service);
	add_param(&form, "client_id", "cudabuild");
	add_param(&form, "scope", scope);
	add_param(&form, "refresh_token", t->credential->identity_token);
	strv_add(&headers, "Content-Type: application/x-www-form-urlencoded");
	struct call q = {.method = "POST", .url = t->challenge.realm, .headers = headers, .body = buf_text(&form)};
	q.via = t->opts.via;
	q.max_body = TOKEN_MAX;
	q.on_done = on_token;
	q.self = t;
	t->posted = true;
	caller_start(t->opts.caller, &q);
}

static void ask(struct token *t)
{
	struct err err = ERR_INIT;
	bool trusted = false;
	if (check_realm(t, &trusted, &err) < 0) {
		settle(t, &err);
		err_clear(&err);
		return;
	}
	AUTO_TEXT char *scope = xasprintf("repository:%s:pull", t->opts.repository->path);
	if (trusted && t->credential->identity_token)
		ask_post(t, scope);
	else
		ask_get(t, scope, trusted);
}

/* What the challenge wants and the credentials give. */
static void answer(struct token *t)
{
	if (t->challenge.bearer && t->credential->registry_token && !t->line)
		set_bearer(t, t->credential->registry_token);
	else if (t->challenge.bearer)
		ask(t);
	else if (!t->challenge.basic)
		settle_protocol(t, "answers 401 and asks for nothing that is known here");
	else if (!t->credential->user)
		settle_auth(t, "wants a login", NULL);
	else if (t->line)
		settle_auth(t, "does not accept the user and password", NULL);
	else
		set_basic(t);
}

static void find_credential(struct token *t)
{
	const struct ref *r = t->opts.repository;
	t->credential = credential_find(r->domain, r->path, t->opts.cancel);
	if (t->credential->warning)
		caller_warn(t->opts.caller, NULL, t->credential->warning);
}

void token_refused(struct token *t, const char *used, const struct http_answer *a,
		   void (*ready)(void *self, struct err *err), void *self)
{
	struct waiter *w = xcalloc(1, sizeof(*w));
	struct http_head head = {.headers = a->headers};
	const char *value;
	w->ready = ready;
	w->self = self;
	*t->last = w;
	t->last = &w->next;
	if (t->asking)
		return;
	t->asking = true;
	if (!t->credential)
		find_credential(t);
	if (!t->challenge.bearer && !t->challenge.basic)
		for (size_t at = 0; (value = http_head_next(&head, "www-authenticate", &at)) != NULL;)
			challenge_add(&t->challenge, value);
	if (t->line && !str_eq(t->line, used)) /* another one was found in the meantime */
		settle(t, NULL);
	else
		answer(t);
}
