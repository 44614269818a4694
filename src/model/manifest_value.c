#include "model/manifest_value.h"

#define TIMEOUT_DEFAULT 300

static void target_clear(struct manifest_target *t)
{
	free(t->name);
	free(t->gpu);
	free(t->compute);
	free(t->driver);
	free(t->platform);
	free(t->slurm.partition);
	free(t->slurm.gres);
	free(t->slurm.constraint);
	free(t->slurm.account);
	free(t->slurm.time);
	free(t->slurm.runtime);
	free(t->kubernetes.namespace_);
	free(t->kubernetes.runtime_class);
	strv_clear(&t->kubernetes.node_selector);
	*t = (struct manifest_target){.name = NULL};
}

static void target_copy(const struct manifest_target *from, struct manifest_target *to)
{
	*to = (struct manifest_target){
		.name = xstrdup(from->name),
		.gpu = xstrdup(from->gpu),
		.compute = xstrdup(from->compute),
		.driver = xstrdup(from->driver),
		.platform = xstrdup(from->platform),
		.forward_compat = from->forward_compat,
		.slurm = {.given = from->slurm.given,
			  .partition = xstrdup(from->slurm.partition),
			  .gres = xstrdup(from->slurm.gres),
			  .constraint = xstrdup(from->slurm.constraint),
			  .account = xstrdup(from->slurm.account),
			  .time = xstrdup(from->slurm.time),
			  .runtime = xstrdup(from->slurm.runtime)},
		.kubernetes = {.given = from->kubernetes.given,
			       .namespace_ = xstrdup(from->kubernetes.namespace_),
			       .runtime_class = xstrdup(from->kubernetes.runtime_class)},
		.line = from->line,
	};
	strv_add_all(&to->kubernetes.node_selector, &from->kubernetes.node_selector);
}

void manifest_variant_clear_targets(struct manifest_variant *v)
{
	for (size_t i = 0; i < v->ntargets; i++)
		target_clear(&v->targets[i]);
	free(v->targets);
	v->targets = NULL;
	v->ntargets = 0;
}

void manifest_variant_clear(struct manifest_variant *v)
{
	free(v->name);
	for (size_t i = 0; i < PKG__MAX; i++) {
		free(v->packages[i]);
		free(v->bound[i]);
		free(v->other[i]);
	}
	strv_clear(&v->cuda);
	free(v->python);
	free(v->os);
	free(v->base);
	strv_clear(&v->platforms);
	manifest_variant_clear_targets(v);
	strv_clear(&v->pip);
	strv_clear(&v->apt);
	*v = (struct manifest_variant){.name = NULL};
}

void manifest_variant_copy(const struct manifest_variant *from, struct manifest_variant *to)
{
	to->name = xstrdup(from->name);
	for (size_t i = 0; i < PKG__MAX; i++) {
		to->packages[i] = xstrdup(from->packages[i]);
		to->bound[i] = xstrdup(from->bound[i]);
		to->other[i] = xstrdup(from->other[i]);
	}
	strv_add_all(&to->cuda, &from->cuda);
	to->python = xstrdup(from->python);
	to->os = xstrdup(from->os);
	to->base = xstrdup(from->base);
	strv_add_all(&to->platforms, &from->platforms);
	to->targets = xcalloc(from->ntargets, sizeof(*to->targets));
	to->ntargets = from->ntargets;
	for (size_t i = 0; i < from->ntargets; i++)
		target_copy(&from->targets[i], &to->targets[i]);
	strv_add_all(&to->pip, &from->pip);
	strv_add_all(&to->apt, &from->apt);
	to->line = from->line;
}

void manifest_variant_complete(struct manifest_variant *v)
{
	if (v->cuda.n == 0)
		strv_add(&v->cuda, "best");
	if (!v->base)
		v->base = xstrdup("auto");
	if (v->platforms.n == 0)
		strv_add(&v->platforms, "linux/amd64");
}

struct manifest *manifest_new(const char *file)
{
	struct manifest *m = xcalloc(1, sizeof(*m));
	m->file = xstrdup(file);
	m->variants = xcalloc(1, sizeof(*m->variants));
	m->nvariants = 1;
	manifest_variant_complete(&m->variants[0]);
	strv_add(&m->sources.images, "nvcr.io/nvidia/cuda");
	strv_add(&m->sources.images, "docker.io/nvidia/cuda");
	m->sources.os_images = xstrdup("docker.io/library");
	m->sources.torch = xstrdup("https://download.pytorch.org/whl");
	m->sources.pyg = xstrdup("https://data.pyg.org/whl");
	m->test.timeout = TIMEOUT_DEFAULT;
	return m;
}

void manifest_sources_clear(struct manifest_sources *s)
{
	strv_clear(&s->images);
	free(s->os_images);
	free(s->torch);
	free(s->pyg);
	free(s->pypi);
	free(s->python);
	free(s->apt);
	free(s->ca);
	strv_clear(&s->given);
	*s = (struct manifest_sources){.ca = NULL};
}

void manifest_free(struct manifest *m)
{
	if (!m)
		return;
	free(m->file);
	free(m->name);
	free(m->version);
	free(m->image);
	free(m->templates);
	for (size_t i = 0; i < m->nvariants; i++)
		manifest_variant_clear(&m->variants[i]);
	free(m->variants);
	strv_clear(&m->app.copy);
	free(m->app.workdir);
	free(m->app.user);
	strv_clear(&m->app.env);
	strv_clear(&m->app.command);
	manifest_sources_clear(&m->sources);
	free(m->build.arch_list);
	free(m);
}
