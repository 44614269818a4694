#include "adapt/json.h"
#include "model/catalog_find.h"
#include "model/matrix.h"

static void put_driver(struct jval into, const char *key, const struct driver *d)
{
	char text[DRIVER_TEXT];
	jval_put_text(into, key, d ? driver_text(d, text) : NULL);
}

static void put_pythons(struct jval into, const char *key, const struct matrix *m, uint32_t set)
{
	struct jval list = jval_put_array(into, key);
	for (size_t i = 0; i < m->c->n_pythons && i < 32; i++)
		if (set >> i & 1)
			jval_put_text(list, NULL, catalog_str(m->c, m->c->pythons[i].name));
}

static void put_oses(struct jval into, const struct matrix *m, uint32_t set)
{
	struct jval list = jval_put_array(into, "os");
	for (size_t i = 0; i < m->c->n_oses && i < 32; i++)
		if (set >> i & 1)
			jval_put_text(list, NULL, catalog_str(m->c, m->c->oses[i].name));
}

/* The capabilities by how they fare: {"native": ["8.0"], "JIT": ["9.0"], ...}. */
static void put_gpus(struct jval into, const struct matrix *m, const struct matrix_row *r)
{
	struct jval o = jval_put_object(into, "compute");
	struct jval lists[CELL__MAX];
	char text[CUDA_TEXT];
	for (unsigned c = 0; c < CELL__MAX; c++)
		lists[c] = jval_put_array(o, matrix_cell_name((enum matrix_cell)c));
	for (size_t i = 0; i < m->c->n_archs && i < 32; i++)
		jval_put_text(lists[matrix_gpu(r, i)], NULL, catalog_cc_text(m->c->archs[i].cc, text));
}

static void put_targets(struct jval into, const struct matrix *m, const struct matrix_row *r)
{
	struct jval list = jval_put_array(into, "targets");
	for (size_t i = 0; i < m->ntargets; i++) {
		const struct matrix_verdict *v = &r->targets[i];
		struct jval o = jval_put_object(list, NULL);
		jval_put_text(o, "name", m->targets[i].name);
		jval_put_text(o, "cell", matrix_cell_name(v->cell));
		jval_put_text(o, "code", v->code == REASON__MAX ? NULL : reason_code_name(v->code));
		jval_put_text(o, "because", v->because);
	}
}

static void put_why(struct jval into, const struct matrix_row *r)
{
	struct jval o = jval_put_object(into, "reason");
	jval_put_text(o, "code", r->code == REASON__MAX ? NULL : reason_code_name(r->code));
	jval_put_text(o, "because", r->because);
	jval_put_text(o, "fact", r->fact);
	jval_put_text(o, "source", r->from);
}

static void put_row(struct jval list, const struct matrix *m, const struct matrix_row *r)
{
	static const char *const ways[CELL__MAX] = {
		[CELL_NATIVE] = "wheel", [CELL_SOURCE] = "source", [CELL_NO] = "no"};
	struct jval o = jval_put_object(list, NULL);
	char text[CUDA_TEXT];
	jval_put_text(o, "torch", catalog_rel_text(r->torch, text));
	jval_put_text(o, "torch_sparse", catalog_rel_text(r->sparse, text));
	jval_put_text(o, "cuda", cuda_key_text(r->cuda, text));
	jval_put_text(o, "way", ways[r->way]);
	if (r->way == CELL_NO) {
		put_why(o, r);
		return;
	}
	jval_put_text(o, "torch_scatter", r->scatter ? catalog_rel_text(r->scatter, text) : NULL);
	put_pythons(o, "python", m, r->pythons);
	put_pythons(o, "python_source", m, r->source_pythons & ~r->pythons);
	put_oses(o, m, r->oses);
	if (r->way == CELL_SOURCE)
		jval_put_bool(o, "unproven", r->unproven);
	put_driver(o, "driver_min", matrix_driver_min(m, r));
	put_driver(o, "driver_jit", matrix_driver_jit(m, r));
	if (r->cuda)
		put_gpus(o, m, r);
	if (m->ntargets)
		put_targets(o, m, r);
}

void matrix_json(const struct matrix *m, struct buf *out)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	struct jval root = jdoc_root(doc);
	jval_put_u64(root, "schema", 1);
	jval_put_text(root, "catalog", m->c->id);
	jval_put_text(root, "platform", catalog_platform_text(m->platform));
	struct jval targets = jval_put_array(root, "targets");
	for (size_t i = 0; i < m->ntargets; i++) {
		struct jval o = jval_put_object(targets, NULL);
		jval_put_text(o, "name", m->targets[i].name);
		jval_put_text(o, "gpu", m->targets[i].gpu);
		jval_put_text(o, "compute", m->targets[i].compute);
		jval_put_text(o, "driver", m->targets[i].driver);
	}
	struct jval rows = jval_put_array(root, "rows");
	for (size_t i = 0; i < m->n; i++)
		put_row(rows, m, &m->rows[i]);
	jdoc_dump(doc, JDOC_PRETTY, out);
}
