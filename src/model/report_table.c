#include "model/report_table.h"

#include "base/str.h"

#include <string.h>

/* The kind of a row; the static level is one. The caller's. */
static char *kind_of(const struct report_check *c)
{
	return c->level == LEVEL_STATIC ? xstrdup("static") : xstrndup(c->id, strcspn(c->id, ".@"));
}

static void add_kinds(const struct report *r, struct strv *into)
{
	for (size_t i = 0; i < r->nchecks; i++) {
		AUTO_TEXT char *kind = kind_of(&r->checks[i]);

		if (r->checks[i].status != REPORT_INFO)
			(void)strv_add_once(into, kind);
	}
}

static void add_line(struct report_table *t, const struct report *r, const struct report_target *target)
{
	t->lines = xreallocarray(t->lines, t->n + 1, sizeof(*t->lines));
	t->lines[t->n++] = (struct report_line){.report = r, .target = target};
}

struct report_table *report_table_new(const struct report *const *r, size_t n)
{
	struct report_table *t = xcalloc(1, sizeof(*t));

	for (size_t i = 0; i < n; i++) {
		add_kinds(r[i], &t->kinds);
		for (size_t k = 0; k < r[i]->ntargets; k++)
			add_line(t, r[i], &r[i]->targets[k]);
		if (r[i]->ntargets == 0)
			add_line(t, r[i], NULL);
	}
	return t;
}

void report_table_free(struct report_table *t)
{
	if (!t)
		return;
	strv_clear(&t->kinds);
	free(t->lines);
	free(t);
}

enum report_status report_worst(const struct report *r, const char *kind)
{
	static const unsigned gravity[REPORT__MAX] = {
		[REPORT_INFO] = 0, [REPORT_PASS] = 1,  [REPORT_SKIP] = 2,
		[REPORT_WARN] = 3, [REPORT_ERROR] = 4, [REPORT_FAIL] = 5,
	};
	enum report_status worst = REPORT__MAX;

	for (size_t i = 0; i < r->nchecks; i++) {
		const struct report_check *c = &r->checks[i];
		AUTO_TEXT char *own = kind_of(c);

		if (!str_eq(own, kind))
			continue;
		if (worst == REPORT__MAX || gravity[c->status] > gravity[worst])
			worst = c->status;
	}
	return worst;
}

const char *report_line_verdict(const struct report_line *l)
{
	return l->target ? report_verdict_name(l->target->verdict) : report_verdict(l->report);
}
