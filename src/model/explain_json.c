#include "adapt/json.h"
#include "model/explain.h"

#include <string.h>

static void put_image(struct jval into, const char *key, const struct plan_image *i)
{
	if (!i->repository) {
		jval_put_null(into, key);
		return;
	}
	struct jval o = jval_put_object(into, key);
	jval_put_text(o, "repository", i->repository);
	jval_put_text(o, "tag", i->tag);
	jval_put_text(o, "digest", i->digest);
	jval_put_text(o, "presence", i->presence);
}

static void put_packages(struct jval into, const struct plan_variant *v)
{
	struct jval list = jval_put_array(into, "packages");
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *p = &v->packages[i];
		struct jval o = jval_put_object(list, NULL);
		jval_put_text(o, "name", pkg_name(p->pkg));
		jval_put_text(o, "version", p->version);
		jval_put_text(o, "label", p->label);
		jval_put_text(o, "way", p->way == WAY_SOURCE ? "source" : "wheel");
		jval_put_text(o, "index", p->index);
		if (p->way == WAY_SOURCE)
			jval_put_u64(o, "minutes", p->minutes);
	}
}

static void put_targets(struct jval into, const struct plan_variant *v)
{
	static const char *const fits[] = {[FIT_YES] = "yes", [FIT_NO] = "no", [FIT_UNKNOWN] = "unknown"};
	struct jval list = jval_put_array(into, "targets");
	for (size_t i = 0; i < v->ntargets; i++) {
		const struct plan_target *t = &v->targets[i];
		struct jval o = jval_put_object(list, NULL);
		jval_put_text(o, "name", t->name);
		jval_put_text(o, "compute", t->compute);
		jval_put_text(o, "driver", t->driver);
		jval_put_text(o, "runs", fits[t->fit]);
		jval_put_bool(o, "native", t->native);
		jval_put_text(o, "because", t->because);
	}
}

static void put_variant(struct jval list, const struct plan_variant *v)
{
	struct jval o = jval_put_object(list, NULL);
	jval_put_text(o, "name", v->name);
	jval_put_text(o, "cuda", v->cuda);
	jval_put_text(o, "platform", v->platform);
	jval_put_text(o, "os", v->os);
	jval_put_text(o, "flavor", v->flavor);
	jval_put_text(o, "driver_min", v->driver_min);
	jval_put_text(o, "arch_list", v->arch_list);
	struct jval python = jval_put_object(o, "python");
	jval_put_text(python, "version", v->python.version);
	jval_put_bool(python, "managed", v->python.managed);
	put_image(o, "base", &v->base);
	put_image(o, "devel", &v->devel);
	put_packages(o, v);
	put_targets(o, v);
}

static void put_notes(struct jval list, const struct plan *plan)
{
	for (size_t i = 0; i < plan->nvariants; i++)
		for (size_t k = 0; k < plan->variants[i].nnotes; k++) {
			const struct plan_note *n = &plan->variants[i].notes[k];
			struct jval o = jval_put_object(list, NULL);
			jval_put_text(o, "code", n->code);
			jval_put_text(o, "severity", n->severity);
			jval_put_text(o, "subject", plan->variants[i].name);
			jval_put_text(o, "because", n->text);
			bool row = n->source && strstr(n->source, ".csv: ");
			jval_put_text(o, "fact", row ? n->source : NULL);
			jval_put_text(o, "source", row ? NULL : n->source);
		}
}

static void put_reasons(struct jval list, const struct conflict *why)
{
	for (size_t i = 0; i < why->reasons.n; i++) {
		const struct reason *r = &why->reasons.v[i];
		struct jval o = jval_put_object(list, NULL);
		jval_put_text(o, "code", reason_code_name(r->code));
		jval_put_text(o, "severity", severity_name(r->severity));
		jval_put_text(o, "subject", r->subject);
		jval_put_text(o, "because", r->because);
		jval_put_text(o, "fact", r->fact);
		jval_put_text(o, "source", r->source);
		jval_put_text(o, "fix", r->fix);
		if (r->file) {
			jval_put_text(o, "file", r->file);
			jval_put_u64(o, "line", r->line);
		}
	}
}

static void put_sets(struct jval list, const struct conflict *why)
{
	for (size_t i = 0; i < why->nsets; i++) {
		struct jval o = jval_put_object(list, NULL);
		jval_put_text(o, "where", why->sets[i].where);
		jval_put_strv(o, "lines", &why->sets[i].lines);
	}
}

static void put_suggestions(struct jval list, const struct conflict *why)
{
	for (size_t i = 0; i < why->nsuggestions; i++) {
		struct jval o = jval_put_object(list, NULL);
		jval_put_text(o, "change", why->suggestions[i].change);
		jval_put_text(o, "result", why->suggestions[i].result);
	}
}

void explain_json(const struct plan *plan, const struct conflict *why, struct buf *out)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	struct jval root = jdoc_root(doc);
	jval_put_u64(root, "schema", 1);
	enum answer_verdict yes = plan && explain_is_unknown(plan) ? VERDICT_UNKNOWN : VERDICT_COMPATIBLE;
	jval_put_text(root, "verdict", answer_verdict_name(why ? why->verdict : yes));
	struct jval variants = jval_put_array(root, "variants");
	struct jval reasons = jval_put_array(root, "reasons");
	struct jval suggestions = jval_put_array(root, "suggestions");
	for (size_t i = 0; plan && i < plan->nvariants; i++)
		put_variant(variants, &plan->variants[i]);
	if (plan)
		put_notes(reasons, plan);
	if (why) {
		put_reasons(reasons, why);
		put_suggestions(suggestions, why);
		put_sets(jval_put_array(root, "conflicts"), why);
	}
	jdoc_dump(doc, JDOC_PRETTY, out);
}
