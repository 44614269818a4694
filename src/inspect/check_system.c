#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

/* --- libraries --- */

static bool is_cudas(const char *name)
{
	static const char *const prefixes[] = {"libcu", "libnv", "libnccl", "libc10_cuda", "libtorch_cuda"};

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (str_starts(name, prefixes[i]))
			return true;
	return false;
}

static bool said_before(const struct view_torch *t, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(t->misses[i].name, t->misses[at].name) == 0)
			return true;
	return false;
}

static char *hint_for(const struct view_miss *m)
{
	if (str_starts(m->name, "libtorch_cuda") || str_starts(m->name, "libc10_cuda"))
		return xstrdup("torch is built without CUDA: install its CUDA build");
	if (is_cudas(m->name))
		return xstrdup("install the nvidia-* package that brings it, or take a base image that has it");
	return xstrdup("install the system package that brings it");
}

static void missing_row(const struct view_miss *m, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("needed.%s", m->name);
	struct report_check *row = check_row(
		into, id, REPORT_FAIL, is_cudas(m->name) ? "missing-cuda-library" : "missing-library", m->asker->path);

	row->expected = xasprintf("%s, which %s needs", m->name, view_base(m->asker->path));
	row->found = xstrdup("in no folder that the loader searches");
	row->hint = hint_for(m);
}

static void uncached_row(const struct view *v, const struct view_torch *t, struct report *into)
{
	static const char cache[] = "/etc/ld.so.cache";
	struct report_check *row = check_row(into, "loader.cache", REPORT_WARN, "ld-cache-stale", cache);

	row->expected = xasprintf("%s naming %s: ld.so does not read ld.so.conf", cache, t->uncached);
	row->found = xstrdup(facts_text(v->in->facts, cache) ? "it does not" : "no such file");
	row->hint = xstrdup("run ldconfig as the image's last step: only where NVIDIA's runtime starts containers does "
			    "it do so");
}

static void judge_loading(const struct view *v, const struct view_torch *t, struct report *into)
{
	size_t missing = 0;

	if (loader_is_spent(t->loader))
		report_add_error(into, "limits", ERR_INPUT, "more libraries are asked for than by any process",
				 "inspect a part of this tree");
	if (t->uncached)
		uncached_row(v, t, into);
	for (size_t i = 0; i < t->n_misses; i++) {
		if (strcmp(t->misses[i].name, "libcuda.so.1") == 0 || said_before(t, i))
			continue;
		missing_row(&t->misses[i], into);
		missing++;
	}
	if (missing == 0 && t->n_loaded > 0)
		check_pass(into, "needed", xasprintf("%zu libraries are loaded, each from its place", t->n_loaded));
}

void check_libraries(const struct view *v, struct report *into)
{
	for (size_t i = 0; i < v->n_torches; i++)
		if (!v->torches[i].hollow &&
		    !view_is_foreign(
			    v,
			    &v->torches[i])) /* what joins it looks in vain for its libraries, and for others by them */
			judge_loading(v, &v->torches[i], into);
}

/* --- symbol versions of the system's libraries --- */

struct system_rule {
	const char *id, *library, *prefix, *code, *hint;
};

static const struct system_rule rules[] = {
	{"glibc", "libc.so.6", "GLIBC_", "glibc-too-old",
	 "take a newer operating system for the image, or a wheel built on an older one"},
	{"libstdcxx", "libstdc++.so.6", "GLIBCXX_", "libstdcxx-too-old",
	 "take a newer operating system for the image, or remove the older libstdc++ that comes first"},
	{"cxxabi", "libstdc++.so.6", "CXXABI_", "libstdcxx-too-old",
	 "take a newer operating system for the image, or remove the older libstdc++ that comes first"},
};

/* The loaded file that asks for the newest version. */
static const struct binary *most_demanding(const struct view_torch *t, const char *prefix)
{
	const struct binary *worst = NULL;

	for (size_t i = 0; i < t->n_loaded; i++) {
		const char *asked = binary_demands(t->loaded[i], prefix);

		if (asked && (!worst || binary_version_cmp(asked, binary_demands(worst, prefix)) > 0))
			worst = t->loaded[i];
	}
	return worst;
}

static void judge(const struct view_torch *t, const struct system_rule *rule, struct report *into)
{
	const struct binary *library = view_loaded(t, rule->library), *worst = most_demanding(t, rule->prefix);
	const char *has = library ? binary_defines(library, rule->prefix) : NULL;
	const char *asked = worst ? binary_demands(worst, rule->prefix) : NULL;
	struct report_check *row;

	if (!has || !asked)
		return;
	if (binary_version_cmp(asked, has) <= 0) {
		check_pass(into, rule->id,
			   xasprintf("%s%s is asked for, %s has %s", rule->prefix, asked, rule->library, has));
		return;
	}
	row = check_row(into, rule->id, REPORT_FAIL, rule->code, worst->path);
	row->expected = xasprintf("%s%s in %s", rule->prefix, asked, library->path);
	row->found = xasprintf("%s%s at most", rule->prefix, has);
	row->hint = xstrdup(rule->hint);
}

void check_glibc(const struct view *v, struct report *into)
{
	for (size_t i = 0; i < v->n_torches; i++)
		for (size_t r = 0; r < ARRAY_LEN(rules); r++)
			judge(&v->torches[i], &rules[r], into);
}
