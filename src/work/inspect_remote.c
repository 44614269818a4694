#include "work/inspect_remote.h"

#include "base/str.h"
#include "inspect/bundle.h"
#include "source/remote.h"
#include "work/sites.h"

#include <pthread.h>
#include <unistd.h>

enum { WORKERS_MAX = 4 };

enum { STEPS = 20 }; /* how often progress is told */

/* A layer under way. */
struct layer_stream {
	struct reading *all;
	struct stream from;
};

/* lock guards done and told, and events. */
struct reading {
	const struct inspect_ask *ask;
	const struct remote *r;
	struct remote_reader *readers[WORKERS_MAX];
	struct layer_stream streams[WORKERS_MAX];
	pthread_mutex_t lock;
	uint64_t done, told, total; /* bytes of all layers */
};

static void tell(struct reading *x, uint64_t more)
{
	struct event e = {.kind = EVENT_STEP, .subject = x->ask->what, .text = "reading layers", .total = x->total};

	pthread_mutex_lock(&x->lock);
	x->done += more;
	if (x->done - x->told > x->total / STEPS) {
		x->told = e.done = x->done;
		event_emit(x->ask->events, &e);
	}
	pthread_mutex_unlock(&x->lock);
}

static long read_counted(void *self, char *into, size_t len, struct err *err)
{
	struct layer_stream *s = self;
	long n = s->from.read(s->from.self, into, len, err);

	if (n > 0)
		tell(s->all, (uint64_t)n);
	return n;
}

static int open_layer(void *self, unsigned worker, size_t layer, struct stream *ret, struct err *err)
{
	struct reading *x = self;

	if (!x->readers[worker] && remote_reader_new(x->r, &x->readers[worker], err) < 0)
		return -1;
	x->streams[worker] =
		(struct layer_stream){.all = x, .from = remote_layer(x->readers[worker], &x->r->layers[layer])};
	*ret = (struct stream){.read = read_counted, .self = &x->streams[worker]};
	return 0;
}

/* Unpacking takes a core per layer. */
static unsigned workers_for(size_t layers)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = cores > 1 ? (size_t)cores : 1;

	n = n < WORKERS_MAX ? n : WORKERS_MAX;
	n = n < layers ? n : layers;
	return n ? (unsigned)n : 1;
}

static uint64_t size_of(const struct remote *r)
{
	uint64_t all = 0;

	for (size_t i = 0; i < r->n_layers; i++)
		all += r->layers[i].size;
	return all;
}

static int read_layers(const struct inspect_ask *a, const struct remote *r, struct facts **ret, struct err *err)
{
	struct reading x = {.ask = a, .r = r, .total = size_of(r)};
	const char **digests = xcalloc(r->n_layers + 1, sizeof(*digests));
	struct bundle_wish wish = {.subject = a->what, .platform = a->platform, .stop = a->stop};
	struct bundle_parts parts = {.config = buf_blob(&r->config, "config"),
				     .layers = digests,
				     .n = r->n_layers,
				     .workers = workers_for(r->n_layers),
				     .open = open_layer,
				     .self = &x};
	int rc;

	for (size_t i = 0; i < r->n_layers; i++)
		digests[i] = r->layers[i].digest.text;
	pthread_mutex_init(&x.lock, NULL);
	rc = bundle_read_parts(&parts, &wish, ret, err);
	pthread_mutex_destroy(&x.lock);
	for (size_t i = 0; i < WORKERS_MAX; i++)
		remote_reader_free(x.readers[i]);
	free(digests);
	return rc;
}

int inspect_remote(const struct inspect_ask *a, const char *name, struct facts **ret, struct err *err)
{
	AUTO(remote) struct remote *r = NULL;
	AUTO_TEXT char *source = NULL;
	AUTO_TEXT char *step = NULL;
	AUTO_TEXT char *size = NULL;
	char repository[REF_TEXT];
	const struct manifest_sources none = {.os_images = NULL};
	AUTO(sites) struct sites *sites = NULL;
	struct remote_opts o = {.platform = a->platform, .ca = a->ca, .events = a->events, .cancel = a->stop};
	int rc = sites_read(&none, &sites, err);

	if (rc < 0)
		return -1;
	if (!o.ca)
		o.ca = sites->sources.ca;
	rc = remote_find(name, &o, &r, err);
	if (rc != 0)
		return rc;
	size = str_size(size_of(r));
	source = xasprintf("registry %s", r->ref.domain);
	step = xasprintf("%s, %s, %zu layers, %s packed", source, r->platform, r->n_layers, size);
	event_say(a->events, EVENT_STEP, a->what, step);
	if (read_layers(a, r, ret, err) < 0)
		return -1;
	(*ret)->source = TAKE(source);
	(*ret)->image = xasprintf("%s@%s", ref_repository(&r->ref, repository), r->image.text);
	return 0;
}
