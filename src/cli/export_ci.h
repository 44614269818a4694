/* export_ci.h — `export github` and `export gitlab`: a recipe for a CI out of the lock. */
#pragma once

#include "cli/cmd.h"
#include "render/render.h"

/* Writes the recipe below the manifest's folder, or that of --output. ERR_INPUT where there is no lock. */
int export_ci(struct app *app, enum render_ci kind, struct err *err) NODISCARD;
