#include "work/fetch_image.h"

#include "base/str.h"
#include "engine/image.h"
#include "model/needs.h"
#include "model/ref.h"
#include "source/credential.h"
#include "work/fetch.h"
#include "work/sites.h"

#include <string.h>

int fetch_image(struct engine *e, const char *subject, const char *repository, const char *digest, const char *platform,
		struct err *err)
{
	AUTO_TEXT char *ref = xasprintf("%s@%s", repository, digest);
	AUTO(credential) struct credential *c = NULL;
	struct pull_opts o = {.subject = subject, .platform = platform};
	struct engine_auth auth;
	struct ref name;

	if (ref_parse_repository(repository, &name, err) < 0)
		return -1;
	c = credential_find(name.domain, name.path, NULL);
	auth = (struct engine_auth){.server = name.domain,
				    .username = c->user,
				    .password = c->password,
				    .identity_token = c->identity_token,
				    .registry_token = c->registry_token};
	if (c->user || c->identity_token || c->registry_token)
		o.auth = &auth;
	if (engine_pull(e, ref, &o, err) == 0)
		return 0;
	if (c->trouble && !err->hint[0])
		err_hint(err, "%s", c->trouble);
	return -1;
}

/* A name whose first part is a host ("127.0.0.1:5000/x", "registry.example.com/x"): "gnn" or "team/gnn" was never
 * pushed anywhere. */
static bool names_registry(const char *reference)
{
	size_t first = strcspn(reference, "/");

	return reference[first] && (memchr(reference, '.', first) || memchr(reference, ':', first) ||
				    strncmp(reference, "localhost/", 10) == 0);
}

int fetch_image_tag(struct engine *e, const char *subject, const char *reference, const char *platform,
		    const struct events *events, const volatile int *stop, char **ret, struct err *err)
{
	const struct manifest_sources none = {.os_images = NULL};
	AUTO(sites) struct sites *sites = NULL;
	struct fetch_opts o = {.events = events, .cancel = stop};
	AUTO_NEEDS struct needs needs = NEEDS_INIT;
	AUTO_KNOWN struct known known = KNOWN_INIT;
	AUTO_TEXT char *name = xstrdup(reference);
	AUTO_TEXT char *own = xstrdup("own");
	AUTO_TEXT char *where = xstrdup(platform);
	const struct fact_ask ask = {.kind = FACT_IMAGE, .family = own, .name = name, .platform = where};
	const struct fact *fact;

	if (!names_registry(reference))
		return 1;
	needs_add(&needs, &ask);
	if (sites_read(&none, &sites, err) < 0)
		return -1;
	o.sources = &sites->sources;
	if (fetch_needs(&needs, &o, &known, err) < 0) {
		if (err->kind == ERR_NET && !err->hint[0])
			err_hint(err, "the engine has no image of that name, so its registry was asked: `--offline` "
				      "asks the engine alone");
		return -1;
	}
	fact = known_find(&known, &ask);
	if (!fact || !fact->present || !fact->digest)
		return 1;
	if (fetch_image(e, subject, fact->repository, fact->digest, platform, err) < 0)
		return -1;
	*ret = xasprintf("%s@%s", fact->repository, fact->digest);
	return 0;
}
