#include "inspect/checks.h"

#include "base/str.h"
#include "inspect/check_parts.h"

#include <string.h>

struct report_check *check_row(struct report *into, const char *id, enum report_status status, const char *code,
			       const char *file)
{
	struct report_check *row = report_add(into, id, status);

	row->code = xstrdup(code);
	row->file = xstrdup(file);
	return row;
}

void check_pass(struct report *into, const char *id, char *found)
{
	report_add(into, id, REPORT_PASS)->found = found;
}

/* --- one row per package --- */

/* "sm_90a" as 90 and "a". */
static unsigned arch_number(const char *text, const char **ret_suffix)
{
	const char *at = strchr(text, '_');
	uint64_t n = 0;

	at = at ? at + 1 : text;
	if (!str_scan_u64(&at, 9999, &n))
		n = 0;
	*ret_suffix = at;
	return (unsigned)n;
}

/* Machine code first, old architectures first. */
static int by_arch(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	const char *p, *q;
	int machine = str_starts(y, "sm_") - str_starts(x, "sm_");
	unsigned m = arch_number(x, &p), n = arch_number(y, &q);

	if (machine)
		return machine;
	return m != n ? (m > n) - (m < n) : strcmp(p, q);
}

static void add_archs(const struct binary *const *files, size_t n, struct strv *into)
{
	enum { ARCHS_MAX = 256 }; /* more only in a file made to cost */
	char text[CODE_TEXT];

	for (size_t i = 0; i < n; i++)
		for (size_t g = 0; g < files[i]->n_groups && into->n < ARCHS_MAX; g++)
			for (size_t c = 0; c < files[i]->groups[g].n_codes && !files[i]->groups[g].link_only; c++)
				strv_add_once(into, code_text(&files[i]->groups[g].codes[c], text));
	if (into->n > 1)
		qsort(into->v, into->n, sizeof(*into->v), by_arch);
}

static void add_witnesses(const struct witnesses *w, struct strv *into)
{
	enum { WITNESSES_MAX = 12 };

	for (size_t i = 0; i < w->n && into->n < WITNESSES_MAX; i++) {
		AUTO_TEXT char *text = xasprintf("%s: %s", witness_kind_name(w->v[i].kind), w->v[i].said);

		strv_add_once(into, text);
	}
}

static void add_demands(const struct binary *const *files, size_t n, struct report_package *row)
{
	const char *worst = NULL;

	for (size_t i = 0; i < n; i++) {
		const char *glibc = binary_demands(files[i], "GLIBC_");

		if (glibc && (!worst || binary_version_cmp(glibc, worst) > 0))
			worst = glibc;
		if (files[i]->abi == BINARY_ABI_NEW || files[i]->abi == BINARY_ABI_OLD) {
			free(row->cxx11_abi);
			row->cxx11_abi = xstrdup(files[i]->abi == BINARY_ABI_NEW ? "1" : "0");
		}
	}
	row->glibc = xstrdup(worst);
}

static void add_package(struct report *into, const char *name, const struct facts_package *p,
			const struct binary *const *files, size_t n, const struct witnesses *w,
			struct witness_verdict cuda)
{
	AUTO_TEXT char *text = cuda.known ? witness_text(cuda.low, cuda.high) : NULL;
	struct report_package *row = report_add_package(into, name, p ? p->version : NULL, p ? p->path : NULL, text);

	add_archs(files, n, &row->archs);
	add_witnesses(w, &row->witnesses);
	add_demands(files, n, row);
}

static void add_packages(const struct view *v, struct report *into)
{
	for (size_t i = 0; i < v->n_torches; i++) {
		const struct view_torch *t = &v->torches[i];

		add_package(into, "torch", t->package, t->files, t->n_files, &t->witnesses, t->cuda);
		for (size_t n = 0; n < t->n_exts; n++)
			add_package(into, t->exts[n].name, t->exts[n].package, t->exts[n].files, t->exts[n].n_files,
				    &t->exts[n].witnesses, t->exts[n].cuda);
	}
}

/* --- where it was read, and where its bytes are --- */

static int by_size(const void *a, const void *b)
{
	const struct facts_package *const *x = a, *const *y = b;

	if ((*x)->size != (*y)->size)
		return (*x)->size > (*y)->size ? -1 : 1;
	return strcmp((*x)->path, (*y)->path);
}

static void add_sizes(const struct facts *f, struct report *into)
{
	const struct facts_package **v = xcalloc(f->n_packages + 1, sizeof(*v));
	size_t n = 0;

	into->source = xstrdup(f->source);
	if (!into->image)
		into->image = xstrdup(f->image);
	into->size = f->size;
	into->files = f->n_files;
	for (size_t i = 0; i < f->n_layers; i++)
		report_add_size(&into->layers, f->layers[i].name,
				f->config.history.n == f->n_layers ? f->config.history.v[i] : NULL, f->layers[i].size);
	for (size_t i = 0; i < f->n_packages; i++)
		if (f->packages[i].size > 0)
			v[n++] = &f->packages[i];
	if (n > 1)
		qsort(v, n, sizeof(*v), by_size);
	for (size_t i = 0; i < n; i++)
		report_add_size(&into->sizes, v[i]->name, NULL, v[i]->size);
	free(v);
}

/* --- what was not looked at --- */

/* A file of a library or package, or a folder of an environment: without it nothing is known for sure. Of a whole file
 * system some folders are always shut. */
static void check_access(const struct view *v, struct report *into)
{
	const struct facts *f = v->in->facts;
	AUTO_TEXT char *list = strv_join(&f->shut, ", ");
	AUTO_TEXT char *found =
		xasprintf("%zu may not be read: %s%s", f->n_shut, list, f->n_shut > f->shut.n ? ", ..." : "");
	const char *hint = "ask as their owner or as root";
	bool matters = f->kind == FACTS_SITE;
	struct report_check *row;

	if (f->n_shut == 0)
		return;
	for (size_t i = 0; i < f->shut.n; i++)
		matters = matters || !str_ends(f->shut.v[i], "/") || facts_site_of(f->shut.v[i]) > 0;
	row = matters ? report_add_error(into, "files.access", ERR_IO, found, hint)
		      : report_add_full(into, "files.access", REPORT_WARN, "not-looked-at", NULL, found, hint);
	row->expected = xstrdup("a tree that can be read");
	row->file = xstrdup(f->shut.v[0]);
	if (str_ends(row->file, "/"))
		row->file[strlen(row->file) - 1] = '\0';
}

static void check_limits(const struct view *v, struct report *into)
{
	for (size_t i = 0; i < v->in->facts->over.n; i++)
		report_add_error(into, "limits", ERR_INPUT, v->in->facts->over.v[i],
				 "this tree is larger than what is looked at: inspect a part of it");
}

void facts_check(const struct check_input *in, struct report *into)
{
	static void (*const checks[])(const struct view *v, struct report *into) = {
		check_family,  check_torches,	   check_readable,   check_complete,   check_cuda,   check_majors,
		check_symbols, check_python,	   check_companions, check_plan,       check_labels, check_libraries,
		check_glibc,   check_driver_files, check_config,     check_duplicates, check_limits, check_access,
	};
	struct view v;

	view_init(&v, in);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		checks[i](&v, into);
	for (size_t i = 0; i < in->n_targets; i++)
		check_target(&v, &in->targets[i], into);
	add_packages(&v, into);
	add_sizes(in->facts, into);
	view_clear(&v);
}
