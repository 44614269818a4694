/* facts.h — the catalog that decides here: the program's own, with what `catalog update` found on top. */
#pragma once

#include "model/catalog.h"
#include "model/overlay.h"

/* Where answers of servers and the overlay lie: CUDABUILD_CACHE, else cudabuild below XDG_CACHE_HOME, else below
 * ~/.cache; all must be absolute. The caller's; NULL: nowhere. */
char *facts_cache(void) NODISCARD;
/* The catalog, read once; valid until the program ends. An overlay that cannot be read, is broken or is for another
 * catalog is as if it were not there. */
const struct catalog *facts_catalog(void) NODISCARD;
/* Keeps the overlay for later runs; ERR_IO. An empty one removes what is there. */
int facts_keep(const struct overlay *o, struct err *err) NODISCARD;
/* The file's name inside a folder. */
#define FACTS_OVERLAY "overlay.json"
