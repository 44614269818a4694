#include "inspect/view.h"

#include "base/str.h"
#include "inspect/metadata.h"

#include <string.h>

const char *view_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

bool view_is_in(const char *path, const char *dir)
{
	size_t len = strlen(dir);

	return strncmp(path, dir, len) == 0 && path[len] == '/';
}

char *view_ext_name(const struct view_ext *e)
{
	const char *version = e->package ? e->package->version : NULL;

	return version ? xasprintf("%s %s", e->name, version) : xstrdup(e->name);
}

const struct binary *view_loaded(const struct view_torch *t, const char *soname)
{
	for (size_t i = 0; i < t->n_loaded; i++)
		if (str_eq(t->loaded[i]->soname, soname))
			return t->loaded[i];
	return NULL;
}

bool view_is_foreign(const struct view *v, const struct view_torch *t)
{
#if defined(__aarch64__)
	const enum binary_machine own = BINARY_AARCH64;
#else
	const enum binary_machine own = BINARY_X86_64;
#endif
	return v->in->facts->kind == FACTS_SITE && t->n_files > 0 && t->files[0]->machine != own;
}

static void add_file(const struct binary ***files, size_t *n, const struct binary *b)
{
	*files = xreallocarray(*files, *n + 1, sizeof(**files));
	(*files)[(*n)++] = b;
}

/* --- torch --- */

/* "3.11" of ".../lib/python3.11/site-packages"; the caller's; NULL = the folder does not say. */
static char *python_of(const char *site)
{
	static const char mark[] = "/python";
	const char *last = NULL, *end;

	for (const char *at = strstr(site, mark); at; at = strstr(at + 1, mark))
		last = at + strlen(mark);
	if (!last || !str_is_digit(*last))
		return NULL;
	end = last + strcspn(last, "/");
	return memchr(last, '.', (size_t)(end - last)) ? xstrndup(last, (size_t)(end - last)) : NULL;
}

static bool is_torch_root(const char *path)
{
	const char *name = view_base(path);

	return str_starts(name, "libtorch") || str_starts(name, "libc10") || str_starts(name, "_C.");
}

static bool lies_outside(const struct binary *b)
{
	bool outside = facts_site_of(b->path) == 0 && !facts_is_store(b->path);

	for (size_t i = 0; i < b->names.n && outside; i++)
		outside = facts_site_of(b->names.v[i]) == 0;
	return outside;
}

/* Libraries of torch that lie outside its folder, as a distribution puts them. */
static void find_split_roots(const struct facts *f, struct view_torch *t)
{
	if (t->n_files > 1)
		return;
	for (size_t i = 0; i < f->n_binaries; i++) {
		const char *name = view_base(f->binaries[i]->path);

		if ((str_starts(name, "libtorch") || str_starts(name, "libc10")) && lies_outside(f->binaries[i]))
			add_file(&t->files, &t->n_files, f->binaries[i]);
	}
}

/* Whether neither the library that Python imports nor any that it needs is there. */
static bool is_hollow(const struct view_torch *t)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (!str_starts(view_base(t->files[i]->path), "libc10"))
			return false;
	return true;
}

static void find_roots(const struct facts *f, struct view_torch *t)
{
	AUTO_TEXT char *dir = xasprintf("%s/torch", t->package->site);

	for (size_t i = 0; i < f->n_binaries; i++) {
		const char *path = binary_path_in(f->binaries[i], dir);

		if (path && is_torch_root(path))
			add_file(&t->files, &t->n_files, f->binaries[i]);
	}
	find_split_roots(f, t);
	t->hollow = is_hollow(t);
}

static bool links_cuda(const struct binary *b)
{
	static const char *const prefixes[] = {"libcudart",   "libcublas",   "libtorch_cuda",
					       "libc10_cuda", "libcusparse", "libcusolver"};

	if (b->n_groups > 0 || b->cuda.runtime || b->cuda.runtime_static)
		return true;
	for (size_t n = 0; n < b->needed.n; n++)
		for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
			if (str_starts(b->needed.v[n], prefixes[i]))
				return true;
	return false;
}

static void witness_torch(const struct facts *f, struct view_torch *t)
{
	AUTO_TEXT char *path = xasprintf("%s/torch/version.py", t->package->site);
	const struct facts_text *py = facts_text(f, path);

	for (size_t i = 0; i < t->n_files; i++) {
		witness_binary(&t->witnesses, t->files[i]);
		t->has_cuda |= links_cuda(t->files[i]);
	}
	if (py)
		witness_version_py(&t->witnesses, buf_blob(&py->data, py->path));
	if (t->package->version)
		witness_label(&t->witnesses, t->package->path, t->package->version);
	t->cuda = witness_judge(&t->witnesses);
	if (!t->has_cuda && !t->hollow && !t->cuda.known)
		t->cuda.known = true; /* none of its libraries has anything of CUDA: 0 */
}

/* --- extensions --- */

/* The folder or file name below a site that a path belongs to, as a package name; the caller's; NULL = elsewhere. */
static char *part_of(const char *path, const char *site)
{
	const char *rest = path + strlen(site) + 1;
	AUTO_TEXT char *part = NULL;

	part = xstrndup(rest, strcspn(rest, strchr(rest, '/') ? "/" : "."));
	return metadata_name(part);
}

static bool is_torchs_own(const char *part)
{
	static const char *const own[] = {"torch", "torchgen", "functorch", "triton", "nvidia", "caffe2"};

	for (size_t i = 0; i < ARRAY_LEN(own); i++)
		if (strcmp(part, own[i]) == 0)
			return true;
	return str_ends(part, "_libs");
}

static bool links_torch(const struct binary *b)
{
	for (size_t i = 0; i < b->needed.n; i++)
		if (str_starts(b->needed.v[i], "libtorch") || str_starts(b->needed.v[i], "libc10"))
			return true;
	return b->imports.n > 0;
}

static struct view_ext *ext_of(struct view_torch *t, const char *name)
{
	struct view_ext *e;

	for (size_t i = 0; i < t->n_exts; i++)
		if (strcmp(t->exts[i].name, name) == 0)
			return &t->exts[i];
	t->exts = xreallocarray(t->exts, t->n_exts + 1, sizeof(*t->exts));
	e = &t->exts[t->n_exts++];
	*e = (struct view_ext){.name = xstrdup(name), .pkg = pkg_of(name), .witnesses = WITNESSES_INIT};
	return e;
}

static bool is_family(const char *name)
{
	return pkg_of(name) != PKG__MAX || strcmp(name, "torchvision") == 0 || strcmp(name, "torchaudio") == 0;
}

/* With CUDA both builds lie side by side, and only one is ever loaded. */
static bool is_twin_of_cuda(const struct facts *f, const char *path)
{
	AUTO_TEXT char *twin = NULL;
	size_t len = strlen(path);
	static const char tail[] = "_cpu.so";

	if (!str_ends(path, tail))
		return false;
	twin = xasprintf("%.*s_cuda.so", (int)(len - strlen(tail)), path);
	return facts_binary(f, twin) != NULL;
}

static void find_ext_files(const struct facts *f, struct view_torch *t, const char *site)
{
	for (size_t i = 0; i < f->n_binaries; i++) {
		const struct binary *b = f->binaries[i];
		const char *path = binary_path_in(b, site);
		AUTO_TEXT char *part = path ? part_of(path, site) : NULL;
		struct view_ext *e;

		if (!part || is_torchs_own(part) || (!is_family(part) && !links_torch(b)) || is_twin_of_cuda(f, path))
			continue;
		e = ext_of(t, part);
		add_file(&e->files, &e->n_files, b);
		e->has_cuda |= links_cuda(b);
	}
}

/* Packages of the site by their metadata: also those whose libraries are not there. */
static void find_ext_packages(const struct facts *f, struct view_torch *t, const char *site)
{
	for (size_t i = 0; i < f->n_packages; i++) {
		const struct facts_package *p = &f->packages[i];

		if (strcmp(p->site, site) != 0 || strcmp(p->name, "torch") == 0)
			continue;
		if (is_family(p->name))
			ext_of(t, p->name)->package = p;
	}
	for (size_t i = 0; i < t->n_exts; i++)
		if (!t->exts[i].package)
			t->exts[i].package = facts_find_package(f, t->exts[i].name, site, NULL);
}

static void witness_exts(struct view_torch *t)
{
	for (size_t i = 0; i < t->n_exts; i++) {
		struct view_ext *e = &t->exts[i];

		for (size_t n = 0; n < e->n_files; n++)
			witness_binary(&e->witnesses, e->files[n]);
		if (e->package && e->package->version)
			witness_label(&e->witnesses, e->package->path, e->package->version);
		e->cuda = witness_judge(&e->witnesses);
		if (e->cuda.known && e->cuda.high > 0)
			e->has_cuda = true;
	}
}

/* --- loading --- */

static const struct binary *find_file(void *self, const char *path)
{
	const struct facts *f = self;

	return facts_binary(f, path);
}

/* ld.so itself reads no ld.so.conf: of its folders only what ldconfig wrote into the cache is found, by its name. */
static bool is_cached(const struct facts *f, const char *path)
{
	const struct facts_text *cache = facts_text(f, "/etc/ld.so.cache");
	const char *name = strrchr(path, '/');

	return cache && memmem(buf_text(&cache->data), cache->data.len, name, strlen(name) + 1) != NULL;
}

static void load(const struct facts *f, struct view_torch *t, const struct binary *b, const struct view_ext *ext)
{
	const char *path = binary_path_in(b, t->package->site);
	size_t n = 0;
	const struct loader_step *steps = loader_load(t->loader, b, path ? path : b->path, &n);

	for (size_t i = 0; i < n; i++) {
		if (f->kind != FACTS_SITE && !t->uncached && steps[i].path && str_starts(steps[i].how, "ld.so.conf") &&
		    !is_cached(f, steps[i].path))
			t->uncached = xstrdup(steps[i].path);
		if (steps[i].found || !steps[i].asker)
			continue;
		t->misses = xreallocarray(t->misses, t->n_misses + 1, sizeof(*t->misses));
		t->misses[t->n_misses++] = (struct view_miss){
			.name = xstrdup(steps[i].name), .asker = steps[i].asker, .ext_name = ext ? ext->name : NULL};
	}
}

static void load_all(const struct view *v, struct view_torch *t)
{
	struct loader_files files = {.find = find_file};
	const struct binary *const *loaded;

	memcpy(&files.self, &v->in->facts, sizeof(files.self)); /* read only; self is void * for all */
	t->loader = loader_new(files, facts_env(v->in->facts, "LD_LIBRARY_PATH"), &v->conf_dirs);
	for (size_t i = 0; i < t->n_files; i++)
		load(v->in->facts, t, t->files[i], NULL);
	for (size_t i = 0; i < t->n_exts; i++)
		for (size_t n = 0; n < t->exts[i].n_files; n++)
			load(v->in->facts, t, t->exts[i].files[n], &t->exts[i]);
	loaded = loader_loaded(t->loader, &t->n_loaded);
	t->loaded = xcalloc(t->n_loaded + 1, sizeof(*t->loaded));
	for (size_t i = 0; i < t->n_loaded; i++)
		t->loaded[i] = loaded[i];
}

static void fill_torch(struct view *v, const struct facts_package *p)
{
	const struct facts *f = v->in->facts;
	struct view_torch *t;

	v->torches = xreallocarray(v->torches, v->n_torches + 1, sizeof(*v->torches));
	t = &v->torches[v->n_torches++];
	*t = (struct view_torch){.package = p, .witnesses = WITNESSES_INIT};
	t->python = python_of(p->site);
	find_roots(f, t);
	witness_torch(f, t);
}

/* Extensions of a site without a torch of its own join the only one there is. */
static void fill_exts(struct view *v, struct view_torch *t)
{
	const struct facts *f = v->in->facts;
	AUTO_STRV struct strv sites = STRV_INIT;

	strv_add(&sites, t->package->site);
	for (size_t i = 0; i < f->n_packages && v->n_torches == 1; i++)
		if (is_family(f->packages[i].name))
			strv_add_once(&sites, f->packages[i].site);
	for (size_t i = 0; i < f->n_packages; i++)
		if (f->packages[i].elsewhere && is_family(f->packages[i].name) &&
		    strcmp(f->packages[i].site, t->package->site) == 0)
			strv_add_once(&sites, f->packages[i].elsewhere);
	for (size_t i = 0; i < sites.n; i++) {
		find_ext_files(f, t, sites.v[i]);
		find_ext_packages(f, t, sites.v[i]);
	}
	witness_exts(t);
	load_all(v, t);
}

static void fill_conf(struct view *v)
{
	const struct facts *f = v->in->facts;
	struct blob *confs = xcalloc(f->n_texts + 1, sizeof(*confs));
	size_t n = 0;

	for (size_t i = 0; i < f->n_texts; i++)
		if (str_starts(f->texts[i].path, "/etc/ld.so.conf"))
			confs[n++] = buf_blob(&f->texts[i].data, f->texts[i].path);
	loader_conf(confs, n, &v->conf_dirs);
	free(confs);
}

void view_init(struct view *v, const struct check_input *in)
{
	enum { TORCHES_MAX = 8 };

	*v = (struct view){.in = in};
	fill_conf(v);
	for (const struct facts_package *p = facts_find_package(in->facts, "torch", NULL, NULL);
	     p && v->n_torches < TORCHES_MAX; p = facts_find_package(in->facts, "torch", NULL, p))
		if (v->n_torches == 0 || strcmp(v->torches[v->n_torches - 1].package->site, p->site) != 0)
			fill_torch(v, p);
	for (size_t i = 0; i < v->n_torches; i++)
		fill_exts(v, &v->torches[i]);
}

static void ext_clear(struct view_ext *e)
{
	free(e->name);
	free(e->files);
	witnesses_clear(&e->witnesses);
}

void view_clear(struct view *v)
{
	for (size_t i = 0; i < v->n_torches; i++) {
		struct view_torch *t = &v->torches[i];

		for (size_t n = 0; n < t->n_exts; n++)
			ext_clear(&t->exts[n]);
		free(t->exts);
		free(t->files);
		free(t->loaded);
		for (size_t n = 0; n < t->n_misses; n++)
			free(t->misses[n].name);
		free(t->misses);
		free(t->uncached);
		free(t->python);
		witnesses_clear(&t->witnesses);
		loader_free(t->loader);
	}
	free(v->torches);
	strv_clear(&v->conf_dirs);
}
