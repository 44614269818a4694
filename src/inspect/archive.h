/* archive.h — an image out of an archive or a layout, read in one pass: `docker save` old and new, OCI layouts as tar
 * or folder, compressed or not.
 *
 * Layers come before or behind the manifest that names them; all that could be one is read as it passes by. Nothing is
 * unpacked under a name of the archive. Not here: one layer (inspect/layer.h), what layers make together
 * (inspect/merge.h). */
#pragma once

#include "base/stream.h"
#include "model/facts.h"

#include <signal.h>

/* Whether the path looks like one: a regular file, or a folder with index.json and oci-layout. */
bool archive_is_one(const char *path) NODISCARD;
/* Reads it; platform ("linux/amd64") chooses where an index offers several. *ret is the caller's. ERR_PROTOCOL: it is
 * no image, is broken, cut short, or over a limit; ERR_IO; ERR_CANCELED. */
int archive_read(const char *path, const char *platform, const volatile sig_atomic_t *stop, struct facts **ret,
		 struct err *err) NODISCARD;
/* The same from a stream (an engine's export). name is for messages and the facts' subject. */
int archive_read_stream(const char *name, struct stream from, const char *platform, const volatile sig_atomic_t *stop,
			struct facts **ret, struct err *err) NODISCARD;
