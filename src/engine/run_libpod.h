/* run_libpod.h — what a container is asked to be, in podman's own form (SpecGenerator); for this floor only.
 *
 * In Docker's form podman before 5.5 ignores DeviceRequests without an error, so a test would run without the GPU that
 * was asked for; it adds folders in memory without a size; and it makes an anonymous volume for every VOLUME. */
#pragma once

#include "adapt/json.h"
#include "engine/run.h"

/* Fills root, but for name, labels and the volume of files. memory: paths of folders in memory. GPUs are always asked
 * for by their CDI names. */
void run_libpod(const char *image, const struct run_opts *o, const struct strv *memory, unsigned cpus,
		struct jval root);
/* The request for a container that is never started, and in which no VOLUME hides what the image has there; the
 * caller's.
 */
struct jdoc *run_libpod_still(const char *image) NODISCARD;
/* Mounts a named volume at a path, read-only. */
void run_libpod_mount(struct jval root, const char *volume, const char *at);
