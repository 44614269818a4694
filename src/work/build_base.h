/* build_base.h — the images that a build begins with, in the engine by their digests, from wherever serves them.
 *
 * Asked in turn: the places that a configuration file names instead of the manifest's, the repository of the lock, the
 * manifest's other sources. Each must serve the locked digest. Not here: what is not pinned (work/build.c). */
#pragma once

#include "engine/engine.h"
#include "model/context.h"
#include "model/plan.h"
#include "work/sites.h"

/* One image that came from elsewhere. */
struct base_moved {
	char *from, *to; /* "nvcr.io/nvidia/cuda:TAG@sha256:..." of the lock, "mirror.lan/nvidia/cuda@sha256:..." */
};

void base_moved_clear(struct base_moved *m);
/* Pulls a pinned image. *moved, the caller's to clear, stays empty where the lock's own repository served it. The error
 * is that of the lock's own repository. */
int base_pull(struct engine *e, const struct manifest_sources *named, const struct sites *sites,
	      const struct plan_variant *v, const struct plan_image *image, struct base_moved *moved,
	      struct err *err) NODISCARD;
/* A copy of a build context in which that Dockerfile's FROM lines name the images where they came from; the caller's.
 */
int base_rename(const struct context *c, const char *dockerfile, const struct base_moved *moved, size_t n,
		struct context **ret, struct err *err) NODISCARD;
