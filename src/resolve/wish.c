#include "resolve/wish.h"

#include "base/str.h"
#include "model/label.h"
#include "resolve/select.h"
#include "resolve/suggest.h"

#include <string.h>

void wish_init(struct wish *w, const struct ask *base, const char *entry)
{
	*w = (struct wish){.base = base, .m = *base->m, .v = *base->v};
	if (entry)
		wish_set(w, WISH_CUDA, entry);
	if (w->v.ntargets == 1) {
		w->target = w->v.targets[0];
		w->v.targets = &w->target;
	}
}

void wish_clear(struct wish *w)
{
	for (unsigned i = 0; i < WISH__MAX; i++)
		free(w->owned[i]);
}

static bool is_default_cuda(const struct wish *w)
{
	return w->v.cuda.n == 1 && str_eq(w->v.cuda.v[0], "best");
}

bool wish_has(const struct wish *w, enum wish_line line)
{
	if (line < WISH_CUDA)
		return w->v.packages[line];
	switch (line) {
	case WISH_CUDA:
		return !is_default_cuda(w);
	case WISH_PYTHON:
		return w->v.python;
	case WISH_OS:
		return w->v.os;
	case WISH_BASE:
		return w->v.base && !str_eq(w->v.base, "auto");
	case WISH_PLATFORM:
		return w->base->platform != PLATFORM_AMD64 && !str_eq(w->platform, "linux/amd64");
	case WISH_TARGETS:
		return w->v.ntargets > 1;
	case WISH_GPU:
		return w->v.ntargets == 1 && (w->target.gpu || w->target.compute);
	case WISH_DRIVER:
		return w->v.ntargets == 1 && w->target.driver;
	case WISH_WHEELS:
		return w->m.build.wheels != WHEELS_PREFER;
	case WISH_ARCHS:
		return w->m.build.arch_list;
	case WISH_SOURCE:
		return str_eq(w->m.sources.torch, "pypi");
	case WISH_KEEP:
		return w->m.base_keep;
	case WISH_PROBE:
		return w->m.test.probe == PROBE_IMAGE;
	case WISH__MAX:
		break;
	}
	return false;
}

static void set_cuda(struct wish *w, char *entry)
{
	w->cuda[0] = entry;
	w->cuda[1] = NULL;
	w->v.cuda = (struct strv){.v = w->cuda, .n = 1};
}

static void put(struct wish *w, enum wish_line line, char *text)
{
	if (line < WISH_CUDA) {
		const char *label = text ? strchr(text, '+') : NULL;
		const char *other = w->v.other[line] ? strchr(w->v.other[line], '+') : NULL;
		if (!text || (label && other && label_agrees(label, other)))
			w->v.other[line] = NULL;
		w->v.packages[line] = text;
		return;
	}
	switch (line) {
	case WISH_CUDA:
		set_cuda(w, text);
		break;
	case WISH_PYTHON:
		w->v.python = text;
		break;
	case WISH_OS:
		w->v.os = text;
		break;
	case WISH_BASE:
		w->v.base = text;
		break;
	case WISH_PLATFORM:
		w->platform = text;
		break;
	case WISH_DRIVER:
		w->target.driver = text;
		break;
	case WISH_ARCHS:
		w->m.build.arch_list = text;
		break;
	case WISH_SOURCE:
		w->m.sources.torch = text;
		break;
	case WISH_TARGETS:
	case WISH_GPU:
	case WISH_WHEELS:
	case WISH_KEEP:
	case WISH_PROBE:
	case WISH__MAX:
		break;
	}
}

void wish_set(struct wish *w, enum wish_line line, const char *value)
{
	free(w->owned[line]);
	w->owned[line] = xstrdup(value);
	put(w, line, w->owned[line]);
}

void wish_drop(struct wish *w, enum wish_line line)
{
	bool per_target = w->v.cuda.n == 1 && str_eq(w->v.cuda.v[0], "per-target");
	if (line == WISH_TARGETS)
		w->v.ntargets = 0;
	else if (line == WISH_GPU)
		w->target.gpu = w->target.compute = NULL;
	else if (line == WISH_WHEELS)
		w->m.build.wheels = WHEELS_PREFER;
	else if (line == WISH_KEEP)
		w->m.base_keep = false;
	else if (line == WISH_PROBE)
		w->m.test.probe = PROBE_AUTO;
	else if (line == WISH_CUDA || line == WISH_PLATFORM)
		wish_set(w, line, line == WISH_CUDA ? "best" : "linux/amd64");
	else
		put(w, line, NULL);
	if (line == WISH_TARGETS && per_target) /* has no sense without them */
		wish_set(w, WISH_CUDA, "best");
}

const char *wish_value(const struct wish *w, enum wish_line line)
{
	const char *value = NULL;
	if (line < WISH_CUDA)
		value = w->v.packages[line];
	else if (line == WISH_CUDA)
		value = w->v.cuda.n == 1 ? w->v.cuda.v[0] : NULL;
	else if (line == WISH_PYTHON)
		value = w->v.python;
	else if (line == WISH_OS)
		value = w->v.os;
	else if (line == WISH_BASE)
		value = w->v.base;
	else if (line == WISH_DRIVER)
		value = w->target.driver;
	else if (line == WISH_PLATFORM)
		value = w->platform ? w->platform : w->base->platform_text;
	return value ? value : "";
}

static char *targets_text(const struct wish *w)
{
	AUTO_BUF struct buf b = BUF_INIT;
	buf_adds(&b, "targets: [");
	for (size_t i = 0; i < w->v.ntargets; i++)
		buf_addf(&b, "%s%s", i ? ", " : "", w->v.targets[i].name);
	buf_addc(&b, ']');
	return buf_take(&b);
}

static char *cuda_text_of(const struct wish *w)
{
	AUTO_TEXT char *list = strv_join(&w->v.cuda, "\", \"");
	return w->v.cuda.n == 1 ? xasprintf("cuda: \"%s\"", list) : xasprintf("cuda: [\"%s\"]", list);
}

char *wish_text(const struct wish *w, enum wish_line line)
{
	static const char *const wheels[] = {"prefer", "require", "never"};
	if (line < WISH_CUDA) {
		const char *bound = w->v.bound[line];
		return xasprintf("%s: \"%s\"%s%s", pkg_name((enum pkg)line), wish_value(w, line),
				 bound ? " # and " : "", bound ? bound : "");
	}
	switch (line) {
	case WISH_CUDA:
		return cuda_text_of(w);
	case WISH_PYTHON:
		return xasprintf("python: \"%s\"", w->v.python);
	case WISH_OS:
		return xasprintf("os: %s", w->v.os);
	case WISH_BASE:
		return xasprintf("base: %s", w->v.base);
	case WISH_PLATFORM:
		return xasprintf("platforms: [%s]", wish_value(w, line));
	case WISH_TARGETS:
		return targets_text(w);
	case WISH_GPU:
		return xasprintf("targets: [{name: \"%s\", %s: \"%s\"}]", w->target.name,
				 w->target.gpu ? "gpu" : "compute", w->target.gpu ? w->target.gpu : w->target.compute);
	case WISH_DRIVER:
		return xasprintf("targets: [{name: \"%s\", driver: \"%s\"}]", w->target.name, w->target.driver);
	case WISH_WHEELS:
		return xasprintf("build: {wheels: %s}", wheels[w->m.build.wheels]);
	case WISH_ARCHS:
		return xasprintf("build: {arch_list: \"%s\"}", w->m.build.arch_list);
	case WISH_SOURCE:
		return xstrdup("sources: {torch: pypi}");
	case WISH_KEEP:
		return xstrdup("base_require: keep");
	case WISH_PROBE:
		return xstrdup("test: {probe: image}");
	case WISH__MAX:
		break;
	}
	return xstrdup("");
}

bool wish_solve(const struct wish *w, struct choice *ret, char **ret_result)
{
	AUTO(ask) struct ask *a = NULL;
	struct selection s = {.v = NULL};
	struct err err = ERR_INIT;
	const struct ask *base = w->base;
	if (ask_new(&w->m, &w->v, wish_value(w, WISH_PLATFORM), base->c, &a, &err) < 0) {
		err_clear(&err);
		return false;
	}
	a->known = base->known;
	a->live = base->live;
	a->any_python = base->any_python;
	a->some_absent = base->some_absent;
	a->keep = base->keep;
	a->nkeep = base->nkeep;
	bool met = select_variants(a, &s, NULL, &err) == 0 && s.n;
	err_clear(&err);
	if (met) {
		*ret = s.v[0].choice;
		if (ret_result)
			*ret_result = suggest_result(s.v[0].ask, ret);
	}
	selection_clear(&s);
	return met;
}
