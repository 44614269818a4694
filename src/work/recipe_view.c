#include "work/recipe_view.h"

#include "base/str.h"
#include "model/label.h"
#include "model/spec.h"

#include <string.h>

/* "==1.8.1" of "==1.8.1+cu$(...)", where only the label is not known; else NULL. The caller's. */
static char *known_part(const char *spec)
{
	const char *plus = strchr(spec, '+');
	AUTO_TEXT char *before = plus ? xstrndup(spec, (size_t)(plus - spec)) : NULL;
	return before && vars_unknown(plus) && !vars_unknown(before) ? xstrdup(before) : NULL;
}

/* The exact version of "==1.8.1+cu111" and the label behind it; conda writes one "=". */
static uint32_t exact_version(const struct recipe_install *v, struct label *label, bool *has_label)
{
	AUTO(spec) struct spec *spec = NULL;
	struct err err = ERR_INIT;
	AUTO_TEXT char *known = known_part(v->spec);
	const char *text = known ? known : v->spec;
	AUTO_TEXT char *twice = v->conda && text[0] == '=' && text[1] != '=' ? xasprintf("=%s", text) : NULL;
	char *build = twice ? strchr(twice + 2, '=') : NULL;
	if (build)
		*build = '\0';
	if (!*text || vars_unknown(text) || spec_parse_bare(twice ? twice : text, &spec, &err) < 0) {
		err_clear(&err);
		return 0;
	}
	const char *local = spec_local(spec);
	*has_label = local && label_parse(local, label);
	const struct ver *ver = spec_exact(spec);
	return ver ? catalog_ver_rel(ver) : 0;
}

/* Whether the version that one line installs meets another line. */
static bool meets(const struct recipe_install *there, const struct recipe_install *asked)
{
	AUTO(spec) struct spec *spec = NULL;
	AUTO(spec) struct spec *have = NULL;
	struct err err = ERR_INIT;
	bool ok = !*asked->spec || (*there->spec && spec_parse_bare(asked->spec, &spec, &err) == 0 &&
				    spec_parse_bare(there->spec, &have, &err) == 0 && spec_exact(have) &&
				    spec_match(spec, spec_exact(have)));
	err_clear(&err);
	return ok;
}

bool recipe_view_repeats(const struct recipe *r, size_t i)
{
	const struct recipe_install *asked = &r->v[i];
	bool again = false;
	for (size_t k = 0; k < i && !asked->upgrade && !asked->url && !asked->conda; k++)
		again = again || (r->v[k].pkg == asked->pkg && meets(&r->v[k], asked));
	return again;
}

static void set_cuda(bool *has, uint16_t *cuda, const struct cuda *value)
{
	*has = true;
	*cuda = cuda_key(value);
}

static const struct torch_row *torch_row_of(const struct catalog *c, const struct view_torch *t)
{
	struct torch_query q = TORCH_QUERY_ANY;
	q.version = t->version;
	q.platform = PLATFORM_AMD64;
	q.cuda = t->cuda;
	q.channel = t->by_default ? CHANNEL_PYPI : CATALOG_ANY;
	return t->version && t->has_cuda ? catalog_torch_next(c, &q, NULL) : NULL;
}

/* What a plain install from PyPI carries. */
static void default_cuda(const struct catalog *c, struct view_torch *t)
{
	struct torch_query q = TORCH_QUERY_ANY;
	q.version = t->version;
	q.platform = PLATFORM_AMD64;
	for (const struct torch_row *row = NULL; t->version && (row = catalog_torch_next(c, &q, row));)
		if (row->pypi_default) {
			t->has_cuda = t->by_default = true;
			t->cuda = row->cuda;
			return;
		}
}

/* Whether an index or page of PyTorch says the CUDA; an unknown one says that it cannot be known. */
static bool index_cuda(const struct recipe_install *v, struct view_torch *t)
{
	const struct strv *lists[] = {&v->indexes, &v->links};
	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < lists[l]->n; i++) {
			struct wheelpage page = wheelpage_read(lists[l]->v[i]);
			if (page.kind == WHEELPAGE_TORCH && page.has_variant) {
				set_cuda(&t->has_cuda, &t->cuda, &page.variant);
				t->indexed = true;
				return true;
			}
			if (page.kind == WHEELPAGE_UNKNOWN)
				return true;
		}
	return false;
}

static void read_torch(const struct recipe *r, const struct catalog *c, const struct recipe_install *v,
		       struct view_torch *t)
{
	struct label label;
	bool has_label = false;
	struct cuda cuda;
	struct err err = ERR_INIT;
	t->from = v;
	t->there = true;
	t->conda = v->conda;
	t->file = v->file;
	t->line = v->line;
	t->version = exact_version(v, &label, &has_label);
	if (has_label && label.has_variant) {
		set_cuda(&t->has_cuda, &t->cuda, &label.variant);
		t->labelled = true;
	} else if (v->conda) {
		if (r->conda_cuda && cuda_parse(r->conda_cuda, &cuda, &err) == 0)
			set_cuda(&t->has_cuda, &t->cuda, &cuda);
		err_clear(&err);
	} else if (!vars_unknown(v->spec) && !index_cuda(v, t)) {
		default_cuda(c, t);
	}
	t->row = torch_row_of(c, t);
}

static void torch_of_base(const struct recipe *r, const struct catalog *c, const char *file, struct view_torch *t)
{
	const struct recipe_base *base = &r->bases[r->nbases - 1];
	struct baseimage b = baseimage_read(c, base->image);
	if (b.kind != BASEIMAGE_TORCH && b.kind != BASEIMAGE_NGC)
		return;
	*t = (struct view_torch){.there = true,
				 .conda = true,
				 .foreign = b.kind == BASEIMAGE_NGC,
				 .version = b.torch,
				 .has_cuda = b.cuda != 0,
				 .cuda = b.cuda,
				 .file = file,
				 .line = base->line};
	t->row = torch_row_of(c, t);
}

/* Whether the base's torch meets what a line asks for, so that pip leaves it. */
static bool keeps_base(const struct view_torch *t, const struct recipe_install *v)
{
	AUTO(spec) struct spec *spec = NULL;
	struct err err = ERR_INIT;
	if (!t->there || t->from || t->foreign || !t->version || v->upgrade || v->url || v->conda || !*v->spec ||
	    vars_unknown(v->spec))
		return false;
	struct ver have = catalog_rel_ver(t->version);
	bool ok = spec_parse_bare(v->spec, &spec, &err) == 0 && !spec_local(spec) && spec_match(spec, &have);
	err_clear(&err);
	return ok;
}

struct view_torch recipe_view_torch(const struct recipe *r, const struct catalog *c, const char *file, size_t upto)
{
	struct view_torch t = {.there = false};
	torch_of_base(r, c, file, &t);
	for (size_t i = 0; i < upto && i < r->n; i++)
		if (r->v[i].pkg == PKG_TORCH && !recipe_view_repeats(r, i) && !keeps_base(&t, &r->v[i]) &&
		    (*r->v[i].spec || r->v[i].upgrade || !t.there)) {
			t = (struct view_torch){.there = false};
			read_torch(r, c, &r->v[i], &t);
		}
	return t;
}

static bool take_page(struct view_extension *e, const char *url)
{
	struct wheelpage page = wheelpage_read(url);
	if (page.kind == WHEELPAGE_BROKEN && !e->broken)
		e->broken = page.why;
	e->unknown = e->unknown || page.kind == WHEELPAGE_UNKNOWN;
	if (page.kind != WHEELPAGE_PYG)
		return false;
	e->broken = NULL;
	e->has_torch = true;
	e->torch = REL(page.major, page.minor, 0);
	if (page.has_variant)
		set_cuda(&e->has_cuda, &e->cuda, &page.variant);
	return true;
}

struct view_extension recipe_view_extension(const struct recipe_install *v, const struct catalog *c,
					    const struct view_torch *torch, int python)
{
	struct view_extension e = {.from = v};
	struct label label;
	bool has_label = false;
	bool paged = v->url && take_page(&e, v->url);
	e.version = exact_version(v, &label, &has_label);
	for (size_t i = 0; i < v->links.n && !paged; i++)
		paged = take_page(&e, v->links.v[i]);
	if (has_label && label.has_torch) {
		e.has_torch = paged = true;
		e.torch = REL(label.torch_major, label.torch_minor, 0);
	}
	if (has_label && label.has_variant)
		set_cuda(&e.has_cuda, &e.cuda, &label.variant);
	e.source =
		!paged && !e.unknown && !v->conda && !vars_unknown(v->spec) && (!v->url || !str_ends(v->url, ".whl"));
	if (e.has_torch && !e.has_cuda && torch->has_cuda &&
	    !e.broken) { /* a page of the first era holds all variants */
		e.has_cuda = true;
		e.cuda = torch->cuda;
	}
	struct wheel_query q = WHEEL_QUERY_ANY(v->pkg);
	q.version = e.version;
	q.torch = e.torch;
	q.cuda = e.cuda;
	q.platform = PLATFORM_AMD64;
	q.python = python >= 0 ? python : CATALOG_ANY;
	e.row = e.has_torch && e.has_cuda && v->pkg <= PKG_TORCH_SCATTER ? catalog_wheel_next(c, &q, NULL) : NULL;
	return e;
}

int recipe_view_python(const struct recipe *r, const struct catalog *c)
{
	struct ver v;
	struct err err = ERR_INIT;
	if (r->python && !*r->python)
		return -1;
	if (r->python && ver_parse(r->python, &v, &err) == 0)
		return catalog_python_of(c, (uint16_t)(ver_part(&v, 0) * 100 + ver_part(&v, 1)));
	err_clear(&err);
	return baseimage_read(c, r->bases[r->nbases - 1].image).python;
}
