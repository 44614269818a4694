#include "source/cache.h"
#include "work/facts.h"
#include "work/fetch.h"
#include "work/fetch_pins.h"
#include "work/fetcher.h"

static int fetch(const struct needs *needs, const struct fetch_place *place, struct known *known, struct err *err)
{
	AUTO_TEXT char *where = facts_cache();
	AUTO(cache) struct cache *cache = where ? cache_open(where) : NULL;
	const struct fetch_opts o = {.sources = place->sources,
				     .dir = place->dir,
				     .events = place->events,
				     .cancel = place->stop,
				     .cache = cache,
				     .anew = place->anew};

	return fetch_needs(needs, &o, known, err);
}

const struct fetcher work_fetcher = {.fetch = fetch, .pin = fetch_pins};
