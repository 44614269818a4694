#include "work/fetch.h"

#include "adapt/http_curl.h"
#include "base/file.h"
#include "source/caller.h"
#include "source/imagefind.h"
#include "source/registry.h"
#include "source/wheelindex.h"

/* One need and its answer. */
struct slot {
	struct fetching *all;
	struct fact fact;
	struct err err;
};

struct fetching {
	const struct fetch_opts *opts;
	size_t n, done;
	struct slot *slots;
};

static void show(const struct fetching *f, const struct fact_ask *a)
{
	AUTO_TEXT char *text = fact_ask_text(a);
	struct event e = {.kind = EVENT_STEP, .subject = "facts", .text = text, .done = f->done, .total = f->n};
	event_emit(f->opts->events, &e);
}

static void on_answer(void *self, struct fact *fact, struct err *err)
{
	struct slot *s = self;
	s->all->done++;
	if (err) {
		err_move(&s->err, err);
		return;
	}
	s->fact = *fact;
	*fact = (struct fact){.present = false};
	show(s->all, &s->fact.ask);
}

/* The first that failed decides, so that the same faults give the same message. */
static int collect(struct fetching *f, struct known *into, struct err *err)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->slots[i].err.kind == ERR_NONE)
			continue;
		err_move(err, &f->slots[i].err);
		return -1;
	}
	for (size_t i = 0; i < f->n; i++)
		known_add(into, &f->slots[i].fact);
	return 0;
}

static void ask_all(struct fetching *f, const struct needs *needs, struct imagefind *images, struct wheelindex *wheels)
{
	for (size_t i = 0; i < needs->n; i++) {
		f->slots[i].all = f;
		if (needs->v[i].kind == FACT_IMAGE)
			imagefind_start(images, &needs->v[i], on_answer, &f->slots[i]);
		else
			wheelindex_start(wheels, &needs->v[i], on_answer, &f->slots[i]);
	}
}

static int run(struct fetching *f, const struct needs *needs, struct http *http, struct known *into, struct err *err)
{
	const struct fetch_opts *o = f->opts;
	const struct manifest_sources *s = o->sources;
	AUTO_TEXT char *ca = s->ca && o->dir ? file_join(o->dir, s->ca) : xstrdup(s->ca);
	struct http_via via = {.ca_file = ca};
	struct patience patience;
	if (patience_read(&patience, err) < 0)
		return -1;
	AUTO(caller)
	struct caller *caller = caller_new(&(struct caller_opts){.http = http,
								 .events = o->events,
								 .via = &via,
								 .cache = o->cache,
								 .anew = o->anew,
								 .patience = patience});
	AUTO(registry)
	struct registry *registry =
		registry_new(&(struct registry_opts){.caller = caller, .ca = ca, .cancel = o->cancel});
	AUTO(imagefind)
	struct imagefind *images = imagefind_new(&(struct imagefind_opts){.registry = registry,
									  .images = &s->images,
									  .os_images = s->os_images,
									  .named = o->named,
									  .named_os = o->named_os,
									  .events = o->events});
	AUTO(wheelindex)
	struct wheelindex *wheels = wheelindex_new(&(struct wheelindex_opts){.caller = caller,
									     .torch = s->torch,
									     .pyg = s->pyg,
									     .pypi = s->pypi,
									     .python = s->python,
									     .dir = o->dir});
	ask_all(f, needs, images, wheels);
	if (caller_run(caller, err) < 0)
		return -1;
	return collect(f, into, err);
}

int fetch_needs(const struct needs *needs, const struct fetch_opts *opts, struct known *into, struct err *err)
{
	AUTO(http) struct http *own = NULL;
	struct fetching f = {.opts = opts, .n = needs->n};
	struct http *http = opts->http;
	if (!needs->n)
		return 0;
	if (!http) {
		struct http_curl_opts curl = {.user_agent = "cudabuild/" CUDABUILD_VERSION,
					      .max_per_host = FETCH_CONNECTIONS};
		if (http_curl_new(&curl, &own, err) < 0)
			return -1;
		http = own;
	}
	http->cancel = opts->cancel;
	f.slots = xcalloc(f.n, sizeof(*f.slots));
	int rc = run(&f, needs, http, into, err);
	for (size_t i = 0; i < f.n; i++) {
		fact_clear(&f.slots[i].fact);
		err_clear(&f.slots[i].err);
	}
	free(f.slots);
	return rc;
}
