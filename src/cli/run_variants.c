#include "cli/run_variants.h"

#include "adapt/json.h"
#include "base/str.h"
#include "model/catalog_find.h"
#include "model/table.h"
#include "work/facts.h"
#include "work/fetch_variants.h"

/* A target of the manifest and what it would get. */
struct choice {
	const struct manifest_target *target;
	const struct wheelvariant *variant; /* NULL: none */
};

/* The target as a list of properties. False: the catalog does not know its GPU. */
static bool machine_of(const struct catalog *c, const struct manifest_target *t, struct strv *into)
{
	const struct gpu_row *gpu = t->gpu ? catalog_gpu(c, t->gpu) : NULL;
	unsigned cc = gpu ? gpu->cc : 0;
	struct driver driver;
	struct err ignored = ERR_INIT;
	bool driven = t->driver && driver_parse(t->driver, &driver, &ignored) == 0;

	err_clear(&ignored);
	if ((t->gpu && !gpu) || (t->compute && !catalog_cc_parse(t->compute, &cc)))
		return false;
	wheelvariants_nvidia(c, cc, driven ? &driver : NULL, into);
	return true;
}

static void choose(const struct found_variants *f, struct choice *into)
{
	const struct catalog *c = facts_catalog();
	AUTO_STRV struct strv machine = STRV_INIT, labels = STRV_INIT;

	found_variants_labels(f, c, into->target->platform ? into->target->platform : "linux/amd64", &labels);
	if (machine_of(c, into->target, &machine))
		into->variant = wheelvariants_best(f->w, &labels, &machine);
}

static void text(const struct found_variants *f, const struct choice *v, size_t n, struct buf *out)
{
	struct table t = table_new(2), targets = table_new(2);

	table_add(&t, "LABEL");
	table_add(&t, "PROPERTIES");
	for (size_t i = 0; i < f->w->n; i++) {
		AUTO_TEXT char *all = strv_join(&f->w->v[i].properties, ", ");

		table_add(&t, f->w->v[i].label);
		table_add(&t, *all ? all : "none");
	}
	table_add(&targets, "TARGET");
	table_add(&targets, "LABEL");
	for (size_t i = 0; i < n; i++) {
		table_add(&targets, v[i].target->name);
		table_add(&targets, v[i].variant ? v[i].variant->label : "none fits");
	}
	buf_addf(out, "%s\n", f->source);
	table_write(&t, "", out);
	if (n)
		table_write(&targets, "", out);
	table_clear(&t);
	table_clear(&targets);
}

static void json(const struct found_variants *f, const struct choice *v, size_t n, struct buf *out)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	struct jval root = jdoc_root(doc), list;

	jval_put_u64(root, "schema", 1);
	jval_put_text(root, "source", f->source);
	jval_put_strv(root, "files", &f->files);
	list = jval_put_array(root, "variants");
	for (size_t i = 0; i < f->w->n; i++) {
		struct jval o = jval_put_object(list, NULL);

		jval_put_text(o, "label", f->w->v[i].label);
		jval_put_strv(o, "properties", &f->w->v[i].properties);
	}
	list = jval_put_array(root, "targets");
	for (size_t i = 0; i < n; i++) {
		struct jval o = jval_put_object(list, NULL);

		jval_put_text(o, "name", v[i].target->name);
		jval_put_text(o, "label", v[i].variant ? v[i].variant->label : NULL);
	}
	jdoc_dump(doc, JDOC_PRETTY, out);
}

/* The targets of all variants, each name once. */
static size_t targets_of(const struct manifest *m, struct choice **ret)
{
	struct choice *v = NULL;
	size_t n = 0;

	for (size_t i = 0; m && i < m->nvariants; i++)
		for (size_t k = 0; k < m->variants[i].ntargets; k++) {
			const struct manifest_target *t = &m->variants[i].targets[k];
			size_t same = 0;

			while (same < n && !str_eq(v[same].target->name, t->name))
				same++;
			if (same < n)
				continue;
			v = xreallocarray(v, n + 1, sizeof(*v));
			v[n++] = (struct choice){.target = t};
		}
	*ret = v;
	return n;
}

int run_variants(struct app *app, const struct project *project, const struct fetch_opts *o, struct err *err)
{
	const struct strv *operands = &app->options.operands;
	AUTO(found_variants) struct found_variants *f = NULL;
	AUTO_BUF struct buf out = BUF_INIT;
	struct choice *v = NULL;
	size_t n;
	int rc = fetch_variants(operands->v[1], operands->v[2], o, &f, err);

	if (rc == 1)
		ui_note(app->ui, "no index links a list of variants of %s %s", operands->v[1], operands->v[2]);
	if (rc != 0)
		return rc;
	n = targets_of(project ? project->manifest : NULL, &v);
	for (size_t i = 0; i < n; i++)
		choose(f, &v[i]);
	if (app->json)
		json(f, v, n, &out);
	else
		text(f, v, n, &out);
	free(v);
	return ui_out(app->ui, buf_text(&out), err);
}
