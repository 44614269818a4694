#include "base/str.h"
#include "model/catalog_find.h"
#include "model/matrix.h"
#include "model/table.h"
#include "model/wrap.h"

#include <string.h>

#define OWN_COLUMNS 5  /* targets beyond it share one column */
#define NARROW	    60 /* a terminal in which each row is a few lines */
#define STACKED	    13 /* column of the values there */

/* --- sets in few words --- */

static void add_run(struct buf *out, const char *first, const char *last)
{
	buf_addf(out, "%s%s%s%s", out->len ? " " : "", first, first == last ? "" : "-", first == last ? "" : last);
}

/* Appends "3.9-3.12" for each run of a set; what has no name stands between runs without breaking them. */
static void add_runs(struct buf *out, const char *const *names, size_t n, uint32_t set)
{
	const char *first = NULL;
	const char *last = NULL;
	for (size_t i = 0; i < n; i++) {
		if (!names[i])
			continue;
		if (set >> i & 1) {
			last = names[i];
			first = first ? first : last;
		} else if (first) {
			add_run(out, first, last);
			first = NULL;
		}
	}
	if (first)
		add_run(out, first, last);
}

static void pythons_text(const struct matrix *m, uint32_t set, struct buf *out)
{
	const char *names[32] = {NULL};
	size_t n = m->c->n_pythons < 32 ? m->c->n_pythons : 32;
	for (size_t i = 0; i < n; i++)
		if (!m->c->pythons[i].threaded)
			names[i] = catalog_str(m->c, m->c->pythons[i].name);
	add_runs(out, names, n, set);
	for (size_t i = 0; i < n; i++)
		if (m->c->pythons[i].threaded && (set >> i & 1))
			buf_addf(out, "%s%s", out->len ? " " : "", catalog_str(m->c, m->c->pythons[i].name));
}

/* Capabilities without those of boards, which other wheels are for. */
static void archs_text(const struct matrix *m, const struct matrix_row *r, enum matrix_cell cell, struct buf *out)
{
	char texts[32][CUDA_TEXT];
	const char *names[32] = {NULL};
	uint32_t set = 0;
	size_t n = m->c->n_archs < 32 ? m->c->n_archs : 32;
	for (size_t i = 0; i < n; i++) {
		names[i] = m->c->archs[i].jetson ? NULL : catalog_cc_text(m->c->archs[i].cc, texts[i]);
		set |= r->cuda && matrix_gpu(r, i) == cell ? UINT32_C(1) << i : 0;
	}
	add_runs(out, names, n, set);
}

/* --- rows --- */

/* A row of the table: a row of the matrix, and the oldest patch release of torch that has the same. */
struct line {
	const struct matrix_row *row;
	uint32_t oldest;
};

static bool same_targets(const struct matrix *m, const struct matrix_row *a, const struct matrix_row *b)
{
	for (size_t i = 0; i < m->ntargets; i++)
		if (a->targets[i].cell != b->targets[i].cell || a->targets[i].code != b->targets[i].code)
			return false;
	return true;
}

static bool same(const struct matrix *m, const struct matrix_row *a, const struct matrix_row *b)
{
	return REL_MINOR(a->torch) == REL_MINOR(b->torch) && a->cuda == b->cuda && a->sparse == b->sparse &&
	       a->way == b->way && a->unproven == b->unproven && a->pythons == b->pythons &&
	       a->source_pythons == b->source_pythons && memcmp(&a->wheels, &b->wheels, sizeof(a->wheels)) == 0 &&
	       memcmp(&a->source, &b->source, sizeof(a->source)) == 0 && same_targets(m, a, b);
}

/* What a row is counted as: what wheels do, what compiling does, or nothing. */
static enum matrix_cell rank(const struct matrix *m, const struct matrix_row *r)
{
	enum matrix_cell best = matrix_best(m, r);
	if (best == CELL_NO || r->way == CELL_NO)
		return CELL_NO;
	return best == CELL_SOURCE || r->way == CELL_SOURCE ? CELL_SOURCE : CELL_NATIVE;
}

/* The rows that are shown: the first view that has any. */
enum view { VIEW_WHEELS, VIEW_SOURCES, VIEW_NEAREST /* nothing works: wheels that no target runs */, VIEW_ALL };

static bool is_shown(const struct matrix *m, const struct matrix_row *r, enum view view)
{
	switch (view) {
	case VIEW_WHEELS:
		return rank(m, r) == CELL_NATIVE;
	case VIEW_SOURCES:
		return rank(m, r) == CELL_SOURCE;
	case VIEW_NEAREST:
		return r->way == CELL_NATIVE;
	case VIEW_ALL:
		break;
	}
	return true;
}

static size_t choose(const struct matrix *m, enum view view, struct line *into)
{
	size_t n = 0;
	for (size_t i = 0; i < m->n; i++) {
		const struct matrix_row *r = &m->rows[i];
		if (!is_shown(m, r, view))
			continue;
		if (n && same(m, into[n - 1].row, r))
			into[n - 1].oldest = r->torch;
		else
			into[n++] = (struct line){.row = r, .oldest = r->torch};
	}
	return n;
}

/* --- reasons: many rows have the same, so each stands once below the table --- */

static void add_note(struct strv *notes, struct buf *marks, const char *code, const char *text)
{
	AUTO_TEXT char *note = xasprintf("%s: %s", code, text);
	size_t i = 0;
	while (i < notes->n && !str_eq(notes->v[i], note))
		i++;
	if (i == notes->n)
		strv_own(notes, TAKE(note));
	buf_addf(marks, "%s[%zu]", marks->len ? " " : "", i + 1);
}

/* Appends the marks of why a row does not work, or of what to know of its targets. */
static void add_notes(const struct matrix *m, const struct matrix_row *r, struct strv *notes, struct buf *marks)
{
	if (r->way == CELL_NO && r->because)
		add_note(notes, marks, reason_code_name(r->code), r->because);
	for (size_t i = 0; r->way != CELL_NO && i < m->ntargets; i++)
		if (r->targets[i].because)
			add_note(notes, marks,
				 r->targets[i].code == REASON__MAX ? "note" : reason_code_name(r->targets[i].code),
				 r->targets[i].because);
	if (r->way == CELL_SOURCE && r->unproven)
		add_note(notes, marks, reason_code_name(REASON_UNPROVEN), "nobody has seen it compile with this torch");
}

static void write_notes(const struct strv *notes, size_t width, struct buf *out)
{
	struct table t = table_new(2);
	for (size_t i = 0; i < notes->n; i++) {
		table_addf(&t, "[%zu]", i + 1);
		table_add(&t, notes->v[i]);
	}
	if (notes->n)
		buf_addc(out, '\n');
	table_write_within(&t, "", width, out);
	table_clear(&t);
}

/* --- the table --- */

static void add_targets(struct table *t, const struct matrix *m, const struct matrix_row *r)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (size_t i = 0; i < m->ntargets; i++) {
		const char *word = matrix_cell_name(r->targets[i].cell);
		if (m->ntargets <= OWN_COLUMNS)
			table_add(t, word);
		else
			buf_addf(&b, "%s%s %s", i ? ", " : "", m->targets[i].name, word);
	}
	if (m->ntargets > OWN_COLUMNS)
		table_add(t, buf_text(&b));
}

static void add_gpus(struct table *t, const struct matrix *m, const struct matrix_row *r)
{
	static const enum matrix_cell cells[] = {CELL_NATIVE, CELL_JIT};
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		AUTO_BUF struct buf b = BUF_INIT;
		archs_text(m, r, r->way == CELL_SOURCE && !i ? CELL_SOURCE : cells[i], &b);
		const char *none = !i && (r->wheels.unknown | r->source.unknown) ? "not known" : "-";
		table_add(t, !r->cuda ? "no GPU" : b.len ? buf_text(&b) : none);
		if (!r->cuda) {
			table_add(t, "-");
			break;
		}
	}
}

static void add_line(struct table *t, const struct matrix *m, const struct line *l, bool how, struct strv *notes)
{
	static const char *const ways[CELL__MAX] = {
		[CELL_NATIVE] = "wheel", [CELL_SOURCE] = "source", [CELL_NO] = "no"};
	const struct matrix_row *r = l->row;
	const struct driver *driver = matrix_driver_min(m, r);
	char oldest[CUDA_TEXT], newest[CUDA_TEXT], text[DRIVER_TEXT];
	AUTO_BUF struct buf pythons = BUF_INIT;
	(void)catalog_rel_text(l->oldest, oldest);
	(void)catalog_rel_text(r->torch, newest);
	table_addf(t, "%s%s%s", oldest, l->oldest == r->torch ? "" : "-", l->oldest == r->torch ? "" : newest);
	table_add(t, cuda_key_text(r->cuda, text));
	table_add(t, catalog_rel_text(r->sparse, text));
	if (how)
		table_add(t, ways[r->way]);
	pythons_text(m, r->pythons ? r->pythons : r->source_pythons, &pythons);
	table_add(t, pythons.len ? buf_text(&pythons) : "-");
	table_add(t, driver && r->way != CELL_NO ? driver_text(driver, text) : "-");
	if (m->ntargets)
		add_targets(t, m, r);
	else
		add_gpus(t, m, r);
	AUTO_BUF struct buf marks = BUF_INIT;
	add_notes(m, r, notes, &marks);
	table_add(t, marks.len ? buf_text(&marks) : "");
}

/* The names of the columns; how many there are. */
static size_t add_heads(struct strv *into, const struct matrix *m, bool how)
{
	static const char *const heads[] = {"torch", "CUDA", "sparse", "how", "Python", "driver >="};
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (how || !str_eq(heads[i], "how"))
			strv_add(into, heads[i]);
	for (size_t i = 0; m->ntargets <= OWN_COLUMNS && i < m->ntargets; i++)
		strv_add(into, m->targets[i].name);
	if (m->ntargets > OWN_COLUMNS)
		strv_add(into, "targets");
	if (!m->ntargets) {
		strv_add(into, "native on");
		strv_add(into, "JIT on");
	}
	strv_add(into, "");
	return into->n;
}

/* Each row as a few lines, its columns below one another. */
static void write_stacked(const struct table *t, size_t width, struct buf *out)
{
	char *const *heads = t->cells.v;
	for (size_t row = t->columns; row < t->cells.n; row += t->columns) {
		char *const *cell = t->cells.v + row;
		buf_addf(out, "%s%s %s, %s%s\n", row > t->columns ? "\n" : "", heads[0], cell[0],
			 str_eq(cell[1], "cpu") ? "" : "CUDA ", cell[1]);
		for (size_t i = 2; i < t->columns; i++) {
			if (!*cell[i])
				continue;
			buf_addf(out, "  %-10s ", *heads[i] ? heads[i] : "notes");
			wrap_within(cell[i], STACKED, width, out);
			buf_addc(out, '\n');
		}
	}
}

static void write_lines(const struct matrix *m, const struct line *lines, size_t n, bool how, size_t width,
			struct buf *out)
{
	AUTO_STRV struct strv heads = STRV_INIT, notes = STRV_INIT;
	struct table t = table_new(add_heads(&heads, m, how));
	for (size_t i = 0; i < heads.n; i++)
		table_add(&t, heads.v[i]);
	for (size_t i = 0; i < n; i++)
		add_line(&t, m, &lines[i], how, &notes);
	if (width < NARROW)
		write_stacked(&t, width, out);
	else
		table_write_within(&t, "", width, out);
	table_clear(&t);
	write_notes(&notes, width, out);
}

static void write_counts(const struct matrix *m, enum view view, size_t width, struct buf *out)
{
	static const char *const names[] = {[VIEW_WHEELS] = "what works by wheels",
					    [VIEW_SOURCES] = "what works when compiled",
					    [VIEW_NEAREST] = "wheels, which no target runs"};
	size_t count[CELL__MAX] = {0};
	for (size_t i = 0; i < m->n; i++)
		count[rank(m, &m->rows[i])]++;
	AUTO_TEXT char *all = xasprintf("Of %zu combinations of torch, CUDA and torch_sparse on %s:", m->n,
					catalog_platform_text(m->platform));
	AUTO_TEXT char *ways = xasprintf("%zu work by wheels, %zu only compiled, %zu not at all.", count[CELL_NATIVE],
					 count[CELL_SOURCE], count[CELL_NO]);
	AUTO_TEXT char *shown = view == VIEW_ALL || count[CELL_NATIVE] == m->n
					? NULL
					: xasprintf("Shown: %s. -v shows all, --format json has all.", names[view]);
	const char *const lines[] = {all, ways, shown};
	buf_adds(out, m->n ? "\n" : "");
	for (size_t i = 0; i < ARRAY_LEN(lines) && lines[i]; i++) {
		wrap_within(lines[i], 0, width, out);
		buf_addc(out, '\n');
	}
}

void matrix_text(const struct matrix *m, size_t width, bool all, struct buf *out)
{
	static const enum view views[] = {VIEW_WHEELS, VIEW_SOURCES, VIEW_NEAREST, VIEW_ALL};
	struct line *lines = xcalloc(m->n + 1, sizeof(*lines));
	size_t n = 0, i = all ? VIEW_ALL : VIEW_WHEELS;
	while (!(n = choose(m, views[i], lines)) && i < VIEW_ALL)
		i++;
	if (n)
		write_lines(m, lines, n, i != VIEW_WHEELS, width, out);
	write_counts(m, (enum view)i, width, out);
	free(lines);
}
