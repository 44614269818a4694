#include "inspect/loader.h"

#include "base/file.h"
#include "base/str.h"
#include "inspect/loader_dirs.h"

#include <string.h>

#define MAX_LOADED 4096
#define NOBODY	   SIZE_MAX
#define MAX_COST   ((size_t)5 << 20) /* folders looked into, and names compared by the dozen */

/* Something loaded: as what it was asked for, where it was found, and who asked first. */
struct loaded {
	char *name, *path;
	size_t asker; /* index, or NOBODY */
};

struct loader {
	struct loader_files files;
	char *library_path;
	struct strv conf;
	const struct binary **v;
	struct loaded *of; /* n as well */
	size_t n, cap;
	struct loader_step *steps;
	size_t n_steps, cap_steps;
	size_t cost;
};

static void clear_steps(struct loader *l)
{
	for (size_t i = 0; i < l->n_steps; i++) {
		free(l->steps[i].path);
		free(l->steps[i].how);
	}
	l->n_steps = 0;
}

void loader_free(struct loader *l)
{
	if (l == NULL)
		return;
	clear_steps(l);
	for (size_t i = 0; i < l->n; i++) {
		free(l->of[i].name);
		free(l->of[i].path);
	}
	free(l->steps);
	free(l->of);
	free(l->v);
	strv_clear(&l->conf);
	free(l->library_path);
	free(l);
}

struct loader *loader_new(struct loader_files files, const char *library_path, const struct strv *conf_dirs)
{
	struct loader *l = xcalloc(1, sizeof(*l));
	l->files = files;
	l->library_path = xstrdup(library_path);
	if (conf_dirs != NULL)
		strv_add_all(&l->conf, conf_dirs);
	return l;
}

static void add_loaded(struct loader *l, const struct binary *b, const char *name, const char *path, size_t asker)
{
	if (l->n == l->cap) {
		l->cap = mem_grow(l->cap);
		l->v = xreallocarray(l->v, l->cap, sizeof(*l->v));
		l->of = xreallocarray(l->of, l->cap, sizeof(*l->of));
	}
	l->v[l->n] = b;
	l->of[l->n++] = (struct loaded){.name = xstrdup(name), .path = xstrdup(path), .asker = asker};
}

static struct loader_step *add_step(struct loader *l, const char *name, const struct binary *asker)
{
	if (l->n_steps == l->cap_steps) {
		l->cap_steps = mem_grow(l->cap_steps);
		l->steps = xreallocarray(l->steps, l->cap_steps, sizeof(*l->steps));
	}
	l->steps[l->n_steps] = (struct loader_step){.name = name, .asker = asker};
	return &l->steps[l->n_steps++];
}

/* The index of what answers to the name already, or NOBODY. */
static size_t by_name(const struct loader *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (str_eq(l->of[i].name, name) || str_eq(l->v[i]->soname, name))
			return i;
	return NOBODY;
}

static bool is_loaded(const struct loader *l, const struct binary *b)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i] == b)
			return true;
	return false;
}

/* Looks for the step's name in one folder; whether it was there. */
static bool look_dir(struct loader *l, struct loader_step *s, const char *dir, const char *kind)
{
	AUTO_TEXT char *path = file_join(dir, s->name);
	const struct binary *b = l->files.find(l->files.self, path);
	l->cost++;
	if (b == NULL || b->machine != s->asker->machine || b->is64 != s->asker->is64)
		return false;
	s->found = b;
	s->path = TAKE(path);
	s->how = xasprintf("%s %s", kind, dir);
	return true;
}

/* Below a folder lie builds for CPUs of today: a GPU's host is one. Of several the one that most take. */
static bool look_capable(struct loader *l, struct loader_step *s, const char *dir, const char *kind)
{
	static const char *const levels[] = {"glibc-hwcaps/x86-64-v2", "glibc-hwcaps/x86-64-v3",
					     "glibc-hwcaps/x86-64-v4"};
	for (size_t i = 0; s->asker->machine == BINARY_X86_64 && i < ARRAY_LEN(levels); i++) {
		AUTO_TEXT char *below = file_join(dir, levels[i]);
		if (look_dir(l, s, below, kind))
			return true;
	}
	return false;
}

/* Looks for the step's name in the folders, one after the other. */
static bool look(struct loader *l, struct loader_step *s, const struct strv *dirs, const char *kind)
{
	for (size_t i = 0; i < dirs->n; i++)
		if (look_capable(l, s, dirs->v[i], kind) || look_dir(l, s, dirs->v[i], kind))
			return true;
	return false;
}

/* What ldconfig puts into the cache: of the folders of ld.so.conf and the default ones the builds for CPUs of today,
 * then the others. */
static bool look_cache(struct loader *l, struct loader_step *s, const struct strv *defaults)
{
	const struct {
		const struct strv *dirs;
		const char *kind;
	} parts[] = {{&l->conf, "ld.so.conf"}, {defaults, "default"}};
	bool (*const looks[])(struct loader *, struct loader_step *, const char *, const char *) = {look_capable,
												    look_dir};
	for (size_t n = 0; n < ARRAY_LEN(looks); n++)
		for (size_t i = 0; i < ARRAY_LEN(parts); i++)
			for (size_t k = 0; k < parts[i].dirs->n; k++)
				if (looks[n](l, s, parts[i].dirs->v[k], parts[i].kind))
					return true;
	return false;
}

/* Whether ldconfig takes a file of that name. */
static bool is_cached(const char *name)
{
	return (str_starts(name, "lib") || str_starts(name, "ld-")) && strstr(name, ".so") != NULL;
}

/* The same with a list as a file's dynamic section has it, of the loaded thing with that index. */
static bool look_list(struct loader *l, struct loader_step *s, const char *list, size_t of, const char *kind)
{
	AUTO_STRV struct strv dirs = STRV_INIT;
	if (list == NULL)
		return false;
	AUTO_TEXT char *origin = file_dir(l->of[of].path);
	loader_dirs(list, str_eq(kind, "LD_LIBRARY_PATH") ? ":;" : ":", origin, l->v[of]->machine, &dirs);
	return look(l, s, &dirs, kind);
}

/* A file's RPATH does not count where it has a RUNPATH too. */
static const char *rpath(const struct binary *b)
{
	return b->runpath == NULL ? b->rpath : NULL;
}

static bool look_rpaths(struct loader *l, struct loader_step *s, size_t asker)
{
	bool program_seen = false;
	if (l->v[asker]->runpath != NULL)
		return false;
	for (size_t i = asker; i != NOBODY; i = l->of[i].asker) {
		program_seen |= i == 0;
		if (look_list(l, s, rpath(l->v[i]), i, "RPATH"))
			return true;
	}
	return !program_seen && l->v[0]->interp != NULL && look_list(l, s, rpath(l->v[0]), 0, "RPATH");
}

static bool look_everywhere(struct loader *l, struct loader_step *s, size_t asker)
{
	const struct binary *b = l->v[asker];
	AUTO_STRV struct strv defaults = STRV_INIT;
	if (look_rpaths(l, s, asker) || look_list(l, s, l->library_path, 0, "LD_LIBRARY_PATH") ||
	    look_list(l, s, b->runpath, asker, "RUNPATH"))
		return true;
	if (!b->no_default_dirs)
		loader_default_dirs(b->machine, &defaults);
	return is_cached(s->name) ? look_cache(l, s, &defaults) : look(l, s, &defaults, "default");
}

/* A name with a slash is a path. */
static bool look_path(struct loader *l, struct loader_step *s)
{
	s->found = s->name[0] == '/' ? l->files.find(l->files.self, s->name) : NULL;
	if (s->found == NULL)
		return false;
	s->path = xstrdup(s->name);
	s->how = xstrdup("path");
	return true;
}

bool loader_is_spent(const struct loader *l)
{
	return l->cost > MAX_COST;
}

static bool was_asked(const struct loader *l, const char *name)
{
	for (size_t i = 0; i < l->n_steps; i++)
		if (str_eq(l->steps[i].name, name))
			return true;
	return false;
}

static void load_name(struct loader *l, const char *name, size_t asker)
{
	l->cost += 1 + (l->n_steps + l->n) / 16;
	if (loader_is_spent(l) || was_asked(l, name))
		return;
	size_t there = by_name(l, name);
	struct loader_step *s = add_step(l, name, l->v[asker]);
	if (there != NOBODY) {
		s->found = l->v[there];
		s->how = xstrdup("loaded");
		return;
	}
	bool found = strchr(name, '/') != NULL ? look_path(l, s) : look_everywhere(l, s, asker);
	if (found && !is_loaded(l, s->found) && l->n < MAX_LOADED)
		add_loaded(l, s->found, name, s->path, asker);
}

const struct loader_step *loader_load(struct loader *l, const struct binary *b, const char *path, size_t *ret_n)
{
	clear_steps(l);
	struct loader_step *s = add_step(l, path, NULL);
	s->found = b;
	s->how = xstrdup(is_loaded(l, b) ? "loaded" : "root");
	size_t first = l->n;
	if (!is_loaded(l, b))
		add_loaded(l, b, path, path, NOBODY);
	for (size_t i = first; i < l->n; i++)
		for (size_t k = 0; k < l->v[i]->needed.n; k++)
			load_name(l, l->v[i]->needed.v[k], i);
	*ret_n = l->n_steps;
	return l->steps;
}

const struct binary *const *loader_loaded(const struct loader *l, size_t *ret_n)
{
	*ret_n = l->n;
	return l->v;
}
