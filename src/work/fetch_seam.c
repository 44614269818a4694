#include "work/fetch.h"
#include "work/fetch_pins.h"
#include "work/fetcher.h"

static int fetch(const struct needs *needs, const struct fetch_place *place, struct known *known, struct err *err)
{
	const struct fetch_opts o = {
		.sources = place->sources, .dir = place->dir, .events = place->events, .cancel = place->stop};

	return fetch_needs(needs, &o, known, err);
}

const struct fetcher work_fetcher = {.fetch = fetch, .pin = fetch_pins};
