/* domain.h — names of hosts that belong together, by the public suffix list (libpsl).
 *
 * The newer one of the list that libpsl was built with and the one that the system keeps. Where there is neither, every
 * name is taken for shared. Not here: which names of hosts are well formed (adapt/http_url.h). */
#pragma once

#include <stdbool.h>

/* Whether names directly below the name belong to whom they please: "com", "co.uk", "uk.com", "github.io"; a name that
 * ends in no domain that the list knows is shared where it is a single label. Letters may be of either case. */
bool domain_is_shared(const char *name);
