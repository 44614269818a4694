/* names.h — what variants of a plan are called: the manifest's name for them and, where that is not enough, CUDA and
 * platform.
 *
 * Not here: names of images and tags (resolve/emit.h). */
#pragma once

#include "resolve/select.h"

/* The name of one of the selected: "cu128", "big", "big-cu128", "cu128-arm64"; the caller's. */
char *names_make(const struct manifest_variant *v, const struct selection *s, const struct selected *one) NODISCARD;
/* Whether names_make() could have made it for the manifest's variant of that name: "big-cu128" of "big", not
 * "bigger" nor "big-x". */
bool names_belongs(const char *name, const char *variant) NODISCARD;
