/* fit.h — how a target of the manifest fares with a choice: driver, kernels, JIT.
 *
 * Not here: the rules themselves (rules/arch.h, rules/driver_fit.h), their wording (resolve/notes.h). */
#pragma once

#include "model/reason.h"
#include "resolve/choice.h"
#include "rules/arch.h"

struct fit {
	enum plan_fit fit;
	bool native;	       /* machine code for it in every package */
	enum reason_code code; /* why not, or what to know; REASON__MAX: nothing to say */
	enum pkg culprit;      /* the package that lacks kernels, or runs by JIT; PKG__MAX: none */
	uint16_t cuda;	       /* that the culprit, or else torch, is built for */
};

struct fit fit_target(const struct ask *a, const struct choice *ch, const struct ask_target *t) NODISCARD;
/* What a package of the choice was compiled for. */
struct arch_set fit_archs(const struct choice *ch, enum pkg pkg) NODISCARD;
