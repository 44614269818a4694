#include "cli/run_targets.h"

#include "base/str.h"
#include "model/catalog_find.h"
#include "work/project.h"

void run_targets_clear(struct run_targets *t)
{
	free(t->v);
	strv_clear(&t->names);
}

static int gpu_cc(const char *gpu, unsigned *ret, struct err *err)
{
	const struct gpu_row *row = catalog_gpu(&catalog_builtin, gpu), *nearest;
	AUTO_TEXT char *shown = str_shown(gpu, 60);

	if (row) {
		*ret = row->cc;
		return 0;
	}
	nearest = catalog_gpu_nearest(&catalog_builtin, gpu);
	err_set(err, ERR_USAGE, "the GPU '%s' is not known", shown);
	return nearest ? err_hint(err, "did you mean '%s'? A compute capability (--compute 9.0) serves as well",
				  catalog_str(&catalog_builtin, nearest->name))
		       : err_hint(err, "state its compute capability: --compute 9.0");
}

static int add(struct run_targets *into, const char *name, const char *gpu, const char *compute, const char *driver,
	       struct err *err)
{
	struct check_target t = {.cc = 0};

	if (gpu && gpu_cc(gpu, &t.cc, err) < 0)
		return -1;
	if (compute && !catalog_cc_parse(compute, &t.cc))
		return err_set(err, ERR_USAGE, "'%s' is no compute capability such as 9.0", compute);
	if (driver && driver_parse(driver, &t.driver, err) < 0)
		return -1;
	t.has_driver = driver != NULL;
	strv_add(&into->names, name);
	into->v = xreallocarray(into->v, into->n + 1, sizeof(*into->v));
	into->v[into->n++] = t;
	return 0;
}

/* --- of the manifest --- */

static bool is_there(const struct run_targets *t, const char *name)
{
	return strv_has(&t->names, name);
}

static int add_manifest(const struct manifest *m, const struct strv *only, struct run_targets *into, struct err *err)
{
	for (size_t i = 0; i < m->nvariants; i++)
		for (size_t n = 0; n < m->variants[i].ntargets; n++) {
			const struct manifest_target *t = &m->variants[i].targets[n];

			if ((only->n > 0 && !strv_has(only, t->name)) || is_there(into, t->name))
				continue;
			if (add(into, t->name, t->gpu, t->compute, t->driver, err) < 0)
				return err_wrap(err, "target '%s'", t->name);
		}
	return 0;
}

static int missing(const struct manifest *m, const char *name, struct err *err)
{
	const char *names[64], *nearest;
	AUTO_TEXT char *shown = str_shown(name, 60);
	size_t n = 0;

	for (size_t i = 0; i < m->nvariants; i++)
		for (size_t t = 0; t < m->variants[i].ntargets && n < ARRAY_LEN(names); t++)
			names[n++] = m->variants[i].targets[t].name;
	nearest = n ? str_nearest(name, names, n) : NULL;
	err_set(err, ERR_USAGE, "%s has no target '%s'", m->file, shown);
	return nearest ? err_hint(err, "did you mean '%s'?", nearest) : -1;
}

static int from_manifest(struct app *app, const struct strv *only, struct run_targets *into, struct err *err)
{
	AUTO(project) struct project *p = NULL;

	if (project_open(app_value(app, "file"), &p, err) < 0 || add_manifest(p->manifest, only, into, err) < 0)
		return -1;
	for (size_t i = 0; i < only->n; i++)
		if (!is_there(into, only->v[i]))
			return missing(p->manifest, only->v[i], err);
	return 0;
}

static int check_options(const char *gpu, const char *compute, const char *driver, const struct strv *only,
			 struct err *err)
{
	const char *given = gpu ? "--gpu" : compute ? "--compute" : driver ? "--driver" : NULL;

	if (given && only->n > 0)
		return err_set(err, ERR_USAGE, "--target and %s contradict each other", given);
	if (gpu && compute)
		return err_set(err, ERR_USAGE, "--gpu and --compute contradict each other");
	return 0;
}

int run_targets_read(struct app *app, struct run_targets *into, struct err *err)
{
	const char *gpu = app_value(app, "gpu"), *compute = app_value(app, "compute"),
		   *driver = app_value(app, "driver");
	AUTO_STRV struct strv only = STRV_INIT;
	int rc = 0;

	options_values(&app->options, "target", &only);
	if (check_options(gpu, compute, driver, &only, err) < 0)
		return -1;
	if (gpu || compute || driver)
		rc = add(into, gpu ? gpu : compute ? compute : "this driver", gpu, compute, driver, err);
	else if (only.n > 0 || app_flag(app, "file"))
		rc = from_manifest(app, &only, into, err);
	for (size_t i = 0; i < into->n; i++)
		into->v[i].name = into->names.v[i];
	return rc;
}
