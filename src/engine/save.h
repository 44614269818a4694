/* save.h — an image of the engine as the archive that `docker save` writes, streamed. */
#pragma once

#include "base/stream.h"
#include "engine/engine.h"

struct save;
void save_free(struct save *s);
DEFINE_AUTO(save, struct save);

/* Asks for the image (id, tag or digest). *ret is the caller's, and ends before the engine does. ERR_ENGINE,
 * ERR_CANCELED. */
int save_start(struct engine *e, const char *image, struct save **ret, struct err *err) NODISCARD;
/* Its bytes, read once; raises ERR_ENGINE where the engine stops in the middle. Borrowed from s. */
struct stream save_stream(struct save *s);
