/* machine.h — what a machine itself must have to run a plan's packages without an image.
 *
 * Not here: drivers (the plan says them), checking a machine (templates/venv-create.mustache). */
#pragma once

#include "model/catalog.h"
#include "model/plan.h"

/* The newest glibc that a wheel of the variant asks for, major * 100 + minor, and in *whose the package; 0 = none is
 * known. What is compiled on the machine asks for nothing. */
uint16_t machine_glibc(const struct catalog *c, const struct plan_variant *v, enum pkg *whose) NODISCARD;
