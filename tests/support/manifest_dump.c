#include "support/manifest_dump.h"

#include "adapt/json.h"

static void put_text(struct jval into, const char *key, const char *text)
{
	if (text)
		jval_put_text(into, key, text);
}

static void put_strv(struct jval into, const char *key, const struct strv *texts)
{
	if (texts->n > 0)
		jval_put_strv(into, key, texts);
}

static void put_target(struct jval into, const struct manifest_target *t)
{
	put_text(into, "name", t->name);
	put_text(into, "gpu", t->gpu);
	put_text(into, "compute", t->compute);
	put_text(into, "driver", t->driver);
	put_text(into, "platform", t->platform);
	if (t->forward_compat)
		jval_put_bool(into, "forward_compat", true);
	if (t->line > 0)
		jval_put_u64(into, "line", t->line);
	if (t->slurm.given) {
		struct jval slurm = jval_put_object(into, "slurm");
		put_text(slurm, "partition", t->slurm.partition);
		put_text(slurm, "gres", t->slurm.gres);
		put_text(slurm, "constraint", t->slurm.constraint);
		put_text(slurm, "account", t->slurm.account);
		put_text(slurm, "time", t->slurm.time);
		put_text(slurm, "runtime", t->slurm.runtime);
	}
	if (t->kubernetes.given) {
		struct jval kubernetes = jval_put_object(into, "kubernetes");
		put_strv(kubernetes, "node_selector", &t->kubernetes.node_selector);
		put_text(kubernetes, "namespace", t->kubernetes.namespace_);
		put_text(kubernetes, "runtime_class", t->kubernetes.runtime_class);
	}
}

static void put_variant(struct jval into, const struct manifest_variant *v)
{
	put_text(into, "name", v->name);
	for (enum pkg p = 0; p < PKG__MAX; p++)
		put_text(into, pkg_name(p), v->packages[p]);
	put_strv(into, "cuda", &v->cuda);
	put_text(into, "python", v->python);
	put_text(into, "os", v->os);
	put_text(into, "base", v->base);
	put_strv(into, "platforms", &v->platforms);
	put_strv(into, "pip", &v->pip);
	put_strv(into, "apt", &v->apt);
	if (v->line > 0)
		jval_put_u64(into, "line", v->line);
	struct jval targets = v->ntargets > 0 ? jval_put_array(into, "targets") : into;
	for (size_t i = 0; i < v->ntargets; i++)
		put_target(jval_put_object(targets, NULL), &v->targets[i]);
}

static void put_app(struct jval into, const struct manifest_app *a)
{
	put_strv(into, "copy", &a->copy);
	put_text(into, "workdir", a->workdir);
	put_text(into, "user", a->user);
	put_strv(into, "env", &a->env);
	put_strv(into, "command", &a->command);
}

static void put_sources(struct jval into, const struct manifest_sources *s)
{
	put_strv(into, "images", &s->images);
	put_text(into, "os_images", s->os_images);
	put_text(into, "torch", s->torch);
	put_text(into, "pyg", s->pyg);
	put_text(into, "pypi", s->pypi);
	put_text(into, "python", s->python);
	put_text(into, "apt", s->apt);
	put_text(into, "ca", s->ca);
}

void manifest_dump(const struct manifest *m, struct buf *out)
{
	static const char *const wheels[] = {"prefer", "require", "never"}, *const probes[] = {"auto", "image",
											       "inject"};
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval root = jdoc_root(d);
	put_text(root, "name", m->name);
	put_text(root, "version", m->version);
	put_text(root, "image", m->image);
	put_text(root, "templates", m->templates);
	jval_put_bool(root, "base_keep", m->base_keep);
	jval_put_bool(root, "named_variants", m->named_variants);
	if (m->app.given)
		put_app(jval_put_object(root, "app"), &m->app);
	put_sources(jval_put_object(root, "sources"), &m->sources);
	struct jval build = jval_put_object(root, "build");
	jval_put_text(build, "wheels", wheels[m->build.wheels]);
	put_text(build, "arch_list", m->build.arch_list);
	jval_put_u64(build, "jobs", m->build.jobs);
	jval_put_bool(build, "metis", m->build.metis);
	jval_put_bool(build, "slim", m->build.slim);
	struct jval test = jval_put_object(root, "test");
	jval_put_bool(test, "require_gpu", m->test.require_gpu);
	jval_put_text(test, "probe", probes[m->test.probe]);
	jval_put_u64(test, "timeout", m->test.timeout);
	struct jval variants = jval_put_array(root, "variants");
	for (size_t i = 0; i < m->nvariants; i++)
		put_variant(jval_put_object(variants, NULL), &m->variants[i]);
	jdoc_dump(d, JDOC_PRETTY, out);
}
