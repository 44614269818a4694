#include "model/matrix.h"

#include "model/catalog_find.h"

#include <stdlib.h>
#include <string.h>

struct matrix *matrix_new(const struct catalog *c, enum platform platform)
{
	struct matrix *m = xcalloc(1, sizeof(*m));
	m->c = c;
	m->platform = platform;
	return m;
}

void matrix_free(struct matrix *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++) {
		for (size_t t = 0; t < m->ntargets; t++)
			free(m->rows[i].targets[t].because);
		free(m->rows[i].targets);
		free(m->rows[i].because);
		free(m->rows[i].fact);
	}
	for (size_t i = 0; i < m->ntargets; i++) {
		free(m->targets[i].name);
		free(m->targets[i].gpu);
		free(m->targets[i].compute);
		free(m->targets[i].driver);
	}
	free(m->targets);
	free(m->rows);
	free(m);
}

struct matrix_row *matrix_add(struct matrix *m, uint32_t torch, uint32_t sparse, uint16_t cuda)
{
	if (m->n == m->cap) {
		m->cap = m->cap ? m->cap * 2 : 256;
		m->rows = xreallocarray(m->rows, m->cap, sizeof(*m->rows));
	}
	struct matrix_row *r = &m->rows[m->n++];
	*r = (struct matrix_row){.torch = torch, .sparse = sparse, .cuda = cuda, .way = CELL_NO, .code = REASON__MAX};
	r->targets = xcalloc(m->ntargets + 1, sizeof(*r->targets));
	for (size_t i = 0; i < m->ntargets; i++)
		r->targets[i] = (struct matrix_verdict){.cell = CELL_NO, .code = REASON__MAX};
	return r;
}

static int newest(uint32_t a, uint32_t b)
{
	return (a < b) - (a > b);
}

static int compare(const void *left, const void *right)
{
	const struct matrix_row *a = left;
	const struct matrix_row *b = right;
	int order = newest(REL_MINOR(a->torch), REL_MINOR(b->torch));
	if (!order)
		order = newest(a->cuda, b->cuda);
	if (!order)
		order = newest(a->sparse, b->sparse);
	return order ? order : newest(a->torch, b->torch);
}

void matrix_sort(struct matrix *m)
{
	if (m->n)
		qsort(m->rows, m->n, sizeof(*m->rows), compare);
}

enum matrix_cell matrix_gpu(const struct matrix_row *r, size_t arch)
{
	uint32_t bit = UINT32_C(1) << arch;
	if (r->wheels.native & bit)
		return CELL_NATIVE;
	if (r->wheels.jit & bit)
		return CELL_JIT;
	if (r->wheels.unknown & bit)
		return CELL_UNKNOWN;
	if ((r->source.native | r->source.jit) & bit)
		return CELL_SOURCE;
	return r->source.unknown & bit ? CELL_UNKNOWN : CELL_NO;
}

enum matrix_cell matrix_best(const struct matrix *m, const struct matrix_row *r)
{
	enum matrix_cell best = CELL_NO;
	if (!m->ntargets)
		return r->way;
	for (size_t i = 0; i < m->ntargets; i++)
		best = r->targets[i].cell < best ? r->targets[i].cell : best;
	return best;
}

const char *matrix_cell_name(enum matrix_cell cell)
{
	static const char *const names[CELL__MAX] = {"native", "JIT", "source", "unknown", "no"};
	return cell < CELL__MAX ? names[cell] : "?";
}

const struct driver *matrix_driver_min(const struct matrix *m, const struct matrix_row *r)
{
	return r->cuda ? catalog_driver_min(m->c, r->cuda) : NULL;
}

const struct driver *matrix_driver_jit(const struct matrix *m, const struct matrix_row *r)
{
	const struct toolkit_row *row = r->cuda ? catalog_toolkit(m->c, r->cuda) : NULL;
	return row ? &row->driver_min : NULL;
}

void matrix_pythons(const struct matrix *m, uint32_t set, struct strv *into)
{
	for (size_t i = 0; i < m->c->n_pythons && i < 32; i++)
		if (set >> i & 1)
			strv_add(into, catalog_str(m->c, m->c->pythons[i].name));
}

void matrix_oses(const struct matrix *m, uint32_t set, struct strv *into)
{
	for (size_t i = 0; i < m->c->n_oses && i < 32; i++)
		if (set >> i & 1)
			strv_add(into, catalog_str(m->c, m->c->oses[i].name));
}

void matrix_archs(const struct matrix *m, uint32_t set, struct strv *into)
{
	char text[CUDA_TEXT];
	for (size_t i = 0; i < m->c->n_archs && i < 32; i++)
		if (set >> i & 1)
			strv_add(into, catalog_cc_text(m->c->archs[i].cc, text));
}
