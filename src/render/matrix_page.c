#include "render/matrix_page.h"

#include "adapt/json.h"
#include "model/catalog_find.h"

#include <string.h>

/* A text that many rows have: its place in the list. Rows come sorted, so only the last ones are looked at. */
struct texts {
	struct jval list;
	const char *last[32]; /* borrowed from rows */
	size_t n;
};

static size_t text_of(struct texts *t, const char *text)
{
	size_t reach = t->n < ARRAY_LEN(t->last) ? t->n : ARRAY_LEN(t->last);
	for (size_t back = 1; back <= reach; back++)
		if (strcmp(t->last[(t->n - back) % ARRAY_LEN(t->last)], text) == 0)
			return t->n - back;
	t->last[t->n % ARRAY_LEN(t->last)] = text;
	jval_put_text(t->list, NULL, text);
	return t->n++;
}

static void put_driver(struct jval into, const struct driver *d)
{
	char text[DRIVER_TEXT];
	jval_put_text(into, NULL, d ? driver_text(d, text) : NULL);
}

/* [torch, CUDA, torch_sparse, "no", code, place of the reason] or [torch, CUDA, torch_sparse, way, torch_scatter,
 * Pythons, Pythons by compiling, native, JIT, unknown, source native, source JIT, source unknown, torch lacks, driver,
 * driver for JIT]. */
static void put_row(struct jval list, const struct matrix *m, const struct matrix_row *r, struct texts *texts)
{
	struct jval row = jval_put_array(list, NULL);
	char text[CUDA_TEXT];
	jval_put_text(row, NULL, catalog_rel_text(r->torch, text));
	jval_put_text(row, NULL, cuda_key_text(r->cuda, text));
	jval_put_text(row, NULL, catalog_rel_text(r->sparse, text));
	jval_put_text(row, NULL, matrix_cell_name(r->way));
	if (r->way == CELL_NO) {
		jval_put_text(row, NULL, r->code == REASON__MAX ? "" : reason_code_name(r->code));
		jval_put_u64(row, NULL, text_of(texts, r->because ? r->because : ""));
		return;
	}
	jval_put_text(row, NULL, r->scatter ? catalog_rel_text(r->scatter, text) : NULL);
	const uint32_t sets[] = {r->pythons,	r->source_pythons, r->wheels.native,
				 r->wheels.jit, r->wheels.unknown, r->source.native,
				 r->source.jit, r->source.unknown, r->torch_lacks};
	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		jval_put_u64(row, NULL, sets[i]);
	put_driver(row, matrix_driver_min(m, r));
	put_driver(row, matrix_driver_jit(m, r));
}

/* Names of GPUs with the place of their capability, and the capabilities themselves. */
static void put_gpus(struct jval root, const struct matrix *m)
{
	AUTO_STRV struct strv pythons = STRV_INIT, archs = STRV_INIT;
	matrix_pythons(m, UINT32_MAX, &pythons);
	matrix_archs(m, UINT32_MAX, &archs);
	jval_put_strv(root, "pythons", &pythons);
	jval_put_strv(root, "archs", &archs);
	struct jval gpus = jval_put_array(root, "gpus");
	for (size_t i = 0; i < m->c->n_gpus; i++)
		for (size_t k = 0; k < m->c->n_archs && k < 32; k++) {
			if (m->c->archs[k].cc != m->c->gpus[i].cc)
				continue;
			struct jval gpu = jval_put_array(gpus, NULL);
			jval_put_text(gpu, NULL, catalog_str(m->c, m->c->gpus[i].name));
			jval_put_u64(gpu, NULL, k);
		}
}

static void put_targets(struct jval root, const struct matrix *m)
{
	struct jval list = jval_put_array(root, "targets");
	for (size_t i = 0; i < m->ntargets; i++) {
		const struct matrix_target *t = &m->targets[i];
		struct jval o = jval_put_array(list, NULL);
		jval_put_text(o, NULL, t->name);
		jval_put_text(o, NULL, t->gpu);
		jval_put_text(o, NULL, t->compute);
		jval_put_text(o, NULL, t->driver);
	}
}

/* JSON that can stand inside <script>: '<' is written as an escape, so that no text ends the element. */
static void add_data(const struct jdoc *doc, struct buf *out)
{
	AUTO_BUF struct buf json = BUF_INIT;
	jdoc_dump(doc, JDOC_COMPACT, &json);
	for (size_t i = 0; i < json.len; i++) {
		if (json.data[i] == '<')
			buf_adds(out, "\\u003c");
		else
			buf_addc(out, json.data[i]);
	}
}

int matrix_page(const struct matrix *m, struct templates *t, struct buf *out, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	AUTO(value) struct value *view = value_map();
	AUTO_BUF struct buf data = BUF_INIT;
	struct jval root = jdoc_root(doc);
	jval_put_u64(root, "schema", 1);
	put_gpus(root, m);
	put_targets(root, m);
	struct texts texts = {.list = jval_put_array(root, "reasons")};
	struct jval rows = jval_put_array(root, "rows");
	for (size_t i = 0; i < m->n; i++)
		put_row(rows, m, &m->rows[i], &texts);
	add_data(doc, &data);
	value_set(view, "data", buf_text(&data));
	value_set(view, "catalog", m->c->id);
	value_setf(view, "catalog_short", "%.12s", m->c->id);
	value_set(view, "program", CUDABUILD_VERSION);
	value_set(view, "platform", catalog_platform_text(m->platform));
	return templates_render(t, "matrix.mustache", view, out, err);
}
