/* gpus.h — which GPUs there are to share out, so that no two images are proved on one at the same time. */
#pragma once

#include "base/mem.h"

/* How many NVIDIA GPUs this machine's device files show: "/dev/nvidia0" and so on below dev ("/dev"). */
unsigned gpus_count(const char *dev) NODISCARD;
/* The ids to share: those asked for ("0,2"), each once, whatever the machine shows, since the engine may be elsewhere;
 * "all" or NULL as "0,1,..." of count. NULL where there is nothing to share (all of none). The caller's. */
char *gpus_ids(const char *asked, unsigned count) NODISCARD;
/* How many ids a list has. */
unsigned gpus_many(const char *ids) NODISCARD;
/* The share of worker (from 0) of workers: every workers-th id. The caller's. */
char *gpus_share(const char *ids, unsigned worker, unsigned workers) NODISCARD;
