#include "source/imagefind.h"

#include "base/str.h"

#include <string.h>

struct search {
	struct search *next;
	struct imagefind *owner;
	struct fact_ask ask;
	struct strv names; /* to be asked in turn */
	size_t at;
	struct err first; /* of those that could not be asked */
	void (*on_done)(void *self, struct fact *fact, struct err *err);
	void *self;
};

struct imagefind {
	struct imagefind_opts opts;
	struct search *searches;
};

struct imagefind *imagefind_new(const struct imagefind_opts *o)
{
	struct imagefind *f = xcalloc(1, sizeof(*f));
	f->opts = *o;
	return f;
}

void imagefind_free(struct imagefind *f)
{
	if (!f)
		return;
	while (f->searches) {
		struct search *s = f->searches;
		f->searches = s->next;
		fact_ask_clear(&s->ask);
		strv_clear(&s->names);
		err_clear(&s->first);
		free(s);
	}
	free(f);
}

/* A whole reference: where its repository is asked in another place, there. */
static void find_own(struct search *s)
{
	const struct imagefind_opts *o = &s->owner->opts;
	size_t os = o->named_os ? strlen(o->named_os) : 0;
	for (size_t i = 0; o->named && i < o->named->n; i++) {
		size_t len = strlen(o->named->v[i]);
		if (!str_starts(s->ask.name, o->named->v[i]) || !strchr(":@", s->ask.name[len]))
			continue;
		for (size_t k = 0; k < o->images->n; k++)
			strv_addf(&s->names, "%s%s", o->images->v[k], s->ask.name + len);
		return;
	}
	if (os && str_starts(s->ask.name, o->named_os) && s->ask.name[os] == '/')
		strv_addf(&s->names, "%s%s", o->os_images, s->ask.name + os);
	else
		strv_add(&s->names, s->ask.name);
}

static void find_names(struct search *s)
{
	const struct imagefind_opts *o = &s->owner->opts;
	if (str_eq(s->ask.family, "cuda")) {
		strv_add_all(&s->names, o->images);
	} else if (str_eq(s->ask.family, "os")) {
		strv_addf(&s->names, "%s/%s", o->os_images ? o->os_images : "docker.io/library", s->ask.name);
	} else if (s->ask.name) {
		find_own(s);
	}
}

/* The repository as the plan is to name it; the caller's. */
static char *recorded(const struct search *s, const struct ref *found)
{
	const struct imagefind_opts *o = &s->owner->opts;
	char name[REF_TEXT];

	if (o->named && str_eq(s->ask.family, "cuda"))
		return xstrdup(o->named->v[0]);
	if (o->named_os && str_eq(s->ask.family, "os"))
		return xasprintf("%s/%s", o->named_os, s->ask.name);
	return xstrdup(ref_repository(found, name));
}

static void finish(struct search *s, struct fact *fact, struct err *err)
{
	if (!err)
		fact->ask = fact_ask_copy(&s->ask);
	s->on_done(s->self, err ? NULL : fact, err);
	fact_clear(fact);
}

static void next(struct search *s);

static bool may_pass(const struct err *err)
{
	return err->kind == ERR_NET || err->kind == ERR_AUTH;
}

static void on_image(void *self, const struct registry_image *image, struct err *err)
{
	struct search *s = self;
	struct fact fact = {.present = false};
	char name[REF_TEXT];
	if (err && !may_pass(err)) {
		finish(s, &fact, err);
		return;
	}
	if (!image) {
		if (err && s->at + 1 < s->names.n)
			event_say(s->owner->opts.events, EVENT_WARNING, s->names.v[s->at], err->text);
		if (err && s->first.kind == ERR_NONE)
			err_move(&s->first, err);
		s->at++;
		next(s);
		return;
	}
	fact.present = true;
	fact.source = xstrdup(ref_repository(&image->repository, name));
	fact.repository = recorded(s, &image->repository);
	fact.index_digest = digest_is_set(&image->index) ? xstrdup(image->index.text) : NULL;
	fact.digest = xstrdup(image->image.text);
	finish(s, &fact, NULL);
}

static void next(struct search *s)
{
	struct fact fact = {.present = false};
	struct err err = ERR_INIT;
	if (s->at >= s->names.n) {
		fact.source = strv_join(&s->names, ", ");
		finish(s, &fact, s->first.kind == ERR_NONE ? NULL : &s->first);
		return;
	}
	struct registry_ask ask = {.repository = s->names.v[s->at],
				   .tag = s->ask.tag,
				   .platform = s->ask.platform ? s->ask.platform : "linux/amd64",
				   .on_done = on_image,
				   .self = s};
	if (registry_start(s->owner->opts.registry, &ask, &err) < 0) {
		finish(s, &fact, &err);
		err_clear(&err);
	}
}

void imagefind_start(struct imagefind *f, const struct fact_ask *a,
		     void (*on_done)(void *self, struct fact *fact, struct err *err), void *self)
{
	struct search *s = xcalloc(1, sizeof(*s));
	s->owner = f;
	s->ask = fact_ask_copy(a);
	s->on_done = on_done;
	s->self = self;
	s->next = f->searches;
	f->searches = s;
	find_names(s);
	next(s);
}
