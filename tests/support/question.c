#include "support/question.h"

#include "base/str.h"
#include "support/t.h"

#include <stdio.h>

static void set(char **field, const char *value)
{
	free(*field);
	*field = xstrdup(value);
}

static void add_target(struct manifest_variant *v, const char *value)
{
	char *copy = xstrdup(value);
	char *gpu = strchr(copy, ':');
	char *driver = gpu ? strchr(gpu + 1, ':') : NULL;
	struct manifest_target *t;
	v->targets = xreallocarray(v->targets, v->ntargets + 1, sizeof(*v->targets));
	t = &v->targets[v->ntargets++];
	*t = (struct manifest_target){.name = NULL};
	if (driver)
		*driver++ = '\0';
	if (gpu)
		*gpu++ = '\0';
	t->name = xstrdup(copy);
	if (gpu && *gpu)
		set(str_is_digit(*gpu) ? &t->compute : &t->gpu, gpu);
	if (driver && *driver)
		t->driver = xstrdup(driver);
	free(copy);
}

static bool set_build(struct manifest *m, const char *key, const char *value)
{
	static const char *const wheels[] = {"prefer", "require", "never"};
	static const char *const probes[] = {"auto", "image", "inject"};
	for (unsigned i = 0; i < 3; i++) {
		if (str_eq(key, "wheels") && str_eq(value, wheels[i]))
			m->build.wheels = (enum manifest_wheels)i;
		else if (str_eq(key, "probe") && str_eq(value, probes[i]))
			m->test.probe = (enum manifest_probe)i;
	}
	if (str_eq(key, "archs"))
		set(&m->build.arch_list, value);
	else if (str_eq(key, "keep"))
		m->base_keep = true;
	else if (str_eq(key, "pypi"))
		set(&m->sources.torch, "pypi");
	else if (str_eq(key, "pythons"))
		set(&m->sources.python, value);
	else
		return str_eq(key, "wheels") || str_eq(key, "probe");
	return true;
}

static bool set_variant(struct manifest_variant *v, const char *key, const char *value)
{
	static const struct {
		const char *key;
		enum pkg pkg;
	} packages[] = {{"torch", PKG_TORCH},
			{"sparse", PKG_TORCH_SPARSE},
			{"scatter", PKG_TORCH_SCATTER},
			{"cluster", PKG_TORCH_CLUSTER},
			{"spline_conv", PKG_TORCH_SPLINE_CONV},
			{"pyg_lib", PKG_PYG_LIB}};
	for (size_t i = 0; i < ARRAY_LEN(packages); i++)
		if (str_eq(key, packages[i].key)) {
			set(&v->packages[packages[i].pkg], value);
			return true;
		}
	if (str_eq(key, "name"))
		set(&v->name, value);
	else if (str_eq(key, "python"))
		set(&v->python, value);
	else if (str_eq(key, "os"))
		set(&v->os, value);
	else if (str_eq(key, "base"))
		set(&v->base, value);
	else if (str_eq(key, "target"))
		add_target(v, value);
	else
		return false;
	return true;
}

static bool set_list(struct manifest_variant *v, const char *key, const char *value)
{
	struct strv *list = str_eq(key, "cuda") ? &v->cuda : str_eq(key, "platform") ? &v->platforms : NULL;
	if (!list)
		return false;
	strv_clear(list);
	strv_split(list, value, ";");
	return true;
}

static void read_word(struct manifest *m, const char *word)
{
	char *key = xstrdup(word);
	char *value = strchr(key, '=');
	if (value)
		*value++ = '\0';
	struct manifest_variant *v = &m->variants[0];
	if (!set_variant(v, key, value) && !set_list(v, key, value) && !set_build(m, key, value))
		fail_msg("unknown key '%s' in a question", key);
	free(key);
}

struct manifest *question_read(const char *text)
{
	AUTO_STRV struct strv words = STRV_INIT;
	struct manifest *m = xcalloc(1, sizeof(*m));
	m->file = xstrdup("table.yaml");
	m->name = xstrdup("table");
	m->nvariants = 1;
	m->variants = xcalloc(1, sizeof(*m->variants));
	m->variants[0].base = xstrdup("auto");
	strv_add(&m->variants[0].cuda, "best");
	strv_add(&m->variants[0].platforms, "linux/amd64");
	strv_add(&m->sources.images, "nvcr.io/nvidia/cuda");
	strv_add(&m->sources.images, "docker.io/nvidia/cuda");
	m->sources.os_images = xstrdup("docker.io/library");
	m->sources.torch = xstrdup("https://download.pytorch.org/whl");
	m->sources.pyg = xstrdup("https://data.pyg.org/whl");
	strv_split(&words, text, " ");
	for (size_t i = 0; i < words.n; i++)
		read_word(m, words.v[i]);
	return m;
}

static void free_variant(struct manifest_variant *v)
{
	for (unsigned p = 0; p < PKG__MAX; p++)
		free(v->packages[p]);
	for (size_t i = 0; i < v->ntargets; i++) {
		free(v->targets[i].name);
		free(v->targets[i].gpu);
		free(v->targets[i].compute);
		free(v->targets[i].driver);
	}
	free(v->targets);
	free(v->name);
	free(v->python);
	free(v->os);
	free(v->base);
	strv_clear(&v->cuda);
	strv_clear(&v->platforms);
	strv_clear(&v->pip);
	strv_clear(&v->apt);
}

void question_free(struct manifest *m)
{
	for (size_t i = 0; i < m->nvariants; i++)
		free_variant(&m->variants[i]);
	free(m->variants);
	free(m->file);
	free(m->name);
	free(m->version);
	free(m->image);
	free(m->build.arch_list);
	strv_clear(&m->sources.images);
	free(m->sources.os_images);
	free(m->sources.torch);
	free(m->sources.pyg);
	free(m->sources.python);
	free(m);
}

static void add_package(const struct plan_variant *v, enum pkg pkg, const char *name, struct buf *b)
{
	const struct plan_package *p = plan_package(v, pkg);
	if (p)
		buf_addf(b, " %s %s%s", name, p->version, p->way == WAY_SOURCE ? "*" : "");
}

static void add_targets(const struct plan_variant *v, struct buf *b)
{
	for (size_t i = 0; i < v->ntargets; i++) {
		const struct plan_target *t = &v->targets[i];
		const char *word = t->fit == FIT_NO	   ? "fail"
				   : t->fit == FIT_UNKNOWN ? "unknown"
				   : t->native		   ? "native"
				   : t->because		   ? "jit"
							   : "runs";
		buf_addf(b, "%s%s", i ? "," : " targets ", word);
	}
}

static void add_variant(const struct plan_variant *v, struct buf *b)
{
	buf_addf(b, "%s%s", b->len ? " | " : "", v->name);
	add_package(v, PKG_TORCH, "torch", b);
	add_package(v, PKG_TORCH_SPARSE, "sparse", b);
	add_package(v, PKG_TORCH_SCATTER, "scatter", b);
	add_package(v, PKG_TORCH_CLUSTER, "cluster", b);
	add_package(v, PKG_TORCH_SPLINE_CONV, "spline_conv", b);
	add_package(v, PKG_PYG_LIB, "pyg_lib", b);
	buf_addf(b, " py %s%s", v->python.version, v->python.managed ? " managed" : "");
	if (str_eq(v->flavor, "os"))
		buf_addf(b, " %s:%s", strrchr(v->base.repository, '/') + 1, v->base.tag);
	else
		buf_addf(b, " %s", v->base.tag);
	if (v->devel.repository && v->cuda)
		buf_addf(b, " %.*s-devel", (int)strcspn(v->devel.tag, "-"), v->devel.tag);
	if (v->arch_list)
		buf_addf(b, " archs %s", v->arch_list);
	if (str_eq(v->base.presence, "unknown") || str_eq(v->devel.presence, "unknown"))
		buf_adds(b, " unproven");
	add_targets(v, b);
}

char *answer_of_plan(const struct plan *p)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (size_t i = 0; i < p->nvariants; i++)
		add_variant(&p->variants[i], &b);
	return buf_take(&b);
}

char *answer_of_conflict(const struct conflict *c)
{
	AUTO_STRV struct strv codes = STRV_INIT;
	for (size_t i = 0; i < c->reasons.n; i++)
		if (c->reasons.v[i].severity == SEVERITY_ERROR)
			strv_add_once(&codes, reason_code_name(c->reasons.v[i].code));
	AUTO_TEXT char *joined = strv_join(&codes, " ");
	return xasprintf("%s %s", c->verdict == VERDICT_UNKNOWN ? "unknown" : "no", joined);
}
