#include "inspect/bundle.h"

#include "adapt/archive.h"
#include "base/file.h"
#include "base/str.h"
#include "inspect/bundle_parts.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define ENTRIES_MAX 1000000
#define BYTES_MAX   (1ull << 40)

static struct layer_budget budget_for(const struct bundle_wish *wish)
{
	return (struct layer_budget){.entries = ENTRIES_MAX, .bytes = BYTES_MAX, .stop = wish->stop};
}

static int wrap(const struct bundle_wish *wish, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(wish->subject, 200);

	return err->kind == ERR_CANCELED ? -1 : err_wrap(err, "image '%s'", shown);
}

/* --- archives and layouts --- */

static int merge(struct blobs *b, const struct bundle_names *names, struct gather *g, struct err *err)
{
	const struct facts_config *c = &gather_facts(g)->config;
	AUTO(tree) struct tree *t = tree_new();

	if (bundle_check_layers(c, names->layers.n, err) < 0)
		return -1;
	for (size_t i = 0; i < names->layers.n; i++) {
		struct blob_row *row = NULL;
		AUTO_TEXT char *shown = str_shown(names->layers.v[i], 120);
		int rc = blobs_get(b, names->layers.v[i], &row, err);

		if (rc < 0)
			return -1;
		if (rc == 1)
			return err_set(err, ERR_PROTOCOL, "the layer '%s' is not there", shown);
		if (bundle_check_layer(c, i, row, names->layers.v[i], err) < 0)
			return -1;
		layer_apply(row->layer, t);
		facts_add_layer(gather_facts(g), names->layers.v[i], layer_size(row->layer));
	}
	layer_gather(t, g);
	return 0;
}

static int take_config(struct jval root, const struct bundle_wish *wish, struct gather *g, struct err *err)
{
	struct facts_config *c = &gather_facts(g)->config;

	if (bundle_config(root, c, err) < 0)
		return -1;
	return bundle_check_platform(c, wish, err);
}

static int read_named(struct blobs *b, const struct bundle_names *names, const struct bundle_wish *wish,
		      struct facts **ret, struct err *err)
{
	AUTO(gather) struct gather *g = gather_new(FACTS_IMAGE, wish->subject);
	AUTO(jdoc) struct jdoc *config = NULL;
	AUTO_TEXT char *shown = str_shown(names->config, 120);
	int rc = bundle_json(b, names->config, &config, err);

	if (rc == 1)
		return err_set(err, ERR_PROTOCOL, "'%s' is not there", shown);
	if (rc < 0 || take_config(jdoc_root(config), wish, g, err) < 0 || merge(b, names, g, err) < 0)
		return -1;
	*ret = gather_end(g);
	return 0;
}

static int read_image(struct blobs *b, const struct bundle_wish *wish, struct facts **ret, struct err *err)
{
	struct bundle_names names = {.config = NULL};
	int rc = bundle_find(b, wish, &names, err);

	if (rc == 0)
		rc = read_named(b, &names, wish, ret, err);
	bundle_names_clear(&names);
	return rc;
}

struct inner {
	struct tar_in *t;
};

static long inner_read(void *self, char *into, size_t len, struct err *err)
{
	const struct inner *i = self;

	return tar_in_read(i->t, into, len, err);
}

static int take_members(struct blobs *b, struct tar_in *t, struct err *err)
{
	struct inner inner = {.t = t};
	struct tar_entry e;
	int rc;

	while ((rc = tar_in_next(t, &e, err)) == 1) {
		AUTO_TEXT char *name = xstrdup(str_starts(e.name, "./") ? e.name + 2 : e.name);

		if ((e.type == TAR_SYMLINK || e.type == TAR_HARDLINK) && e.target)
			blobs_link(b, name, e.target, e.type == TAR_SYMLINK);
		else if (e.type == TAR_FILE &&
			 blobs_take(b, name, (struct stream){.read = inner_read, .self = &inner}, err) < 0)
			return -1;
	}
	return rc;
}

int bundle_read(struct stream from, const struct bundle_wish *wish, struct facts **ret, struct err *err)
{
	struct tar_limits limits = {.max_bytes = BYTES_MAX, .max_entries = 100000};
	struct layer_budget budget = budget_for(wish);
	struct blobs b = {.dir = -1, .left = &budget};
	AUTO(tar_in) struct tar_in *t = NULL;
	int rc = tar_in_new(from, &limits, &t, err);

	if (rc == 0)
		rc = take_members(&b, t, err);
	if (rc == 0)
		rc = read_image(&b, wish, ret, err);
	blobs_clear(&b);
	return rc < 0 ? wrap(wish, err) : 0;
}

bool bundle_is_layout(const char *path)
{
	AUTO_TEXT char *mark = file_join(path, "oci-layout");
	AUTO_TEXT char *index = file_join(path, "index.json");

	return file_is_regular(mark) && file_is_regular(index);
}

int bundle_read_layout(const char *path, const struct bundle_wish *wish, struct facts **ret, struct err *err)
{
	AUTO_FD int dir = file_open_dir(path);
	struct layer_budget budget = budget_for(wish);
	struct blobs b = {.dir = dir, .left = &budget};
	int rc = dir < 0 ? err_set(err, ERR_IO, "the folder cannot be opened") : read_image(&b, wish, ret, err);

	blobs_clear(&b);
	return rc < 0 ? wrap(wish, err) : 0;
}

/* --- in parts --- */

/* What the threads share. lock guards next and err. */
struct shared {
	const struct bundle_parts *p;
	struct layer_budget budget;
	struct blobs *blobs; /* one per layer */
	pthread_mutex_t lock;
	size_t next;
	struct err err; /* the first */
	atomic_bool failed;
};

/* The bytes of a layer, until another layer fails. */
struct watched {
	struct shared *s;
	struct stream from;
};

static long read_watched(void *self, char *into, size_t len, struct err *err)
{
	const struct watched *w = self;

	if (atomic_load(&w->s->failed))
		return err_set(err, ERR_CANCELED, "another layer cannot be read");
	return w->from.read(w->from.self, into, len, err);
}

struct worker {
	struct shared *s;
	unsigned number;
	pthread_t thread;
};

/* The number of the next layer, or n where there is none left or one has failed. */
static size_t next_layer(struct shared *s)
{
	size_t i;

	pthread_mutex_lock(&s->lock);
	i = s->err.kind == ERR_NONE && s->next < s->p->n ? s->next++ : s->p->n;
	pthread_mutex_unlock(&s->lock);
	return i;
}

static void keep_error(struct shared *s, struct err *err)
{
	struct err ignored = ERR_INIT;

	pthread_mutex_lock(&s->lock);
	(void)err_move(s->err.kind == ERR_NONE ? &s->err : &ignored, err);
	atomic_store(&s->failed, true);
	pthread_mutex_unlock(&s->lock);
	err_clear(&ignored);
}

static int read_layer(struct shared *s, unsigned worker, size_t i, struct err *err)
{
	const char *digest = s->p->layers[i];
	AUTO_TEXT char *name = xasprintf("blobs/sha256/%s", str_starts(digest, "sha256:") ? digest + 7 : digest);
	struct watched from = {.s = s};

	s->blobs[i] = (struct blobs){.dir = -1, .left = &s->budget};
	if (s->p->open(s->p->self, worker, i, &from.from, err) < 0)
		return -1;
	return blobs_take(&s->blobs[i], name, (struct stream){.read = read_watched, .self = &from}, err);
}

static void *work(void *self)
{
	const struct worker *w = self;
	struct shared *s = w->s;
	size_t i;

	while ((i = next_layer(s)) < s->p->n) {
		struct err err = ERR_INIT;

		if (read_layer(s, w->number, i, &err) < 0)
			keep_error(s, &err);
	}
	return NULL;
}

static void run_workers(struct shared *s)
{
	unsigned n = s->p->workers > 0 ? s->p->workers : 1, started = 0;
	struct worker *w = xcalloc(n, sizeof(*w));

	for (unsigned i = 0; i < n; i++)
		w[i] = (struct worker){.s = s, .number = i};
	while (n > 1 && started < n && pthread_create(&w[started].thread, NULL, work, &w[started]) == 0)
		started++;
	if (started == 0)
		work(&w[0]);
	for (unsigned i = 0; i < started; i++)
		pthread_join(w[i].thread, NULL);
	free(w);
}

static int lay(struct shared *s, struct gather *g, struct err *err)
{
	const struct facts_config *c = &gather_facts(g)->config;
	AUTO(tree) struct tree *t = tree_new();

	if (bundle_check_layers(c, s->p->n, err) < 0)
		return -1;
	for (size_t i = 0; i < s->p->n; i++) {
		const struct blob_row *row = &s->blobs[i].v[0];

		if (bundle_check_layer(c, i, row, s->p->layers[i], err) < 0)
			return -1;
		layer_apply(row->layer, t);
		facts_add_layer(gather_facts(g), s->p->layers[i], layer_size(row->layer));
	}
	layer_gather(t, g);
	return 0;
}

static int read_parts(struct shared *s, const struct bundle_wish *wish, struct facts **ret, struct err *err)
{
	AUTO(gather) struct gather *g = gather_new(FACTS_IMAGE, wish->subject);
	AUTO(jdoc) struct jdoc *config = NULL;

	if (jdoc_parse_as(ERR_PROTOCOL, s->p->config, &config, err) < 0 ||
	    take_config(jdoc_root(config), wish, g, err) < 0)
		return -1;
	run_workers(s);
	if (s->err.kind != ERR_NONE)
		return err_move(err, &s->err);
	if (lay(s, g, err) < 0)
		return -1;
	*ret = gather_end(g);
	return 0;
}

int bundle_read_parts(const struct bundle_parts *p, const struct bundle_wish *wish, struct facts **ret, struct err *err)
{
	struct shared s = {.p = p, .budget = budget_for(wish), .err = ERR_INIT};
	int rc;

	s.blobs = xcalloc(p->n + 1, sizeof(*s.blobs));
	pthread_mutex_init(&s.lock, NULL);
	rc = read_parts(&s, wish, ret, err);
	pthread_mutex_destroy(&s.lock);
	for (size_t i = 0; i < p->n; i++)
		if (s.blobs[i].left) /* one that was begun */
			blobs_clear(&s.blobs[i]);
	free(s.blobs);
	return rc < 0 ? wrap(wish, err) : 0;
}
