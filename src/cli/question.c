#include "cli/question.h"

#include "base/str.h"
#include "cli/spelling.h"
#include "model/manifest_grammar.h"
#include "work/project.h"

static const struct {
	const char *opt;
	enum pkg pkg;
} packages[] = {
	{"torch", PKG_TORCH},
	{"torch-sparse", PKG_TORCH_SPARSE},
	{"torch-scatter", PKG_TORCH_SCATTER},
	{"torch-cluster", PKG_TORCH_CLUSTER},
	{"torch-spline-conv", PKG_TORCH_SPLINE_CONV},
	{"pyg-lib", PKG_PYG_LIB},
};
static const char *const others[] = {"cuda", "python", "os", "platform", "gpu", "compute", "driver"};

bool question_given(const struct app *app)
{
	for (size_t i = 0; i < ARRAY_LEN(packages); i++)
		if (app_value(app, packages[i].opt))
			return true;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (app_value(app, others[i]))
			return true;
	return false;
}

static void replace(const struct app *app, const char *opt, char **field)
{
	const char *value = app_value(app, opt);
	if (!value)
		return;
	free(*field);
	*field = str_eq(opt, "python") ? spelling_python(value) : xstrdup(value);
}

/* What an option says, in the manifest's spelling. */
static void spell(const struct app *app, const char *opt, struct strv *into)
{
	AUTO_STRV struct strv values = STRV_INIT;
	options_values(&app->options, opt, &values);
	for (size_t i = 0; i < values.n; i++) {
		AUTO_TEXT char *python = str_eq(opt, "python") ? spelling_python(values.v[i]) : NULL;
		if (str_eq(opt, "cuda"))
			spelling_cuda(values.v[i], into);
		else
			strv_add(into, python ? python : values.v[i]);
	}
}

static void replace_list(const struct app *app, const char *opt, struct strv *field)
{
	if (!app_value(app, opt))
		return;
	strv_clear(field);
	spell(app, opt, field);
}

static void free_target(struct manifest_target *t)
{
	char *texts[] = {t->name, t->gpu, t->compute, t->driver, t->platform};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	strv_clear(&t->kubernetes.node_selector);
}

static void replace_targets(const struct app *app, struct manifest_variant *v)
{
	const char *gpu = app_value(app, "gpu");
	const char *compute = app_value(app, "compute");
	const char *driver = app_value(app, "driver");
	const char *name = gpu ? gpu : compute ? compute : "this host";
	if (!gpu && !compute && !driver)
		return;
	if (gpu && !compute && spelling_is_compute(gpu)) {
		compute = gpu;
		gpu = NULL;
	}
	for (size_t i = 0; i < v->ntargets; i++)
		free_target(&v->targets[i]);
	v->targets = xreallocarray(v->targets, 1, sizeof(*v->targets));
	v->ntargets = 1;
	v->targets[0] = (struct manifest_target){
		.name = xstrdup(name), .gpu = xstrdup(gpu), .compute = xstrdup(compute), .driver = xstrdup(driver)};
}

static int check_one(const struct app *app, const char *opt, enum mgrammar_id grammar, struct err *err)
{
	AUTO_STRV struct strv values = STRV_INIT;
	spell(app, opt, &values);
	for (size_t i = 0; i < values.n; i++) {
		if (mgrammar_check(grammar, values.v[i], err) == 0)
			continue;
		err->kind = ERR_USAGE;
		return err_wrap(err, "--%s", opt);
	}
	return 0;
}

/* What a manifest may hold; a GPU, a driver and an operating system are judged by the tables that know them. */
static int check(const struct app *app, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(packages); i++)
		if (check_one(app, packages[i].opt, MG_SPEC, err) < 0)
			return -1;
	if (check_one(app, "cuda", MG_CUDA, err) < 0 || check_one(app, "python", MG_PYTHON, err) < 0)
		return -1;
	return check_one(app, "platform", MG_PLATFORM, err);
}

int question_apply(const struct app *app, struct manifest *m, struct err *err)
{
	if (check(app, err) < 0)
		return -1;
	for (size_t i = 0; i < m->nvariants; i++) {
		struct manifest_variant *v = &m->variants[i];
		for (size_t p = 0; p < ARRAY_LEN(packages); p++)
			replace(app, packages[p].opt, &v->packages[packages[p].pkg]);
		replace_list(app, "cuda", &v->cuda);
		replace_list(app, "platform", &v->platforms);
		replace(app, "python", &v->python);
		replace(app, "os", &v->os);
		replace_targets(app, v);
	}
	return 0;
}

/* --- targets of the manifest --- */

static bool has_target(const struct manifest_variant *v, const char *name)
{
	for (size_t i = 0; i < v->ntargets; i++)
		if (str_eq(v->targets[i].name, name))
			return true;
	return false;
}

static void add_target(struct manifest_variant *v, const struct manifest_target *t)
{
	v->targets = xreallocarray(v->targets, v->ntargets + 1, sizeof(*v->targets));
	v->targets[v->ntargets++] = (struct manifest_target){.name = xstrdup(t->name),
							     .gpu = xstrdup(t->gpu),
							     .compute = xstrdup(t->compute),
							     .driver = xstrdup(t->driver),
							     .platform = xstrdup(t->platform),
							     .forward_compat = t->forward_compat};
}

static int unknown_target(const struct manifest *from, const char *name, struct err *err)
{
	AUTO_STRV struct strv names = STRV_INIT;
	for (size_t i = 0; i < from->nvariants; i++)
		for (size_t t = 0; t < from->variants[i].ntargets; t++)
			strv_add(&names, from->variants[i].targets[t].name);
	AUTO_TEXT char *shown = str_shown(name, 60);
	const char *near = str_nearest(name, (const char *const *)names.v, names.n);
	return err_set(err, ERR_USAGE, "--target: '%s' is no target of %s%s%s%s", shown, from->file,
		       near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

/* Gives the question the targets of every variant, each name once; wanted empty: all. */
static int take_targets(const struct manifest *from, const struct strv *wanted, struct manifest *into, struct err *err)
{
	struct manifest_variant *v = &into->variants[0];
	for (size_t i = 0; i < from->nvariants; i++)
		for (size_t t = 0; t < from->variants[i].ntargets; t++) {
			const struct manifest_target *target = &from->variants[i].targets[t];
			if (!has_target(v, target->name) && (!wanted->n || strv_has(wanted, target->name)))
				add_target(v, target);
		}
	for (size_t i = 0; i < wanted->n; i++)
		if (!has_target(v, wanted->v[i]))
			return unknown_target(from, wanted->v[i], err);
	return 0;
}

bool question_names_manifest(const struct app *app)
{
	return app_value(app, "file") || app_value(app, "target");
}

/* A target is named or described. */
static int check_one_way(const struct app *app, const struct strv *wanted, struct err *err)
{
	static const char *const parts[] = {"gpu", "compute", "driver"};
	for (size_t i = 0; wanted->n && i < ARRAY_LEN(parts); i++)
		if (app_value(app, parts[i]))
			return err_set(err, ERR_USAGE,
				       "--target names a target of the manifest, --%s describes one: one of the two",
				       parts[i]);
	return 0;
}

int question_targets(struct app *app, struct manifest *m, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO_STRV struct strv wanted = STRV_INIT;
	options_values(&app->options, "target", &wanted);
	if (check_one_way(app, &wanted, err) < 0)
		return -1;
	if (project_open(app_value(app, "file"), &p, err) < 0)
		return -1;
	return take_targets(p->manifest, &wanted, m, err);
}

/* Leaves of a variant's targets those that are wanted. */
static void narrow(struct manifest_variant *v, const struct strv *wanted)
{
	size_t n = 0;
	for (size_t i = 0; i < v->ntargets; i++) {
		if (strv_has(wanted, v->targets[i].name))
			v->targets[n++] = v->targets[i];
		else
			free_target(&v->targets[i]);
	}
	v->ntargets = n;
}

int question_narrow(const struct app *app, struct manifest *m, struct err *err)
{
	AUTO_STRV struct strv wanted = STRV_INIT;
	options_values(&app->options, "target", &wanted);
	if (check_one_way(app, &wanted, err) < 0)
		return -1;
	for (size_t i = 0; i < wanted.n; i++) {
		bool known = false;
		for (size_t k = 0; k < m->nvariants; k++)
			known = known || has_target(&m->variants[k], wanted.v[i]);
		if (!known)
			return unknown_target(m, wanted.v[i], err);
	}
	for (size_t i = 0; wanted.n && i < m->nvariants; i++)
		narrow(&m->variants[i], &wanted);
	return 0;
}
