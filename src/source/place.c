#include "source/place.h"

#include "adapt/http_url.h"
#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"

/* The user's own folder of configuration, as docker without root uses it; NULL without HOME. */
static char *user_folder(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	if (config && *config == '/')
		return xstrdup(config);
	return home && *home == '/' ? file_join(home, ".config") : NULL;
}

static char *certificate(const char *domain, const char *name)
{
	AUTO_TEXT char *user = user_folder(), *rest = xasprintf("docker/certs.d/%s/%s", domain, name);
	AUTO_TEXT char *own = user ? file_join(user, rest) : NULL, *common = file_join("/etc", rest);
	if (own && file_exists(own))
		return TAKE(own);
	return file_exists(common) ? TAKE(common) : NULL;
}

char *place_base(const struct ref *ref, bool plain)
{
	const char *host = str_eq(ref->domain, "docker.io") ? "registry-1.docker.io" : ref->domain;
	return xasprintf("%s://%s", plain ? "http" : "https", host);
}

struct place *place_new(const struct ref *ref, bool plain, struct caller *caller, const char *ca,
			const volatile int *cancel)
{
	struct place *p = xcalloc(1, sizeof(*p));
	p->repository = *ref;
	p->repository.tag[0] = p->repository.digest.text[0] = '\0';
	p->base = place_base(ref, plain);
	p->ca = certificate(ref->domain, "ca.crt");
	p->cert = certificate(ref->domain, "client.cert");
	p->key = certificate(ref->domain, "client.key");
	p->via = (struct http_via){.ca_file = p->ca ? p->ca : ca, .cert_file = p->cert, .key_file = p->key};
	p->realm_via = (struct http_via){.ca_file = p->via.ca_file};
	p->token = token_new(&(struct token_opts){.caller = caller,
						  .via = &p->realm_via,
						  .cancel = cancel,
						  .repository = &p->repository,
						  .base = p->base});
	return p;
}

void place_free(struct place *p)
{
	if (!p)
		return;
	token_free(p->token);
	free(p->base);
	free(p->ca);
	free(p->cert);
	free(p->key);
	free(p);
}

bool place_is_foreign(const struct place *p, const struct http_answer *a)
{
	return !http_url_same_origin(p->base, a->url);
}

char *place_said(struct blob body)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	struct err err = ERR_INIT;
	struct jval list, it = {.doc = NULL};
	const char *code = NULL, *message = NULL;
	char *text = NULL;
	if (jdoc_parse(body, &doc, &err) == 0 && jval_get(jdoc_root(doc), "errors", JDOC_ARRAY, &list, &err) == 0 &&
	    jval_next(list, &it) && jval_text_opt(it, "code", &code, &err) == 0 &&
	    jval_text_opt(it, "message", &message, &err) == 0 && code) {
		AUTO_TEXT char *whole = xasprintf("%s%s%s", code, message ? ": " : "", message ? message : "");
		text = str_shown(whole, 200);
	}
	err_clear(&err);
	return text ? text : xstrdup("");
}
