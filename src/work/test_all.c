#include "work/test_all.h"

#include "work/gpus.h"

#include <pthread.h>
#include <unistd.h>

/* What the threads share. lock guards next and err. */
struct shared {
	const struct test_request *v;
	struct reports *out;
	const char *ids; /* GPUs to share out; NULL: every test asks for what its request says */
	pthread_mutex_t lock;
	size_t next;
	unsigned workers;
	struct err err; /* of the first test that could not be done */
};

struct worker {
	struct shared *shared;
	unsigned number;
	pthread_t thread;
};

void reports_free(struct reports *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++)
		report_free(r->v[i]);
	free(r->v);
	free(r);
}

/* The number of the next request, or n when there is none left or one has broken off. */
static size_t next(struct shared *s)
{
	size_t i;

	pthread_mutex_lock(&s->lock);
	i = s->err.kind == ERR_NONE && s->next < s->out->n ? s->next++ : s->out->n;
	pthread_mutex_unlock(&s->lock);
	return i;
}

/* The first error is kept, but that a signal came says more than what it led to. */
static void keep(struct shared *s, struct err *err)
{
	struct err ignored = ERR_INIT;

	pthread_mutex_lock(&s->lock);
	if (s->err.kind == ERR_NONE || (err->kind == ERR_CANCELED && s->err.kind != ERR_CANCELED)) {
		err_clear(&s->err);
		(void)err_move(&s->err, err);
	} else {
		(void)err_move(&ignored, err);
		err_clear(&ignored);
	}
	pthread_mutex_unlock(&s->lock);
}

static void *work(void *self)
{
	const struct worker *w = self;
	struct shared *s = w->shared;
	AUTO_TEXT char *share = s->ids ? gpus_share(s->ids, w->number, s->workers) : NULL;
	size_t i;

	while ((i = next(s)) < s->out->n) {
		struct test_request r = s->v[i];
		struct err err = ERR_INIT;

		r.beside = s->workers;
		if (share)
			r.gpus = share;
		if (test_image(&r, &s->out->v[i], &err) < 0)
			keep(s, &err);
	}
	return NULL;
}

/* Importing torch takes a core and a gigabyte. */
static unsigned workers_of(unsigned jobs, size_t n, const char *ids)
{
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	const unsigned gpus = ids ? gpus_many(ids) : 0;

	if (jobs == 0)
		jobs = ids ? 1 : cores > 3 ? (unsigned)cores / 2 : 1;
	if (gpus > 0 && jobs > gpus)
		jobs = gpus;
	return jobs > n ? (unsigned)n : jobs;
}

static void run(struct shared *s)
{
	struct worker *w = xcalloc(s->workers, sizeof(*w));
	unsigned started = 0;

	for (unsigned i = 0; i < s->workers; i++)
		w[i] = (struct worker){.shared = s, .number = i};
	while (started < s->workers && pthread_create(&w[started].thread, NULL, work, &w[started]) == 0)
		started++;
	if (started == 0 && s->workers)
		work(&w[0]);
	for (unsigned i = 0; i < started; i++)
		pthread_join(w[i].thread, NULL);
	free(w);
}

int test_all(const struct test_request *v, size_t n, unsigned jobs, struct reports **ret, struct err *err)
{
	AUTO(reports) struct reports *out = xcalloc(1, sizeof(*out));
	const unsigned count = n && host_is_local(v[0].engine->host) ? gpus_count("/dev") : 0;
	AUTO_TEXT char *ids = n ? gpus_ids(v[0].gpus, count) : NULL;
	struct shared s = {.v = v, .out = out, .workers = workers_of(jobs, n, ids), .err = ERR_INIT};

	out->v = xcalloc(n, sizeof(struct report *));
	out->n = n;
	s.ids = s.workers > 1 ? ids : NULL;
	pthread_mutex_init(&s.lock, NULL);
	run(&s);
	pthread_mutex_destroy(&s.lock);
	if (s.err.kind != ERR_NONE)
		return err_move(err, &s.err);
	*ret = TAKE(out);
	return 0;
}
