/* bundle.h — an image as an archive or a folder: docker save, old and new, and OCI layouts, read into facts.
 *
 * A tar is read once, from first byte to last, whatever order its members have; blobs named by their sha256 are held
 * against it. Of a nested index the image for this machine's architecture is taken, else the first. Nothing is
 * extracted. Run it in a child with limits (inspect/guard.h). Not here: engines and registries. */
#pragma once

#include "base/stream.h"
#include "model/facts.h"

#include <signal.h>

/* Whether the folder is an OCI layout. */
bool bundle_is_layout(const char *path) NODISCARD;
/* Reads an archive (plain, gzip or zstd) that is one of those. subject is its name in messages. *ret is the caller's.
 * ERR_PROTOCOL names what is wrong with it; ERR_IO, ERR_CANCELED. */
int bundle_read(struct stream from, const char *subject, const volatile sig_atomic_t *stop, struct facts **ret,
		struct err *err) NODISCARD;
/* The same of an OCI layout's folder. */
int bundle_read_layout(const char *path, const volatile sig_atomic_t *stop, struct facts **ret,
		       struct err *err) NODISCARD;
