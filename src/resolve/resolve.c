#include "resolve/resolve.h"

#include "model/plan_names.h"
#include "resolve/emit.h"
#include "resolve/facts.h"
#include "resolve/keep.h"
#include "resolve/names.h"
#include "resolve/select.h"

struct resolving {
	const struct manifest *m;
	const struct known *known;
	const struct resolve_opts *opts;
	const struct catalog *c;
	struct plan *plan;    /* owned */
	struct conflict *why; /* owned; all variants that cannot be */
	struct needs *needs;  /* borrowed */
	struct strv names;    /* owned: of all variants that there are, wanted or not */
	bool asked;	      /* something was added to needs */
};

static bool is_wanted(const struct resolving *r, const char *name)
{
	const struct strv *only = r->opts->only;
	return !only || !only->n || strv_has(only, name);
}

static void add_selection(struct resolving *r, const struct manifest_variant *v, const struct selection *s)
{
	for (size_t i = 0; i < s->n; i++) {
		AUTO_TEXT char *name = names_make(v, s, &s->v[i]);
		size_t before = r->needs ? r->needs->n : 0;
		strv_add(&r->names, name);
		if (!is_wanted(r, name))
			continue;
		if (s->v[i].ask->live && r->needs)
			facts_need(s->v[i].ask, &s->v[i].choice, r->needs);
		r->asked = r->asked || (r->needs && r->needs->n > before);
		emit_variant(s->v[i].ask, &s->v[i].choice, name, r->plan);
	}
}

static void add_conflict(struct resolving *r, const struct manifest_variant *v, struct conflict *why /* taken */)
{
	for (size_t i = 0; v->name && i < why->reasons.n; i++) {
		struct reason *reason = &why->reasons.v[i];
		char *subject = xasprintf("variant %s: %s", v->name, reason->subject);
		free(reason->subject);
		reason->subject = subject;
	}
	if (r->why)
		conflict_join(r->why, why);
	else
		r->why = why;
}

static int resolve_on(struct resolving *r, const struct manifest_variant *v, const char *platform, struct err *err)
{
	AUTO(ask) struct ask *a = NULL;
	struct selection s = {.v = NULL};
	struct conflict *why = NULL;
	size_t nkeep = 0;
	if (ask_new(r->m, v, platform, r->c, &a, err) < 0)
		return v->name ? err_wrap(err, "variant %s", v->name) : -1;
	struct keep *keep = keep_read(r->opts->lock, r->c, v->name, platform, &nkeep);
	a->keep = keep;
	a->nkeep = nkeep;
	a->known = r->known;
	a->live = !r->opts->offline;
	a->any_python = r->opts->any_python;
	for (size_t i = 0; i < r->known->n; i++)
		a->some_absent = a->some_absent || !r->known->v[i].present;
	int rc = select_variants(a, &s, &why, err);
	if (rc == 0)
		add_selection(r, v, &s);
	else if (rc == 1)
		add_conflict(r, v, why);
	selection_clear(&s);
	free(keep);
	return rc < 0 ? -1 : 0;
}

/* Whether a variant of that name could be among the wanted: unnamed ones are named only after resolving. */
static bool may_be_wanted(const struct resolving *r, const struct manifest_variant *v)
{
	const struct strv *only = r->opts->only;
	bool wanted = !only || !only->n || !v->name;
	for (size_t i = 0; only && i < only->n && !wanted; i++)
		wanted = names_belongs(only->v[i], v->name);
	return wanted;
}

static int resolve_all(struct resolving *r, struct err *err)
{
	for (size_t i = 0; i < r->m->nvariants; i++) {
		const struct manifest_variant *v = &r->m->variants[i];
		bool wanted = may_be_wanted(r, v);
		if (!wanted)
			strv_add(&r->names, v->name);
		for (size_t p = 0; wanted && p < v->platforms.n; p++)
			if (resolve_on(r, v, v->platforms.v[p], err) < 0)
				return -1;
	}
	return 0;
}

static int finish(struct resolving *r, struct plan **ret_plan, struct conflict **ret_why, struct err *err)
{
	if (r->why) {
		reasons_settle(&r->why->reasons);
		*ret_why = TAKE(r->why);
		return RESOLVE_NO;
	}
	if (r->opts->only && variant_names_check(&r->names, r->opts->only, err) < 0)
		return -1;
	if (r->asked)
		return RESOLVE_NEEDS;
	if (emit_tags(r->m, r->plan, err) < 0)
		return -1;
	*ret_plan = TAKE(r->plan);
	return RESOLVE_PLAN;
}

int resolve(const struct manifest *m, const struct known *known, const struct resolve_opts *opts,
	    struct plan **ret_plan, struct conflict **ret_why, struct needs *needs, struct err *err)
{
	static const struct known nothing = KNOWN_INIT;
	struct resolving r = {.m = m, .known = known ? known : &nothing, .opts = opts, .needs = needs};
	r.c = opts->catalog ? opts->catalog : &catalog_builtin;
	r.plan = plan_new();
	emit_plan(m, r.c, r.plan);
	int rc = resolve_all(&r, err);
	if (rc == 0)
		rc = finish(&r, ret_plan, ret_why, err);
	plan_free(r.plan);
	conflict_free(r.why);
	strv_clear(&r.names);
	return rc;
}
