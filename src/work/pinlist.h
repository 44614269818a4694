/* pinlist.h — what `uv pip compile --generate-hashes` printed: a requirements file, as requirements with hashes.
 *
 * All or nothing: a line that is no requirement, or one without a sha256, is ERR_PROTOCOL. Not here: how it is made
 * (work/fetch_pins.c). */
#pragma once

#include "base/err.h"
#include "model/plan.h"

#define PINLIST_SIZE_MAX (16u << 20)

/* Replaces the variant's `pip` by the list, in its order; packages of the torch family are left out, since the plan
 * has them apart. `files` (data NULL: none) is the same resolution as a pylock.toml, which names only the files that an
 * installer would take: of each requirement the hashes that stand in it too are kept, if there are any. On an error the
 * variant is as it was. */
int pinlist_read(struct blob compiled, struct blob files, struct plan_variant *v, struct err *err) NODISCARD;
