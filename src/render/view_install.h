/* view_install.h — the part of the view (render/view.h) that says what is installed and what is compiled first. */
#pragma once

#include "base/err.h"
#include "model/plan.h"
#include "render/value.h"

/* Sets family, others, links, complete, install, compiled, toolchain and tools. ERR_INPUT as view_variant(). */
int view_install(const struct plan *p, const struct plan_variant *v, const char *wheels, struct value *into,
		 struct err *err) NODISCARD;
/* "amd64" of "linux/amd64". Borrowed from v. */
const char *view_arch(const struct plan_variant *v) NODISCARD;
/* "python3.11", "python3.13t". The caller's. */
char *view_python(const struct plan_variant *v) NODISCARD;
