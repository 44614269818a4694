/* static_kept.h — what the static level said of an image before: an image that is the same by its id is not read again
 * for the same plan by the same program. Only what passed is kept, in the cache of answers (source/cache.h). */
#pragma once

#include "model/plan.h"
#include "model/report.h"

/* What it depends on; the caller's. */
char *static_key(const struct plan *p, const struct plan_variant *v, const char *image_id) NODISCARD;
/* Whether it is known; *ret is then the caller's. */
bool static_recall(const char *key, struct report **ret) NODISCARD;
void static_remember(const char *key, const struct report *r);
