/* fetch_catalog.h — what the world lists now: the tags of nvidia/cuda, the wheels of torch and its extensions.
 *
 * Every page that the catalog has rows of is read, from the manifest's sources or the public ones, all at once. A page
 * that is not there, or that names no wheel at all (the page of a proxy that wants a login is such a one), is passed
 * over; a server that cannot be reached, refuses or breaks the protocol ends it (ERR_NET, ERR_AUTH, ERR_PROTOCOL),
 * except that one of several sources of images is enough: then no tag is taken for gone. */
#pragma once

#include "model/catalog.h"
#include "model/live.h"
#include "model/plan.h"
#include "work/fetch.h"

/* Fills *into, which is the caller's to clear. */
int fetch_live(const struct catalog *c, const struct fetch_opts *o, struct live *into, struct err *err) NODISCARD;
/* Adds which of the lock's tags lead to other digests now (both are said), and which are gone. */
int fetch_moved(const struct plan *lock, const struct fetch_opts *o, struct drifts *into, struct err *err) NODISCARD;
