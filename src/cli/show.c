#include "cli/show.h"

#include "base/str.h"
#include "render/require.h"

#include <string.h>

enum { COLUMNS = 8 };

static const char *const heads[COLUMNS] = {"VARIANT", "CUDA",  "OS",	       "BASE",
					   "PYTHON",  "TORCH", "TORCH_SPARSE", "DRIVER"};

static char *package_cell(const struct plan_variant *v, enum pkg pkg)
{
	const struct plan_package *p = plan_package(v, pkg);

	if (!p)
		return xstrdup("-");
	return xasprintf("%s%s%s", p->version, p->label ? p->label : "", p->way == WAY_SOURCE ? " (compiled)" : "");
}

static void cells_of(const struct plan_variant *v, char *cells[COLUMNS])
{
	cells[0] = xstrdup(v->name);
	cells[1] = xstrdup(v->cuda ? v->cuda : "cpu");
	cells[2] = xstrdup(v->os);
	cells[3] = xstrdup(v->flavor);
	cells[4] = xasprintf("%s%s", v->python.version, v->python.managed ? " (managed)" : "");
	cells[5] = package_cell(v, PKG_TORCH);
	cells[6] = package_cell(v, PKG_TORCH_SPARSE);
	cells[7] = v->driver_min ? xasprintf(">= %s", v->driver_min) : xstrdup("-");
}

static void add_row(char *const cells[COLUMNS], const size_t width[COLUMNS], struct buf *out)
{
	for (size_t c = 0; c < COLUMNS; c++) {
		buf_adds(out, cells[c]);
		if (c + 1 < COLUMNS)
			buf_repeat(out, " ", width[c] - str_columns(cells[c]) + 2);
	}
	buf_addc(out, '\n');
}

static void add_table(const struct plan *p, struct buf *out)
{
	char *(*rows)[COLUMNS] = xcalloc(p->nvariants + 1, sizeof(*rows));
	size_t width[COLUMNS] = {0};

	for (size_t c = 0; c < COLUMNS; c++)
		rows[0][c] = xstrdup(heads[c]);
	for (size_t i = 0; i < p->nvariants; i++)
		cells_of(&p->variants[i], rows[i + 1]);
	for (size_t i = 0; i <= p->nvariants; i++)
		for (size_t c = 0; c < COLUMNS; c++)
			if (str_columns(rows[i][c]) > width[c])
				width[c] = str_columns(rows[i][c]);
	for (size_t i = 0; i <= p->nvariants; i++) {
		add_row(rows[i], width, out);
		for (size_t c = 0; c < COLUMNS; c++)
			free(rows[i][c]);
	}
	free(rows);
}

static void add_targets(const struct plan_variant *v, struct buf *out)
{
	static const char *const fits[] = {[FIT_YES] = "runs", [FIT_NO] = "cannot run", [FIT_UNKNOWN] = "unknown"};

	for (size_t i = 0; i < v->ntargets; i++) {
		const struct plan_target *t = &v->targets[i];

		buf_addf(out, "%s on %s: %s%s%s%s\n", v->name, t->name, fits[t->fit],
			 t->fit == FIT_YES && t->native ? " natively" : "", t->because ? ": " : "",
			 t->because ? t->because : "");
	}
}

void show_plan(const struct plan *p, struct buf *out)
{
	add_table(p, out);
	for (size_t i = 0; i < p->nvariants; i++)
		add_targets(&p->variants[i], out);
	for (size_t i = 0; i < p->nvariants; i++)
		for (size_t n = 0; n < p->variants[i].nnotes; n++) {
			const struct plan_note *note = &p->variants[i].notes[n];

			buf_addf(out, "%s: %s%s\n", p->variants[i].name,
				 str_eq(note->severity, "warning") ? "warning: " : "", note->text);
		}
}

void show_outputs(const struct outputs *o, struct buf *out)
{
	static const char *const marks[] = {[OUTPUT_NEW] = "+", [OUTPUT_CHANGED] = "~", [OUTPUT_LEFT_OVER] = "-"};

	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].state != OUTPUT_SAME)
			buf_addf(out, "%s %s\n", marks[o->v[i].state], o->v[i].name);
}

static bool change(const char *variant, const char *what, const char *old, const char *now, struct buf *out)
{
	if (str_eq(old, now))
		return false;
	buf_addf(out, "%s: %s %s -> %s\n", variant, what, old ? old : "none", now ? now : "none");
	return true;
}

static bool package_changes(const struct plan_variant *old, const struct plan_variant *now, struct buf *out)
{
	bool any = false;

	for (unsigned k = 0; k < PKG__MAX; k++) {
		const struct plan_package *a = plan_package(old, (enum pkg)k), *b = plan_package(now, (enum pkg)k);
		AUTO_TEXT char *hash = xasprintf("%s sha256", pkg_name((enum pkg)k));
		bool versions =
			change(now->name, pkg_name((enum pkg)k), a ? a->version : NULL, b ? b->version : NULL, out);

		any = versions || any;
		any = change(now->name, hash, a ? a->sha256 : NULL, b ? b->sha256 : NULL, out) || any;
	}
	return any;
}

/* The version of a requirement's package in the variant, as its whole line; NULL when it is not there. Borrowed. */
static const char *line_of(const struct plan_variant *v, const char *name)
{
	for (size_t i = 0; i < v->npip; i++) {
		AUTO_TEXT char *here = require_name(v->pip[i].line);

		if (str_eq(here, name))
			return v->pip[i].line;
	}
	return NULL;
}

static bool pip_changes(const struct plan_variant *old, const struct plan_variant *now, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < now->npip; i++) {
		AUTO_TEXT char *name = require_name(now->pip[i].line);

		any = change(now->name, "pip", line_of(old, name), now->pip[i].line, out) || any;
	}
	for (size_t i = 0; i < old->npip; i++) {
		AUTO_TEXT char *name = require_name(old->pip[i].line);

		if (!line_of(now, name))
			any = change(now->name, "pip", old->pip[i].line, NULL, out) || any;
	}
	return any;
}

bool show_changes(const struct plan *old, const struct plan *now, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < now->nvariants; i++) {
		const struct plan_variant *b = &now->variants[i], *a = plan_variant(old, b->name);

		if (!a) {
			buf_addf(out, "%s: new\n", b->name);
			any = true;
			continue;
		}
		any = change(b->name, "base tag", a->base.tag, b->base.tag, out) || any;
		any = change(b->name, "base", a->base.digest, b->base.digest, out) || any;
		any = change(b->name, "devel", a->devel.digest, b->devel.digest, out) || any;
		any = change(b->name, "python", a->python.version, b->python.version, out) || any;
		any = package_changes(a, b, out) || any;
		any = pip_changes(a, b, out) || any;
	}
	for (size_t i = 0; i < old->nvariants; i++)
		if (!plan_variant(now, old->variants[i].name)) {
			buf_addf(out, "%s: gone\n", old->variants[i].name);
			any = true;
		}
	return any;
}

void show_unpinned(const struct plan *p, struct buf *out)
{
	bool all = p->nvariants > 0;

	for (size_t i = 0; i < p->nvariants; i++) {
		AUTO_STRV struct strv what = STRV_INIT;
		AUTO_TEXT char *list = NULL;

		plan_unpinned(&p->variants[i], &what);
		list = strv_join(&what, ", ");
		if (what.n)
			buf_addf(out, "%s: not pinned: %s\n", p->variants[i].name, list);
		all = all && !what.n;
	}
	if (all)
		buf_adds(out, "all is pinned: base images by digest, packages by sha256\n");
}
