/* build_check.h — a finished image's configuration against its plan. */
#pragma once

#include "engine/image.h"
#include "model/plan.h"

/* Appends one sentence per difference: labels, environment, user, platform, command. None: the image is what was
 * planned. */
void build_check(const struct plan *p, const struct plan_variant *v, const struct image *i, struct strv *wrong);
