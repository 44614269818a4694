/* fetcher.h — the seam between resolving and the network: whoever can answer needs. The front program has none. */
#pragma once

#include "base/event.h"
#include "model/manifest.h"
#include "model/needs.h"
#include "work/project.h"

struct fetch_place {
	const struct manifest_sources *sources; /* where to ask, as the manifest says */
	const char *dir;			/* the manifest's folder, which relative directory sources are below */
	const struct events *events;
	bool anew;		  /* ask again for what was kept of earlier answers */
	const volatile int *stop; /* NULL, or non-zero once a signal came */
};

struct fetcher {
	/* Answers every need into known. ERR_NET, ERR_AUTH, ERR_PROTOCOL with host and reason; ERR_IO for directories.
	 */
	int (*fetch)(const struct needs *needs, const struct fetch_place *place, struct known *known, struct err *err);
	/* Gives the variants that have none their other packages, with hashes (work/fetch_pins.h). */
	int (*pin)(const struct project *p, const struct plan *lock, const struct fetch_place *place, struct plan *plan,
		   struct err *err);
};

/* Asks registries and indexes (work/fetch.h); in the worker only. */
extern const struct fetcher work_fetcher;
