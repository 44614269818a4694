/* machine.h — what a machine itself must have to run a plan's packages without an image.
 *
 * Not here: drivers (the plan says them), checking a machine (templates/venv-create.mustache). */
#pragma once

#include "model/catalog.h"
#include "model/plan.h"

/* The GPUs that every package of the variant serves: bits are indices into catalog.archs. */
struct machine_gpus {
	bool known;		    /* false: of some package it is not established, or the variant has no CUDA */
	uint32_t native, jit, none; /* by machine code of all; by PTX of at least one */
	struct driver jit_least;    /* that compiles the newest PTX; branch 0 = not known */
};
struct machine_gpus machine_gpus(const struct catalog *c, const struct plan_variant *v) NODISCARD;
/* The capabilities of a set, "7.5 8.0"; the caller's. */
char *machine_gpus_text(const struct catalog *c, uint32_t set) NODISCARD;
/* The newest glibc that a wheel of the variant asks for, major * 100 + minor, and in *whose the package; 0 = none is
 * known. What is compiled on the machine asks for nothing. */
uint16_t machine_glibc(const struct catalog *c, const struct plan_variant *v, enum pkg *whose) NODISCARD;
