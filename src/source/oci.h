/* oci.h — image manifests, indexes and configs as registries serve them, read strictly.
 *
 * Docker's schema 2 and OCI, told apart by what the document says of itself; one that is index and image at once is
 * refused, so is schema 1, and so is a layer or config that is to be fetched from elsewhere (`urls`). All digests and
 * sizes in a value of these types have passed their grammar. Not here: whether the bytes hash to what was asked for
 * (source/registry.h). */
#pragma once

#include "model/ref.h"

#include "base/strv.h"

#include <stdint.h>

#define OCI_MANIFEST_MAX (4u << 20)
#define OCI_CONFIG_MAX	 (8u << 20)

/* The value of Accept for manifests. */
#define OCI_ACCEPT                                                                                                     \
	"application/vnd.oci.image.index.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, "         \
	"application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"

/* One image of an index. */
struct oci_entry {
	struct digest digest;
	uint64_t size;
	char *os, *arch, *variant; /* owned; variant NULL where not given */
};

/* One layer of an image, or an entry of an index that names no platform. */
struct oci_blob {
	struct digest digest;
	uint64_t size;
	bool is_index; /* of an entry: another index */
};

struct oci_manifest {
	bool is_index;
	struct oci_entry *v; /* index: the images that name a platform; owned */
	size_t n;
	struct digest config; /* image */
	uint64_t config_size;
	struct oci_blob *blobs; /* image: its layers, lowest first; index: what names no platform; owned */
	size_t n_blobs;
};

#define OCI_LAYERS_MAX 1000

/* What the image's config says; owned. */
struct oci_config {
	char *os, *arch, *variant;
	struct strv env;    /* "NAME=value" */
	struct strv labels; /* "name=value", sorted */
};

void oci_manifest_free(struct oci_manifest *m);
DEFINE_AUTO(oci_manifest, struct oci_manifest);
void oci_config_free(struct oci_config *c);
DEFINE_AUTO(oci_config, struct oci_config);

/* Whether a media type is that of an image's manifest, of an index. */
bool oci_is_image_type(const char *type) NODISCARD;
bool oci_is_index_type(const char *type) NODISCARD;
/* Whether the Content-Type (may be NULL) that m came with, where it is one of these, agrees (CVE-2021-41190). */
bool oci_is_as_typed(const struct oci_manifest *m, const char *type) NODISCARD;
/* Reads a manifest or index. ERR_PROTOCOL names the place. An image without a list of layers has none. */
int oci_manifest_parse(struct blob text, struct oci_manifest **ret, struct err *err) NODISCARD;
int oci_config_parse(struct blob text, struct oci_config **ret, struct err *err) NODISCARD;
/* Whether os, arch and variant are those of "linux/amd64", "linux/arm64", "linux/arm64/v8"; v8 is what arm64 means
 * without a variant. */
bool oci_is_platform(const char *os, const char *arch, const char *variant, const char *platform) NODISCARD;
/* The index's image for the platform, or NULL. */
const struct oci_entry *oci_find(const struct oci_manifest *index, const char *platform) NODISCARD;
