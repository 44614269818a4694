/* sites.h — where this machine asks and pulls: the manifest's sources with the configuration of the user and the system
 * applied.
 *
 * Files: cudabuild/config.yaml below XDG_CONFIG_HOME (else ~/.config), then /etc/cudabuild/config.yaml. A key of the
 * manifest's `sources` counts before theirs, the user's before the system's. They act while fetching and building only:
 * locks and files hold the names and URLs of the manifest's sources. */
#pragma once

#include "model/settings.h"

struct sites {
	struct manifest_sources sources; /* to be asked; folders as in the manifest, `ca` of a file absolute */
	bool images, os_images;		 /* of these another place is asked than the manifest names */
	unsigned jobs;			 /* of a file; 0: none */
};

#define SITES_SYSTEM "/etc/cudabuild/config.yaml"

void sites_free(struct sites *p);
DEFINE_AUTO(sites, struct sites);
/* Reads the files that are there and applies them; `named` are a manifest's sources. *ret is the caller's. ERR_INPUT
 * with file and place, ERR_IO. */
int sites_read(const struct manifest_sources *named, struct sites **ret, struct err *err) NODISCARD;
/* The same from those files, the first of which counts most; for tests. A NULL, or a file that is not there, says
 * nothing. */
int sites_read_from(const struct manifest_sources *named, const char *const files[2], struct sites **ret,
		    struct err *err) NODISCARD;
