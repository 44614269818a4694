#include "work/build.h"

#include "base/str.h"
#include "engine/build.h"
#include "engine/image.h"
#include "engine/pack.h"
#include "work/build_base.h"
#include "work/local.h"
#include "work/static_kept.h"
#include "work/static_level.h"

#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* What the threads share. `lock` guards next and failed. */
struct shared {
	const struct build_request *r;
	struct builds *out;
	struct sites *sites;
	pthread_mutex_t lock;
	size_t next;
	bool failed;
};

const char *build_state_name(enum build_state s)
{
	static const char *const names[] = {"waiting", "done", "cached", "wrong", "failed", "not-started"};

	return names[s];
}

void builds_free(struct builds *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].ref);
		free(b->v[i].id);
		report_free(b->v[i].report);
		err_clear(&b->v[i].err);
	}
	free(b->v);
	free(b);
}

int builds_exit_code(const struct builds *b)
{
	int code = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (b->v[i].state == BUILD_WRONG)
			return 1;
		if (b->v[i].state == BUILD_FAILED && code == 0)
			code = err_exit_code(&b->v[i].err);
	}
	return code;
}

/* An unpinned base must be in the engine already: nothing is pulled by a name alone. */
static int need_local(struct engine *e, const struct plan_image *image, struct err *err)
{
	AUTO_TEXT char *ref = plan_image_ref(image);
	int rc = engine_image_exists(e, ref, err);

	if (rc <= 0)
		return rc;
	err_set(err, ERR_NET, "the base image '%s' is not pinned, and the engine does not have it", ref);
	return err_hint(err, "run `cudabuild generate` where the registry can be reached, or pull the image yourself");
}

static int pull(const struct shared *s, struct engine *e, const struct plan_variant *v, const struct plan_image *image,
		struct base_moved *moved, struct err *err)
{
	if (!image->repository)
		return 0;
	if (!image->digest)
		return need_local(e, image, err);
	if (base_pull(e, &s->r->project->manifest->sources, s->sites, v, image, moved, err) < 0)
		return -1;
	if (moved->from) {
		AUTO_TEXT char *text = xasprintf("%s:%s comes from %.*s", image->repository, image->tag,
						 (int)strcspn(moved->to, "@"), moved->to);

		event_say(s->r->engine->events, EVENT_NOTE, v->name, text);
	}
	return 0;
}

/* 0 and *ret when an image of that name was built from the same context, else 1. */
static int find_cached(struct engine *e, const struct built *b, const char *digest, struct image **ret, struct err *err)
{
	AUTO(image) struct image *i = NULL;
	int rc = engine_image(e, b->ref, &i, err);

	if (rc != 0)
		return rc;
	if (!str_eq(owner_label(&i->labels, BUILD_LABEL_CONTEXT), digest))
		return 1;
	*ret = TAKE(i);
	return 0;
}

static int take_result(struct engine *e, struct built *b, const char *id, struct err *err)
{
	AUTO(image) struct image *i = NULL;
	int rc = engine_image(e, id, &i, err);

	if (rc == 1)
		return err_set(err, ERR_ENGINE, "the engine lost the image '%s' that it just built", id);
	if (rc < 0)
		return -1;
	b->size = i->size;
	return 0;
}

/* The first error row, as an error. */
static int could_not_read(const struct report *r, struct err *err)
{
	for (size_t i = 0; i < r->nchecks; i++)
		if (r->checks[i].status == REPORT_ERROR) {
			err_set(err, r->error, "it was built, but could not be read: %s",
				r->checks[i].found ? r->checks[i].found : r->checks[i].id);
			return r->checks[i].hint ? err_hint(err, "%s", r->checks[i].hint) : -1;
		}
	return err_set(err, ERR_INTERNAL, "it was built, but could not be read");
}

/* Reads the image's bytes and holds them against the plan. */
static int prove(const struct shared *s, struct built *b, struct err *err)
{
	AUTO_TEXT char *what = xasprintf("docker-daemon:%s", b->id);
	const struct static_ask ask = {.plan = s->r->plan,
				       .variant = b->variant,
				       .from = {.what = what, .engine = s->r->engine, .stop = s->r->engine->stop}};
	AUTO_TEXT char *key = static_key(s->r->plan, b->variant, b->id);
	AUTO(static_run) struct static_run *run = NULL;

	if (!s->r->no_cache && static_recall(key, &b->report))
		return 0;
	event_say(s->r->engine->events, EVENT_STEP, b->variant->name, "reading what was built");
	if (static_start(&ask, &run, err) < 0 || static_finish(run, &b->report, err) < 0)
		return -1;
	static_remember(key, b->report);
	if (report_count(b->report, REPORT_FAIL) > 0)
		b->state = BUILD_WRONG;
	else if (report_count(b->report, REPORT_ERROR) > 0)
		return could_not_read(b->report, err);
	return 0;
}

/* How many processes compile, where this machine's configuration says it and the plan does not. */
static void add_jobs(const struct shared *s, const struct plan_variant *v, struct strv *args)
{
	bool compiles = false;

	for (size_t i = 0; i < v->npackages; i++)
		compiles = compiles || v->packages[i].way == WAY_SOURCE;
	if (compiles && s->sites->jobs && !s->r->plan->jobs)
		strv_addf(args, "CUDABUILD_JOBS=%u", s->sites->jobs);
}

/* Builds from the context, or from one that names the bases where they came from. */
static int build_moved(struct engine *e, struct built *b, const struct context *c, struct build_opts *o,
		       const struct base_moved *moved, struct err *err)
{
	AUTO(context) struct context *renamed = NULL;
	AUTO_TEXT char *digest = NULL;

	if (!moved[0].from && !moved[1].from)
		return engine_build(e, c, o, &b->id, err);
	if (base_rename(c, o->dockerfile, moved, 2, &renamed, err) < 0 ||
	    engine_context_digest(renamed, &digest, err) < 0)
		return -1;
	o->expect_digest = digest;
	return engine_build(e, renamed, o, &b->id, err);
}

static int build_new(const struct shared *s, struct engine *e, struct built *b, const struct context *c,
		     const char *digest, struct err *err)
{
	const struct plan_variant *v = b->variant;
	AUTO_TEXT char *dockerfile = xasprintf("%s%s%s/Dockerfile", str_eq(s->r->plan->out, ".") ? "" : s->r->plan->out,
					       str_eq(s->r->plan->out, ".") ? "" : "/", v->name);
	AUTO_STRV struct strv tags = STRV_INIT;
	AUTO_STRV struct strv labels = STRV_INIT;
	AUTO_STRV struct strv args = STRV_INIT;
	struct base_moved moved[2] = {{.from = NULL}};
	struct build_opts o = {.subject = v->name,
			       .dockerfile = dockerfile,
			       .platform = v->platform,
			       .tags = &tags,
			       .labels = &labels,
			       .args = &args,
			       .no_cache = s->r->no_cache,
			       .expect_digest = digest};

	strv_add(&tags, b->ref);
	strv_addf(&labels, "%s=%s", BUILD_LABEL_CONTEXT, digest);
	add_jobs(s, v, &args);
	int rc = pull(s, e, v, &v->base, &moved[0], err);
	if (rc == 0)
		rc = pull(s, e, v, &v->devel, &moved[1], err);
	if (rc == 0)
		rc = build_moved(e, b, c, &o, moved, err);
	base_moved_clear(&moved[0]);
	base_moved_clear(&moved[1]);
	if (rc < 0)
		return -1;
	b->state = BUILD_DONE;
	return take_result(e, b, b->id, err);
}

static int build_one(const struct shared *s, struct built *b, struct err *err)
{
	AUTO(engine) struct engine *e = NULL;
	AUTO(context) struct context *c = NULL;
	AUTO(image) struct image *cached = NULL;
	AUTO_TEXT char *digest = NULL;
	int rc;

	if (engine_open(s->r->engine, &e, err) < 0 ||
	    local_context(s->r->project, s->r->plan, b->variant, s->r->files, &c, err) < 0 ||
	    engine_context_digest(c, &digest, err) < 0)
		return -1;
	rc = s->r->no_cache ? 1 : find_cached(e, b, digest, &cached, err);
	if (rc < 0)
		return -1;
	if (rc == 0) {
		b->state = BUILD_CACHED;
		b->id = xstrdup(cached->id);
		b->size = cached->size;
	} else if (build_new(s, e, b, c, digest, err) < 0) {
		return -1;
	}
	return prove(s, b, err);
}

/* The engine's errors begin with their subject already, which the event names too. */
static const char *without_subject(const struct built *b)
{
	size_t n = strlen(b->variant->name);
	bool begins = strncmp(b->err.text, b->variant->name, n) == 0 && strncmp(b->err.text + n, ": ", 2) == 0;

	return b->err.text + (begins ? n + 2 : 0);
}

static void finish(const struct shared *s, struct built *b)
{
	AUTO_TEXT char *size = str_size(b->size);
	AUTO_TEXT char *time = str_duration(b->seconds);
	AUTO_TEXT char *text = b->state == BUILD_FAILED	  ? xstrdup(without_subject(b))
			       : b->state == BUILD_WRONG  ? xstrdup("the image is not what was planned, or cannot work")
			       : b->state == BUILD_CACHED ? xasprintf("unchanged: %s (%s)", b->ref, size)
							  : xasprintf("built %s (%s, %s)", b->ref, size, time);

	event_say(s->r->engine->events, b->state == BUILD_FAILED || b->state == BUILD_WRONG ? EVENT_FAILED : EVENT_DONE,
		  b->variant->name, text);
}

/* The next variant that waits, or NULL. */
static struct built *next(struct shared *s)
{
	struct built *b = NULL;

	pthread_mutex_lock(&s->lock);
	if (s->next < s->out->n && !(s->failed && !s->r->keep_going) && !*s->r->engine->stop)
		b = &s->out->v[s->next++];
	pthread_mutex_unlock(&s->lock);
	return b;
}

static void *work(void *shared)
{
	struct shared *s = shared;
	struct built *b;

	while ((b = next(s))) {
		time_t start = time(NULL);

		if (build_one(s, b, &b->err) < 0)
			b->state = BUILD_FAILED;
		b->seconds = (uint64_t)(time(NULL) - start);
		if (b->state == BUILD_FAILED || b->state == BUILD_WRONG) {
			pthread_mutex_lock(&s->lock);
			s->failed = true;
			pthread_mutex_unlock(&s->lock);
		}
		finish(s, b);
	}
	return NULL;
}

static struct builds *waiting(const struct build_request *r)
{
	struct builds *b = xcalloc(1, sizeof(*b));

	b->v = xcalloc(r->plan->nvariants, sizeof(*b->v));
	for (size_t i = 0; i < r->plan->nvariants; i++) {
		const struct plan_variant *v = &r->plan->variants[i];

		if (r->only && r->only->n && !strv_has(r->only, v->name))
			continue;
		b->v[b->n++] = (struct built){.variant = v, .ref = xasprintf("%s:%s", v->image, v->tag)};
	}
	return b;
}

/* Each build compiles or unpacks gigabytes: more at once than half the cores only makes all of them slow. */
static unsigned jobs_of(const struct build_request *r, size_t n)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned jobs = r->jobs ? r->jobs : cores > 3 ? (unsigned)cores / 2 : 1;

	return jobs > n ? (unsigned)n : jobs;
}

static void run_threads(struct shared *s, unsigned jobs)
{
	pthread_t *threads = xcalloc(jobs, sizeof(*threads));
	unsigned started = 0;

	while (started < jobs && pthread_create(&threads[started], NULL, work, s) == 0)
		started++;
	if (started == 0)
		work(s);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}

int build_all(const struct build_request *r, struct builds **ret, struct err *err)
{
	AUTO(builds) struct builds *b = waiting(r);
	AUTO(engine) struct engine *e = NULL;
	AUTO(sites) struct sites *sites = NULL;
	struct shared s = {.r = r, .out = b};

	if (sites_read(&r->project->manifest->sources, &sites, err) < 0 || engine_open(r->engine, &e, err) < 0)
		return -1;
	s.sites = sites;
	pthread_mutex_init(&s.lock, NULL);
	run_threads(&s, jobs_of(r, b->n));
	pthread_mutex_destroy(&s.lock);
	for (size_t i = 0; i < b->n; i++)
		if (b->v[i].state == BUILD_WAITING)
			b->v[i].state = BUILD_NOT_STARTED;
	if (*r->engine->stop) {
		err_set(err, ERR_CANCELED, "ended by a signal; nothing is left behind");
		err->sys = (int)*r->engine->stop;
		return -1;
	}
	*ret = TAKE(b);
	return 0;
}
