#include "work/generate.h"

#include "adapt/digest.h"
#include "base/file.h"
#include "base/str.h"
#include "render/render.h"
#include "resolve/locked.h"
#include "resolve/resolve.h"
#include "work/facts.h"
#include "work/pins.h"

#include <string.h>

enum { ROUNDS_MOST = 100 }; /* each round some answer rules a combination out */

static void forget(char **text)
{
	free(*text);
	*text = NULL;
}

static void forget_package(struct plan_package *p)
{
	forget(&p->version);
	forget(&p->label);
	forget(&p->file);
	forget(&p->url);
	forget(&p->sha256);
	p->version = xstrdup("0");
}

static void forget_image(struct plan_image *i)
{
	forget(&i->digest);
	forget(&i->index_digest);
}

/* Forgets of a locked variant what `update NAME` names. Whether it has such a thing. */
static bool forget_named(struct plan_variant *v, const char *name)
{
	enum pkg pkg = pkg_of(name);

	if (str_eq(name, "base")) {
		forget_image(&v->base);
		forget_image(&v->devel);
		return true;
	}
	if (str_eq(name, "python")) {
		forget(&v->python.sha256);
		return true;
	}
	if (pkg == PKG__MAX)
		return pins_forget(v, name);
	for (size_t i = 0; i < v->npackages; i++) {
		if (v->packages[i].pkg != pkg)
			continue;
		forget_package(&v->packages[i]);
		return true;
	}
	return false;
}

/* Whether the manifest asks for it, though the lock may not have it yet. */
static bool is_asked_for(const struct manifest *m, enum pkg pkg)
{
	for (size_t i = 0; pkg != PKG__MAX && i < m->nvariants; i++)
		if (m->variants[i].packages[pkg])
			return true;
	return false;
}

/* The same of all variants; ERR_USAGE where neither one nor the manifest has it. */
static int forget_all(const struct manifest *m, struct plan *lock, const char *name, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(name, 60);
	bool known = is_asked_for(m, pkg_of(name));

	for (size_t v = 0; v < lock->nvariants; v++)
		known = forget_named(&lock->variants[v], name) || known;
	if (known)
		return 0;
	err_set(err, ERR_USAGE, "--update: '%s' is no package of the plan", shown);
	return err_hint(err, "name torch, torch_sparse, torch_scatter, base, python or a package of the lock's `pip`");
}

/* The lock that resolving may keep entries of: none, all, or without what is to be updated. *ret is the caller's or
 * NULL. */
static int kept_lock(const struct project *p, const struct plan_opts *o, struct plan **ret, struct err *err)
{
	AUTO(plan) struct plan *lock = NULL;
	bool all = o->update && (!o->packages || o->packages->n == 0);

	*ret = NULL;
	if (!p->lock || all)
		return 0;
	if (lock_parse(buf_blob(&p->lock_text, p->lock_file), &lock, err) < 0)
		return -1;
	for (size_t i = 0; o->update && i < o->packages->n; i++)
		if (forget_all(p->manifest, lock, o->packages->v[i], err) < 0)
			return -1;
	*ret = TAKE(lock);
	return 0;
}

static void set_out(struct plan *plan, const struct plan_opts *o, const struct plan *lock)
{
	const char *out = o->out ? o->out : lock ? lock->out : "images";

	free(plan->out);
	plan->out = xstrdup(out);
}

static void round_events(const struct plan_opts *o, const struct needs *needs)
{
	AUTO_TEXT char *text = xasprintf("asking for %zu facts", needs->n);

	event_say(o->events, EVENT_STEP, "resolve", text);
}

static struct fetch_place place_of(const struct project *p, const struct plan_opts *o)
{
	return (struct fetch_place){.sources = &p->manifest->sources,
				    .dir = p->dir,
				    .events = o->events,
				    .anew = o->update,
				    .stop = o->stop};
}

/* Resolves until nothing is asked for any more. */
static int resolve_all(const struct project *p, const struct plan_opts *o, const struct plan *lock, struct plan **ret,
		       struct conflict **ret_why, struct err *err)
{
	const struct resolve_opts ro = {.offline = o->offline,
					.catalog = facts_catalog(),
					.lock = lock,
					.only = o->only && o->only->n ? o->only : NULL};
	const struct fetch_place place = place_of(p, o);
	AUTO_KNOWN struct known known = KNOWN_INIT;

	if (lock)
		locked_facts(p->manifest, lock, &known);
	for (unsigned i = 0; i < ROUNDS_MOST; i++) {
		AUTO_NEEDS struct needs needs = NEEDS_INIT;
		int rc = resolve(p->manifest, &known, &ro, ret, ret_why, &needs, err);

		if (rc != RESOLVE_NEEDS)
			return rc;
		if (!o->fetcher)
			return PLAN_NEEDS_NETWORK;
		round_events(o, &needs);
		if (o->fetcher->fetch(&needs, &place, &known, err) < 0)
			return -1;
	}
	return err_set(err, ERR_INTERNAL, "resolving asks for more and more facts");
}

static int load_templates(const struct project *p, struct templates **ret, struct err *err)
{
	AUTO(templates) struct templates *t = templates_new();
	AUTO_TEXT char *dir = NULL;

	if (p->manifest->templates) {
		dir = file_join(p->dir, p->manifest->templates);
		if (templates_load(t, dir, err) < 0)
			return -1;
	}
	*ret = TAKE(t);
	return 0;
}

static int set_templates(const struct project *p, struct plan *plan, struct err *err)
{
	AUTO(templates) struct templates *t = NULL;

	if (!p->manifest->templates)
		return 0;
	if (load_templates(p, &t, err) < 0)
		return -1;
	free(plan->templates_sha256);
	plan->templates_sha256 = templates_sha256(t);
	return 0;
}

static void move_variant(struct plan *from, size_t i, struct plan *to)
{
	*plan_add_variant(to) = from->variants[i];
	from->variants[i] = (struct plan_variant){.name = NULL};
}

/* With only some variants asked for, the lock's others stay: they are taken from it, in its order. */
static void keep_others(struct plan *plan, struct plan *lock, const struct strv *only)
{
	struct plan joined = {.variants = NULL};

	for (size_t i = 0; i < lock->nvariants; i++) {
		bool asked = strv_has(only, lock->variants[i].name);

		if (!asked)
			move_variant(lock, i, &joined);
		for (size_t n = 0; asked && n < plan->nvariants; n++)
			if (str_eq(plan->variants[n].name, lock->variants[i].name))
				move_variant(plan, n, &joined);
	}
	for (size_t n = 0; n < plan->nvariants; n++)
		if (plan->variants[n].name)
			move_variant(plan, n, &joined);
	free(plan->variants);
	plan->variants = joined.variants;
	plan->nvariants = joined.nvariants;
}

/* The packages beside the torch family: the lock's, or resolved now. */
static int pin_others(const struct project *p, const struct plan_opts *o, const struct plan *lock, struct plan *plan,
		      struct err *err)
{
	const struct fetch_place place = place_of(p, o);

	if (!pins_keep(p, lock, plan) || !o->pin || o->offline)
		return PLAN_MADE;
	if (!pins_have_uv()) {
		pins_note(plan, "uv, which resolves them, is not on this host (`pip install uv`)");
		return PLAN_MADE;
	}
	if (!o->fetcher)
		return PLAN_NEEDS_NETWORK;
	return o->fetcher->pin(p, lock, &place, plan, err);
}

/* Where nothing but catalog and program is new, the lock stays as it is: whoever else has another one would see it
 * change. */
static void keep_decider(struct plan *plan, const struct plan *lock)
{
	AUTO_TEXT char *catalog = xstrdup(plan->catalog), *program = xstrdup(plan->program);
	AUTO_BUF struct buf now = BUF_INIT, before = BUF_INIT;

	if (!lock)
		return;
	free(plan->catalog);
	free(plan->program);
	plan->catalog = xstrdup(lock->catalog);
	plan->program = xstrdup(lock->program);
	lock_dump(plan, &now);
	lock_dump(lock, &before);
	if (str_eq(buf_text(&now), buf_text(&before)))
		return;
	free(plan->catalog);
	free(plan->program);
	plan->catalog = TAKE(catalog);
	plan->program = TAKE(program);
}

int project_plan(const struct project *p, const struct plan_opts *o, struct plan **ret, struct conflict **ret_why,
		 struct err *err)
{
	AUTO(plan) struct plan *lock = NULL;
	AUTO(plan) struct plan *plan = NULL;
	int rc;

	if (kept_lock(p, o, &lock, err) < 0)
		return -1;
	rc = resolve_all(p, o, lock, &plan, ret_why, err);
	if (rc == PLAN_MADE)
		rc = pin_others(p, o, lock, plan, err);
	if (rc != PLAN_MADE)
		return rc;
	if (o->only && o->only->n && lock)
		keep_others(plan, lock, o->only);
	free(plan->manifest);
	plan->manifest = xstrdup(p->base);
	free(plan->program);
	plan->program = xstrdup(CUDABUILD_VERSION);
	set_out(plan, o, p->lock);
	if (set_templates(p, plan, err) < 0)
		return -1;
	keep_decider(plan, p->lock);
	*ret = TAKE(plan);
	return PLAN_MADE;
}

int project_render(const struct project *p, const struct plan *plan, struct context **ret, struct err *err)
{
	AUTO(templates) struct templates *t = NULL;
	AUTO(context) struct context *files = NULL;
	AUTO_BUF struct buf lock = BUF_INIT;
	const char *lock_name = file_base(p->lock_file);

	if (load_templates(p, &t, err) < 0 || render(plan, t, &files, err) < 0)
		return -1;
	lock_dump(plan, &lock);
	if (context_add_bytes(files, lock_name, 0644, buf_blob(&lock, lock_name), err) < 0)
		return -1;
	*ret = TAKE(files);
	return 0;
}
