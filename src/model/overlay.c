#include "model/overlay.h"

#include "adapt/json.h"
#include "base/str.h"
#include "model/catalog_find.h"
#include "model/ref.h"

#include <string.h>

enum { FORMAT = 1 };

void overlay_clear(struct overlay *o)
{
	live_clear(&o->added);
	live_clear(&o->gone);
	strv_clear(&o->tags);
	strv_clear(&o->tags_gone);
}

bool overlay_is_empty(const struct overlay *o)
{
	return !o->added.nwheels && !o->gone.nwheels && !o->tags.n && !o->tags_gone.n;
}

void overlay_make(const struct catalog *c, const struct live *l, struct overlay *into)
{
	struct drifts tags = DRIFTS_INIT;

	live_compare(c, l, &into->added, &into->gone);
	live_compare_tags(c, l, &tags);
	for (size_t i = 0; i < tags.n; i++)
		strv_add(tags.v[i].kind == DRIFT_GONE ? &into->tags_gone : &into->tags, tags.v[i].what);
	drifts_clear(&tags);
}

/* --- the file --- */

static void put_wheels(struct jval root, const char *key, const struct catalog *c, const struct live *l)
{
	struct jval list = jval_put_array(root, key);

	for (size_t i = 0; i < l->nwheels; i++) {
		const struct live_wheel *w = &l->wheels[i];
		struct jval o = jval_put_object(list, NULL);
		AUTO_BUF struct buf pythons = BUF_INIT;
		char text[CUDA_TEXT];

		catalog_pythons_text(c, w->pythons, &pythons);
		jval_put_text(o, "package", pkg_name(w->pkg));
		jval_put_text(o, "version", catalog_rel_text(w->version, text));
		if (w->torch)
			jval_put_text(o, "torch", catalog_rel_text(w->torch, text));
		jval_put_text(o, "cuda", cuda_key_variant(w->cuda, text));
		jval_put_text(o, "platform", catalog_platform_text(w->platform));
		jval_put_text(o, "pythons", buf_text(&pythons));
	}
}

void overlay_dump(const struct catalog *c, const struct overlay *o, struct buf *into)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval root = jdoc_root(d);

	jval_put_text(root, "//",
		      "Made by `cudabuild catalog update`: how registries and indexes differ from the catalog.");
	jval_put_u64(root, "format", FORMAT);
	jval_put_text(root, "catalog", c->id);
	put_wheels(root, "wheels", c, &o->added);
	put_wheels(root, "wheels_gone", c, &o->gone);
	jval_put_strv(root, "tags", &o->tags);
	jval_put_strv(root, "tags_gone", &o->tags_gone);
	jdoc_dump(d, JDOC_PRETTY, into);
}

/* A release key; 0 with err where the member is none. */
static uint32_t get_rel(struct jval o, const char *key, struct err *err)
{
	struct err ignored = ERR_INIT;
	const char *text = NULL;
	uint32_t rel = 0;
	struct ver ver;

	if (jval_text(o, key, &text, err) < 0)
		return 0;
	if (ver_parse(text, &ver, &ignored) == 0)
		rel = catalog_ver_rel(&ver);
	err_clear(&ignored);
	if (!rel)
		jval_fail(jval_member(o, key), err, "must be a release such as 2.7.1");
	return rel;
}

static int get_pythons(struct jval o, const struct catalog *c, uint32_t *ret, struct err *err)
{
	AUTO_STRV struct strv names = STRV_INIT;
	const char *text = NULL;

	if (jval_text(o, "pythons", &text, err) < 0)
		return -1;
	strv_split(&names, text, " ");
	for (size_t i = 0; i < names.n; i++) {
		int python = catalog_python(c, names.v[i]);

		if (python < 0)
			return jval_fail(jval_member(o, "pythons"), err, "must be Pythons of the catalog");
		*ret |= UINT32_C(1) << python;
	}
	return 0;
}

static int get_wheel(struct jval o, const struct catalog *c, struct live *into, struct err *err)
{
	static const char *const keys[] = {"package", "version", "torch", "cuda", "platform", "pythons"};
	const char *package = NULL, *cuda = NULL, *platform = NULL;
	struct live_wheel w = {.pkg = PKG__MAX};
	struct err ignored = ERR_INIT;
	struct cuda parsed = {.major = 0};

	if (jval_only(o, keys, ARRAY_LEN(keys), err) < 0 || jval_text(o, "package", &package, err) < 0 ||
	    jval_text(o, "cuda", &cuda, err) < 0 || jval_text(o, "platform", &platform, err) < 0 ||
	    get_pythons(o, c, &w.pythons, err) < 0)
		return -1;
	w.pkg = pkg_of(package);
	w.platform = catalog_platform(platform);
	if (w.pkg >= PKG__MAX || w.platform > PLATFORM_ARM64)
		return jval_fail(o, err, "must be a package of the torch family on linux/amd64 or linux/arm64");
	if (!str_eq(cuda, "cpu") && cuda_parse(cuda, &parsed, &ignored) < 0) {
		err_clear(&ignored);
		return jval_fail(jval_member(o, "cuda"), err, "must be a variant such as cu128");
	}
	w.cuda = cuda_key(&parsed);
	w.version = get_rel(o, "version", err);
	if (w.version && w.pkg != PKG_TORCH)
		w.torch = get_rel(o, "torch", err);
	if (err->kind != ERR_NONE)
		return -1;
	live_add_wheel(into, &w);
	return 0;
}

static int get_wheels(struct jval root, const char *key, const struct catalog *c, struct live *into, struct err *err)
{
	struct jval list, it = {.doc = NULL};

	if (jval_get(root, key, JDOC_ARRAY, &list, err) < 0)
		return -1;
	while (jval_next(list, &it))
		if (jval_want(it, JDOC_OBJECT, err) < 0 || get_wheel(it, c, into, err) < 0)
			return -1;
	return 0;
}

static int get_tags(struct jval root, const char *key, struct strv *into, struct err *err)
{
	if (jval_strv(root, key, into, err) < 0)
		return -1;
	for (size_t i = 0; i < into->n; i++)
		if (!ref_tag_valid(into->v[i]))
			return jval_fail(jval_member(root, key), err, "must be image tags");
	return 0;
}

int overlay_parse(struct blob file, const struct catalog *c, struct overlay *into, struct err *err)
{
	static const char *const keys[] = {"//", "format", "catalog", "wheels", "wheels_gone", "tags", "tags_gone"};
	AUTO(jdoc) struct jdoc *d = NULL;
	struct overlay o = OVERLAY_INIT;
	const char *id = NULL;
	uint64_t format;
	struct jval root;

	if (jdoc_parse(file, &d, err) < 0)
		return -1;
	root = jdoc_root(d);
	if (jval_want(root, JDOC_OBJECT, err) < 0 || jval_u64(root, "format", 1000000, &format, err) < 0 ||
	    jval_text(root, "catalog", &id, err) < 0)
		return -1;
	if (format != FORMAT || !str_eq(id, c->id))
		return 1;
	if (jval_only(root, keys, ARRAY_LEN(keys), err) < 0 || get_wheels(root, "wheels", c, &o.added, err) < 0 ||
	    get_wheels(root, "wheels_gone", c, &o.gone, err) < 0 || get_tags(root, "tags", &o.tags, err) < 0 ||
	    get_tags(root, "tags_gone", &o.tags_gone, err) < 0) {
		overlay_clear(&o);
		return -1;
	}
	*into = o;
	return 0;
}
