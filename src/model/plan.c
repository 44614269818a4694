#include "model/plan.h"

#include "base/str.h"

struct plan *plan_new(void)
{
	struct plan *p = xcalloc(1, sizeof(*p));

	p->out = xstrdup("images");
	return p;
}

static void image_clear(struct plan_image *i)
{
	free(i->repository);
	free(i->tag);
	free(i->index_digest);
	free(i->digest);
	free(i->presence);
	free(i->source);
}

static void package_clear(struct plan_package *p)
{
	free(p->version);
	free(p->label);
	free(p->channel);
	free(p->index);
	free(p->file);
	free(p->url);
	free(p->sha256);
	free(p->source);
}

static void target_clear(struct plan_target *t)
{
	free(t->name);
	free(t->compute);
	free(t->driver);
	free(t->gpu);
	free(t->because);
}

static void note_clear(struct plan_note *n)
{
	free(n->code);
	free(n->severity);
	free(n->text);
	free(n->source);
}

static void python_clear(struct plan_python *p)
{
	free(p->version);
	free(p->file);
	free(p->url);
	free(p->sha256);
	free(p->source);
}

static void variant_lists_clear(struct plan_variant *v)
{
	for (size_t i = 0; i < v->npackages; i++)
		package_clear(&v->packages[i]);
	plan_clear_pip(v);
	for (size_t i = 0; i < v->ntargets; i++)
		target_clear(&v->targets[i]);
	for (size_t i = 0; i < v->nnotes; i++)
		note_clear(&v->notes[i]);
	free(v->packages);
	free(v->targets);
	free(v->notes);
	strv_clear(&v->pip_files);
	strv_clear(&v->apt);
}

static void variant_clear(struct plan_variant *v)
{
	char *texts[] = {v->name,	 v->cuda,   v->cuda_tag,  v->platform,	 v->os,
			 v->os_packages, v->flavor, v->arch_list, v->driver_min, v->require,
			 v->probe_archs, v->tag,    v->image,	  v->pip_input};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		free(texts[i]);
	image_clear(&v->base);
	image_clear(&v->devel);
	python_clear(&v->python);
	variant_lists_clear(v);
}

static void sources_clear(struct plan_sources *s)
{
	strv_clear(&s->images);
	free(s->os_images);
	free(s->torch);
	free(s->pyg);
	free(s->pypi);
	free(s->python);
	free(s->apt);
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->nvariants; i++)
		variant_clear(&p->variants[i]);
	free(p->variants);
	sources_clear(&p->sources);
	strv_clear(&p->app.copy);
	strv_clear(&p->app.env);
	strv_clear(&p->app.command);
	free(p->app.workdir);
	free(p->app.user);
	free(p->name);
	free(p->version);
	free(p->manifest);
	free(p->out);
	free(p->catalog);
	free(p->program);
	free(p->templates);
	free(p->templates_sha256);
	free(p);
}

struct plan_variant *plan_add_variant(struct plan *p)
{
	p->variants = xreallocarray(p->variants, p->nvariants + 1, sizeof(*p->variants));
	p->variants[p->nvariants] = (struct plan_variant){.name = NULL};
	return &p->variants[p->nvariants++];
}

struct plan_package *plan_add_package(struct plan_variant *v, enum pkg pkg)
{
	v->packages = xreallocarray(v->packages, v->npackages + 1, sizeof(*v->packages));
	v->packages[v->npackages] = (struct plan_package){.pkg = pkg};
	return &v->packages[v->npackages++];
}

struct plan_note *plan_add_note(struct plan_variant *v, const char *code, const char *severity, const char *source,
				const char *fmt, ...)
{
	struct buf text = BUF_INIT;
	va_list args;

	va_start(args, fmt);
	buf_addv(&text, fmt, args);
	va_end(args);
	v->notes = xreallocarray(v->notes, v->nnotes + 1, sizeof(*v->notes));
	v->notes[v->nnotes] = (struct plan_note){.code = xstrdup(code),
						 .severity = xstrdup(severity),
						 .text = buf_take(&text),
						 .source = xstrdup(source)};
	return &v->notes[v->nnotes++];
}

struct plan_target *plan_add_target(struct plan_variant *v, const char *name)
{
	v->targets = xreallocarray(v->targets, v->ntargets + 1, sizeof(*v->targets));
	v->targets[v->ntargets] = (struct plan_target){.name = xstrdup(name)};
	return &v->targets[v->ntargets++];
}

struct plan_requirement *plan_add_pip(struct plan_variant *v, const char *line)
{
	v->pip = xreallocarray(v->pip, v->npip + 1, sizeof(*v->pip));
	v->pip[v->npip] = (struct plan_requirement){.line = xstrdup(line)};
	return &v->pip[v->npip++];
}

static void requirement_clear(struct plan_requirement *r)
{
	free(r->line);
	strv_clear(&r->sha256);
}

void plan_clear_pip(struct plan_variant *v)
{
	for (size_t i = 0; i < v->npip; i++)
		requirement_clear(&v->pip[i]);
	free(v->pip);
	v->pip = NULL;
	v->npip = 0;
}

void plan_remove_pip(struct plan_variant *v, size_t at)
{
	requirement_clear(&v->pip[at]);
	for (v->npip--; at < v->npip; at++)
		v->pip[at] = v->pip[at + 1];
}

const struct plan_variant *plan_variant(const struct plan *p, const char *name)
{
	for (size_t i = 0; i < p->nvariants; i++)
		if (str_eq(p->variants[i].name, name))
			return &p->variants[i];
	return NULL;
}

const struct plan_package *plan_package(const struct plan_variant *v, enum pkg pkg)
{
	for (size_t i = 0; i < v->npackages; i++)
		if (v->packages[i].pkg == pkg)
			return &v->packages[i];
	return NULL;
}

char *plan_image_ref(const struct plan_image *i)
{
	return xasprintf("%s%s%s%s%s", i->repository, i->tag ? ":" : "", i->tag ? i->tag : "", i->digest ? "@" : "",
			 i->digest ? i->digest : "");
}

static bool torch_family_pinned(const struct plan_variant *v)
{
	for (size_t i = 0; i < v->npackages; i++)
		if (!v->packages[i].sha256)
			return false;
	return true;
}

/* What torch itself requires comes from the index too: only a list of all packages with hashes pins them. */
static bool pip_is_pinned(const struct plan_variant *v)
{
	bool pinned = v->npip > 0 && v->pip_files.n == 0;

	for (size_t i = 0; i < v->npip; i++)
		pinned = pinned && v->pip[i].sha256.n > 0;
	return pinned;
}

void plan_unpinned(const struct plan_variant *v, struct strv *into)
{
	if (!v->base.digest || (v->devel.repository && !v->devel.digest))
		strv_add(into, "base images");
	for (size_t i = 0; i < v->npackages; i++)
		if (!v->packages[i].sha256)
			strv_add(into, pkg_name(v->packages[i].pkg));
	if (v->python.managed && !v->python.sha256)
		strv_add(into, "managed Python");
	if (!pip_is_pinned(v))
		strv_add(into, "pip packages");
}

bool plan_needs_pins(const struct plan_variant *v)
{
	return !v->base.digest || (v->devel.repository && !v->devel.digest) || !torch_family_pinned(v);
}

bool plan_is_assumed(const struct plan *p)
{
	for (size_t i = 0; i < p->nvariants; i++)
		for (size_t k = 0; k < p->variants[i].nnotes; k++)
			if (str_eq(p->variants[i].notes[k].code, PLAN_NOTE_ASSUMED))
				return true;
	return false;
}
