/* inspect.h — anything that holds files, read into facts without running it.
 *
 * Named by a path, or by an image's name: the engine is asked first, then the registry. A name with a scheme in front
 * says where it is: docker-archive:PATH[:NAME], oci-archive:PATH[:NAME], oci:PATH[:NAME], dir of any kind by its path;
 * docker-daemon:NAME (the engine alone), docker://NAME, http://NAME, https://NAME (the registry alone).
 * Not here: what is right or wrong (inspect/checks.h). */
#pragma once

#include "engine/engine.h"
#include "model/facts.h"

#include <signal.h>

struct inspect_ask {
	const char *what;
	const char *platform;		  /* "linux/arm64"; NULL: this machine's, else any */
	bool offline;			  /* no registry is asked */
	const struct engine_opts *engine; /* NULL: there is none */
	const char *no_engine;		  /* why, for messages; may be NULL */
	const char *ca;			  /* PEM file trusted beside the system's; may be NULL */
	const struct events *events;	  /* may be NULL */
	const volatile sig_atomic_t *stop;
};

enum inspect_engine { ENGINE_NOT_ASKED, ENGINE_IF_THERE, ENGINE_NEEDED };
/* Whether the engine will be asked for what is named. */
enum inspect_engine inspect_engine_of(const char *what) NODISCARD;
/* Reads it. *ret is the caller's, its source says where it was found. ERR_USAGE where it is nothing of all that;
 * ERR_PROTOCOL for broken bytes; ERR_NET and ERR_AUTH as registries answer; ERR_ENGINE, ERR_IO, ERR_CANCELED. */
int inspect_read(const struct inspect_ask *a, struct facts **ret, struct err *err) NODISCARD;
