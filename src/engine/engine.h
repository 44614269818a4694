/* engine.h — a container engine that speaks the Docker Engine API: opened once per thread, version negotiated, asked.
 *
 * All calls on a handle block until they are done, emit progress as events, and belong to one thread at a time. Work
 * that goes on side by side (variants under -j) uses one handle per thread: engine_open() is cheap (one small request),
 * nothing is shared but *host, *owner and *stop, which the engine only reads. events->emit is called on the
 * thread that made the call: whoever gives the same events to several threads locks in emit.
 *
 * Cancellation: as soon as *stop is non-zero (a signal's number, set by the handler), a running call ends what it
 * started in the engine (the build is cancelled, the container killed and removed) and returns ERR_CANCELED. What a
 * killed process leaves is found by its labels (engine/owner.h, engine/reap.h).
 *
 * Errors: ERR_ENGINE when the engine cannot be reached, is too old, or refuses; the text names address and, where it is
 * down, the hint says how to start it. Names and answers of the engine are foreign bytes: limited in size, never
 * trusted. Not here: images (engine/image.h), builds (engine/build.h), containers (engine/run.h). */
#pragma once

#include "base/event.h"
#include "engine/host.h"
#include "engine/owner.h"

#include <signal.h>
#include <stdint.h>

struct engine;

struct engine_opts {
	const struct host *host;	   /* borrowed, outlives the engine */
	const struct owner *owner;	   /* borrowed, outlives the engine */
	const struct events *events;	   /* borrowed; NULL: nobody listens */
	const volatile sig_atomic_t *stop; /* borrowed; NULL: never stopped */
};

struct engine_info {
	char *version;	 /* "20.10.24" */
	char *api;	 /* the version spoken: "1.41" */
	char *name;	 /* "Docker Engine" or "Podman" */
	char *os, *arch; /* "linux", "amd64" */
	char *root;	 /* where the engine keeps its data, on its machine; "" if it does not say */
	char *driver;	 /* "overlay2" */
	unsigned cpus;
	uint64_t memory;
	bool podman;   /* answers for Docker: no BuildKit, DeviceRequests ignored before 5.5 */
	bool buildkit; /* POST /build?version=2 is understood */
	bool cdi;      /* has CDI spec folders: GPUs by CDI names */
	bool nvidia;   /* has a runtime named nvidia */
};

/* Connects, negotiates the API version (1.40 to 1.47; older engines are ERR_ENGINE). *ret is the caller's. */
int engine_open(const struct engine_opts *o, struct engine **ret, struct err *err) NODISCARD;
void engine_free(struct engine *e);
DEFINE_AUTO(engine, struct engine);

/* What the engine says about itself and its machine. *ret is the caller's. */
int engine_info(struct engine *e, struct engine_info **ret, struct err *err) NODISCARD;
void engine_info_free(struct engine_info *i);
DEFINE_AUTO(engine_info, struct engine_info);
