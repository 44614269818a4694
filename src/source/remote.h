/* remote.h — an image that lies in a registry: what it is made of, and each of its layers as a stream of bytes.
 *
 * Found by tag or digest, through indexes (nested ones too) down to the image for a platform. Manifests and config are
 * held against their digests here, a layer's bytes by whoever reads them. Nothing is kept on disk. A layer whose
 * connection breaks goes on where it broke; a token that ran out is fetched anew; a registry that is busy is asked
 * again. Not here: which digest a tag has, for many at once (source/registry.h), what the bytes mean. */
#pragma once

#include "base/event.h"
#include "base/stream.h"
#include "source/oci.h"

struct remote_opts {
	const char *platform;	     /* "linux/arm64"; NULL: this machine's, else the first that there is */
	const char *ca;		     /* PEM file trusted beside the system's; NULL: none */
	const struct events *events; /* NULL: nobody listens */
	const volatile int *cancel;  /* NULL, or not zero once a signal came: ERR_CANCELED */
	unsigned second_ms;	     /* how long a second of waiting is; 0: 1000; tests use less */
};

struct remote {
	struct remote_opts opts; /* as given; what it points to outlives this */
	struct ref ref;
	bool plain;
	struct digest image; /* of the manifest */
	char *platform;	     /* of the config: "linux/amd64" */
	struct buf config;
	struct oci_blob *layers; /* lowest first */
	size_t n_layers;
	char *line; /* the Authorization that was accepted last, or NULL */
};

void remote_free(struct remote *r);
DEFINE_AUTO(remote, struct remote);
/* Asks for an image ("nvcr.io/nvidia/pytorch:25.01-py3", "http://registry.lan/gnn@sha256:..."). 0, or 1 where the
 * registry has none of that name. *ret is the caller's. ERR_USAGE: a name that is none, or no image for that platform
 * (the hint lists what there is); ERR_AUTH, ERR_NET, ERR_PROTOCOL as source/registry.h. */
int remote_find(const char *reference, const struct remote_opts *o, struct remote **ret, struct err *err) NODISCARD;

/* What reads layers, one after another; a thread of its own may have its own. */
struct remote_reader;
void remote_reader_free(struct remote_reader *rd);
DEFINE_AUTO(remote_reader, struct remote_reader);
/* r is borrowed. ERR_INTERNAL. */
int remote_reader_new(const struct remote *r, struct remote_reader **ret, struct err *err) NODISCARD;
/* The layer's bytes, read once from first to last, borrowed until the next call: exactly as many as the manifest says.
 * Its read raises ERR_NET (the connection broke too often), ERR_AUTH, ERR_PROTOCOL (fewer or more bytes, no such
 * blob), ERR_CANCELED. */
struct stream remote_layer(struct remote_reader *rd, const struct oci_blob *layer);
