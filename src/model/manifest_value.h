/* manifest_value.h — making, copying and releasing the parts of a manifest. For the manifest's own files. */
#pragma once

#include "model/manifest.h"

/* Gives to, which must be empty, a deep copy of from. */
void manifest_variant_copy(const struct manifest_variant *from, struct manifest_variant *to);
/* Releases what the variant holds; it is empty and usable again. */
void manifest_variant_clear(struct manifest_variant *v);
void manifest_variant_clear_targets(struct manifest_variant *v);
/* Fills what is absent with the documented defaults. */
void manifest_variant_complete(struct manifest_variant *v);
