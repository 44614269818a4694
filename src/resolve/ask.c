#include "resolve/ask.h"

#include "base/str.h"
#include "model/catalog_find.h"
#include "rules/arch.h"

#include <string.h>

void ask_free(struct ask *a)
{
	if (!a)
		return;
	for (unsigned p = 0; p < PKG__MAX; p++)
		spec_free(a->owned[p]);
	free(a->targets);
	free(a);
}

struct ask *ask_copy(const struct ask *a)
{
	struct ask *copy = xmalloc(sizeof(*copy));
	*copy = *a;
	memset(copy->owned, 0, sizeof(copy->owned));
	copy->targets = xcalloc(a->ntargets + 1, sizeof(*a->targets));
	if (a->ntargets)
		memcpy(copy->targets, a->targets, a->ntargets * sizeof(*a->targets));
	return copy;
}

static int read_package(struct ask *a, enum pkg pkg, const char *text, struct err *err)
{
	AUTO(spec) struct spec *spec = NULL;
	struct ask_package *p = &a->pkg[pkg];
	if (spec_parse_bare(text, &spec, err) < 0)
		return err_wrap(err, "%s", pkg_name(pkg));
	p->wanted = true;
	p->text = text;
	const char *local = spec_local(spec);
	if (local) {
		memcpy(p->local, local, strnlen(local, sizeof(p->local) - 1));
		p->has_label = label_parse(local, &p->label);
		a->owned[pkg] = spec_without_local(spec);
	} else {
		a->owned[pkg] = TAKE(spec);
	}
	p->spec = a->owned[pkg];
	return 0;
}

static int read_packages(struct ask *a, struct err *err)
{
	for (unsigned p = 0; p < PKG__MAX; p++)
		if (a->v->packages[p] && read_package(a, (enum pkg)p, a->v->packages[p], err) < 0)
			return -1;
	struct ask_package *scatter = &a->pkg[PKG_TORCH_SCATTER];
	if (a->pkg[PKG_TORCH_SPARSE].wanted && !scatter->wanted)
		scatter->wanted = scatter->implied = true;
	a->pkg[PKG_TORCH].wanted = true;
	return 0;
}

/* A version that names a minor by itself ("3.11") or a patch of it ("3.11.4"): its index, -1 otherwise. */
static int python_named(const struct catalog *c, const char *text)
{
	int python = catalog_python(c, text);
	const char *dot = strchr(text, '.');
	dot = dot ? strchr(dot + 1, '.') : NULL;
	if (python >= 0 || !dot || !str_is_digit(*text) || strchr(text, ','))
		return python;
	char *minor = xstrndup(text, (size_t)(dot - text));
	if (!str_eq(dot, ".*") && !str_is_digit(dot[1]))
		python = -1;
	else
		python = catalog_python(c, minor);
	free(minor);
	return python;
}

static int read_python(struct ask *a, const char *text, struct err *err)
{
	AUTO(spec) struct spec *spec = NULL;
	int named = text ? python_named(a->c, text) : -1;
	if (named >= 0) {
		a->pythons = UINT32_C(1) << named;
		return 0;
	}
	size_t len = text ? strlen(text) : 0;
	if (len && text[len - 1] == 't') /* a free-threaded one that no row has */
		return 0;
	if (text && spec_parse_bare(text, &spec, err) < 0)
		return err_wrap(err, "python");
	for (size_t i = 0; i < a->c->n_pythons && i < 32; i++) {
		uint16_t version = a->c->pythons[i].version;
		struct ver ver = ver_make(version / 100, version % 100, 0);
		if (!a->c->pythons[i].threaded && (!spec || spec_match(spec, &ver)))
			a->pythons |= UINT32_C(1) << i;
	}
	return 0;
}

static void read_os(struct ask *a, const char *name)
{
	if (name) {
		a->oses[0] = catalog_os(a->c, name);
		a->noses = a->oses[0] != NULL;
		return;
	}
	size_t n = catalog_oses(a->c, "ubuntu", a->oses, ASK_OSES);
	a->noses = n < ASK_OSES ? n : ASK_OSES;
}

static void read_base(struct ask *a, const char *base)
{
	static const char *const words[] = {"auto", "base", "runtime", "os"};
	a->base = base ? ASK_BASE_OWN : ASK_BASE_AUTO;
	for (size_t i = 0; base && i < ARRAY_LEN(words); i++)
		if (str_eq(base, words[i]))
			a->base = (enum ask_base)i;
	a->own = a->base == ASK_BASE_OWN ? base : NULL;
}

/* A GPU and a compute capability that are both given must agree. */
static int read_compute(const struct ask *a, struct ask_target *t, struct err *err)
{
	const struct manifest_target *from = t->from;
	const struct gpu_row *row = from->gpu ? catalog_gpu(a->c, from->gpu) : NULL;
	char text[CUDA_TEXT];
	if (!catalog_cc_parse(from->compute, &t->cc))
		return err_set(err, ERR_INPUT, "target %s: compute '%s' is no compute capability (such as 8.0)",
			       from->name, from->compute);
	if (row && row->cc != t->cc)
		return err_set(err, ERR_INPUT, "target %s: gpu %s is %s, and compute says %s: one of the two",
			       from->name, from->gpu, catalog_cc_text(row->cc, text), from->compute);
	return 0;
}

static int read_gpu(const struct ask *a, struct ask_target *t, struct err *err)
{
	const struct manifest_target *from = t->from;
	if (from->compute)
		return read_compute(a, t, err);
	const struct gpu_row *row = from->gpu ? catalog_gpu(a->c, from->gpu) : NULL;
	if (from->gpu && !row) {
		const struct gpu_row *near = catalog_gpu_nearest(a->c, from->gpu);
		err_set(err, ERR_INPUT, "target %s: unknown GPU '%s'%s%s%s", from->name, from->gpu,
			near ? " (did you mean '" : "", near ? catalog_str(a->c, near->name) : "", near ? "'?)" : "");
		return err_hint(err, "compute: \"9.0\" names a GPU by its compute capability");
	}
	t->cc = row ? row->cc : 0;
	return 0;
}

static int read_targets(struct ask *a, struct err *err)
{
	a->targets = xcalloc(a->v->ntargets + 1, sizeof(*a->targets));
	for (size_t i = 0; i < a->v->ntargets; i++) {
		struct ask_target t = {.from = &a->v->targets[i]};
		if (read_gpu(a, &t, err) < 0)
			return -1;
		if (t.from->driver) {
			if (driver_parse(t.from->driver, &t.driver, err) < 0)
				return err_wrap(err, "target %s", t.from->name);
			t.has_driver = true;
		}
		if (!t.from->platform || catalog_platform(t.from->platform) == a->platform)
			a->targets[a->ntargets++] = t;
	}
	return 0;
}

static int read_build(struct ask *a, struct err *err)
{
	const struct manifest_build *b = &a->m->build;
	a->wheels = b->wheels;
	a->torch_pypi = str_eq(a->m->sources.torch, "pypi");
	a->probe_stage = a->m->test.probe == PROBE_IMAGE;
	if (b->arch_list && !str_eq(b->arch_list, "auto") && !arch_list_parse(a->c, b->arch_list, &a->archs))
		return err_set(err, ERR_INPUT, "build.arch_list: '%s' is no list such as \"8.0 9.0+PTX\"",
			       b->arch_list);
	return 0;
}

int ask_new(const struct manifest *m, const struct manifest_variant *v, const char *platform, const struct catalog *c,
	    struct ask **ret, struct err *err)
{
	AUTO(ask) struct ask *a = xcalloc(1, sizeof(*a));
	a->m = m;
	a->v = v;
	a->c = c;
	a->patch = -1;
	a->platform = catalog_platform(platform);
	a->platform_text = platform;
	if (read_packages(a, err) < 0 || read_python(a, v->python, err) < 0 || read_targets(a, err) < 0 ||
	    read_build(a, err) < 0)
		return -1;
	read_os(a, v->os);
	read_base(a, v->base);
	*ret = TAKE(a);
	return 0;
}

bool ask_allows(const struct ask *a, enum pkg pkg, uint32_t version)
{
	if (!a->pkg[pkg].spec)
		return true;
	struct ver ver = catalog_rel_ver(version);
	return spec_match(a->pkg[pkg].spec, &ver);
}

bool ask_allows_cuda(const struct ask *a, uint16_t cuda)
{
	for (size_t i = 0; i < a->ncudas; i++)
		if (a->cudas[i] == cuda)
			return true;
	return false;
}

bool ask_has_extensions(const struct ask *a)
{
	for (unsigned p = PKG_TORCH + 1; p < PKG__MAX; p++)
		if (a->pkg[p].wanted)
			return true;
	return false;
}

bool ask_may_compile(const struct ask *a)
{
	return a->wheels == WHEELS_NEVER || (a->wheels == WHEELS_PREFER && a->cuda_named);
}

uint16_t ask_extension_cuda(const struct ask *a, enum pkg pkg, uint16_t torch_cuda)
{
	const struct ask_package *p = &a->pkg[a->pkg[pkg].implied ? PKG_TORCH_SPARSE : pkg];
	return p->has_label && p->label.has_variant ? cuda_key(&p->label.variant) : torch_cuda;
}

char *ask_text(const struct ask *a)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (unsigned p = 0; p < PKG__MAX; p++)
		if (a->pkg[p].text)
			buf_addf(&b, "%s%s %s", b.len ? ", " : "", pkg_name((enum pkg)p), a->pkg[p].text);
	if (!a->pkg[PKG_TORCH].text)
		buf_addf(&b, "%sany torch", b.len ? ", " : "");
	AUTO_TEXT char *cuda = strv_join(&a->v->cuda, ", ");
	if (a->v->cuda.n != 1 || !str_eq(a->v->cuda.v[0], "best"))
		buf_addf(&b, ", CUDA %s", cuda);
	if (a->v->python)
		buf_addf(&b, ", Python %s", a->v->python);
	if (a->v->os)
		buf_addf(&b, ", %s", a->v->os);
	return buf_take(&b);
}
