/* token.h — the Authorization that a registry wants for one repository, found once and used by all who ask there.
 *
 * A 401 leads here. A Bearer challenge is answered with a token from its realm, for scope "repository:PATH:pull" and
 * nothing more; a Basic one with user and password. A password goes to the registry's own host, to hosts below its
 * parent domain (where that is shared, as co.uk, github.io, azurecr.io: below its own name), and to the token services
 * of Docker Hub and NVIDIA; in plain http to the registry's own port only; any other realm is asked without it. A realm
 * is https unless the registry itself is plain http, and never an address of this machine or link unless the registry
 * is one too. The first realm is remembered: later challenges that point elsewhere are not followed. Not here: the
 * requests that need it (source/registry.h). */
#pragma once

#include "model/ref.h"
#include "source/caller.h"
#include "source/credential.h"

struct token;

/* For one repository. `base` is "https://registry-1.docker.io"; all borrowed pointers outlive the token. */
struct token_opts {
	struct caller *caller;
	const struct http_via *via;
	const volatile int *cancel;
	const struct ref *repository;
	const char *base;
};

struct token *token_new(const struct token_opts *o) NODISCARD;
void token_free(struct token *t);
DEFINE_AUTO(token, struct token);

/* The current "Authorization: ..." line, or NULL: nothing is known to be wanted. Borrowed until it is refused. */
const char *token_line(const struct token *t) NODISCARD;

/* The registry answered 401 to a request that carried `used` (a token_line() or NULL). `ready` is called once, now or
 * later: with err NULL when token_line() is worth another try, else with the reason (ERR_AUTH, ERR_NET, ERR_PROTOCOL).
 */
void token_refused(struct token *t, const char *used, const struct http_answer *answer,
		   void (*ready)(void *self, struct err *err), void *self);
/* Appends what is known of the credentials to an err of kind ERR_AUTH: that none were found, or the trouble with them,
 * as its hint. */
void token_explain(const struct token *t, struct err *err);

/* Whether a registry's user and password may be sent to that token service. */
bool token_realm_trusted(const char *registry_host, const char *realm_host) NODISCARD;
/* Reads a token service's answer: the token (the caller's). ERR_PROTOCOL. */
int token_parse(struct blob text, char **ret, struct err *err) NODISCARD;
