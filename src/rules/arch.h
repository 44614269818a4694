/* arch.h — GPU coverage: how a wheel's kernels serve a compute capability, and what to compile for one.
 *
 * A capability X.Y is the number 10 * X + Y (8.6 is 86, 12.0 is 120). Pure; nothing here fails.
 * Not here: drivers (rules/driver_fit.h), which set belongs to a wheel (model/catalog.h). */
#pragma once

#include "model/catalog.h"

enum arch_cover {
	ARCH_NATIVE,  /* machine code (SASS) for it */
	ARCH_JIT,     /* only through PTX that the driver compiles at first use */
	ARCH_UNKNOWN, /* the set is not established */
	ARCH_NONE,    /* no kernel image for the device */
};

/* How the set serves the capability: machine code of the same major and a minor at or below it, else PTX at or below
 * it. Embedded parts (arch_is_embedded()) take machine code of exactly their own capability only. */
enum arch_cover arch_covers(const struct catalog *c, struct arch_set set, unsigned cc) NODISCARD;
/* Parts of Jetson and DRIVE boards (5.3, 6.2, 7.2, 8.7, 10.1, 11.0), which the wheels of the indexes do not serve. */
bool arch_is_embedded(unsigned cc) NODISCARD;
/* The set with the bit of one capability; unchanged where the catalog has no row of it. */
struct arch_set arch_with(const struct catalog *c, struct arch_set set, unsigned cc) NODISCARD;
/* The best machine code that a toolkit compiles for the device: its own, else the nearest below it of the same major; 0
 * = none. */
unsigned arch_compiled_for(const struct catalog *c, uint16_t cuda, unsigned cc) NODISCARD;
/* What to compile: machine code for each of n capabilities as the toolkit can, or, where n is 0 or none can be
 * compiled, what `own` (torch's set) has; PTX of the newest. known is false where nothing could be said. */
struct arch_set arch_compile_set(const struct catalog *c, uint16_t cuda, const unsigned *ccs, size_t n,
				 struct arch_set own) NODISCARD;
/* TORCH_CUDA_ARCH_LIST of a set: "7.5 8.0 9.0+PTX"; "" where it is not known. The caller's. */
char *arch_list(const struct catalog *c, struct arch_set set) NODISCARD;
/* Reads "8.0 9.0+PTX" (separators: space, ';', ','); false where an entry is none that the catalog knows. */
bool arch_list_parse(const struct catalog *c, const char *text, struct arch_set *ret) NODISCARD;
/* "native", "jit", "none" or "unknown". Static. */
const char *arch_cover_name(enum arch_cover cover) NODISCARD;
