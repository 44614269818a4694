/* cover.h — which GPUs the device code of a file serves, per fatbin container.
 *
 * Unlike rules/arch.h, which knows sets of wheels by the catalog, this looks at code that was found in a file, with its
 * a and f suffixes and PTX versions. Pure; nothing here fails. */
#pragma once

#include "model/binary.h"
#include "rules/arch.h"

struct cover_gpu {
	unsigned cc;  /* 90 = compute capability 9.0 */
	unsigned isa; /* newest PTX version times ten that the driver takes; 0 = not known, which takes all */
};

/* The driver's newest PTX version by its CUDA version's key (1204 -> 84); 0 = not known. */
unsigned cover_isa(uint16_t cuda) NODISCARD;
/* The CUDA versions that make PTX of a version: lowest and highest key (85 -> 1205, 1206); false = not known. */
bool cover_isa_cuda(unsigned isa, uint16_t *ret_low, uint16_t *ret_high) NODISCARD;
/* How one piece of code serves the GPU: ARCH_NATIVE, ARCH_JIT or ARCH_NONE. */
enum arch_cover cover_code(const struct code *c, struct cover_gpu gpu) NODISCARD;
/* How a group does: its best code. */
enum arch_cover cover_group(const struct code_group *g, struct cover_gpu gpu) NODISCARD;
/* How a file does: its worst group, link_only ones left out; ARCH_UNKNOWN where there is no device code. *ret_worst
 * (may be NULL) is that group. */
enum arch_cover cover_binary(const struct binary *b, struct cover_gpu gpu,
			     const struct code_group **ret_worst) NODISCARD;

/* How many containers serve the GPU how, link_only ones left out. torch's own libraries hold containers that are for
 * newer GPUs by design, so what they all do says more than what the worst does. */
struct cover_tally {
	size_t native, jit, none;
};
struct cover_tally cover_tally(const struct binary *b, struct cover_gpu gpu) NODISCARD;
