#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

static void differs(struct report *into, const char *what, const char *want, const char *found, const char *file)
{
	AUTO_TEXT char *id = xasprintf("plan.%s", what);
	struct report_check *row;

	if (found && strcmp(want, found) == 0) {
		check_pass(into, id, xstrdup(found));
		return;
	}
	row = check_row(into, id, REPORT_FAIL, "plan-mismatch", file);
	row->expected = xstrdup(want);
	row->found = xstrdup(found ? found : "none");
	row->hint = xstrdup("build the image anew with `cudabuild build`");
}

/* A wheel's own metadata may leave the label out, a plan may as well: it counts where both state one. */
static char *comparable(const char *version, bool with_label)
{
	size_t len = with_label ? strlen(version) : strcspn(version, "+");

	return xstrndup(version, len);
}

static void check_package(const struct view *v, const struct plan_package *want, struct report *into)
{
	const char *name = pkg_name(want->pkg);
	const struct facts_package *p = facts_find_package(v->in->facts, name, NULL, NULL);
	bool labels = want->label && p && p->version && strchr(p->version, '+');
	AUTO_TEXT char *planned = xasprintf("%s%s", want->version, labels ? want->label : "");
	AUTO_TEXT char *found = p && p->version ? comparable(p->version, labels) : NULL;

	differs(into, name, planned, found, p ? p->path : NULL);
}

static void check_torch_cuda(const struct view *v, struct report *into)
{
	const struct view_torch *t = v->n_torches > 0 ? &v->torches[0] : NULL;
	const char *planned = v->in->variant->cuda ? v->in->variant->cuda : "cpu";
	AUTO_TEXT char *found = t && t->cuda.known ? witness_text(t->cuda.low, t->cuda.high) : NULL;

	if (found)
		differs(into, "cuda", planned, found, t->package->path);
}

static void check_python_version(const struct view *v, struct report *into)
{
	const struct view_torch *t = v->n_torches > 0 ? &v->torches[0] : NULL;

	if (t && t->python && v->in->variant->python.version)
		differs(into, "python", v->in->variant->python.version, t->python, t->package->site);
}

static void check_image_config(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	AUTO_TEXT char *platform = NULL;

	if (!f->config.given)
		return;
	if (f->config.os && f->config.arch) {
		platform = xasprintf("%s/%s", f->config.os, f->config.arch);
		differs(into, "platform", v->in->variant->platform, platform, NULL);
	}
	if (v->in->variant->require)
		differs(into, "NVIDIA_REQUIRE_CUDA", v->in->variant->require, facts_env(f, "NVIDIA_REQUIRE_CUDA"),
			NULL);
}

void check_plan(const struct view *v, struct report *into)
{
	const struct plan_variant *want = v->in->variant;

	if (!want)
		return;
	for (size_t i = 0; i < want->npackages; i++)
		check_package(v, &want->packages[i], into);
	check_torch_cuda(v, into);
	check_python_version(v, into);
	check_image_config(v, into);
}
