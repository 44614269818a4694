#include "model/lock.h"

#include "adapt/digest.h"
#include "base/str.h"
#include "model/lock_fields.h"

#include <string.h>

#define SHAPE(t, l, f, o)                                                                                              \
	{                                                                                                              \
		.texts = (t), .lists = (l), .flags = (f), .other = (o), .ntexts = ARRAY_LEN(t),                        \
		.nlists = ARRAY_LEN(l), .nflags = ARRAY_LEN(f), .nother = ARRAY_LEN(o)                                 \
	}
#define TEXTS(t)                                                                                                       \
	{                                                                                                              \
		.texts = (t), .ntexts = ARRAY_LEN(t)                                                                   \
	}

#define AT(member) offsetof(struct plan_image, member)
static const struct lock_text image_texts[] = {
	{"repository", AT(repository), LOCK_REPOSITORY, true},	{"tag", AT(tag), LOCK_TAG, false},
	{"index_digest", AT(index_digest), LOCK_DIGEST, false}, {"digest", AT(digest), LOCK_DIGEST, false},
	{"presence", AT(presence), LOCK_NAME, false},		{"source", AT(source), LOCK_LINE, false},
};
static const struct lock_shape image_shape = TEXTS(image_texts);
#undef AT

#define AT(member) offsetof(struct plan_python, member)
static const struct lock_text python_texts[] = {
	{"version", AT(version), LOCK_WORD, true}, {"file", AT(file), LOCK_FILE, false},
	{"url", AT(url), LOCK_URL, false},	   {"sha256", AT(sha256), LOCK_SHA256, false},
	{"source", AT(source), LOCK_LINE, false},
};
static const struct lock_flag python_flags[] = {{"managed", AT(managed)}};
static const struct lock_shape python_shape = {.texts = python_texts,
					       .ntexts = ARRAY_LEN(python_texts),
					       .flags = python_flags,
					       .nflags = ARRAY_LEN(python_flags)};
#undef AT

#define AT(member) offsetof(struct plan_package, member)
static const struct lock_text package_texts[] = {
	{"version", AT(version), LOCK_VERSION, true}, {"label", AT(label), LOCK_LABEL, false},
	{"channel", AT(channel), LOCK_NAME, true},    {"index", AT(index), LOCK_PLACE, false},
	{"file", AT(file), LOCK_FILE, false},	      {"url", AT(url), LOCK_URL, false},
	{"sha256", AT(sha256), LOCK_SHA256, false},   {"source", AT(source), LOCK_LINE, false},
};
static const char *const package_other[] = {"name", "way", "minutes"};
static const struct lock_shape package_shape = {.texts = package_texts,
						.ntexts = ARRAY_LEN(package_texts),
						.other = package_other,
						.nother = ARRAY_LEN(package_other)};
#undef AT

#define AT(member) offsetof(struct plan_requirement, member)
static const struct lock_text pip_texts[] = {{"requirement", AT(line), LOCK_REQUIREMENT, true}};
static const struct lock_list pip_lists[] = {{"sha256", AT(sha256), LOCK_SHA256}};
static const struct lock_shape pip_shape = {
	.texts = pip_texts, .ntexts = ARRAY_LEN(pip_texts), .lists = pip_lists, .nlists = ARRAY_LEN(pip_lists)};
#undef AT

#define AT(member) offsetof(struct plan_target, member)
static const struct lock_text target_texts[] = {
	{"name", AT(name), LOCK_WORD, true},	    {"compute", AT(compute), LOCK_WORD, false},
	{"driver", AT(driver), LOCK_WORD, false},   {"gpu", AT(gpu), LOCK_LINE, false},
	{"because", AT(because), LOCK_LINE, false},
};
static const struct lock_flag target_flags[] = {{"native", AT(native)}};
static const char *const target_other[] = {"fit"};
static const struct lock_shape target_shape = {.texts = target_texts,
					       .ntexts = ARRAY_LEN(target_texts),
					       .flags = target_flags,
					       .nflags = ARRAY_LEN(target_flags),
					       .other = target_other,
					       .nother = ARRAY_LEN(target_other)};
#undef AT

#define AT(member) offsetof(struct plan_variant, member)
static const struct lock_text variant_texts[] = {
	{"name", AT(name), LOCK_NAME, true},
	{"cuda", AT(cuda), LOCK_WORD, false},
	{"cuda_tag", AT(cuda_tag), LOCK_NAME, true},
	{"platform", AT(platform), LOCK_PATH, true},
	{"os", AT(os), LOCK_NAME, true},
	{"os_packages", AT(os_packages), LOCK_NAME, false},
	{"flavor", AT(flavor), LOCK_NAME, true},
	{"arch_list", AT(arch_list), LOCK_ARCHS, false},
	{"driver_min", AT(driver_min), LOCK_WORD, false},
	{"require", AT(require), LOCK_REQUIRE, false},
	{"probe_archs", AT(probe_archs), LOCK_ARCHS, false},
	{"tag", AT(tag), LOCK_TAG, true},
	{"image", AT(image), LOCK_REPOSITORY, true},
	{"pip_input", AT(pip_input), LOCK_SHA256, false},
};
static const struct lock_list variant_lists[] = {{"pip_files", AT(pip_files), LOCK_PATH}, {"apt", AT(apt), LOCK_APT}};
static const struct lock_flag variant_flags[] = {{"probe_stage", AT(probe_stage)}, {"nvidia_env", AT(nvidia_env)}};
#undef AT
static const char *const variant_other[] = {"base", "devel", "python", "packages", "pip", "targets", "pinned"};
static const struct lock_shape variant_shape = SHAPE(variant_texts, variant_lists, variant_flags, variant_other);

#define AT(member) offsetof(struct plan_app, member)
static const struct lock_text app_texts[] = {{"workdir", AT(workdir), LOCK_LINE, false},
					     {"user", AT(user), LOCK_USER, false}};
static const struct lock_list app_lists[] = {
	{"copy", AT(copy), LOCK_PATH}, {"env", AT(env), LOCK_LINE}, {"command", AT(command), LOCK_LINE}};
static const struct lock_flag app_flags[] = {{"given", AT(given)}};
static const struct lock_shape app_shape = {.texts = app_texts,
					    .ntexts = ARRAY_LEN(app_texts),
					    .lists = app_lists,
					    .nlists = ARRAY_LEN(app_lists),
					    .flags = app_flags,
					    .nflags = ARRAY_LEN(app_flags)};
#undef AT

#define AT(member) offsetof(struct plan_sources, member)
static const struct lock_text sources_texts[] = {
	{"os_images", AT(os_images), LOCK_PLACE, false},
	{"torch", AT(torch), LOCK_PLACE, false},
	{"pyg", AT(pyg), LOCK_PLACE, false},
	{"pypi", AT(pypi), LOCK_PLACE, false},
	{"python", AT(python), LOCK_PLACE, false},
	{"apt", AT(apt), LOCK_PLACE, false},
};
static const struct lock_list sources_lists[] = {{"images", AT(images), LOCK_PLACE}};
static const struct lock_flag sources_flags[] = {{"torch_is_pypi", AT(torch_is_pypi)}};
static const struct lock_shape sources_shape = {.texts = sources_texts,
						.ntexts = ARRAY_LEN(sources_texts),
						.lists = sources_lists,
						.nlists = ARRAY_LEN(sources_lists),
						.flags = sources_flags,
						.nflags = ARRAY_LEN(sources_flags)};
#undef AT

#define AT(member) offsetof(struct plan, member)
static const struct lock_text plan_texts[] = {
	{"name", AT(name), LOCK_NAME, true},
	{"version", AT(version), LOCK_WORD, false},
	{"manifest", AT(manifest), LOCK_PATH, true},
	{"catalog", AT(catalog), LOCK_WORD, true},
	{"program", AT(program), LOCK_WORD, true},
	{"templates", AT(templates), LOCK_PLACE, false},
	{"templates_sha256", AT(templates_sha256), LOCK_SHA256, false},
};
static const struct lock_flag plan_flags[] = {
	{"metis", AT(metis)}, {"slim", AT(slim)}, {"require_gpu", AT(test_require_gpu)}};
#undef AT
static const char *const plan_other[] = {"//", "out", "format", "sources", "app", "jobs", "timeout", "variants"};
static const struct lock_shape plan_shape = {.texts = plan_texts,
					     .ntexts = ARRAY_LEN(plan_texts),
					     .flags = plan_flags,
					     .nflags = ARRAY_LEN(plan_flags),
					     .other = plan_other,
					     .nother = ARRAY_LEN(plan_other)};

static const char *const ways[] = {[WAY_WHEEL] = "wheel", [WAY_SOURCE] = "source"};
static const char *const fits[] = {[FIT_YES] = "yes", [FIT_NO] = "no", [FIT_UNKNOWN] = "unknown"};

/* --- writing --- */

static void put_package(struct jval list, const struct plan_package *p)
{
	struct jval o = jval_put_object(list, NULL);

	jval_put_text(o, "name", pkg_name(p->pkg));
	jval_put_text(o, "way", ways[p->way]);
	if (p->minutes)
		jval_put_u64(o, "minutes", p->minutes);
	lock_put(o, &package_shape, p);
}

static void put_target(struct jval list, const struct plan_target *t)
{
	struct jval o = jval_put_object(list, NULL);

	jval_put_text(o, "fit", fits[t->fit]);
	lock_put(o, &target_shape, t);
}

static void put_lists(struct jval o, const struct plan_variant *v)
{
	struct jval packages = jval_put_array(o, "packages"), list;

	for (size_t i = 0; i < v->npackages; i++)
		put_package(packages, &v->packages[i]);
	if (v->npip) {
		list = jval_put_array(o, "pip");
		for (size_t i = 0; i < v->npip; i++)
			lock_put(jval_put_object(list, NULL), &pip_shape, &v->pip[i]);
	}
	if (v->ntargets) {
		list = jval_put_array(o, "targets");
		for (size_t i = 0; i < v->ntargets; i++)
			put_target(list, &v->targets[i]);
	}
}

static void put_variant(struct jval o, const struct plan_variant *v)
{
	AUTO_STRV struct strv unpinned = STRV_INIT;

	lock_put(o, &variant_shape, v);
	lock_put(jval_put_object(o, "base"), &image_shape, &v->base);
	if (v->devel.repository)
		lock_put(jval_put_object(o, "devel"), &image_shape, &v->devel);
	lock_put(jval_put_object(o, "python"), &python_shape, &v->python);
	put_lists(o, v);
	plan_unpinned(v, &unpinned);
	jval_put_bool(o, "pinned", unpinned.n == 0);
}

void lock_dump(const struct plan *p, struct buf *out)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval root = jdoc_root(d), variants;

	jval_put_text(root, "//",
		      "Made by `cudabuild generate`; do not edit. Commit it: it pins what the images are made of.");
	jval_put_u64(root, "format", LOCK_FORMAT);
	lock_put(root, &plan_shape, p);
	if (!str_eq(p->out, "images"))
		jval_put_text(root, "out", p->out);
	if (p->jobs)
		jval_put_u64(root, "jobs", p->jobs);
	jval_put_u64(root, "timeout", p->test_timeout);
	lock_put(jval_put_object(root, "sources"), &sources_shape, &p->sources);
	if (p->app.given)
		lock_put(jval_put_object(root, "app"), &app_shape, &p->app);
	variants = jval_put_array(root, "variants");
	for (size_t i = 0; i < p->nvariants; i++)
		put_variant(jval_put_object(variants, NULL), &p->variants[i]);
	jdoc_dump(d, JDOC_PRETTY, out);
}

/* Takes "source" out of an object and of those in its lists: who said it is no part of what an image is made of. */
static void drop_sources(struct jval o)
{
	static const char *const holders[] = {"base", "devel", "python", "packages"};
	struct jval it = {.doc = NULL};

	for (size_t i = 0; i < ARRAY_LEN(holders); i++) {
		struct jval held = jval_member(o, holders[i]);

		if (i + 1 < ARRAY_LEN(holders)) {
			jval_drop(held, "source");
			continue;
		}
		while (jval_is_there(held) && jval_next(held, &it))
			jval_drop(it, "source");
	}
}

/* What decides an image is the variant's part and the application around it; verdicts are only words about it. */
char *lock_variant_sha256(const struct plan *p, const struct plan_variant *v)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct plan_variant shown = *v;
	AUTO_BUF struct buf text = BUF_INIT;
	char hex[HASH_HEX_SIZE];

	shown.ntargets = 0;
	put_variant(jdoc_root(d), &shown);
	drop_sources(jdoc_root(d));
	if (p->app.given)
		lock_put(jval_put_object(jdoc_root(d), "app"), &app_shape, &p->app);
	if (p->templates_sha256)
		jval_put_text(jdoc_root(d), "templates_sha256", p->templates_sha256);
	jdoc_dump(d, JDOC_COMPACT, &text);
	hash_hex(buf_blob(&text, "variant"), hex);
	return xstrdup(hex);
}

/* --- reading --- */

/* The index of the member's text in names. */
static int get_choice(struct jval from, const char *key, const char *const *names, size_t n, unsigned *ret,
		      struct err *err)
{
	const char *text;

	if (jval_text(from, key, &text, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (str_eq(text, names[i])) {
			*ret = (unsigned)i;
			return 0;
		}
	return jval_fail(jval_member(from, key), err, "must be %s or %s", names[0], names[1]);
}

static int get_package(struct jval o, struct plan_variant *v, struct err *err)
{
	struct plan_package *p;
	const char *name;
	uint64_t minutes = 0;
	unsigned way;

	if (jval_text(o, "name", &name, err) < 0)
		return -1;
	if (pkg_of(name) == PKG__MAX)
		return jval_fail(jval_member(o, "name"), err, "must be a package of the torch family");
	p = plan_add_package(v, pkg_of(name));
	if (get_choice(o, "way", ways, ARRAY_LEN(ways), &way, err) < 0 ||
	    jval_u64_opt(o, "minutes", 100000, &minutes, err) < 0)
		return -1;
	p->way = (enum plan_way)way;
	p->minutes = (unsigned)minutes;
	return lock_get(o, &package_shape, p, err);
}

static int get_target(struct jval o, struct plan_variant *v, struct err *err)
{
	struct plan_target *t = plan_add_target(v, NULL);
	unsigned fit;

	if (get_choice(o, "fit", fits, ARRAY_LEN(fits), &fit, err) < 0)
		return -1;
	t->fit = (enum plan_fit)fit;
	return lock_get(o, &target_shape, t, err);
}

static int get_pip(struct jval o, struct plan_variant *v, struct err *err)
{
	return lock_get(o, &pip_shape, plan_add_pip(v, NULL), err);
}

/* Calls `each` for every object of the array under key; a missing array is empty. */
static int get_each(struct jval from, const char *key, int (*each)(struct jval, struct plan_variant *, struct err *),
		    struct plan_variant *v, struct err *err)
{
	struct jval list, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_ARRAY, &list, err) < 0)
		return -1;
	while (jval_is_there(list) && jval_next(list, &it))
		if (each(it, v, err) < 0)
			return -1;
	return 0;
}

static int get_devel(struct jval o, struct plan_variant *v, struct err *err)
{
	struct jval devel;

	if (jval_get_opt(o, "devel", JDOC_OBJECT, &devel, err) < 0)
		return -1;
	return jval_is_there(devel) ? lock_get(devel, &image_shape, &v->devel, err) : 0;
}

static int get_variant(struct jval o, struct plan *p, struct err *err)
{
	struct plan_variant *v = plan_add_variant(p);
	struct jval base, python;

	if (lock_get(o, &variant_shape, v, err) < 0 || jval_get(o, "base", JDOC_OBJECT, &base, err) < 0 ||
	    lock_get(base, &image_shape, &v->base, err) < 0 || get_devel(o, v, err) < 0 ||
	    jval_get(o, "python", JDOC_OBJECT, &python, err) < 0 ||
	    lock_get(python, &python_shape, &v->python, err) < 0)
		return -1;
	if (get_each(o, "packages", get_package, v, err) < 0 || get_each(o, "pip", get_pip, v, err) < 0 ||
	    get_each(o, "targets", get_target, v, err) < 0)
		return -1;
	for (size_t i = 0; i + 1 < p->nvariants; i++)
		if (str_eq(p->variants[i].name, p->variants[p->nvariants - 1].name))
			return jval_fail(o, err, "a second variant of the name '%s'", p->variants[i].name);
	return 0;
}

static int get_format(struct jval root, struct err *err)
{
	uint64_t format;

	if (jval_u64(root, "format", 1000000, &format, err) < 0)
		return -1;
	if (format == LOCK_FORMAT)
		return 0;
	jval_fail(jval_member(root, "format"), err, "format %llu, this program knows %d", (unsigned long long)format,
		  LOCK_FORMAT);
	return err_hint(err, "use the cudabuild that wrote it, or `cudabuild generate --update` to write it anew");
}

/* The folder of the generated files: "." or one below the manifest's. */
static int get_out(struct jval root, struct plan *p, struct err *err)
{
	const char *out = NULL;

	if (jval_text_opt(root, "out", &out, err) < 0)
		return -1;
	if (!out)
		return 0;
	if (!str_eq(out, ".") && !lock_text_valid(LOCK_PATH, out))
		return jval_fail(jval_member(root, "out"), err, "must be %s", lock_grammar_wants(LOCK_PATH));
	free(p->out);
	p->out = xstrdup(out);
	return 0;
}

static int get_plan(struct jval root, struct plan *p, struct err *err)
{
	uint64_t jobs = 0, timeout;
	struct jval o, variants, it = {.doc = NULL};

	if (jval_want(root, JDOC_OBJECT, err) < 0 || get_format(root, err) < 0 ||
	    lock_get(root, &plan_shape, p, err) < 0 || get_out(root, p, err) < 0 ||
	    jval_u64_opt(root, "jobs", 4096, &jobs, err) < 0 ||
	    jval_u64(root, "timeout", 7 * 24 * 3600, &timeout, err) < 0 ||
	    jval_get(root, "sources", JDOC_OBJECT, &o, err) < 0 || lock_get(o, &sources_shape, &p->sources, err) < 0 ||
	    jval_get_opt(root, "app", JDOC_OBJECT, &o, err) < 0)
		return -1;
	if (jval_is_there(o) && lock_get(o, &app_shape, &p->app, err) < 0)
		return -1;
	p->jobs = (unsigned)jobs;
	p->test_timeout = (unsigned)timeout;
	if (jval_get(root, "variants", JDOC_ARRAY, &variants, err) < 0)
		return -1;
	while (jval_next(variants, &it))
		if (jval_want(it, JDOC_OBJECT, err) < 0 || get_variant(it, p, err) < 0)
			return -1;
	return 0;
}

int lock_parse(struct blob text, struct plan **ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	AUTO(plan) struct plan *p = plan_new();

	if (jdoc_parse(text, &d, err) < 0)
		return -1;
	if (get_plan(jdoc_root(d), p, err) < 0)
		return -1;
	*ret = TAKE(p);
	return 0;
}
