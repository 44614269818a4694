/* patience.h — how long servers are waited for, with the environment's own figures.
 *
 * CUDABUILD_CONNECT_TIMEOUT (10s), CUDABUILD_STALL_TIMEOUT (30s; also how long a credential helper may take) and
 * CUDABUILD_NETWORK_TIMEOUT (15m: one round of questions to registries and indexes) hold times such as "45s" or "5m".
 */
#pragma once

#include "base/err.h"

struct patience {
	unsigned connect_ms; /* until TCP and TLS stand */
	unsigned stall_ms;   /* below 1 KiB/s */
	unsigned total_ms;   /* for all questions of a round together, waits included */
};

/* ERR_USAGE names a variable that holds no time. */
int patience_read(struct patience *ret, struct err *err) NODISCARD;
