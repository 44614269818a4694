#include "model/explain.h"

#include "base/str.h"
#include "model/table.h"
#include "model/wrap.h"

#include <string.h>

#define LINE_MAX_SHOWN 2000
#define FIELD_COLUMN   11 /* of what stands behind "because" and the like */
#define SOURCES_SHOWN  2

static void add_shown(struct buf *out, const char *text)
{
	AUTO_TEXT char *shown = str_shown(text, LINE_MAX_SHOWN);
	buf_adds(out, shown);
}

/* --- no
 * -------------------------------------------------------------------------------------------------------------------
 */

static void write_comparison(const struct conflict *why, struct buf *out)
{
	struct table t = table_new(4);
	if (!why->left || !why->nrows)
		return;
	table_add(&t, "");
	table_add(&t, why->left);
	table_add(&t, why->right);
	table_add(&t, "");
	for (size_t i = 0; i < why->nrows; i++) {
		table_add(&t, why->rows[i].what);
		table_add(&t, why->rows[i].left);
		table_add(&t, why->rows[i].right);
		table_add(&t, why->rows[i].differs ? "differs" : "");
	}
	buf_addc(out, '\n');
	table_write(&t, "  ", out);
	table_clear(&t);
}

static void write_field(const char *name, const char *value, struct buf *out)
{
	if (!value)
		return;
	buf_addf(out, "  %-9s", name);
	wrap_text(value, FIELD_COLUMN, out);
	buf_addc(out, '\n');
}

/* The first of the sources; all are in the JSON. */
static void write_source(const char *source, struct buf *out)
{
	size_t n = 0;
	const char *end = NULL;
	for (const char *at = source; at; at = strstr(at, "; ")) {
		at += n ? 2 : 0;
		if (n++ == SOURCES_SHOWN)
			end = at - 2;
	}
	AUTO_TEXT char *first =
		end ? xasprintf("%.*s; and %zu more", (int)(end - source), source, n - SOURCES_SHOWN) : NULL;
	write_field("source", first ? first : source, out);
}

static void write_reason(const struct reason *r, struct buf *out)
{
	buf_addf(out, "\n%s %s: ", severity_name(r->severity), reason_code_name(r->code));
	add_shown(out, r->subject);
	buf_addc(out, '\n');
	if (r->file) {
		AUTO_TEXT char *place = xasprintf("%s:%zu", r->file, r->line);
		write_field("at", place, out);
	}
	write_field("because", r->because, out);
	write_field("fact", r->fact, out);
	write_source(r->source, out);
	write_field("mend", r->fix, out);
}

static void write_sets(const struct conflict *why, struct buf *out)
{
	for (size_t i = 0; i < why->nsets; i++) {
		const struct conflict_set *set = &why->sets[i];
		AUTO_TEXT char *where = str_shown(set->where, LINE_MAX_SHOWN);
		bool one = set->lines.n == 1;
		buf_addf(out, "\n%s%s%s; %s\n", one ? "This alone has no answer" : "These cannot stand together",
			 *where ? " in " : "", where,
			 one ? "without it something fits" : "without any one of them something fits");
		for (size_t k = 0; k < set->lines.n; k++) {
			buf_adds(out, "  ");
			add_shown(out, set->lines.v[k]);
			buf_addc(out, '\n');
		}
	}
}

static void write_suggestions(const struct conflict *why, struct buf *out)
{
	if (why->nsuggestions)
		buf_adds(out, "\nWays out\n");
	for (size_t i = 0; i < why->nsuggestions; i++) {
		buf_addf(out, "  %-3zu", i + 1);
		wrap_text(why->suggestions[i].change, 5, out);
		buf_adds(out, "\n     -> ");
		wrap_text(why->suggestions[i].result, 8, out);
		buf_addc(out, '\n');
	}
}

static void write_conflict(const struct conflict *why, struct buf *out)
{
	static const char *const heads[] = {"Yes: ", "No: ", "Unknown: "};
	buf_adds(out, heads[why->verdict]);
	add_shown(out, why->question ? why->question : "this manifest");
	buf_addc(out, '\n');
	write_comparison(why, out);
	for (size_t i = 0; i < why->reasons.n; i++)
		write_reason(&why->reasons.v[i], out);
	write_sets(why, out);
	write_suggestions(why, out);
}

/* --- yes
 * ------------------------------------------------------------------------------------------------------------------ */

static void add_python(struct table *t, const struct plan_python *p)
{
	table_addf(t, "%s%s", p->version, p->managed ? " managed" : "");
}

static void add_base(struct table *t, const struct plan_image *i)
{
	const char *slash = i->repository ? strrchr(i->repository, '/') : NULL;
	const char *name = slash ? slash + 1 : i->repository;
	bool unknown = str_eq(i->presence, "unknown");
	if (!name)
		table_add(t, NULL);
	else
		table_addf(t, "%s%s%s%s", name, i->tag ? ":" : "", i->tag ? i->tag : "",
			   unknown ? " (presence unknown)" : "");
}

static void write_variants(const struct plan *plan, struct buf *out)
{
	static const char *const heads[] = {"variant", "CUDA", "driver from", "Python", "OS", "base"};
	struct table t = table_new(ARRAY_LEN(heads));
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		table_add(&t, heads[i]);
	for (size_t i = 0; i < plan->nvariants; i++) {
		const struct plan_variant *v = &plan->variants[i];
		table_add(&t, v->name);
		table_add(&t, v->cuda ? v->cuda : "cpu");
		table_add(&t, v->driver_min);
		add_python(&t, &v->python);
		table_add(&t, v->os);
		add_base(&t, &v->base);
	}
	buf_addc(out, '\n');
	table_write(&t, "  ", out);
	table_clear(&t);
}

static void add_way(struct table *t, const struct plan_package *p)
{
	if (p->way == WAY_SOURCE)
		table_addf(t, "compiled, about %u min", p->minutes);
	else
		table_addf(t, "wheel%s%s", p->label ? " " : "", p->label ? p->label : "");
}

static void write_packages(const struct plan *plan, struct buf *out)
{
	static const char *const heads[] = {"variant", "package", "version", "how", "from"};
	struct table t = table_new(ARRAY_LEN(heads));
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		table_add(&t, heads[i]);
	for (size_t i = 0; i < plan->nvariants; i++)
		for (size_t k = 0; k < plan->variants[i].npackages; k++) {
			const struct plan_package *p = &plan->variants[i].packages[k];
			table_add(&t, k ? "" : plan->variants[i].name);
			table_add(&t, pkg_name(p->pkg));
			table_add(&t, p->version);
			add_way(&t, p);
			table_add(&t, p->index ? p->index : "the Python index");
		}
	buf_addc(out, '\n');
	table_write(&t, "  ", out);
	table_clear(&t);
}

static const char *fit_word(const struct plan_target *t)
{
	if (t->fit == FIT_UNKNOWN)
		return "unknown";
	if (t->fit == FIT_NO)
		return "does not run";
	return t->native ? "runs natively" : t->because ? "runs by JIT" : "runs";
}

static void add_gpu(struct table *t, const struct plan_target *p)
{
	if (p->gpu && p->compute)
		table_addf(t, "%s %s", p->gpu, p->compute);
	else
		table_add(t, p->gpu ? p->gpu : p->compute);
}

static void add_targets(struct table *t, const struct plan_variant *v)
{
	for (size_t i = 0; i < v->ntargets; i++) {
		const struct plan_target *p = &v->targets[i];
		table_add(t, i ? "" : v->name);
		table_add(t, p->name);
		add_gpu(t, p);
		table_add(t, p->driver);
		table_add(t, fit_word(p));
	}
}

static void write_targets(const struct plan *plan, struct buf *out)
{
	static const char *const heads[] = {"variant", "target", "GPU", "driver", "verdict"};
	struct table t = table_new(ARRAY_LEN(heads));
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		table_add(&t, heads[i]);
	for (size_t i = 0; i < plan->nvariants; i++)
		add_targets(&t, &plan->variants[i]);
	if (t.cells.n > ARRAY_LEN(heads)) {
		buf_addc(out, '\n');
		table_write(&t, "  ", out);
	}
	table_clear(&t);
}

static void write_notes(const struct plan *plan, struct buf *out)
{
	struct table t = table_new(3);
	for (size_t i = 0; i < plan->nvariants; i++)
		for (size_t k = 0; k < plan->variants[i].nnotes; k++) {
			const struct plan_note *n = &plan->variants[i].notes[k];
			table_add(&t, plan->variants[i].name);
			table_add(&t, n->severity);
			table_add(&t, n->text);
		}
	if (t.cells.n) {
		buf_addc(out, '\n');
		table_write_within(&t, "  ", WRAP_WIDTH, out);
	}
	table_clear(&t);
}

/* The best that a target of that name gets. */
static enum plan_fit best_fit(const struct plan *p, const char *target)
{
	enum plan_fit best = FIT_NO;
	for (size_t i = 0; i < p->nvariants; i++)
		for (size_t k = 0; k < p->variants[i].ntargets && best != FIT_YES; k++) {
			const struct plan_target *t = &p->variants[i].targets[k];
			if (str_eq(t->name, target) && t->fit != FIT_NO)
				best = t->fit;
		}
	return best;
}

/* The first target of which no variant is established to run on it while one may; NULL without. One that names nothing
 * to judge by, and so has no reason, asks nothing. */
static const char *unsure_target(const struct plan *p)
{
	for (size_t i = 0; i < p->nvariants; i++)
		for (size_t k = 0; k < p->variants[i].ntargets; k++)
			if (p->variants[i].targets[k].because &&
			    best_fit(p, p->variants[i].targets[k].name) == FIT_UNKNOWN)
				return p->variants[i].targets[k].name;
	return NULL;
}

static void write_headline(const struct plan *plan, struct buf *out)
{
	const char *unsure = unsure_target(plan);
	AUTO_TEXT char *shown = str_shown(unsure ? unsure : "", LINE_MAX_SHOWN);
	if (plan_is_assumed(plan))
		buf_adds(out, "Unknown, as a wheel is assumed");
	else if (unsure)
		buf_addf(out, "Unknown, as nothing establishes that it runs on %s", shown);
	else
		buf_adds(out, "Yes");
	buf_addf(out, ": %zu %s\n", plan->nvariants, plan->nvariants == 1 ? "variant" : "variants");
}

bool explain_is_unknown(const struct plan *plan)
{
	return plan_is_assumed(plan) || unsure_target(plan);
}

void explain_text(const struct plan *plan, const struct conflict *why, struct buf *out)
{
	if (why) {
		write_conflict(why, out);
		return;
	}
	write_headline(plan, out);
	write_variants(plan, out);
	write_packages(plan, out);
	write_targets(plan, out);
	write_notes(plan, out);
}
