/* fetch_pins.h — the packages beside the torch family, with hashes, as `uv pip compile` resolves them.
 *
 * torch and the extensions are given to uv as the files that the plan names, so that what they require is resolved with
 * the rest, and left out of its answer; of one that is compiled only scipy is known to be required, since nothing is
 * built. Python, platform and C library are the variant's, the index is the manifest's or this host's. All variants are
 * resolved side by side. A variant that cannot be resolved stays as it is wished, with a note that says why: that is an
 * answer, not an error. */
#pragma once

#include "work/fetcher.h"

/* For each variant of the plan that has no pip_input. Versions of the lock (NULL: none) are kept where they fit.
 * ERR_IO for the temporary folder, ERR_CANCELED. */
int fetch_pins(const struct project *p, const struct plan *lock, const struct fetch_place *place, struct plan *plan,
	       struct err *err) NODISCARD;

/* --- the parts, for tests --- */

/* uv's name of the platform ("linux/amd64") with that C library (major * 100 + minor; 0: not known); the caller's. */
char *fetch_pins_platform(const char *platform, unsigned glibc) NODISCARD;
/* What uv said when it failed as one line without its drawing; the caller's. */
char *fetch_pins_reason(const char *said) NODISCARD;
