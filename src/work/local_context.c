#include "base/file.h"
#include "base/str.h"
#include "render/render.h"
#include "work/local.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MOST = 64 };

static int add_tree(struct context *c, const char *dir, const char *name, unsigned depth, struct err *err);

static int add_link(struct context *c, const char *name, const char *path, struct err *err)
{
	char target[4096];
	ssize_t n = readlink(path, target, sizeof(target) - 1);

	if (n < 0)
		return err_set_errno(err, errno, "read the link '%s'", path);
	target[n] = '\0';
	return context_add_link(c, name, target, err);
}

static int add_folder(struct context *c, const char *dir, const char *name, unsigned depth, struct err *err)
{
	AUTO_TEXT char *path = file_join(dir, name);
	AUTO_STRV struct strv names = STRV_INIT;

	if (depth > DEPTH_MOST)
		return err_set(err, ERR_INPUT, "'%s' has more than %d folders inside each other", path, DEPTH_MOST);
	if (context_add_dir(c, name, err) < 0 || file_list(path, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *inner = file_join(name, names.v[i]);

		if (add_tree(c, dir, inner, depth + 1, err) < 0)
			return -1;
	}
	return 0;
}

/* One file, link or folder with all below it; sockets and devices are no part of a build. */
static int add_tree(struct context *c, const char *dir, const char *name, unsigned depth, struct err *err)
{
	AUTO_TEXT char *path = file_join(dir, name);
	struct stat st;

	if (lstat(path, &st) < 0)
		return err_set_errno(err, errno, "look at '%s'", path);
	if (S_ISDIR(st.st_mode))
		return add_folder(c, dir, name, depth, err);
	if (S_ISLNK(st.st_mode))
		return add_link(c, name, path, err);
	if (S_ISREG(st.st_mode))
		return context_add_file(c, name, st.st_mode & 0111 ? 0755 : 0644, path, (uint64_t)st.st_size, err);
	return err_set(err, ERR_INPUT, "'%s' is neither a file nor a folder", path);
}

static char *without_slash(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return xstrndup(path, n);
}

static int add_app(struct context *c, const struct project *p, const struct plan *plan, struct err *err)
{
	for (size_t i = 0; i < plan->app.copy.n; i++) {
		AUTO_TEXT char *name = without_slash(plan->app.copy.v[i]);
		AUTO_TEXT char *path = file_join(p->dir, name);

		if (!file_exists(path)) {
			err_set(err, ERR_INPUT, "%s: app.copy: there is no '%s'", p->file, name);
			return err_hint(err, "paths are relative to the manifest's folder");
		}
		if (add_tree(c, p->dir, name, 0, err) < 0)
			return -1;
	}
	return 0;
}

/* Requirement files that are installed as they are, since nothing in them is pinned. */
static int add_pip_files(struct context *c, const struct project *p, const struct plan_variant *v, struct err *err)
{
	for (size_t i = 0; i < v->pip_files.n; i++) {
		AUTO_TEXT char *path = file_join(p->dir, v->pip_files.v[i]);

		if (!file_exists(path)) {
			err_set(err, ERR_INPUT, "%s: pip: there is no '%s'", p->file, v->pip_files.v[i]);
			return err_hint(err, "paths are relative to the manifest's folder");
		}
		if (add_tree(c, p->dir, v->pip_files.v[i], 0, err) < 0)
			return -1;
	}
	return 0;
}

int local_context(const struct project *p, const struct plan *plan, const struct plan_variant *v,
		  const struct context *files, struct context **ret, struct err *err)
{
	AUTO(context) struct context *c = context_new();
	AUTO_TEXT char *own = file_join(plan->out, v->name);
	AUTO_TEXT char *prefix = xasprintf("%s/", own);
	AUTO_TEXT char *local = file_join(plan->out, RENDER_LOCAL);
	AUTO_TEXT char *local_path = file_join(p->dir, local);

	for (size_t i = 0; i < files->n; i++) {
		const struct member *m = files->v[i];
		const struct blob data = {.name = m->name, .data = m->data, .len = (size_t)m->len};

		if (m->kind == MEMBER_BYTES && str_starts(m->name, prefix) &&
		    context_add_bytes(c, m->name, m->mode, data, err) < 0)
			return -1;
	}
	/* The steps mount the folder, whatever is in it. */
	if (context_add_dir(c, local, err) < 0 || (file_is_dir(local_path) && add_tree(c, p->dir, local, 0, err) < 0))
		return -1;
	if (add_pip_files(c, p, v, err) < 0 || add_app(c, p, plan, err) < 0)
		return -1;
	*ret = TAKE(c);
	return 0;
}
