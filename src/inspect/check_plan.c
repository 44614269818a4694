#include "base/str.h"
#include "inspect/check_parts.h"
#include "inspect/metadata.h"

#include <string.h>

static void differs(struct report *into, const char *what, const char *code, const char *want, const char *found,
		    const char *file)
{
	AUTO_TEXT char *id = xasprintf("plan.%s", what);
	struct report_check *row = check_row(into, id, REPORT_FAIL, code, file);

	row->expected = xstrdup(want);
	row->found = xstrdup(found ? found : "none");
	row->hint = xstrdup("build the image anew with `cudabuild build`");
}

void check_differs(struct report *into, const char *what, const char *want, const char *found, const char *file)
{
	AUTO_TEXT char *id = xasprintf("plan.%s", what);

	if (found && strcmp(want, found) == 0)
		check_pass(into, id, xstrdup(found));
	else
		differs(into, what, "plan-mismatch", want, found, file);
}

/* --- the torch family --- */

/* A wheel's own metadata may leave the label out, a plan may as well: it counts where both state one. */
static char *comparable(const char *version, bool with_label)
{
	size_t len = with_label ? strlen(version) : strcspn(version, "+");

	return xstrndup(version, len);
}

static void check_package(const struct view *v, const struct plan_package *want, struct report *into)
{
	const char *name = pkg_name(want->pkg);
	const struct facts_package *p = facts_find_package(v->in->facts, name, NULL, NULL);
	bool labels = want->label && p && p->version && strchr(p->version, '+');
	AUTO_TEXT char *planned = xasprintf("%s%s", want->version, labels ? want->label : "");
	AUTO_TEXT char *found = p && p->version ? comparable(p->version, labels) : NULL;

	if (p)
		check_differs(into, name, planned, found, p->path);
	else
		differs(into, name, pkg_missing_code(name), planned, NULL, NULL);
}

static void check_torch_cuda(const struct view *v, struct report *into)
{
	const struct view_torch *t = v->n_torches > 0 ? &v->torches[0] : NULL;
	const char *planned = v->in->variant->cuda ? v->in->variant->cuda : "cpu";
	AUTO_TEXT char *found = t && t->cuda.known ? witness_text(t->cuda.low, t->cuda.high) : NULL;

	if (found)
		check_differs(into, "cuda", planned, found, t->package->path);
}

static void check_python_version(const struct view *v, struct report *into)
{
	const struct view_torch *t = v->n_torches > 0 ? &v->torches[0] : NULL;

	if (t && t->python && v->in->variant->python.version)
		check_differs(into, "python", v->in->variant->python.version, t->python, t->package->site);
}

/* --- what was compiled --- */

static const struct view_ext *ext_of(const struct view *v, enum pkg pkg)
{
	for (size_t i = 0; i < v->n_torches; i++)
		for (size_t n = 0; n < v->torches[i].n_exts; n++)
			if (v->torches[i].exts[n].pkg == pkg)
				return &v->torches[i].exts[n];
	return NULL;
}

/* "9.0a+PTX" is sm_90a and compute_90a. */
static void add_asked(const char *token, struct strv *into)
{
	size_t len = strcspn(token, "+");
	AUTO_TEXT char *number = xstrndup(token, len);
	AUTO_STRV struct strv parts = STRV_INIT;
	AUTO_TEXT char *joined = NULL;

	strv_split(&parts, number, ".");
	joined = strv_join(&parts, "");
	strv_addf(into, "sm_%s", joined);
	if (str_eq(token + len, "+PTX"))
		strv_addf(into, "compute_%s", joined);
}

static void add_found(const struct view_ext *e, struct strv *into)
{
	char text[CODE_TEXT];

	for (size_t i = 0; i < e->n_files; i++)
		for (size_t g = 0; g < e->files[i]->n_groups; g++)
			for (size_t c = 0; c < e->files[i]->groups[g].n_codes && !e->files[i]->groups[g].link_only; c++)
				(void)strv_add_once(into, code_text(&e->files[i]->groups[g].codes[c], text));
	strv_sort(into);
}

/* Whatever was compiled has code for all that the plan asked nvcc for. */
static void check_archs(const struct view *v, const struct plan_package *want, struct report *into)
{
	const struct view_ext *e = ext_of(v, want->pkg);
	AUTO_STRV struct strv tokens = STRV_INIT, asked = STRV_INIT, found = STRV_INIT;
	AUTO_TEXT char *id = xasprintf("plan.archs.%s", pkg_name(want->pkg));
	AUTO_TEXT char *list = NULL;
	bool all = true;

	if (want->way != WAY_SOURCE || !v->in->variant->arch_list || !e || e->n_files == 0)
		return;
	strv_split(&tokens, v->in->variant->arch_list, " ");
	for (size_t i = 0; i < tokens.n; i++)
		add_asked(tokens.v[i], &asked);
	add_found(e, &found);
	for (size_t i = 0; i < asked.n; i++)
		all = all && strv_has(&found, asked.v[i]);
	list = strv_join(&found, " ");
	if (all) {
		check_pass(into, id, TAKE(list));
		return;
	}
	struct report_check *row = check_row(into, id, REPORT_FAIL, "plan-mismatch", e->files[0]->path);
	row->expected = strv_join(&asked, " ");
	row->found = list[0] ? TAKE(list) : xstrdup("no device code");
	row->hint = xstrdup("build the image anew with `cudabuild build --no-cache`");
}

/* --- other packages --- */

/* "torch_geometric" and "2.6.1" of "torch-geometric==2.6.1"; false for a line of any other form. */
static bool split_line(const char *line, char **name, char **version)
{
	const char *at = strstr(line, "==");
	AUTO_TEXT char *front = at ? xstrndup(line, (size_t)(at - line)) : NULL;

	if (!at || at == line || strpbrk(line, " ;@<>~!*") || !at[2])
		return false;
	front[strcspn(front, "[")] = '\0';
	*name = metadata_name(front);
	*version = xstrdup(at + 2);
	return true;
}

static void compare_line(const struct view *v, const char *line, size_t *n, struct strv *wrong)
{
	AUTO_TEXT char *name = NULL, *version = NULL;
	const struct facts_package *p;

	if (!split_line(line, &name, &version) || pkg_of(name) != PKG__MAX)
		return;
	p = facts_find_package(v->in->facts, name, NULL, NULL);
	(*n)++;
	if (!p)
		strv_addf(wrong, "%s is not there", line);
	else if (p->version && strcmp(p->version, version) != 0)
		strv_addf(wrong, "%s is %s", line, p->version);
}

static void check_pip(const struct view *v, struct report *into)
{
	enum { SHOWN = 5 };
	const struct plan_variant *want = v->in->variant;
	AUTO_STRV struct strv wrong = STRV_INIT;
	AUTO_BUF struct buf found = BUF_INIT;
	struct report_check *row;
	size_t n = 0;

	for (size_t i = 0; i < want->npip; i++)
		compare_line(v, want->pip[i].line, &n, &wrong);
	if (n == 0)
		return;
	if (wrong.n == 0) {
		check_pass(into, "plan.pip", xasprintf("all %zu other packages", n));
		return;
	}
	for (size_t i = 0; i < wrong.n && i < SHOWN; i++)
		buf_addf(&found, "%s%s", i ? "; " : "", wrong.v[i]);
	if (wrong.n > SHOWN)
		buf_addf(&found, "; and %zu more", wrong.n - SHOWN);
	row = check_row(into, "plan.pip", REPORT_FAIL, "plan-mismatch", NULL);
	row->expected = xasprintf("the %zu other packages of the lock", n);
	row->found = buf_take(&found);
	row->hint = xstrdup("build the image anew with `cudabuild build`");
}

void check_plan(const struct view *v, struct report *into)
{
	const struct plan_variant *want = v->in->variant;

	if (!want)
		return;
	for (size_t i = 0; i < want->npackages; i++) {
		check_package(v, &want->packages[i], into);
		check_archs(v, &want->packages[i], into);
	}
	check_torch_cuda(v, into);
	check_python_version(v, into);
	check_pip(v, into);
	check_plan_config(v, into);
}
