#include "render/render.h"

#include "base/embed.h"
#include "base/file.h"
#include "base/str.h"
#include "model/catalog_key.h"
#include "render/tools.h"
#include "render/view.h"

#include <string.h>

/* Longer lines are refused by one builder and silently dropped, with all that follows, by another. */
#define LINE_MAX_BYTES 60000
#define UV_LEAST_MINOR 8 /* uv knows Python from 3.8 on */
#define HEADER_REACH   300

static const char header_before[] = "cudabuild '", header_behind[] = "': generated from ";

char *render_owner(struct blob file)
{
	size_t reach = file.len < HEADER_REACH ? file.len : HEADER_REACH;
	if (!reach)
		return NULL;
	AUTO_TEXT char *head = xstrndup(file.data, reach);
	const char *from = strstr(head, header_before);
	const char *to = from ? strstr(from, header_behind) : NULL;
	if (!to)
		return NULL;
	from += strlen(header_before);
	return to > from && !memchr(from, '\n', (size_t)(to - from)) ? xstrndup(from, (size_t)(to - from)) : NULL;
}

/* What no template may lose: the header, and lines that every builder reads. */
static int check_file(const char *name, const char *template, const struct plan *p, const struct buf *text,
		      struct err *err)
{
	AUTO_TEXT char *owner = render_owner(buf_blob(text, name));
	if (!str_eq(owner, p->name))
		return err_set(err, ERR_INPUT, "template '%s': its result must begin with {{>header}}", template);
	const char *line = buf_text(text), *end;
	for (unsigned n = 1; (end = strchr(line, '\n')); line = end + 1, n++)
		if (end - line > LINE_MAX_BYTES)
			return err_set(err, ERR_INPUT,
				       "'%s': line %u is longer than the %d bytes that all builders read", name, n,
				       LINE_MAX_BYTES);
	return 0;
}

static int add_rendered(struct context *into, const char *name, unsigned mode, struct templates *t,
			const char *template, const struct value *view, const struct plan *p, struct err *err)
{
	AUTO_BUF struct buf text = BUF_INIT;
	if (templates_render(t, template, view, &text, err) < 0 || check_file(name, template, p, &text, err) < 0)
		return -1;
	return context_add_bytes(into, name, mode, buf_blob(&text, name), err);
}

static int add_probe(struct context *into, const struct plan *p, const struct plan_variant *v, struct err *err)
{
	AUTO_TEXT char *name = view_path(p, v, "probe.cu");
	AUTO_BUF struct buf text = BUF_INIT;
	const struct blob *source = embed_find("probe/spmm.cu");
	if (!source)
		return err_set(err, ERR_INTERNAL, "the program carries no probe/spmm.cu");
	buf_addf(&text, "// " VIEW_HEADER "\n", p->name, p->manifest);
	buf_add(&text, source->data, source->len);
	return context_add_bytes(into, name, 0644, buf_blob(&text, name), err);
}

static int add_variant(struct context *into, struct templates *t, const struct plan *p, const struct plan_variant *v,
		       struct err *err)
{
	static const struct {
		const char *file, *template;
	} files[] = {
		{"Dockerfile", "Dockerfile.mustache"},
		{"Dockerfile.dockerignore", "dockerignore.mustache"},
		{"requirements.txt", "requirements.mustache"},
	};
	AUTO(value) struct value *view = NULL;
	if (view_variant(p, v, VIEW_WHEELS, &view, err) < 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		AUTO_TEXT char *name = view_path(p, v, files[i].file);
		if (add_rendered(into, name, 0644, t, files[i].template, view, p, err) < 0)
			return err_wrap(err, "variant '%s'", v->name);
	}
	return v->probe_stage ? add_probe(into, p, v, err) : 0;
}

int render(const struct plan *p, struct templates *t, struct context **ret, struct err *err)
{
	AUTO(context) struct context *into = context_new();
	AUTO(value) struct value *view = view_plan(p);
	AUTO_TEXT char *local = view_path(p, NULL, RENDER_LOCAL);
	AUTO_TEXT char *ignore = file_join(local, ".gitignore"), *bake = view_path(p, NULL, "docker-bake.json");
	for (size_t i = 0; i < p->nvariants; i++)
		if (add_variant(into, t, p, &p->variants[i], err) < 0)
			return -1;
	if (add_rendered(into, bake, 0644, t, "docker-bake.mustache", view, p, err) < 0 ||
	    add_rendered(into, ignore, 0644, t, "local-gitignore.mustache", view, p, err) < 0)
		return -1;
	*ret = TAKE(into);
	return 0;
}

/* What only the script knows beside the values of every file. */
static void set_venv(const struct plan *p, const struct plan_variant *v, const struct venv_need *need,
		     const char *project, struct value *into)
{
	char glibc[CUDA_TEXT];
	bool files = v->pip_files.n > 0;
	const char *const sources[] = {p->sources.torch, p->sources.pyg, p->sources.pypi};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		files = files || (sources[i] && !strstr(sources[i], "://") && !str_eq(sources[i], "pypi") &&
				  sources[i][0] != '/');
	value_set_bool(into, "needs_project", files);
	value_set(into, "project", project);
	value_set_bool(into, "project_relative", project[0] != '/');
	value_set(into, "glibc", need->glibc ? catalog_minor_text(need->glibc, glibc) : NULL);
	value_set(into, "glibc_whose", pkg_name(need->whose));
	value_set_bool(into, "gpus", need->native && v->driver_min);
	value_set(into, "gpus_native", need->native ? need->native : "");
	value_set(into, "gpus_jit", need->jit ? need->jit : "");
	value_set(into, "gpus_none", need->none ? need->none : "");
	value_set(into, "jit_least", need->jit_least);
	value_set(into, "machine", str_ends(v->platform, "arm64") ? "aarch64" : "x86_64");
	value_set_bool(into, "uv_able", tool_python_minor(v->python.version) >= UV_LEAST_MINOR);
	value_setf(into, "python_name", "3.%u%s", tool_python_minor(v->python.version),
		   str_ends(v->python.version, "t") ? "t" : "");
	value_set(into, "torch_version", v->packages[0].version);
	value_set(into, "cuda_text", v->cuda ? v->cuda : "cpu");
	value_set(into, "cuda_torch", v->cuda ? v->cuda : "None");
}

static int add_venv(struct context *into, struct templates *t, const struct plan *p, const struct plan_variant *v,
		    const struct venv_need *need, const char *project, struct err *err)
{
	AUTO(value) struct value *view = NULL;
	AUTO_TEXT char *script = file_join(v->name, "create.sh"),
		       *requirements = file_join(v->name, "requirements.txt");
	if (view_variant(p, v, NULL, &view, err) < 0)
		return -1;
	set_venv(p, v, need, project, view);
	if (add_rendered(into, script, 0755, t, "venv-create.mustache", view, p, err) < 0 ||
	    add_rendered(into, requirements, 0644, t, "requirements.mustache", view, p, err) < 0)
		return err_wrap(err, "variant '%s'", v->name);
	return 0;
}

/* METIS is compiled in a stage of an image; a machine's environment has none. */
static int refuse_metis(const struct plan *p, const struct plan_variant *v, struct err *err)
{
	const struct plan_package *sparse = plan_package(v, PKG_TORCH_SPARSE);
	if (!p->metis || !sparse || sparse->way != WAY_SOURCE)
		return 0;
	err_set(err, ERR_INPUT, "variant '%s': build.metis: METIS is compiled in images alone", v->name);
	return err_hint(err, "build: {metis: false} for a virtual environment, or a variant whose wheel brings it");
}

int render_venv(const struct plan *p, const struct venv_need *needs, const char *project, struct templates *t,
		struct context **ret, struct err *err)
{
	AUTO(context) struct context *into = context_new();
	for (size_t i = 0; i < p->nvariants; i++)
		if (refuse_metis(p, &p->variants[i], err) < 0 ||
		    add_venv(into, t, p, &p->variants[i], &needs[i], project, err) < 0)
			return -1;
	*ret = TAKE(into);
	return 0;
}

int render_ci(const struct plan *p, const char *folder, struct templates *t, enum render_ci kind, struct context **ret,
	      struct err *err)
{
	static const struct {
		const char *file, *template;
	} kinds[] = {
		[RENDER_GITHUB] = {".github/workflows/cudabuild.yml", "github.mustache"},
		[RENDER_GITLAB] = {".gitlab/cudabuild.yml", "gitlab.mustache"},
	};
	AUTO(context) struct context *into = context_new();
	AUTO(value) struct value *view = view_plan(p);

	value_setf(view, "manifest_path", "%s%s%s", folder, folder[0] ? "/" : "", p->manifest);
	if (add_rendered(into, kinds[kind].file, 0644, t, kinds[kind].template, view, p, err) < 0)
		return -1;
	*ret = TAKE(into);
	return 0;
}
