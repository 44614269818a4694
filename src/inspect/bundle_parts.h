/* bundle_parts.h — the parts of reading an image: which of several, of which layers, configured how. */
#pragma once

#include "adapt/json.h"
#include "inspect/blobs.h"
#include "inspect/bundle.h"

/* What a manifest says, of docker or of the OCI: names of members. */
struct bundle_names {
	char *config;
	struct strv layers; /* lowest first */
};
void bundle_names_clear(struct bundle_names *n);

/* Finds the image that is wished for by manifest.json (docker), index.json (OCI) or repositories (docker of old).
 * ERR_PROTOCOL where they are broken or there is none, ERR_USAGE where a choice is due or cannot be met. */
int bundle_find(struct blobs *b, const struct bundle_wish *wish, struct bundle_names *into, struct err *err) NODISCARD;
/* Reads a JSON member: 0, or 1 where there is none. *ret is the caller's. */
int bundle_json(struct blobs *b, const char *name, struct jdoc **ret, struct err *err) NODISCARD;
/* Reads what containers start with out of an image's config. */
int bundle_config(struct jval root, struct facts_config *c, struct err *err) NODISCARD;
/* ERR_PROTOCOL unless an image of n layers, the i-th of them, is what the configuration says (where it says nothing,
 * all are). */
int bundle_check_layers(const struct facts_config *c, size_t n, struct err *err) NODISCARD;
int bundle_check_layer(const struct facts_config *c, size_t i, const struct blob_row *row, const char *name,
		       struct err *err) NODISCARD;
/* ERR_USAGE unless the image is for the platform that was asked for. */
int bundle_check_platform(const struct facts_config *c, const struct bundle_wish *wish, struct err *err) NODISCARD;
