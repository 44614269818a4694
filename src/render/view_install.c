#include "render/view_install.h"

#include "base/str.h"
#include "render/require.h"
#include "render/tools.h"

#include <string.h>

const char *view_arch(const struct plan_variant *v)
{
	const char *slash = v->platform ? strchr(v->platform, '/') : NULL;
	return slash ? slash + 1 : "amd64";
}

char *view_python(const struct plan_variant *v)
{
	return xasprintf("python%s", v->python.version);
}

static bool is_url(const char *text)
{
	return text && (str_starts(text, "https://") || str_starts(text, "http://"));
}

/* Lines of the torch family that are installed as they are, and a comment for those that are compiled. */
static int set_family(const struct plan_variant *v, const struct places *at, struct value *into, struct err *err)
{
	struct value *list = value_set_list(into, "family");
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *p = &v->packages[i];
		AUTO_BUF struct buf line = BUF_INIT;
		int rc = p->way == WAY_SOURCE ? require_exact(p, &line, err) : require_package(p, at, &line, err);
		if (rc < 0)
			return err_wrap(err, "variant '%s': %s", v->name, pkg_name(p->pkg));
		struct value *row = value_add_map(list);
		value_set_bool(row, "compiled", p->way == WAY_SOURCE);
		value_set(row, "line", buf_text(&line));
		value_set(row, "dist", pkg_dist(p->pkg));
		value_set(row, "name", pkg_name(p->pkg));
	}
	return 0;
}

static int set_others(const struct plan_variant *v, struct value *into, struct err *err)
{
	struct value *list = value_set_list(into, "others");
	AUTO_STRV struct strv links = STRV_INIT;
	const char *index = v->npackages && str_eq(v->packages[0].channel, "index") ? v->packages[0].index : NULL;
	for (size_t i = 0; i < v->npip; i++) {
		AUTO_BUF struct buf line = BUF_INIT;
		if (require_other(&v->pip[i], &line, err) < 0)
			return err_wrap(err, "variant '%s': pip", v->name);
		value_set(value_add_map(list), "line", buf_text(&line));
		require_links(index, v->pip[i].line, &links);
	}
	value_set_strv(into, "links", &links);
	return 0;
}

/* A wheel that is not pinned: where it comes from, the one place that has it. */
static void set_single(const struct plan_package *p, const char *exact, struct value *row)
{
	value_set(row, "exact", exact);
	bool remote = is_url(p->index);
	value_set(row, "index", remote && str_eq(p->channel, "index") ? p->index : NULL);
	value_set(row, "page", remote && str_eq(p->channel, "pyg") ? p->index : NULL);
	value_set_bool(row, "local", !remote && (p->index || str_eq(p->channel, "directory")));
}

static int set_singles(const struct plan_variant *v, struct value *into, struct err *err)
{
	struct value *list = value_set_list(into, "singles");
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *p = &v->packages[i];
		AUTO_BUF struct buf exact = BUF_INIT;
		if (p->way == WAY_SOURCE || p->sha256)
			continue;
		if (require_exact(p, &exact, err) < 0)
			return err_wrap(err, "variant '%s': %s", v->name, pkg_name(p->pkg));
		set_single(p, buf_text(&exact), value_add_map(list));
	}
	return 0;
}

static int set_install(const struct plan_variant *v, struct value *into, struct err *err)
{
	struct value *exact = value_set_list(into, "exact");
	struct value *names = value_set_list(into, "names");
	bool pinned = false;
	for (size_t i = 0; i < v->npackages; i++) {
		AUTO_BUF struct buf line = BUF_INIT;
		if (require_exact(&v->packages[i], &line, err) < 0)
			return err_wrap(err, "variant '%s': %s", v->name, pkg_name(v->packages[i].pkg));
		value_add(exact, buf_text(&line));
		value_add(names, pkg_dist(v->packages[i].pkg));
		pinned = pinned || (v->packages[i].sha256 && v->packages[i].way == WAY_WHEEL);
	}
	if (require_old_numpy(&v->packages[0]))
		value_add(exact, "numpy<2");
	value_set_bool(into, "pinned", pinned);
	struct value *files = value_set_list(into, "files");
	for (size_t i = 0; i < v->pip_files.n; i++) {
		struct value *row = value_add_map(files);
		value_set(row, "source", v->pip_files.v[i]);
		value_setf(row, "target", "/run/pip/%zu.txt", i + 1);
	}
	return set_singles(v, into, err);
}

/* What a source archive must be told, as NAME=VALUE. */
static void set_environment(const struct plan *p, const struct plan_variant *v, enum pkg pkg, struct value *row)
{
	struct value *list = value_set_list(row, "environment");
	value_add(list, v->cuda ? "FORCE_CUDA=1" : "FORCE_ONLY_CPU=1");
	if (!v->cuda)
		value_add(list, "FORCE_CPU=1");
	if (p->metis && pkg == PKG_TORCH_SPARSE) { /* found by compiler and linker without more words */
		value_add(list, "WITH_METIS=1");
		value_add(list, "CPATH=/opt/metis/include");
		value_add(list, "LIBRARY_PATH=/opt/metis/lib");
	}
	value_set(row, "arch_list", v->cuda ? v->arch_list : NULL);
	AUTO_TEXT char *jobs = p->jobs ? xasprintf("%u", p->jobs) : NULL;
	value_set(row, "jobs", jobs);
}

static int set_compiled(const struct plan *p, const struct plan_variant *v, const struct places *at, struct value *into,
			struct err *err)
{
	struct value *list = value_set_list(into, "compiled");
	bool metis = false;
	for (size_t i = 0; i < v->npackages; i++)
		metis = metis ||
			(p->metis && v->packages[i].pkg == PKG_TORCH_SPARSE && v->packages[i].way == WAY_SOURCE);
	value_set_bool(into, "metis", metis);
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *pkg = &v->packages[i];
		AUTO_BUF struct buf line = BUF_INIT;
		if (pkg->way != WAY_SOURCE)
			continue;
		if (require_package(pkg, at, &line, err) < 0)
			return err_wrap(err, "variant '%s': %s", v->name, pkg_name(pkg->pkg));
		struct value *row = value_add_map(list);
		value_setf(row, "stage", "wheels-%s", pkg_dist(pkg->pkg));
		value_set(row, "dist", pkg_dist(pkg->pkg));
		value_set(row, "name", pkg_name(pkg->pkg));
		value_set(row, "version", pkg->version);
		value_set(row, "requirement", buf_text(&line));
		value_set_bool(row, "pinned", pkg->sha256);
		value_set_bool(row, "cmake", pkg->pkg == PKG_PYG_LIB);
		value_set_bool(row, "with_metis", p->metis && pkg->pkg == PKG_TORCH_SPARSE);
		set_environment(p, v, pkg->pkg, row);
	}
	return 0;
}

/* torch as the toolchain of the compiling stages installs it, when the requirements are not complete. */
static int set_toolchain(const struct plan_variant *v, const struct places *at, struct value *into, struct err *err)
{
	bool cmake = false, any = false;
	for (size_t i = 0; i < v->npackages; i++) {
		any = any || v->packages[i].way == WAY_SOURCE;
		cmake = cmake || (v->packages[i].way == WAY_SOURCE && v->packages[i].pkg == PKG_PYG_LIB);
	}
	if (!any) {
		value_set_bool(into, "toolchain", false);
		value_set_bool(into, "nvcc", false);
		return 0;
	}
	const struct plan_package *torch = &v->packages[0];
	value_set(into, "nvcc", v->cuda);
	AUTO_BUF struct buf line = BUF_INIT, exact = BUF_INIT;
	if (require_package(torch, at, &line, err) < 0 || require_exact(torch, &exact, err) < 0)
		return err_wrap(err, "variant '%s': torch", v->name);
	AUTO_STRV struct strv tools = STRV_INIT;
	static const enum tool wanted[] = {TOOL_SETUPTOOLS, TOOL_WHEEL, TOOL_NINJA};
	unsigned minor = tool_python_minor(v->python.version);
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++)
		tool_line(wanted[i], minor, view_arch(v), &tools);
	if (cmake)
		tool_line(TOOL_CMAKE, minor, view_arch(v), &tools);
	struct value *map = value_set_map(into, "toolchain");
	struct value *lines = value_set_list(map, "tools");
	for (size_t i = 0; i < tools.n; i++)
		value_set(value_add_map(lines), "line", tools.v[i]);
	value_set(map, "torch", buf_text(&line));
	value_set_bool(map, "torch_pinned", torch->sha256);
	value_set(map, "torch_exact", buf_text(&exact));
	if (torch->sha256)
		value_set_bool(map, "torch_single", false);
	else
		set_single(torch, buf_text(&exact), value_set_map(map, "torch_single"));
	return 0;
}

/* Where pip looks for what has no place of its own. */
static void set_pypi(const struct plan *p, struct value *into)
{
	const char *pypi = p->sources.pypi;
	value_set(into, "pypi_url", is_url(pypi) ? pypi : NULL);
	value_set_bool(into, "pypi_folder", pypi && !is_url(pypi));
}

/* Folders that stand for an index or a page. */
static void set_folders(const struct plan *p, struct value *into)
{
	AUTO_STRV struct strv folders = STRV_INIT;
	const char *const sources[] = {p->sources.torch, p->sources.pyg, p->sources.pypi};
	for (size_t i = 0; i < ARRAY_LEN(sources); i++)
		if (sources[i] && !is_url(sources[i]) && !str_eq(sources[i], "pypi"))
			(void)strv_add_once(&folders, sources[i]);
	struct value *list = value_set_list(into, "folders");
	for (size_t i = 0; i < folders.n; i++) {
		struct value *row = value_add_map(list);
		value_set(row, "folder", folders.v[i]);
		value_set_bool(row, "inside", folders.v[i][0] != '/');
	}
}

int view_install(const struct plan *p, const struct plan_variant *v, const char *wheels, struct value *into,
		 struct err *err)
{
	const struct places at_places = {.wheels = wheels, .sources = &p->sources}, *at = &at_places;
	if (v->npackages == 0 || v->packages[0].pkg != PKG_TORCH)
		return err_set(err, ERR_INPUT, "variant '%s': the plan names no torch", v->name);
	value_set_bool(into, "complete", require_complete(v));
	value_set(into, "wheels", wheels);
	set_folders(p, into);
	set_pypi(p, into);
	if (set_family(v, at, into, err) < 0 || set_others(v, into, err) < 0 || set_compiled(p, v, at, into, err) < 0 ||
	    set_toolchain(v, at, into, err) < 0)
		return -1;
	return set_install(v, value_set_map(into, "install"), err);
}
