/* fetch_image.h — images brought into an engine: pulled by digest with this user's credentials; a tag is asked of its
 * registry first. */
#pragma once

#include "engine/engine.h"

/* Pulls repository@digest unless it is there. What credential helpers complained about becomes the hint of a refusal.
 */
int fetch_image(struct engine *e, const char *subject, const char *repository, const char *digest, const char *platform,
		struct err *err) NODISCARD;
/* Pulls what the registry has under a reference "registry/name:tag"; *ret is then the name by digest, the caller's.
 * 1 when the reference names no registry (a local image only) or the registry has no such tag. */
int fetch_image_tag(struct engine *e, const char *subject, const char *reference, const char *platform,
		    const struct events *events, const volatile int *stop, char **ret, struct err *err) NODISCARD;
