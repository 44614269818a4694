#include "cli/run_seen_code.h"

#include "base/str.h"

#include <string.h>

enum { COLUMN = 5, NAME_MAX_SHOWN = 30, WIDTH = 80 };

/* "90a" of "sm_90a" and of "compute_90a". */
static const char *arch_of(const char *code)
{
	const char *at = strchr(code, '_');

	return at ? at + 1 : code;
}

static bool has(const struct report_package *p, const char *kind, const char *arch)
{
	for (size_t i = 0; i < p->archs.n; i++)
		if (str_starts(p->archs.v[i], kind) && strcmp(arch_of(p->archs.v[i]), arch) == 0)
			return true;
	return false;
}

static int by_arch(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	uint64_t m = 0, n = 0;

	if (!str_scan_u64(&x, 9999, &m))
		m = 0;
	if (!str_scan_u64(&y, 9999, &n))
		n = 0;
	return m != n ? (m > n) - (m < n) : strcmp(x, y);
}

static void columns_of(const struct report *r, struct strv *into)
{
	for (size_t i = 0; i < r->npackages; i++)
		for (size_t k = 0; k < r->packages[i].archs.n; k++)
			(void)strv_add_once(into, arch_of(r->packages[i].archs.v[k]));
	if (into->n > 1)
		qsort(into->v, into->n, sizeof(*into->v), by_arch);
}

static size_t name_width(const struct report *r)
{
	size_t width = 0;

	for (size_t i = 0; i < r->npackages; i++) {
		AUTO_TEXT char *name = str_shown(r->packages[i].name, NAME_MAX_SHOWN);
		size_t n = str_columns(name);

		width = n > width ? n : width;
	}
	return width;
}

static void add_name(const char *text, size_t width, struct buf *out)
{
	AUTO_TEXT char *name = str_shown(text, NAME_MAX_SHOWN);
	size_t n = str_columns(name);

	buf_addf(out, "  %s", name);
	buf_repeat(out, " ", width > n ? width - n : 0);
}

static const char *cell(const struct report_package *p, const char *arch)
{
	bool sass = has(p, "sm_", arch), ptx = has(p, "compute_", arch);

	if (sass)
		return ptx ? "S+P" : "S";
	return ptx ? "P" : ".";
}

static void table(const struct report *r, const struct strv *columns, size_t width, struct buf *out)
{
	add_name("", width, out);
	for (size_t c = 0; c < columns->n; c++)
		buf_addf(out, " %*s", COLUMN - 1, columns->v[c]);
	buf_addc(out, '\n');
	for (size_t i = 0; i < r->npackages; i++) {
		const struct report_package *p = &r->packages[i];

		if (p->archs.n == 0)
			continue;
		add_name(p->name, width, out);
		for (size_t c = 0; c < columns->n; c++)
			buf_addf(out, " %*s", COLUMN - 1, cell(p, columns->v[c]));
		buf_addc(out, '\n');
	}
}

static void lists(const struct report *r, size_t width, struct buf *out)
{
	for (size_t i = 0; i < r->npackages; i++) {
		AUTO_TEXT char *list = strv_join(&r->packages[i].archs, " ");

		if (!list[0])
			continue;
		add_name(r->packages[i].name, width, out);
		buf_addf(out, "  %s\n", list);
	}
}

void seen_code(const struct report *r, const struct seen_opts *o, struct buf *out)
{
	AUTO_STRV struct strv columns = STRV_INIT;
	size_t width = name_width(r), limit = o->width > WIDTH ? o->width : WIDTH;
	bool fits;

	columns_of(r, &columns);
	if (columns.n == 0)
		return;
	fits = 2 + width + columns.n * COLUMN <= limit;
	buf_addf(out, "\n%sdevice code by compute capability%s%s\n", o->colour ? "\033[1m" : "",
		 fits ? " (S machine code, P PTX)" : "", o->colour ? "\033[0m" : "");
	if (fits)
		table(r, &columns, width, out);
	else
		lists(r, width, out);
}
