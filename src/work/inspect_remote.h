/* inspect_remote.h — an image of a registry read into facts, its layers streamed side by side, nothing stored. */
#pragma once

#include "work/inspect.h"

/* 0, or 1 where the registry has no such image. Raises what source/remote.h and inspect/bundle.h raise. */
int inspect_remote(const struct inspect_ask *a, const char *name, struct facts **ret, struct err *err) NODISCARD;
