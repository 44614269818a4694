/* manifest_dump.h — a parsed manifest as JSON, for comparing in tests. */
#pragma once

#include "model/manifest.h"

/* Appends all fields that hold something. */
void manifest_dump(const struct manifest *m, struct buf *out);
