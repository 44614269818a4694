#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

/* --- C++ string ABI --- */

static enum binary_abi torch_abi(const struct view_torch *t)
{
	for (size_t i = 0; i < t->n_files; i++)
		if (t->files[i]->abi == BINARY_ABI_OLD || t->files[i]->abi == BINARY_ABI_NEW)
			return t->files[i]->abi;
	return BINARY_ABI_UNSEEN;
}

static const struct binary *other_abi(const struct view_ext *e, enum binary_abi torch)
{
	enum binary_abi other = torch == BINARY_ABI_OLD ? BINARY_ABI_NEW : BINARY_ABI_OLD;

	for (size_t i = 0; torch != BINARY_ABI_UNSEEN && i < e->n_files; i++)
		if (e->files[i]->abi == other)
			return e->files[i];
	return NULL;
}

static bool judge_abi(const struct view_torch *t, const struct view_ext *e, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("abi.%s", e->name);
	AUTO_TEXT char *name = view_ext_name(e);
	enum binary_abi torch = torch_abi(t);
	const struct binary *bad = other_abi(e, torch);
	struct report_check *row;

	if (!bad)
		return true;
	row = check_row(into, id, REPORT_FAIL, "cxx11-abi-mismatch", bad->path);
	row->expected = xasprintf("_GLIBCXX_USE_CXX11_ABI=%d, as torch", torch == BINARY_ABI_NEW);
	row->found = xasprintf("%s uses %d: it asks for %s", name, torch != BINARY_ABI_NEW,
			       bad->abi_symbol ? bad->abi_symbol : "another string type");
	row->hint = xasprintf("install %s built for this very torch", e->name);
	return false;
}

/* --- symbols --- */

static bool exported(const struct view_torch *t, const char *symbol)
{
	for (size_t i = 0; i < t->n_loaded; i++)
		if (binary_exports(t->loaded[i], symbol))
			return true;
	return false;
}

struct missing {
	const struct binary *file; /* the first that lacks one */
	const char *symbol;
	size_t n, imports;
	bool stable; /* all imports are of the stable interface */
};

static struct missing find_missing(const struct view_torch *t, const struct view_ext *e)
{
	struct missing m = {.stable = true};

	for (size_t i = 0; i < e->n_files; i++) {
		const struct binary *b = e->files[i];

		m.imports += b->imports.n;
		m.stable &= b->n_shims == b->imports.n;
		for (size_t n = 0; n < b->imports.n; n++) {
			if (exported(t, b->imports.v[n]))
				continue;
			if (m.n++ == 0) {
				m.file = b;
				m.symbol = b->imports.v[n];
			}
		}
	}
	return m;
}

/* Whether a library of torch that holds symbols is missing: what is not there cannot be compared. */
static bool torch_is_cut(const struct view_torch *t)
{
	for (size_t i = 0; i < t->n_misses; i++)
		if (str_starts(t->misses[i].name, "libtorch") || str_starts(t->misses[i].name, "libc10"))
			return true;
	return t->hollow;
}

static void judge_symbols(const struct view_torch *t, const struct view_ext *e, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("symbols.%s", e->name);
	AUTO_TEXT char *name = view_ext_name(e);
	struct missing m = find_missing(t, e);
	struct report_check *row;

	if (m.imports == 0)
		return;
	if (m.n == 0) {
		check_pass(into, id,
			   xasprintf("torch has all %zu symbols that %s asks for%s", m.imports, name,
				     m.stable ? " (stable ABI: not bound to this torch)" : ""));
		return;
	}
	row = check_row(into, id, REPORT_FAIL, "torch-version-mismatch", m.file->path);
	row->expected =
		xasprintf("all %zu symbols in torch %s", m.imports, t->package->version ? t->package->version : "");
	row->found = xasprintf("%s asks for %zu that are not there; the first is %s", name, m.n, m.symbol);
	row->hint = m.stable ? xasprintf("%s needs a newer torch", e->name)
			     : xasprintf("install %s built for torch %s", e->name,
					 t->package->version ? t->package->version : "of this version");
}

static void judge_machine(const struct view_torch *t, const struct view_ext *e, struct report *into)
{
	AUTO_TEXT char *id = xasprintf("machine.%s", e->name);
	struct report_check *row;

	for (size_t i = 0; t->n_files > 0 && i < e->n_files; i++) {
		if (e->files[i]->machine == t->files[0]->machine)
			continue;
		row = check_row(into, id, REPORT_FAIL, "platform-unsupported", e->files[i]->path);
		row->expected =
			xstrdup(t->files[0]->machine == BINARY_AARCH64 ? "aarch64, as torch" : "torch's machine");
		row->found = xasprintf("%s is built for another machine", e->name);
		row->hint = xasprintf("install the wheel of %s for this platform", e->name);
		return;
	}
}

/* An environment for another machine than the one whose system it would use. */
static void foreign_row(const struct view_torch *t, struct report *into)
{
	struct report_check *row =
		check_row(into, "machine.torch", REPORT_FAIL, "platform-unsupported", t->files[0]->path);

	row->expected = xstrdup("a build for this machine, which the environment lies on");
	row->found = xstrdup("torch is built for another machine");
	row->hint = xstrdup("inspect it as part of its root folder or image, or where it is to be used");
}

void check_symbols(const struct view *v, struct report *into)
{
	for (size_t i = 0; i < v->n_torches; i++) {
		const struct view_torch *t = &v->torches[i];

		if (view_is_foreign(v, t))
			foreign_row(t, into);
		for (size_t n = 0; n < t->n_exts; n++) {
			judge_machine(t, &t->exts[n], into);
			if (judge_abi(t, &t->exts[n], into) && !torch_is_cut(t))
				judge_symbols(t, &t->exts[n], into);
		}
	}
}
