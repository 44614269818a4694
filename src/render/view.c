#include "render/view.h"

#include "base/file.h"
#include "base/str.h"
#include "model/image_label.h"
#include "model/lock.h"
#include "model/ref.h"
#include "render/names.h"
#include "render/require.h"
#include "render/tools.h"
#include "render/view_install.h"

#include <string.h>

char *view_path(const struct plan *p, const struct plan_variant *v, const char *file)
{
	AUTO_TEXT char *folder = v ? file_join(p->out, v->name) : xstrdup(p->out);
	return file_join(folder, file);
}

/* Names, places and commands that header and steps show. */
static void set_identity(const struct plan *p, const struct plan_variant *v, struct value *into)
{
	AUTO_TEXT char *dockerfile = view_path(p, v, "Dockerfile"), *requirements = view_path(p, v, "requirements.txt");
	AUTO_TEXT char *probe = view_path(p, v, "probe.cu"), *local = view_path(p, NULL, RENDER_LOCAL);
	value_set(into, "name", p->name);
	value_setf(into, "header", VIEW_HEADER, p->name, p->manifest);
	value_set(into, "version", p->version);
	value_set(into, "manifest", p->manifest);
	value_set(into, "variant", v->name);
	value_set(into, "dockerfile_path", dockerfile);
	value_set(into, "requirements_path", requirements);
	value_set(into, "probe_path", probe);
	value_set(into, "local_path", local);
	value_setf(into, "reference", "%s:%s", v->image, v->tag);
	value_set(into, "platform", v->platform);
	value_set_bool(into, "other_platform", !str_eq(v->platform, "linux/amd64"));
	value_set(into, "os", v->os);
	value_set(into, "cuda", v->cuda);
	value_set(into, "flavor", v->flavor);
	value_set(into, "driver_min", v->driver_min);
}

static void add_summary(const struct plan_variant *v, struct buf *b)
{
	for (size_t i = 0; i < v->npackages; i++)
		buf_addf(b, "%s%s %s%s", i ? ", " : "", pkg_name(v->packages[i].pkg), v->packages[i].version,
			 v->packages[i].label ? v->packages[i].label : "");
	if (v->cuda)
		buf_addf(b, ", CUDA %s", v->cuda);
	buf_addf(b, ", Python %s (%s), %s, %s", v->python.version, v->python.managed ? "managed" : "the system's own",
		 v->os, v->platform);
}

static void set_unpinned(const struct plan_variant *v, struct value *into)
{
	AUTO_STRV struct strv what = STRV_INIT;
	plan_unpinned(v, &what);
	value_set_strv(into, "unpinned", &what);
	struct value *packages = value_set_list(into, "unpinned_packages");
	for (size_t i = 0; i < what.n; i++)
		if (!str_eq(what.v[i], "base images") && !str_eq(what.v[i], "managed Python"))
			value_add(packages, what.v[i]);
	value_set_bool(into, "all_pinned", what.n == 0);
}

static void set_images(const struct plan_variant *v, struct value *into)
{
	AUTO_TEXT char *base = plan_image_ref(&v->base);
	AUTO_TEXT char *devel = v->devel.repository ? plan_image_ref(&v->devel) : NULL;
	value_set(into, "base", base);
	value_set(into, "devel", devel ? devel : base);
	value_set_bool(into, "base_unproven", str_eq(v->base.presence, "unknown"));
}

static void set_python(const struct plan *p, const struct plan_variant *v, struct value *into)
{
	const struct plan_python *python = &v->python;
	unsigned minor = tool_python_minor(python->version);
	AUTO_TEXT char *command = view_python(v);
	AUTO_STRV struct strv pip = STRV_INIT, uv = STRV_INIT;
	struct value *map = value_set_map(into, "python");
	tool_line(TOOL_PIP, minor, view_arch(v), &pip);
	tool_line(TOOL_UV, minor, view_arch(v), &uv);
	value_set(map, "version", python->version);
	value_setf(map, "number", "3.%u", minor);
	value_set(map, "command", command);
	value_setf(map, "path", "%s/%s", python->managed ? "/opt/python/bin" : "/usr/bin", command);
	value_set_bool(map, "managed", python->managed);
	AUTO_TEXT char *url = python->managed && python->url ? require_url(&p->sources, python->url) : NULL;
	bool from_folder = python->managed && python->file && !url;
	value_set(map, "file", from_folder ? python->file : NULL);
	value_set(map, "url", url);
	value_set_bool(map, "from_folder", from_folder);
	value_set_bool(map, "from_url", url);
	value_set(map, "sha256", python->sha256);
	value_set_bool(map, "uv", python->managed && !from_folder && !url);
	value_set(map, "uv_line", uv.n ? uv.v[0] : NULL);
	value_set(map, "uv_platform", str_eq(view_arch(v), "arm64") ? "manylinux2014_aarch64" : "manylinux2014_x86_64");
	bool mirror = p->sources.python && str_starts(p->sources.python, "http");
	value_set(map, "uv_mirror", mirror ? p->sources.python : NULL);
	/* The pip of old systems knows neither today's wheels nor their index. */
	value_set(map, "pip_line", !python->managed && minor <= 9 && pip.n ? pip.v[0] : NULL);
}

/* What the package manager installs: in every stage, and for compiling. */
static void set_packages(const struct plan *p, const struct plan_variant *v, struct value *into)
{
	AUTO_TEXT char *python = view_python(v);
	AUTO_STRV struct strv system = STRV_INIT, venv = STRV_INIT, build = STRV_INIT;
	if (!v->python.managed) {
		strv_add(&system, python);
		strv_addf(&venv, "%s-venv", python);
		strv_addf(&build, "%s-dev", python);
		strv_addf(&build, "%s-venv", python);
	}
	strv_add(&build, "g++");
	strv_add_all(&system, &v->apt);
	value_set_bool(into, "system", system.n > 0);
	value_set_strv(into, "system_packages", &system);
	value_set_strv(into, "venv_packages", &venv);
	value_set_strv(into, "build_packages", &build);
	value_set(into, "apt_mirror", p->sources.apt);
}

/* "9.0+PTX" becomes two options, "8.0" one. */
static void add_gencode(const char *arch, struct value *list)
{
	AUTO_BUF struct buf number = BUF_INIT;
	for (const char *p = arch; *p && *p != '+'; p++)
		if (str_is_alnum(*p))
			buf_addc(&number, *p);
	const char *n = buf_text(&number);
	AUTO_TEXT char *sass = xasprintf("-gencode=arch=compute_%s,code=sm_%s", n, n);
	value_add(list, sass);
	if (!str_ends(arch, "+PTX"))
		return;
	AUTO_TEXT char *ptx = xasprintf("-gencode=arch=compute_%s,code=compute_%s", n, n);
	value_add(list, ptx);
}

static void set_probe(const struct plan_variant *v, struct value *into)
{
	const char *wanted = v->probe_archs ? v->probe_archs : v->arch_list;
	AUTO_STRV struct strv archs = STRV_INIT;
	value_set_bool(into, "probe", v->probe_stage);
	if (wanted)
		strv_split(&archs, wanted, " ;");
	struct value *list = value_set_list(into, "gencode");
	for (size_t i = 0; i < archs.n; i++)
		add_gencode(archs.v[i], list);
}

static void add_pair(struct value *list, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	struct value *row = value_add_map(list);
	value_set(row, "key", key);
	value_set(row, "text", text);
}

static void set_labels(const struct plan *p, const struct plan_variant *v, const char *summary, bool pinned,
		       struct value *into)
{
	struct value *list = value_set_list(into, "labels");
	AUTO_TEXT char *sha256 = lock_variant_sha256(p, v);
	AUTO_TEXT char *base =
		xasprintf("%s%s%s", v->base.repository, v->base.tag ? ":" : "", v->base.tag ? v->base.tag : "");
	add_pair(list, IMAGE_LABEL_NAME, p->name);
	add_pair(list, IMAGE_LABEL_VARIANT, v->name);
	add_pair(list, IMAGE_LABEL_LOCK, sha256);
	add_pair(list, IMAGE_LABEL_PINNED, pinned ? "true" : "false");
	for (size_t i = 0; i < v->npackages; i++) {
		const struct plan_package *pkg = &v->packages[i];
		AUTO_TEXT char *key = xasprintf(IMAGE_LABEL "%s", pkg_dist(pkg->pkg));
		AUTO_TEXT char *text = xasprintf("%s%s", pkg->version, pkg->label ? pkg->label : "");
		add_pair(list, key, text);
	}
	add_pair(list, IMAGE_LABEL_CUDA, v->cuda ? v->cuda : "cpu");
	add_pair(list, IMAGE_LABEL_PYTHON, v->python.version);
	add_pair(list, IMAGE_LABEL_ARCH_LIST, v->arch_list);
	add_pair(list, IMAGE_LABEL_DRIVER_MIN, v->driver_min);
	add_pair(list, "org.opencontainers.image.title", p->name);
	add_pair(list, "org.opencontainers.image.version", v->tag);
	add_pair(list, "org.opencontainers.image.description", summary);
	add_pair(list, "org.opencontainers.image.base.name", base);
	add_pair(list, "org.opencontainers.image.base.digest", v->base.digest);
	value_mark_last(list);
}

/* "UID[:GID]" in digits; the group is 0 where none is given. */
static int set_user(const struct plan *p, struct value *map, struct err *err)
{
	uint64_t uid = RENDER_USER, gid = 0;
	const char *at = p->app.user;
	bool fits = !at || str_scan_u64(&at, 0x7fffffff, &uid);
	if (fits && at && *at == ':') {
		at++;
		fits = str_scan_u64(&at, 0x7fffffff, &gid);
	}
	if (!fits || (at && *at))
		return err_set(err, ERR_INPUT, "app.user: '%s' is not a number, or two with a colon between",
			       p->app.user);
	value_setf(map, "uid", "%u", (unsigned)uid);
	value_setf(map, "gid", "%u", (unsigned)gid);
	value_setf(map, "user", p->app.user && strchr(p->app.user, ':') ? "%u:%u" : "%u", (unsigned)uid, (unsigned)gid);
	return 0;
}

static bool has_glob(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* Where COPY puts a path: at the same place below the working directory. What is a folder cannot be known here, and
 * need not: its content goes into the folder of the same name. A pattern's matches go into the pattern's folder. */
static void add_copy(struct value *list, const char *path, const char *workdir)
{
	AUTO_TEXT char *folder = has_glob(path) ? file_dir(path) : xstrdup(path);
	bool here = str_eq(folder, ".") || str_eq(folder, "./");
	AUTO_TEXT char *to = here ? xstrdup(workdir) : file_join(workdir, folder);
	bool slash = (here || has_glob(path)) && !str_ends(to, "/");
	AUTO_TEXT char *target = xasprintf("%s%s", to, slash ? "/" : "");
	struct value *row = value_add_map(list);
	bool everything = here && !has_glob(path);
	value_set(row, "source", path);
	value_set(row, "target", target);
	value_set_bool(row, "everything", everything);
	value_set_bool(row, "pattern", has_glob(path));
	value_set_bool(row, "path", !everything && !has_glob(path));
}

static int set_app(const struct plan *p, struct value *into, struct err *err)
{
	const char *workdir = p->app.workdir ? p->app.workdir : RENDER_WORKDIR;
	struct value *map = value_set_map(into, "app");
	value_set(map, "workdir", workdir);
	value_set(map, "home", RENDER_HOME);
	if (set_user(p, map, err) < 0)
		return -1;
	struct value *copy = value_set_list(map, "copy");
	for (size_t i = 0; i < p->app.copy.n; i++)
		add_copy(copy, p->app.copy.v[i], workdir);
	struct value *env = value_set_list(map, "env");
	for (size_t i = 0; i < p->app.env.n; i++) {
		const char *equals = strchr(p->app.env.v[i], '=');
		if (!equals)
			return err_set(err, ERR_INPUT, "app.env: '%s' has no '='", p->app.env.v[i]);
		AUTO_TEXT char *key = xstrndup(p->app.env.v[i], (size_t)(equals - p->app.env.v[i]));
		struct value *row = value_add_map(env);
		value_set(row, "key", key);
		value_set(row, "text", equals + 1);
	}
	struct value *command = value_set_list(map, "command");
	for (size_t i = 0; i < p->app.command.n; i++)
		value_add(command, p->app.command.v[i]);
	if (p->app.command.n == 0)
		value_add(command, "python");
	return 0;
}

static int check_places(const struct plan *p, const struct plan_variant *v, struct err *err)
{
	for (const char *c = p->out; *c; c++)
		if (!str_is_alnum(*c) && !strchr("._-+/", *c))
			return err_set(
				err, ERR_INPUT,
				"the folder of the generated files, '%s', may hold letters, digits and ._-+/ only",
				p->out);
	if (!file_is_inside(v->name) || strchr(v->name, '/'))
		return err_set(err, ERR_INPUT, "'%s' is not the name of a variant", v->name);
	if (v->os_packages && !str_eq(v->os_packages, "apt"))
		return err_set(err, ERR_INPUT,
			       "variant '%s': images of %s, whose packages come by %s, cannot be made yet", v->name,
			       v->os, v->os_packages);
	return 0;
}

int view_variant(const struct plan *p, const struct plan_variant *v, const char *wheels, struct value **ret,
		 struct err *err)
{
	AUTO(value) struct value *into = value_map();
	AUTO_BUF struct buf summary = BUF_INIT;
	if (check_places(p, v, err) < 0)
		return -1;
	set_identity(p, v, into);
	add_summary(v, &summary);
	value_set(into, "summary", buf_text(&summary));
	set_unpinned(v, into);
	set_images(v, into);
	set_python(p, v, into);
	set_packages(p, v, into);
	set_probe(v, into);
	set_labels(p, v, buf_text(&summary), value_shows(value_find(into, "all_pinned", strlen("all_pinned"))), into);
	value_set(into, "require", v->require);
	value_set_bool(into, "slim", p->slim);
	value_set_bool(into, "nvidia_env", v->nvidia_env);
	if (set_app(p, into, err) < 0 || view_install(p, v, wheels, into, err) < 0)
		return -1;
	*ret = TAKE(into);
	return 0;
}

/* The registry that the first image's name means. */
static void put_registry(struct value *into, const struct plan *p)
{
	struct ref ref;
	struct err ignored = ERR_INIT;
	const bool known = p->nvariants && ref_parse(p->variants[0].image, &ref, &ignored) == 0;

	err_clear(&ignored);
	value_set(into, "registry", known ? ref.domain : "docker.io");
}

struct value *view_plan(const struct plan *p)
{
	struct value *into = value_map();
	value_set(into, "name", p->name);
	value_set(into, "manifest", p->manifest);
	value_setf(into, "header", VIEW_HEADER, p->name, p->manifest);
	struct value *list = value_set_list(into, "targets");
	for (size_t i = 0; i < p->nvariants; i++) {
		const struct plan_variant *v = &p->variants[i];
		AUTO_TEXT char *dockerfile = view_path(p, v, "Dockerfile");
		AUTO_BUF struct buf target = BUF_INIT;
		for (const char *c = v->name; *c; c++)
			buf_addc(&target, str_is_alnum(*c) || *c == '-' ? *c : '_');
		struct value *row = value_add_map(list);
		value_setf(row, "target", "%s%s", buf_text(&target), str_eq(buf_text(&target), "default") ? "_" : "");
		value_set(row, "dockerfile_path", dockerfile);
		value_setf(row, "reference", "%s:%s", v->image, v->tag);
		value_set(row, "platform", v->platform);
		value_set(row, "variant", v->name);
		value_set_bool(row, "arm64", str_eq(view_arch(v), "arm64"));
	}
	value_mark_last(list);
	put_registry(into, p);
	return into;
}
