#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

/* A Python as tags have it: 311; threaded: "3.13t". */
struct tag_python {
	uint64_t major, minor;
	bool threaded;
};

static bool parse_python(const char *version, struct tag_python *ret)
{
	struct tag_python p = {.threaded = false};

	if (!version || !str_scan_u64(&version, 9, &p.major) || *version++ != '.' ||
	    !str_scan_u64(&version, 99, &p.minor))
		return false;
	p.threaded = *version == 't';
	*ret = p;
	return true;
}

/* "cp311": 3 and 11. */
static bool parse_cp(const char *text, struct tag_python *ret)
{
	uint64_t n = 0;
	struct tag_python p = {.threaded = false};

	if (!str_starts(text, "cp"))
		return false;
	text += 2;
	if (!str_scan_u64(&text, 9999, &n) || n < 20)
		return false;
	p.major = n < 100 ? n / 10 : n / 100;
	p.minor = n < 100 ? n % 10 : n % 100;
	p.threaded = *text == 't';
	*ret = p;
	return true;
}

/* Whether an interpreter takes a wheel with that tag: "cp311-cp311-linux_x86_64", "cp39-abi3-...", "py3-none-...". */
static bool tag_fits(const char *tag, struct tag_python python)
{
	const char *abi = strchr(tag, '-');
	struct tag_python built = {.major = 0}, abi_of = {.major = 0};

	if (!parse_cp(tag, &built) || !abi)
		return true;
	if (str_starts(abi + 1, "abi3-"))
		return built.major == python.major && built.minor <= python.minor && !python.threaded;
	if (str_starts(abi + 1, "none"))
		return true;
	return built.major == python.major && built.minor == python.minor && parse_cp(abi + 1, &abi_of) &&
	       abi_of.threaded == python.threaded;
}

/* "cpython-311-x86_64-linux-gnu.so": NULL where the name has no such part. */
static const char *bad_suffix(const struct view_ext *e, struct tag_python python)
{
	static const char mark[] = ".cpython-";

	for (size_t i = 0; i < e->n_files; i++) {
		const char *at = strstr(view_base(e->files[i]->path), mark);
		AUTO_TEXT char *cp = at ? xasprintf("cp%s", at + strlen(mark)) : NULL;
		struct tag_python built;

		if (cp && parse_cp(cp, &built) &&
		    (built.major != python.major || built.minor != python.minor || built.threaded != python.threaded))
			return e->files[i]->path;
	}
	return NULL;
}

static bool any_fits(const struct facts_package *p, struct tag_python python)
{
	for (size_t i = 0; i < p->tags.n; i++)
		if (tag_fits(p->tags.v[i], python))
			return true;
	return p->tags.n == 0;
}

/* The interpreter of a torch: by its folder, else the tree's only one. */
static const char *python_of(const struct view *v, const struct view_torch *t)
{
	const struct facts *f = v->in->facts;

	if (t->python)
		return t->python;
	return f->n_pythons == 1 ? f->pythons[0].version : NULL;
}

static void judge(const char *name, const struct facts_package *p, const struct view_ext *e, const char *python,
		  struct report *into)
{
	AUTO_TEXT char *id = xasprintf("python.%s", name);
	struct tag_python parsed;
	const char *file = NULL;
	struct report_check *row;

	if (!p || !parse_python(python, &parsed))
		return;
	file = e ? bad_suffix(e, parsed) : NULL;
	if (any_fits(p, parsed) && !file) {
		check_pass(into, id, xasprintf("%s fits Python %s", name, python));
		return;
	}
	row = check_row(into, id, REPORT_FAIL, "python-unsupported", file ? file : p->path);
	row->expected = xasprintf("a build for Python %s", python);
	row->found = file ? xstrdup(view_base(file)) : strv_join(&p->tags, ", ");
	row->hint = xasprintf("install the wheel of %s for Python %s", name, python);
}

/* --- interpreters --- */

/* "3.11 (/usr/local/bin/python3.11), 3.12 (...)": the first of each version. Whether there are several. */
static bool name_pythons(const struct facts *f, struct buf *into)
{
	AUTO_STRV struct strv seen = STRV_INIT;

	for (size_t i = 0; i < f->n_pythons; i++)
		if (strv_add_once(&seen, f->pythons[i].version))
			buf_addf(into, "%s%s (%s)", into->len ? ", " : "", f->pythons[i].version, f->pythons[i].path);
	return seen.n > 1;
}

static bool has_python(const struct facts *f, const char *version)
{
	for (size_t i = 0; i < f->n_pythons; i++)
		if (str_eq(f->pythons[i].version, version))
			return true;
	return false;
}

/* An image brings the interpreter that torch's folder is made for, and may bring others. */
static void judge_interpreters(const struct view *v, const struct view_torch *t, struct report *into)
{
	const struct facts *f = v->in->facts;
	AUTO_BUF struct buf found = BUF_INIT;
	bool several = name_pythons(f, &found);
	struct report_check *row;

	if (f->kind == FACTS_SITE || f->n_pythons == 0 || !t->python)
		return;
	if (!has_python(f, t->python)) {
		row = check_row(into, "python.interpreter", REPORT_WARN, "python-unsupported", t->package->path);
		row->expected = xasprintf("Python %s, whose folder torch lies in", t->python);
		row->found = buf_take(&found);
		row->hint = xstrdup("install torch for the Python that is there, or that Python");
	} else if (several) {
		buf_addf(&found, "; torch belongs to %s", t->python);
		check_row(into, "python.several", REPORT_INFO, NULL, t->package->path)->found = buf_take(&found);
	}
}

void check_python(const struct view *v, struct report *into)
{
	for (size_t i = 0; i < v->n_torches; i++) {
		const struct view_torch *t = &v->torches[i];
		const char *python = python_of(v, t);

		judge_interpreters(v, t, into);
		judge("torch", t->package, NULL, python, into);
		for (size_t n = 0; n < t->n_exts; n++)
			judge(t->exts[n].name, t->exts[n].package, &t->exts[n], python, into);
	}
}
