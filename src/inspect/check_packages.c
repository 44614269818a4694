#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

static bool is_family(const char *name)
{
	return pkg_of(name) != PKG__MAX || strcmp(name, "torchvision") == 0 || strcmp(name, "torchaudio") == 0;
}

static bool sees_system(const struct facts *f)
{
	for (size_t i = 0; i < f->n_texts; i++)
		if (str_ends(f->texts[i].path, "pyvenv.cfg") &&
		    strstr(buf_text(&f->texts[i].data), "include-system-site-packages = true"))
			return true;
	return false;
}

void check_family(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	AUTO_STRV struct strv names = STRV_INIT;
	AUTO_TEXT char *joined = NULL;
	struct report_check *row;

	for (size_t i = 0; i < f->n_packages; i++)
		if (is_family(f->packages[i].name))
			strv_add_once(&names, f->packages[i].name);
	joined = strv_join(&names, ", ");
	if (v->n_torches > 0) {
		check_pass(into, "packages.family", TAKE(joined));
		return;
	}
	row = check_row(into, "packages.family", REPORT_FAIL, pkg_missing_code("torch"), NULL);
	row->expected = xstrdup("torch, and what joins it");
	row->found = names.n ? xasprintf("%s, but no torch", joined)
			     : xasprintf("no package of the torch family among %zu Python packages", f->n_packages);
	row->hint = xstrdup(
		f->kind == FACTS_SITE && sees_system(f)
			? "this environment takes the system's packages too: look at those, or install torch here"
			: "look at another folder or image, or install torch there");
}

void check_torches(const struct view *v, struct report *into)
{
	AUTO_BUF struct buf found = BUF_INIT;
	struct report_check *row;

	if (v->n_torches < 2)
		return;
	for (size_t i = 0; i < v->n_torches; i++)
		buf_addf(&found, "%s%s in %s", i ? ", " : "",
			 v->torches[i].package->version ? v->torches[i].package->version : "?",
			 v->torches[i].package->site);
	row = check_row(into, "packages.one-torch", REPORT_WARN, "several-torches", v->torches[1].package->path);
	row->expected = xstrdup("one torch");
	row->found = buf_take(&found);
	row->hint = xstrdup("remove the one that is not meant: which one is imported depends on the interpreter");
}

/* --- RECORD --- */

static bool lost_library(const struct facts_package *p)
{
	for (size_t i = 0; i < p->lost.n; i++)
		if (str_ends(p->lost.v[i], ": missing") && strstr(p->lost.v[i], ".so"))
			return true;
	return false;
}

static void complain(const struct facts_package *p, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("packages.complete.%s", p->name);
	AUTO_TEXT char *first = strv_join(&p->lost, ", ");
	struct report_check *row =
		check_row(into, id, lost_library(p) ? REPORT_FAIL : REPORT_WARN, "package-incomplete", p->path);

	row->expected = xasprintf("the %zu files of its RECORD", p->n_files);
	row->found =
		p->n_lost > p->lost.n ? xasprintf("%s and %zu more", first, p->n_lost - p->lost.n) : xstrdup(first);
	row->hint = xasprintf("install %s anew", p->name);
}

/* A torch whose folder lacks what it is made of, whether a RECORD misses it or none is there to do so. */
static bool complain_hollow(const struct view *v, const struct view_torch *t, struct report *into)
{
	AUTO_TEXT char *dir = xasprintf("%s/torch", t->package->site);
	AUTO_TEXT char *in_it = xasprintf("%s/x", dir);
	struct report_check *row;

	if (!t->hollow || lost_library(t->package) || facts_is_shut(v->in->facts, in_it))
		return false;
	if (t->package->elsewhere) {
		row = check_row(into, "packages.complete.torch", REPORT_FAIL, "not-looked-at", t->package->path);
		row->expected = xasprintf("torch's libraries in %s", dir);
		row->found = xasprintf("an editable install, whose files lie in %s", t->package->elsewhere);
		row->hint = xstrdup("install it as a wheel to have them looked at");
		return true;
	}
	row = check_row(into, "packages.complete.torch", REPORT_FAIL, "package-incomplete", dir);
	row->expected = xasprintf("torch's libraries, such as libtorch_cpu.so, in %s", dir);
	row->found = xstrdup(t->n_files ? "libc10 alone" : "none of them");
	row->hint = xstrdup("install torch anew");
	return true;
}

/* What torch cannot do without, whoever made it. */
static bool matters(const char *name)
{
	return is_family(name) || str_starts(name, "nvidia_") || strcmp(name, "triton") == 0;
}

void check_complete(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	size_t good = 0, bad = 0;

	for (size_t i = 0; i < v->n_torches; i++)
		bad += complain_hollow(v, &v->torches[i], into);
	for (size_t i = 0; i < f->n_packages; i++) {
		const struct facts_package *p = &f->packages[i];

		if (!matters(p->name) || p->n_files == 0)
			continue;
		if (p->n_lost > 0)
			complain(p, into);
		bad += p->n_lost > 0;
		good += p->n_lost == 0;
	}
	if (bad == 0 && good > 0)
		check_pass(into, "packages.complete", xasprintf("%zu packages have all files of their RECORD", good));
}

/* --- files --- */

static bool is_loaded(const struct view *v, const struct binary *b)
{
	for (size_t i = 0; i < v->n_torches; i++)
		for (size_t n = 0; n < v->torches[i].n_loaded; n++)
			if (v->torches[i].loaded[n] == b)
				return true;
	return false;
}

static bool in_site(const struct view *v, const char *path)
{
	for (size_t i = 0; i < v->n_torches; i++)
		if (view_is_in(path, v->torches[i].package->site))
			return true;
	return facts_site_of(path) > 0;
}

static bool is_drivers(const char *path)
{
	return str_starts(view_base(path), "libcuda.so") || str_starts(view_base(path), "libnvidia-");
}

static void unreadable(const char *path, bool grave, char *found, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("files.readable.%s", view_base(path));
	struct report_check *row = check_row(into, id, grave ? REPORT_FAIL : REPORT_WARN, "library-broken", path);

	row->expected = xstrdup("a whole ELF file");
	row->found = found;
	row->hint = xstrdup("copy or install it anew");
}

static size_t unreadable_odd(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	size_t n = 0;

	for (size_t i = 0; i < f->n_odd; i++) {
		const struct facts_odd *o = &f->odd[i];

		if (o->text || is_drivers(o->path))
			continue;
		unreadable(o->path, in_site(v, o->path),
			   o->size ? xasprintf("%llu bytes that are no ELF file", (unsigned long long)o->size)
				   : xstrdup("an empty file"),
			   into);
		n++;
	}
	return n;
}

void check_readable(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	size_t bad = unreadable_odd(v, into);

	for (size_t i = 0; i < f->n_binaries; i++) {
		const struct binary *b = f->binaries[i];

		if (b->health == BINARY_WHOLE)
			continue;
		unreadable(b->path, in_site(v, b->path) || is_loaded(v, b),
			   xstrdup(b->fault ? b->fault : "its tables contradict each other"), into);
		bad++;
	}
	if (bad == 0)
		check_pass(into, "files.readable", xasprintf("%zu libraries are whole", f->n_binaries));
}

/* --- what imports what --- */

static void need_companion(const struct view *v, const char *name, const char *path, struct report *into)
{
	const struct facts *f = v->in->facts;
	AUTO_TEXT char *id = xasprintf("packages.companion.%s", name);
	struct report_check *row;

	if (facts_find_package(f, name, NULL, NULL)) {
		check_pass(into, id, xasprintf("torch_sparse finds %s", name));
		return;
	}
	row = check_row(into, id, sees_system(f) && f->kind == FACTS_SITE ? REPORT_WARN : REPORT_FAIL,
			pkg_missing_code(name), path);
	row->expected = xasprintf("%s, which torch_sparse imports", name);
	row->found = xstrdup("no such package");
	row->hint = xasprintf("install %s beside it", name);
}

static void need_library(const struct view *v, const struct view_ext *e, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("packages.compiled.%s", e->name);
	AUTO_TEXT char *dir = e->package ? xasprintf("%s/%s/x", e->package->site, e->name) : xstrdup("");
	struct report_check *row;

	if (e->n_files > 0 || e->pkg == PKG__MAX || facts_is_shut(v->in->facts, dir))
		return;
	if (e->package && e->package->elsewhere) {
		row = check_row(into, id, REPORT_WARN, "not-looked-at", e->package->path);
		row->expected = xasprintf("compiled libraries in %s", e->name);
		row->found = xasprintf("an editable install, whose files lie in %s", e->package->elsewhere);
		row->hint = xstrdup("install it as a wheel to have them looked at");
		return;
	}
	row = check_row(into, id, REPORT_FAIL, "extension-not-compiled", e->package ? e->package->path : NULL);
	row->expected = xasprintf("compiled libraries in %s", e->name);
	row->found = xstrdup("none");
	row->hint = xstrdup("install a wheel, or compile it with torch in the environment (--no-build-isolation)");
}

void check_companions(const struct view *v, struct report *into)
{
	const struct facts_package *sparse = facts_find_package(v->in->facts, "torch_sparse", NULL, NULL);

	for (size_t i = 0; i < v->n_torches; i++)
		for (size_t n = 0; n < v->torches[i].n_exts; n++)
			need_library(v, &v->torches[i].exts[n], into);
	if (!sparse)
		return;
	need_companion(v, "torch_scatter", sparse->path, into);
	need_companion(v, "scipy", sparse->path, into);
}
