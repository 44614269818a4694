#include "cli/question.h"

static const struct {
	const char *opt;
	enum pkg pkg;
} packages[] = {
	{"torch", PKG_TORCH},
	{"torch-sparse", PKG_TORCH_SPARSE},
	{"torch-scatter", PKG_TORCH_SCATTER},
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
	*field = xstrdup(value);
}

static void replace_list(const struct app *app, const char *opt, struct strv *field)
{
	if (!app_value(app, opt))
		return;
	strv_clear(field);
	options_values(&app->options, opt, field);
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
	if (!gpu && !compute && !driver)
		return;
	for (size_t i = 0; i < v->ntargets; i++)
		free_target(&v->targets[i]);
	v->targets = xreallocarray(v->targets, 1, sizeof(*v->targets));
	v->ntargets = 1;
	v->targets[0] = (struct manifest_target){.name = xstrdup(gpu	   ? gpu
								 : compute ? compute
									   : "this host"),
						 .gpu = xstrdup(gpu),
						 .compute = xstrdup(compute),
						 .driver = xstrdup(driver)};
}

void question_apply(const struct app *app, struct manifest *m)
{
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
}
