/* bundle.h — an image as an archive, as a folder or in parts, read into facts: docker save of any age, OCI layouts, the
 * layers of a registry.
 *
 * A tar is read once, from first byte to last, whatever order its members have; blobs named by their sha256 are held
 * against it. Nothing is extracted. Run it in a child with limits (inspect/guard.h). Not here: engines and registries.
 */
#pragma once

#include "base/stream.h"
#include "model/facts.h"

#include <signal.h>

/* Which image is meant. */
struct bundle_wish {
	const char *subject;		   /* for messages */
	const char *name;		   /* of several: "gnn:cu128", the annotation of a layout; NULL: the only one */
	const char *platform;		   /* "linux/arm64"; NULL: this machine's, else any */
	const volatile sig_atomic_t *stop; /* may be NULL */
};

/* Whether the folder is an OCI layout. */
bool bundle_is_layout(const char *path) NODISCARD;
/* Reads an archive (plain, gzip or zstd) that is one of those. *ret is the caller's. ERR_PROTOCOL names what is wrong
 * with it; ERR_USAGE: several images and none named, or not the one named, or not for the platform; ERR_IO,
 * ERR_CANCELED. */
int bundle_read(struct stream from, const struct bundle_wish *wish, struct facts **ret, struct err *err) NODISCARD;
/* The same of an OCI layout's folder. */
int bundle_read_layout(const char *path, const struct bundle_wish *wish, struct facts **ret, struct err *err) NODISCARD;

/* An image whose layers come one by one from somewhere else. */
struct bundle_parts {
	struct blob config;
	const char *const *layers; /* digests, lowest first: "sha256:HEX"; the bytes are held against them */
	size_t n;
	unsigned workers; /* how many layers are read at once: threads; at least 1 */
	/* The bytes of a layer, for that worker; borrowed until the worker asks again. */
	int (*open)(void *self, unsigned worker, size_t layer, struct stream *ret, struct err *err);
	void *self;
};
/* Reads them side by side; the first fault ends all. Raises also what the streams raise. */
int bundle_read_parts(const struct bundle_parts *p, const struct bundle_wish *wish, struct facts **ret,
		      struct err *err) NODISCARD;
