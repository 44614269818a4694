/* build.h — an image from a context, by the engine's BuildKit: one request, streamed both ways.
 *
 * No session is opened, so FROM names images that the engine holds (engine_pull() first), and a Dockerfile asks for no
 * secrets. Not here: which labels and tags (the caller's), the tar (engine/pack.h). */
#pragma once

#include "engine/engine.h"
#include "model/context.h"

struct build_opts {
	const char *subject;	   /* of events and errors: the variant */
	const char *dockerfile;	   /* member of the context: "images/cu128/Dockerfile" */
	const char *target;	   /* stage; NULL = the last */
	const char *platform;	   /* NULL = the engine's */
	const struct strv *tags;   /* "repo:tag"; NULL = none */
	const struct strv *labels; /* "KEY=VALUE"; NULL = none */
	const struct strv *args;   /* build arguments "KEY=VALUE"; NULL = none */
	const char *network;	   /* of RUN: NULL = the engine's default, "none", "host" */
	bool no_cache;
	const char *expect_digest; /* sha256 in hex of the tar as engine_context_digest() gave it; another one: ERR_IO
				      "changed". NULL = any */
};

/* Sha256 (hex, the caller's) of the tar that would be sent: equal contexts give equal digests on any machine. Reads all
 * files. ERR_IO names a file that cannot be read or has another size than the context says. */
int engine_context_digest(const struct context *c, char **ret, struct err *err) NODISCARD;

/* Builds. *ret_id ("sha256:HEX") is the caller's. Events: EVENT_STEP "[2/5] RUN ..." with done of total steps,
 * EVENT_LOG per line printed. A failing step is ERR_ENGINE: "SUBJECT: FILE:LINE: RUN ...: exit code N", detail = its
 * last lines. */
int engine_build(struct engine *e, const struct context *c, const struct build_opts *o, char **ret_id,
		 struct err *err) NODISCARD;
