#include "work/outputs.h"

#include "base/file.h"
#include "base/str.h"
#include "render/render.h"

#include <string.h>
#include <sys/stat.h>

enum { OUTPUT_SIZE_MAX = 8 << 20 };

void outputs_free(struct outputs *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->n; i++) {
		free(o->v[i].name);
		free(o->v[i].old);
	}
	free(o->v);
	free(o);
}

static int in_the_way(const char *path, const char *why, struct err *err)
{
	err_set(err, ERR_IO, "'%s' is in the way: %s", path, why);
	return err_hint(err, "move it away, or write elsewhere with -o DIR");
}

/* Every folder between dir and the file must be a real folder: a link could lead out of the project. */
static int check_folders(const char *dir, const char *name, struct err *err)
{
	for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
		AUTO_TEXT char *part = xstrndup(name, (size_t)(slash - name));
		AUTO_TEXT char *path = file_join(dir, part);
		struct stat st;

		if (lstat(path, &st) == 0 && !S_ISDIR(st.st_mode))
			return in_the_way(path, "it is no folder", err);
	}
	return 0;
}

static bool is_ours(struct blob file, const char *owner)
{
	AUTO_TEXT char *found = render_owner(file);

	return str_eq(found, owner);
}

/* A lock has no header of render's: it is ours where it parses as one, which project_open() has shown already. */
static int compare_one(const struct member *m, const char *dir, const char *owner, bool is_lock, struct output *into,
		       struct err *err)
{
	AUTO_TEXT char *path = file_join(dir, m->name);
	AUTO_BUF struct buf old = BUF_INIT;
	struct stat st;

	into->name = xstrdup(m->name);
	into->state = OUTPUT_NEW;
	if (check_folders(dir, m->name, err) < 0)
		return -1;
	if (lstat(path, &st) < 0)
		return 0;
	if (!S_ISREG(st.st_mode))
		return in_the_way(path, "it is no regular file", err);
	if (file_read(path, OUTPUT_SIZE_MAX, &old, err) < 0)
		return -1;
	if (!is_lock && !is_ours(buf_blob(&old, path), owner))
		return in_the_way(path, "it is not one that `generate` made from this manifest", err);
	into->state = old.len == m->len && memcmp(buf_text(&old), m->data, old.len) == 0 ? OUTPUT_SAME : OUTPUT_CHANGED;
	into->old_len = old.len;
	into->old = buf_take(&old);
	return 0;
}

static struct output *add(struct outputs *o)
{
	o->v = xreallocarray(o->v, o->n + 1, sizeof(*o->v));
	o->v[o->n] = (struct output){.name = NULL};
	return &o->v[o->n++];
}

static int look_at_file(const struct context *files, const char *dir, const char *name, const char *owner,
			struct outputs *o, struct err *err)
{
	AUTO_TEXT char *path = file_join(dir, name);
	AUTO_BUF struct buf old = BUF_INIT;
	struct output *left;
	struct stat st;

	if (context_find(files, name) || lstat(path, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > OUTPUT_SIZE_MAX)
		return 0;
	if (file_read(path, OUTPUT_SIZE_MAX, &old, err) < 0)
		return -1;
	if (!is_ours(buf_blob(&old, path), owner))
		return 0;
	left = add(o);
	*left = (struct output){.name = xstrdup(name), .state = OUTPUT_LEFT_OVER, .old_len = old.len};
	left->old = buf_take(&old);
	return 0;
}

static int look_at_folder(const struct context *files, const char *dir, const char *name, const char *owner,
			  struct outputs *o, struct err *err)
{
	AUTO_TEXT char *path = file_join(dir, name);
	AUTO_STRV struct strv inner = STRV_INIT;

	if (file_list(path, &inner, err) < 0)
		return -1;
	for (size_t i = 0; i < inner.n; i++) {
		AUTO_TEXT char *deep = file_join(name, inner.v[i]);

		if (look_at_file(files, dir, deep, owner, o, err) < 0)
			return -1;
	}
	return 0;
}

/* Our files directly below out and one folder deeper that are in the set no more. */
static int find_left_over(const struct context *files, const char *dir, const char *out, const char *owner,
			  struct outputs *o, struct err *err)
{
	AUTO_TEXT char *top = file_join(dir, out);
	AUTO_STRV struct strv names = STRV_INIT;

	if (file_list(top, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *name = file_join(out, names.v[i]);
		AUTO_TEXT char *path = file_join(dir, name);
		struct stat st;

		if (lstat(path, &st) < 0 || names.v[i][0] == '.')
			continue;
		if ((S_ISDIR(st.st_mode) ? look_at_folder : look_at_file)(files, dir, name, owner, o, err) < 0)
			return -1;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct output *)a)->name, ((const struct output *)b)->name);
}

int outputs_compare(const struct context *files, const char *dir, const char *out, const char *owner, const char *lock,
		    bool whole, struct outputs **ret, struct err *err)
{
	AUTO(outputs) struct outputs *o = xcalloc(1, sizeof(*o));

	for (size_t i = 0; i < files->n; i++) {
		const struct member *m = files->v[i];

		if (m->kind == MEMBER_BYTES && compare_one(m, dir, owner, str_eq(m->name, lock), add(o), err) < 0)
			return -1;
	}
	if (whole && find_left_over(files, dir, out, owner, o, err) < 0)
		return -1;
	if (o->n)
		qsort(o->v, o->n, sizeof(*o->v), by_name);
	for (size_t i = 0; i < o->n; i++)
		o->differ = o->differ || o->v[i].state != OUTPUT_SAME;
	*ret = TAKE(o);
	return 0;
}

/* A file that is written beside its place and waits for all others to be. */
struct staged {
	char *beside, *path;
};

struct staging {
	struct staged *v;
	size_t n;
};

static void staging_clear(struct staging *s)
{
	for (size_t i = 0; i < s->n; i++) {
		struct err ignored = ERR_INIT;

		if (s->v[i].beside && file_remove(s->v[i].beside, &ignored) < 0)
			err_clear(&ignored);
		free(s->v[i].beside);
		free(s->v[i].path);
	}
	free(s->v);
}
#define AUTO_STAGING __attribute__((cleanup(staging_clear)))

static int stage(const struct context *files, const char *dir, const char *name, struct staging *into, struct err *err)
{
	const struct member *m = context_find(files, name);
	AUTO_TEXT char *path = file_join(dir, name);
	AUTO_TEXT char *beside = NULL;
	const struct blob data = {.name = path, .data = m->data, .len = (size_t)m->len};

	if (file_stage(path, data, m->mode == 0755 ? 0777 : 0666, &beside, err) < 0)
		return -1;
	into->v = xreallocarray(into->v, into->n + 1, sizeof(*into->v));
	into->v[into->n++] = (struct staged){.beside = TAKE(beside), .path = TAKE(path)};
	return 0;
}

static int commit(struct staging *s, struct err *err)
{
	for (size_t i = 0; i < s->n; i++) {
		AUTO_TEXT char *beside = TAKE(s->v[i].beside);

		if (file_commit(beside, s->v[i].path, err) < 0)
			return -1;
	}
	return 0;
}

static int remove_one(const char *dir, const char *name, struct err *err)
{
	AUTO_TEXT char *path = file_join(dir, name);
	AUTO_TEXT char *folder = file_dir(path);

	if (file_remove(path, err) < 0)
		return -1;
	file_remove_empty_dir(folder);
	return 0;
}

static bool is_written(const struct output *o)
{
	return o->state == OUTPUT_NEW || o->state == OUTPUT_CHANGED;
}

int outputs_write(const struct context *files, const char *dir, const struct outputs *o, const char *lock,
		  struct err *err)
{
	AUTO_STAGING struct staging staging = {.v = NULL};

	for (size_t i = 0; i < o->n; i++)
		if (is_written(&o->v[i]) && !str_eq(o->v[i].name, lock) &&
		    stage(files, dir, o->v[i].name, &staging, err) < 0)
			return -1;
	for (size_t i = 0; i < o->n; i++) /* the lock last: it says that all others are there */
		if (is_written(&o->v[i]) && str_eq(o->v[i].name, lock) && stage(files, dir, lock, &staging, err) < 0)
			return -1;
	if (commit(&staging, err) < 0)
		return -1;
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i].state == OUTPUT_LEFT_OVER && remove_one(dir, o->v[i].name, err) < 0)
			return -1;
	return 0;
}
