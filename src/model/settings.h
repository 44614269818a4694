/* settings.h — what a configuration file of the user or the system says: where to ask in place of the public places,
 * and how many processes compile.
 *
 * A file holds `sources` (registries and URLs for the keys images, os_images, torch, pyg and pypi), `ca` and `build`
 * with `jobs`, and nothing else: these act on this machine only, so whatever goes into generated files is refused and
 * belongs into the manifest. As strict as a manifest. Not here: where the files are, which one counts (work/sites.h).
 */
#pragma once

#include "model/manifest.h"

#define SETTINGS_SIZE_MAX (1u << 20)

struct settings {
	struct manifest_sources sources; /* what is not given is NULL or empty */
	char *ca;			 /* as written */
	unsigned jobs;			 /* 0: not given */
};

void settings_free(struct settings *s);
DEFINE_AUTO(settings, struct settings);
/* Reads a file's text; text.name appears in messages. An empty one, or one of comments alone, says nothing. *ret is the
 * caller's. ERR_INPUT with file and place. */
int settings_parse(struct blob text, struct settings **ret, struct err *err) NODISCARD;
