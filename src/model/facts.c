#include "model/facts.h"

#include "base/str.h"

#include <string.h>

struct facts *facts_new(enum facts_kind kind, const char *subject)
{
	struct facts *f = xcalloc(1, sizeof(*f));

	f->kind = kind;
	f->subject = xstrdup(subject);
	return f;
}

static void config_clear(struct facts_config *c)
{
	free(c->os);
	free(c->arch);
	free(c->variant);
	free(c->user);
	free(c->workdir);
	strv_clear(&c->env);
	strv_clear(&c->labels);
	strv_clear(&c->entrypoint);
	strv_clear(&c->cmd);
	strv_clear(&c->volumes);
	strv_clear(&c->onbuild);
	strv_clear(&c->history);
	strv_clear(&c->diff_ids);
}

static void packages_free(struct facts_package *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(p[i].name);
		free(p[i].version);
		free(p[i].path);
		free(p[i].site);
		free(p[i].elsewhere);
		strv_clear(&p[i].tags);
		strv_clear(&p[i].lost);
	}
	free(p);
}

static void small_lists_free(struct facts *f)
{
	for (size_t i = 0; i < f->n_pythons; i++) {
		free(f->pythons[i].version);
		free(f->pythons[i].path);
	}
	for (size_t i = 0; i < f->n_links; i++) {
		free(f->links[i].path);
		free(f->links[i].target);
	}
	for (size_t i = 0; i < f->n_odd; i++)
		free(f->odd[i].path);
	for (size_t i = 0; i < f->n_texts; i++) {
		free(f->texts[i].path);
		buf_clear(&f->texts[i].data);
	}
	for (size_t i = 0; i < f->n_layers; i++)
		free(f->layers[i].name);
	free(f->pythons);
	free(f->links);
	free(f->odd);
	free(f->texts);
	free(f->layers);
}

void facts_free(struct facts *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->n_binaries; i++)
		binary_free(f->binaries[i]);
	free(f->binaries);
	packages_free(f->packages, f->n_packages);
	small_lists_free(f);
	config_clear(&f->config);
	strv_clear(&f->over);
	strv_clear(&f->shut);
	free(f->subject);
	free(f->source);
	free(f->image);
	free(f);
}

void facts_add_binary(struct facts *f, struct binary *b)
{
	if (f->n_binaries == f->cap_binaries) {
		f->cap_binaries = mem_grow(f->cap_binaries);
		f->binaries = xreallocarray(f->binaries, f->cap_binaries, sizeof(*f->binaries));
	}
	f->binaries[f->n_binaries++] = b;
}

void facts_add_link(struct facts *f, const char *path, const char *target)
{
	if (f->n_links == f->cap_links) {
		f->cap_links = mem_grow(f->cap_links);
		f->links = xreallocarray(f->links, f->cap_links, sizeof(*f->links));
	}
	f->links[f->n_links++] = (struct facts_link){.path = xstrdup(path), .target = xstrdup(target)};
}

void facts_add_odd(struct facts *f, const char *path, uint64_t size, bool text)
{
	f->odd = xreallocarray(f->odd, f->n_odd + 1, sizeof(*f->odd));
	f->odd[f->n_odd++] = (struct facts_odd){.path = xstrdup(path), .size = size, .text = text};
}

void facts_add_text(struct facts *f, const char *path, const void *data, size_t len)
{
	f->texts = xreallocarray(f->texts, f->n_texts + 1, sizeof(*f->texts));
	f->texts[f->n_texts] = (struct facts_text){.path = xstrdup(path)};
	buf_add(&f->texts[f->n_texts++].data, data, len);
}

void facts_add_python(struct facts *f, const char *version, const char *path)
{
	f->pythons = xreallocarray(f->pythons, f->n_pythons + 1, sizeof(*f->pythons));
	f->pythons[f->n_pythons++] = (struct facts_python){.version = xstrdup(version), .path = xstrdup(path)};
}

void facts_add_layer(struct facts *f, const char *name, uint64_t size)
{
	f->layers = xreallocarray(f->layers, f->n_layers + 1, sizeof(*f->layers));
	f->layers[f->n_layers++] = (struct facts_layer){.name = xstrdup(name), .size = size};
}

void facts_add_shut(struct facts *f, const char *path, bool folder)
{
	f->n_shut++;
	if (f->shut.n < FACTS_SHUT_MAX)
		strv_addf(&f->shut, "%s%s", path, folder ? "/" : "");
}

bool facts_is_shut(const struct facts *f, const char *path)
{
	for (size_t i = 0; i < f->shut.n; i++)
		if (strcmp(f->shut.v[i], path) == 0 || (str_ends(f->shut.v[i], "/") && str_starts(path, f->shut.v[i])))
			return true;
	return false;
}

struct facts_package *facts_add_package(struct facts *f)
{
	f->packages = xreallocarray(f->packages, f->n_packages + 1, sizeof(*f->packages));
	f->packages[f->n_packages] = (struct facts_package){.name = NULL};
	return &f->packages[f->n_packages++];
}

/* --- order --- */

static int by_binary(const void *a, const void *b)
{
	const struct binary *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

static int by_package(const void *a, const void *b)
{
	const struct facts_package *x = a, *y = b;
	int order = strcmp(x->site, y->site);

	return order ? order : strcmp(x->name, y->name);
}

static int by_python(const void *a, const void *b)
{
	const struct facts_python *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int by_link(const void *a, const void *b)
{
	const struct facts_link *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int by_odd(const void *a, const void *b)
{
	const struct facts_odd *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int by_text(const void *a, const void *b)
{
	const struct facts_text *x = a, *y = b;

	return strcmp(x->path, y->path);
}

static void sort(void *v, size_t n, size_t size, int (*order)(const void *, const void *))
{
	if (n > 1)
		qsort(v, n, size, order);
}

void facts_settle(struct facts *f)
{
	sort(f->binaries, f->n_binaries, sizeof(struct binary *), by_binary);
	sort(f->packages, f->n_packages, sizeof(*f->packages), by_package);
	sort(f->pythons, f->n_pythons, sizeof(*f->pythons), by_python);
	sort(f->links, f->n_links, sizeof(*f->links), by_link);
	sort(f->odd, f->n_odd, sizeof(*f->odd), by_odd);
	sort(f->texts, f->n_texts, sizeof(*f->texts), by_text);
}

/* --- questions --- */

static const char *link_target(const struct facts *f, const char *path)
{
	struct facts_link key = {.path = xstrdup(path)};
	const struct facts_link *found = f->n_links ? bsearch(&key, f->links, f->n_links, sizeof(key), by_link) : NULL;

	free(key.path);
	return found ? found->target : NULL;
}

/* Takes the first part of rest into done ("/usr"), or goes up for "..". What is behind it. */
static const char *step(struct buf *done, const char *rest)
{
	size_t len = strcspn(rest, "/");

	if (len == 2 && strncmp(rest, "..", 2) == 0) {
		const char *slash = strrchr(buf_text(done), '/');

		buf_cut(done, slash ? (size_t)(slash - buf_text(done)) : 0);
	} else if (len > 0 && !(len == 1 && rest[0] == '.')) {
		buf_addc(done, '/');
		buf_add(done, rest, len);
	}
	return rest[len] ? rest + len + 1 : rest + len;
}

char *facts_real(const struct facts *f, const char *path)
{
	enum { LINKS_MAX = 40 };
	AUTO_BUF struct buf done = BUF_INIT;
	AUTO_TEXT char *held = xstrdup(path);
	const char *rest = held;
	size_t links = 0;

	while (*rest) {
		size_t before = done.len;
		const char *target, *next = step(&done, rest);

		rest = next;
		target = done.len > before ? link_target(f, buf_text(&done)) : NULL;
		if (!target)
			continue;
		if (++links > LINKS_MAX)
			return NULL;
		char *joined = xasprintf("%s/%s", target, rest);
		buf_cut(&done, target[0] == '/' ? 0 : before);
		free(held);
		held = joined;
		rest = held;
	}
	return done.len ? buf_take(&done) : xstrdup("/");
}

static struct binary *find_binary(const struct facts *f, const char *path)
{
	AUTO_TEXT char *real = facts_real(f, path);
	struct binary key = {.path = real};
	const struct binary *at = &key;
	struct binary *const *found;

	if (!real || f->n_binaries == 0)
		return NULL;
	found = bsearch(&at, f->binaries, f->n_binaries, sizeof(at), by_binary);
	return found ? *found : NULL;
}

const struct binary *facts_binary(const struct facts *f, const char *path)
{
	return find_binary(f, path);
}

struct binary *facts_find_binary(struct facts *f, const char *path)
{
	return find_binary(f, path);
}

const struct facts_text *facts_text(const struct facts *f, const char *path)
{
	AUTO_TEXT char *held = xstrdup(path);
	struct facts_text key = {.path = held};

	return f->n_texts ? bsearch(&key, f->texts, f->n_texts, sizeof(key), by_text) : NULL;
}

const struct facts_package *facts_find_package(const struct facts *f, const char *name, const char *site,
					       const struct facts_package *after)
{
	for (size_t i = after ? (size_t)(after - f->packages) + 1 : 0; i < f->n_packages; i++)
		if (strcmp(f->packages[i].name, name) == 0 && (!site || strcmp(f->packages[i].site, site) == 0))
			return &f->packages[i];
	return NULL;
}

static const char *value_of(const struct strv *list, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = list->n; i-- > 0;)
		if (strncmp(list->v[i], name, len) == 0 && list->v[i][len] == '=')
			return list->v[i] + len + 1;
	return NULL;
}

const char *facts_env(const struct facts *f, const char *name)
{
	return value_of(&f->config.env, name);
}

const char *facts_label(const struct facts *f, const char *name)
{
	return value_of(&f->config.labels, name);
}

/* "pytorch-2.8.0-py3.11_cuda12.8_0" */
static bool is_condas(const char *name, size_t len)
{
	const char *dash = memchr(name, '-', len);

	return dash && memchr(dash + 1, '-', len - (size_t)(dash + 1 - name)) && !memchr(name, '/', len);
}

bool facts_is_store(const char *path)
{
	static const char pkgs[] = "/pkgs/";
	const char *at = strstr(path, pkgs), *lib = at ? strstr(at, "/lib/") : NULL;
	size_t front = strlen(pkgs);

	if (strstr(path, "/archive-v0/"))
		return true;
	return lib && (size_t)(lib - at) > front && is_condas(at + front, (size_t)(lib - at) - front);
}

size_t facts_site_of(const char *path)
{
	static const char *const names[] = {"/site-packages/", "/dist-packages/"};
	size_t longest = 0;

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		for (const char *at = strstr(path, names[i]); at; at = strstr(at + 1, names[i]))
			if ((size_t)(at - path) + strlen(names[i]) - 1 > longest)
				longest = (size_t)(at - path) + strlen(names[i]) - 1;
	return longest;
}

bool facts_is_platform(const char *os, const char *arch, const char *variant, const char *platform)
{
	AUTO_TEXT char *two = xasprintf("%s/%s", os ? os : "", arch ? arch : "");
	AUTO_TEXT char *three = xasprintf("%s/%s", two, variant ? variant : "");

	return str_eq(two, platform) || str_eq(three, platform) ||
	       (str_eq(two, "linux/arm64") && str_eq(platform, "linux/arm64/v8"));
}
