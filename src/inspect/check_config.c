#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

/* Whether a part of the path is empty or relative. */
static bool leads_astray(const char *path)
{
	for (;; path++) {
		if (*path != '/' && *path != '$')
			return true;
		path += strcspn(path, ":;");
		if (!*path)
			return false;
	}
}

static void library_path(const struct view *v, struct report *into)
{
	const char *path = facts_env(v->in->facts, "LD_LIBRARY_PATH");
	struct report_check *row;

	if (!path || !path[0] || !leads_astray(path))
		return;
	row = check_row(into, "config.library-path", REPORT_WARN, "ld-library-path", NULL);
	row->expected = xstrdup("absolute folders in LD_LIBRARY_PATH");
	row->found = xstrdup(path);
	row->hint = xstrdup("an empty or relative part means the working directory: take it out");
}

static void preload(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	const char *env = facts_env(f, "LD_PRELOAD");
	const struct facts_text *file = facts_text(f, "/etc/ld.so.preload");
	struct report_check *row;

	env = env && env[0] ? env : NULL;
	if (!env && (!file || f->kind == FACTS_SITE || file->data.len == 0))
		return;
	row = check_row(into, "config.preload", REPORT_WARN, "preload", env ? NULL : file->path);
	row->expected = xstrdup("nothing loaded in front of all programs");
	row->found = env ? xasprintf("LD_PRELOAD=%s", env) : xstrdup("/etc/ld.so.preload is there");
	row->hint = xstrdup("take it out, unless you know what it does to torch");
}

static void onbuild(const struct view *v, struct report *into)
{
	const struct facts_config *c = &v->in->facts->config;
	struct report_check *row;

	if (c->onbuild.n == 0)
		return;
	row = check_row(into, "config.onbuild", REPORT_WARN, "onbuild", NULL);
	row->expected = xstrdup("no steps that run when others build on the image");
	row->found = strv_join(&c->onbuild, "; ");
	row->hint = xstrdup("move them into the Dockerfiles that need them");
}

static void user(const struct view *v, struct report *into)
{
	const struct facts_config *c = &v->in->facts->config;

	if (c->given && (!c->user || !c->user[0] || strcmp(c->user, "0") == 0 || strcmp(c->user, "root") == 0))
		check_row(into, "config.user", REPORT_INFO, NULL, NULL)->found =
			xstrdup("containers run as root unless told otherwise");
}

static void info(struct report *into, const char *id, char *found)
{
	check_row(into, id, REPORT_INFO, NULL, NULL)->found = found;
}

static void volumes(const struct view *v, struct report *into)
{
	const struct facts_config *c = &v->in->facts->config;
	AUTO_TEXT char *list = strv_join(&c->volumes, ", ");

	if (c->volumes.n > 0)
		info(into, "config.volumes", xasprintf("each container gets volumes of its own at %s", list));
}

static void entrypoint(const struct view *v, struct report *into)
{
	const struct facts_config *c = &v->in->facts->config;

	if (c->entrypoint.n > 0)
		info(into, "config.entrypoint", strv_join(&c->entrypoint, " "));
}

/* --- what the container runtime is told --- */

static bool is_none(const char *devices)
{
	return !devices[0] || strcmp(devices, "void") == 0 || strcmp(devices, "none") == 0 ||
	       strcmp(devices, "-1") == 0 || strcmp(devices, "NoDevFiles") == 0;
}

static void devices(const struct view *v, const char *name, const char *id, struct report *into)
{
	const char *value = facts_env(v->in->facts, name);
	struct report_check *row;

	if (!value || strcmp(value, "all") == 0)
		return;
	row = check_row(into, id, REPORT_WARN, "gpu-hidden", NULL);
	row->expected = xasprintf("%s left to whoever starts the container", name);
	row->found = xasprintf("%s=%s: %s", name, value, is_none(value) ? "no GPU is shown" : "only these are shown");
	row->hint = xstrdup("take the variable out of the image");
}

static bool has_capability(const char *list, const char *name)
{
	AUTO_STRV struct strv names = STRV_INIT;

	strv_split(&names, list, ",");
	return strv_has(&names, name) || strv_has(&names, "all");
}

static void capabilities(const struct view *v, struct report *into)
{
	const char *value = facts_env(v->in->facts, "NVIDIA_DRIVER_CAPABILITIES");
	struct report_check *row;

	if (!value || !value[0] || has_capability(value, "compute"))
		return;
	row = check_row(into, "config.nvidia-capabilities", REPORT_FAIL, "no-compute-capability", NULL);
	row->expected = xstrdup("NVIDIA_DRIVER_CAPABILITIES with compute, or without the variable");
	row->found = xasprintf("NVIDIA_DRIVER_CAPABILITIES=%s", value);
	row->hint = xstrdup("set it to compute,utility: without compute the driver's libcuda.so.1 is not brought in");
}

static void require_disabled(const struct view *v, struct report *into)
{
	const char *off = facts_env(v->in->facts, "NVIDIA_DISABLE_REQUIRE");

	if (off && off[0])
		info(into, "config.nvidia-disable-require",
		     xasprintf("NVIDIA_DISABLE_REQUIRE=%s: NVIDIA_REQUIRE_CUDA is not looked at", off));
}

void check_config(const struct view *v, struct report *into)
{
	library_path(v, into);
	preload(v, into);
	onbuild(v, into);
	devices(v, "NVIDIA_VISIBLE_DEVICES", "config.nvidia-visible-devices", into);
	devices(v, "CUDA_VISIBLE_DEVICES", "config.cuda-visible-devices", into);
	capabilities(v, into);
	require_disabled(v, into);
	user(v, into);
	entrypoint(v, into);
	volumes(v, into);
}
