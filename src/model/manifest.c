#include "model/manifest.h"

#include "base/str.h"
#include "model/manifest_read.h"
#include "model/manifest_value.h"

#include <string.h>

/* --- rules between keys --- */

static int check_target(const struct mtree *t, const struct mnode *list, size_t i, struct err *err)
{
	const struct mnode *n = &list->items[i], *name = mnode_member(n, "name");
	if (mnode_member(n, "gpu") && mnode_member(n, "compute"))
		return mtree_fail(t, n, err, "names both gpu and compute: give one of them");
	for (size_t j = 0; j < i; j++) {
		if (str_eq(name->text, mnode_member(&list->items[j], "name")->text))
			return mtree_fail(t, name, err, "a target named '%s' is there already", name->text);
	}
	return 0;
}

/* Of the top level or of one variant, whose keys are in the map at. */
static int check_targets(const struct mtree *t, const struct mnode *at, struct err *err)
{
	const struct mnode *list = mnode_member(at, "targets");
	for (size_t i = 0; list && i < list->n; i++) {
		if (check_target(t, list, i, err) < 0)
			return -1;
	}
	return 0;
}

static bool asks_for_a_package(const struct manifest_variant *v)
{
	for (size_t i = 0; i < PKG__MAX; i++) {
		if (v->packages[i])
			return true;
	}
	return false;
}

static int check_variant(const struct mtree *t, const struct mnode *at, const struct manifest_variant *v,
			 struct err *err)
{
	if (!asks_for_a_package(v))
		return mtree_fail(t, at, err, "asks for no package: give torch or torch_sparse a version");
	if (v->ntargets == 0 && strv_has(&v->cuda, "per-target"))
		return mtree_fail(t, mnode_member(at, "cuda"), err, "per-target needs targets, and there are none");
	return 0;
}

static int check_top(const struct mtree *t, const struct manifest *m, const struct mread *r, struct err *err)
{
	const struct mnode *root = mtree_root(t), *cuda = mnode_member(root, "cuda");
	if (cuda && r->variants)
		return mtree_fail_key(t, cuda, err, "'cuda' cannot stand beside 'variants': give it to each variant");
	if (m->image && !m->version && strstr(m->image, "{version}"))
		return mtree_fail(t, mnode_member(root, "image"), err, "holds {version}, but there is no 'version'");
	return check_targets(t, root, err);
}

/* --- variants --- */

static int read_variant(const struct mtree *t, const struct mnode *n, struct manifest_variant *v, struct err *err)
{
	struct mread r = {.tree = t, .nulls = true};
	v->name = xstrdup(n->key);
	v->line = n->key_line;
	if (mread_object(&r, n, &(struct mpart){.table = &mtable_variant, .into = v}, 1, err) < 0)
		return -1;
	manifest_variant_complete(v);
	if (check_targets(t, n, err) < 0)
		return -1;
	return check_variant(t, n, v, err);
}

/* Puts the named variants in the place of the unnamed one, from which they inherit. */
static int read_variants(struct manifest *m, const struct mtree *t, const struct mnode *map, struct err *err)
{
	struct manifest_variant top = m->variants[0];
	free(m->variants);
	m->variants = xcalloc(map->n, sizeof(*m->variants));
	m->nvariants = 0;
	m->named_variants = true;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < map->n; i++) {
		struct manifest_variant *v = &m->variants[m->nvariants++];
		manifest_variant_copy(&top, v);
		rc = read_variant(t, &map->items[i], v, err);
	}
	manifest_variant_clear(&top);
	return rc;
}

/* One spelling for the list of architectures: spaces between. */
static void mend_arch_list(char *list)
{
	for (; list && *list; list++) {
		if (*list == ';')
			*list = ' ';
	}
}

static void note_sources(const struct mtree *t, struct manifest *m)
{
	const struct mnode *n = mnode_member(mtree_root(t), "sources");
	for (size_t i = 0; n && i < n->n; i++) {
		if (n->items[i].kind != MNODE_NULL)
			strv_add(&m->sources.given, n->items[i].key);
	}
}

int manifest_parse(struct blob text, struct manifest **ret, struct err *err)
{
	AUTO(mtree) struct mtree *t = NULL;
	if (mtree_parse(text, &t, err) < 0)
		return -1;
	AUTO(manifest) struct manifest *m = manifest_new(text.name);
	struct mread r = {.tree = t};
	const struct mpart parts[] = {
		{.table = &mtable_top, .into = m},
		{.table = &mtable_variant, .into = &m->variants[0]},
	};
	if (mread_object(&r, mtree_root(t), parts, ARRAY_LEN(parts), err) < 0 || check_top(t, m, &r, err) < 0)
		return -1;
	mend_arch_list(m->build.arch_list);
	note_sources(t, m);
	if (r.variants) {
		if (read_variants(m, t, r.variants, err) < 0)
			return -1;
	} else if (check_variant(t, mtree_root(t), &m->variants[0], err) < 0) {
		return -1;
	}
	*ret = TAKE(m);
	return 0;
}
