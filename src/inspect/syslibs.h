/* syslibs.h — what an environment without a file system of its own finds on this machine: the C library, libstdc++ and
 * whatever its libraries need and do not bring.
 *
 * Looks in the folders that ld.so.conf names and in the default ones, as this machine's loader does. The driver's
 * libraries are left out: they belong to a machine, not to what is looked at. */
#pragma once

#include "inspect/gather.h"

/* Adds the libraries, links to them and this machine's ld.so.conf files. ERR_IO. */
int syslibs_add(struct gather *g, struct err *err) NODISCARD;
