/* run_spec.h — what a container is asked to be, as the engine's JSON: locked down and limited; for this floor only.
 *
 * Docker gets Docker's form, podman its own (engine/run_libpod.h): what podman takes in Docker's form it changes
 * silently. */
#pragma once

#include "adapt/json.h"
#include "engine/image.h"
#include "engine/run.h"

/* Places of the image's VOLUMEs, but for /tmp and where our files go; filled: those that hold something in the image.
 */
struct run_volumes {
	struct strv all, filled;
};

/* The body of POST /containers/create (podman: /libpod/containers/create), but for labels and the volume of files. Asks
 * the engine for the image's volumes and its CPUs. *ret is the caller's. ERR_ENGINE when the image is not there. */
int run_spec(struct engine *e, const char *image, const struct run_opts *o, struct run_volumes *volumes,
	     struct jdoc **ret, struct err *err) NODISCARD;

#define RUN_MEMORY "size=64m" /* options of each folder in memory */

/* What starts in it: command, environment, user and folder; libpod: in podman's form. */
void run_spec_command(const struct run_opts *o, bool libpod, struct jval root);
/* How many processes it may have. */
unsigned run_spec_pids(const struct run_opts *o, unsigned cpus) NODISCARD;
/* Appends the CDI names of the GPUs asked for: "nvidia.com/gpu=0". */
void run_spec_cdi(const struct run_opts *o, struct strv *into);
