/* run_spec.h — what a container is asked to be, as the engine's JSON: locked down and limited; for this floor only. */
#pragma once

#include "adapt/json.h"
#include "engine/run.h"

/* The body of POST /containers/create, but for labels and the volume of files. Asks the engine for the image's volumes
 * and its CPUs. *ret is the caller's. ERR_ENGINE when the image is not there. */
int run_spec(struct engine *e, const char *image, const struct run_opts *o, struct jdoc **ret,
	     struct err *err) NODISCARD;
