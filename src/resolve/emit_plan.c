#include "base/file.h"
#include "base/str.h"
#include "resolve/emit.h"

#include <string.h>

static void emit_sources(const struct manifest_sources *from, struct plan_sources *to)
{
	strv_add_all(&to->images, &from->images);
	to->os_images = xstrdup(from->os_images);
	to->torch = xstrdup(from->torch);
	to->pyg = xstrdup(from->pyg);
	to->pypi = xstrdup(from->pypi);
	to->python = xstrdup(from->python);
	to->apt = xstrdup(from->apt);
	to->torch_is_pypi = str_eq(from->torch, "pypi");
}

static void emit_app(const struct manifest_app *from, struct plan_app *to)
{
	to->given = from->given;
	strv_add_all(&to->copy, &from->copy);
	strv_add_all(&to->env, &from->env);
	strv_add_all(&to->command, &from->command);
	to->workdir = xstrdup(from->workdir);
	to->user = xstrdup(from->user);
}

void emit_plan(const struct manifest *m, const struct catalog *c, struct plan *into)
{
	into->name = xstrdup(m->name);
	into->version = xstrdup(m->version);
	free(into->manifest);
	into->manifest = xstrdup(file_base(m->file ? m->file : "cudabuild.yaml"));
	free(into->catalog);
	into->catalog = xstrdup(c->id);
	free(into->program);
	into->program = xstrdup(CUDABUILD_VERSION);
	into->templates = xstrdup(m->templates);
	emit_sources(&m->sources, &into->sources);
	emit_app(&m->app, &into->app);
	into->jobs = m->build.jobs;
	into->metis = m->build.metis;
	into->slim = m->build.slim;
	into->test_timeout = m->test.timeout;
	into->test_require_gpu = m->test.require_gpu;
}

/* --- tags
 * ---------------------------------------------------------------------------------------------------------------- */

static const char *version_or_empty(const struct plan_variant *v, enum pkg pkg)
{
	const struct plan_package *p = plan_package(v, pkg);
	return p ? p->version : "";
}

/* The value of a {word}; NULL if there is no such word. */
static const char *word_value(const struct plan *p, const struct plan_variant *v, const char *word, size_t len)
{
	const struct {
		const char *name, *value;
	} words[] = {
		{"version", p->version ? p->version : ""},
		{"variant", v->name},
		{"python", v->python.version},
		{"torch", version_or_empty(v, PKG_TORCH)},
		{"torch_sparse", version_or_empty(v, PKG_TORCH_SPARSE)},
		{"cuda", v->cuda ? v->cuda : "cpu"},
	};
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strlen(words[i].name) == len && strncmp(words[i].name, word, len) == 0)
			return words[i].value;
	return NULL;
}

static int expand(const char *pattern, const struct plan *p, const struct plan_variant *v, struct buf *into,
		  struct err *err)
{
	for (const char *at = pattern; *at; at++) {
		const char *end = *at == '{' ? strchr(at, '}') : NULL;
		if (!end) {
			buf_addc(into, *at);
			continue;
		}
		size_t len = (size_t)(end - at - 1);
		const char *value = word_value(p, v, at + 1, len);
		if (!value)
			return err_set(err, ERR_INPUT,
				       "image: unknown word {%.*s} (known: version, variant, python, torch, "
				       "torch_sparse, cuda)",
				       (int)(len > 64 ? 64 : len), at + 1);
		buf_adds(into, value);
		at = end;
	}
	return 0;
}

static int emit_tag(const struct manifest *m, const struct plan *p, struct plan_variant *v, struct err *err)
{
	AUTO_BUF struct buf name = BUF_INIT;
	const char *version = p->version ? p->version : "";
	if (expand(m->image ? m->image : p->name ? p->name : "cudabuild", p, v, &name, err) < 0)
		return -1;
	AUTO_TEXT char *image = buf_take(&name);
	char *slash = strrchr(image, '/');
	char *colon = strchr(slash ? slash : image, ':');
	if (colon) {
		v->tag = xstrdup(colon + 1);
		*colon = '\0';
	} else {
		v->tag = xasprintf("%s%s%s", version, *version ? "-" : "", v->name);
	}
	v->image = xstrdup(image);
	return 0;
}

int emit_tags(const struct manifest *m, struct plan *p, struct err *err)
{
	for (size_t i = 0; i < p->nvariants; i++) {
		struct plan_variant *v = &p->variants[i];
		if (emit_tag(m, p, v, err) < 0)
			return -1;
		for (size_t k = 0; k < i; k++)
			if (str_eq(p->variants[k].tag, v->tag) && str_eq(p->variants[k].image, v->image)) {
				err_set(err, ERR_INPUT, "the variants %s and %s would both be %s:%s",
					p->variants[k].name, v->name, v->image, v->tag);
				return err_hint(err, "image: \"%s:{version}-{variant}\" tells them apart", v->image);
			}
	}
	return 0;
}
