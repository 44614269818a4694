#include "source/cache.h"
#include "work/facts.h"
#include "work/fetch.h"
#include "work/fetch_pins.h"
#include "work/fetcher.h"
#include "work/sites.h"

static int fetch(const struct needs *needs, const struct fetch_place *place, struct known *known, struct err *err)
{
	AUTO_TEXT char *where = facts_cache();
	AUTO(cache) struct cache *cache = where ? cache_open(where) : NULL;
	AUTO(sites) struct sites *sites = NULL;
	const struct manifest_sources *named = place->sources;

	if (sites_read(named, &sites, err) < 0)
		return -1;

	const struct fetch_opts o = {.sources = &sites->sources,
				     .named = sites->images ? &named->images : NULL,
				     .named_os = sites->os_images ? named->os_images : NULL,
				     .dir = place->dir,
				     .events = place->events,
				     .cancel = place->stop,
				     .cache = cache,
				     .anew = place->anew};

	int rc = fetch_needs(needs, &o, known, err);
	if (rc < 0 && err->kind == ERR_NET && !err->hint[0])
		err_hint(err, "`--offline` asks nobody: the catalog decides, and nothing new is pinned");
	return rc;
}

static int pin(const struct project *p, const struct plan *lock, const struct fetch_place *place, struct plan *plan,
	       struct err *err)
{
	AUTO(sites) struct sites *sites = NULL;
	struct fetch_place at = *place;

	if (sites_read(place->sources, &sites, err) < 0)
		return -1;
	at.sources = &sites->sources;
	return fetch_pins(p, lock, &at, plan, err);
}

const struct fetcher work_fetcher = {.fetch = fetch, .pin = pin};
