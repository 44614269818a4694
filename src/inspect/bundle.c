#include "inspect/bundle.h"

#include "adapt/archive.h"
#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"
#include "inspect/blobs.h"

#include <string.h>

#define ENTRIES_MAX 4000000
#define BYTES_MAX   (1ull << 40)

#if defined(__aarch64__)
#define OWN_ARCH "arm64"
#else
#define OWN_ARCH "amd64"
#endif

/* What a manifest says, of docker or of the OCI: names of members. */
struct image_names {
	char *config;
	struct strv layers;
};

static void names_clear(struct image_names *n)
{
	free(n->config);
	strv_clear(&n->layers);
}
#define AUTO_NAMES __attribute__((cleanup(names_clear)))

/* --- JSON members --- */

static int get_text(struct blobs *b, const char *name, struct jdoc **ret, struct err *err)
{
	struct blob_row *row = NULL;
	AUTO_TEXT char *shown = str_shown(name, 120);
	int rc = blobs_get(b, name, &row, err);

	if (rc < 0)
		return -1;
	if (rc == 1 || row->text.len == 0)
		return 1;
	return jdoc_parse_as(ERR_PROTOCOL, buf_blob(&row->text, shown), ret, err) < 0 ? -1 : 0;
}

static int need_text(struct blobs *b, const char *name, struct jdoc **ret, struct err *err)
{
	int rc = get_text(b, name, ret, err);
	AUTO_TEXT char *shown = str_shown(name, 120);

	return rc == 1 ? err_set(err, ERR_PROTOCOL, "'%s' is not there", shown) : rc;
}

/* "blobs/sha256/HEX" of a descriptor; the caller's. */
static int descriptor(struct jval d, char **ret, struct err *err)
{
	const char *digest = NULL;

	if (jval_text(d, "digest", &digest, err) < 0)
		return -1;
	if (!str_starts(digest, "sha256:") || strlen(digest) != 71 || strspn(digest + 7, "0123456789abcdef") != 64)
		return jval_fail(d, err, "a digest that is no sha256");
	*ret = xasprintf("blobs/sha256/%s", digest + 7);
	return 0;
}

/* --- OCI --- */

static int read_manifest(struct jval root, struct image_names *into, struct err *err)
{
	struct jval config, layers, it = {.doc = NULL};

	if (jval_get(root, "config", JDOC_OBJECT, &config, err) < 0 || descriptor(config, &into->config, err) < 0 ||
	    jval_get(root, "layers", JDOC_ARRAY, &layers, err) < 0)
		return -1;
	while (jval_next(layers, &it)) {
		char *name = NULL;

		if (descriptor(it, &name, err) < 0)
			return -1;
		strv_own(&into->layers, name);
	}
	return 0;
}

/* How well an entry of an index fits this machine: 0 it is no image, 1 another architecture, 2 ours. */
static int fitness(struct jval entry)
{
	struct jval platform = jval_member(entry, "platform");
	const char *arch = NULL, *os = NULL;
	struct err ignored = ERR_INIT;

	if (!jval_is_there(platform) || jval_type(platform) != JDOC_OBJECT)
		return 1;
	if (jval_text_opt(platform, "architecture", &arch, &ignored) < 0 ||
	    jval_text_opt(platform, "os", &os, &ignored) < 0)
		err_clear(&ignored);
	if (str_eq(arch, "unknown") || str_eq(os, "unknown"))
		return 0;
	return str_eq(arch, OWN_ARCH) && str_eq(os, "linux") ? 2 : 1;
}

static int best_entry(struct jval index, struct jval *ret, struct err *err)
{
	struct jval manifests, it = {.doc = NULL};
	int best = 0;

	if (jval_get(index, "manifests", JDOC_ARRAY, &manifests, err) < 0)
		return -1;
	while (jval_next(manifests, &it)) {
		int fits = jval_type(it) == JDOC_OBJECT ? fitness(it) : 0;

		if (fits > best) {
			best = fits;
			*ret = it;
		}
	}
	return best ? 0 : jval_fail(index, err, "no image in the index");
}

/* Goes down from an index, through nested ones, to a manifest. */
static int read_index(struct blobs *b, const char *first, struct image_names *into, struct err *err)
{
	enum { NESTED_MAX = 4 };
	AUTO_TEXT char *name = xstrdup(first);

	for (unsigned i = 0; i < NESTED_MAX; i++) {
		AUTO(jdoc) struct jdoc *d = NULL;
		struct jval entry = {.doc = NULL};
		char *next = NULL;

		if (need_text(b, name, &d, err) < 0)
			return -1;
		if (jval_is_there(jval_member(jdoc_root(d), "layers")))
			return read_manifest(jdoc_root(d), into, err);
		if (best_entry(jdoc_root(d), &entry, err) < 0 || descriptor(entry, &next, err) < 0)
			return -1;
		free(name);
		name = next;
	}
	return err_set(err, ERR_PROTOCOL, "indexes nested too deep");
}

/* --- docker save --- */

static int read_docker(struct jval list, struct image_names *into, struct err *err)
{
	struct jval image = {.doc = NULL};
	const char *config = NULL;

	if (jval_want(list, JDOC_ARRAY, err) < 0)
		return -1;
	if (!jval_next(list, &image))
		return jval_fail(list, err, "no image in the archive");
	if (jval_text(image, "Config", &config, err) < 0 || jval_strv(image, "Layers", &into->layers, err) < 0)
		return -1;
	into->config = xstrdup(config);
	return 0;
}

static int find_image(struct blobs *b, struct image_names *into, struct err *err)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	int rc = get_text(b, "manifest.json", &d, err);

	if (rc < 0)
		return -1;
	if (rc == 0)
		return read_docker(jdoc_root(d), into, err);
	rc = get_text(b, "index.json", &d, err);
	if (rc < 0)
		return -1;
	if (rc == 1)
		return err_set(err, ERR_PROTOCOL, "it holds neither manifest.json nor index.json: no image");
	return read_index(b, "index.json", into, err);
}

/* --- configuration --- */

static int pairs(struct jval from, const char *key, struct strv *into, struct err *err)
{
	struct jval o, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_OBJECT, &o, err) < 0)
		return -1;
	while (jval_is_there(o) && jval_next(o, &it)) {
		const char *value = "";

		if (jval_type(it) == JDOC_TEXT && jval_as_text(it, &value, err) < 0)
			return -1;
		strv_addf(into, "%s=%s", it.key, value);
	}
	strv_sort(into);
	return 0;
}

static int keys(struct jval from, const char *key, struct strv *into, struct err *err)
{
	struct jval o, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_OBJECT, &o, err) < 0)
		return -1;
	while (jval_is_there(o) && jval_next(o, &it))
		strv_add(into, it.key);
	strv_sort(into);
	return 0;
}

static int read_config(struct jval root, struct facts_config *c, struct err *err)
{
	const char *os = NULL, *arch = NULL, *user = NULL, *workdir = NULL;
	struct jval config;

	if (jval_text_opt(root, "os", &os, err) < 0 || jval_text_opt(root, "architecture", &arch, err) < 0 ||
	    jval_get_opt(root, "config", JDOC_OBJECT, &config, err) < 0)
		return -1;
	c->given = true;
	c->os = xstrdup(os);
	c->arch = xstrdup(arch);
	if (!jval_is_there(config))
		return 0;
	if (jval_text_opt(config, "User", &user, err) < 0 || jval_text_opt(config, "WorkingDir", &workdir, err) < 0 ||
	    jval_strv_opt(config, "Env", &c->env, err) < 0 || pairs(config, "Labels", &c->labels, err) < 0 ||
	    jval_strv_opt(config, "Entrypoint", &c->entrypoint, err) < 0 ||
	    jval_strv_opt(config, "Cmd", &c->cmd, err) < 0 || keys(config, "Volumes", &c->volumes, err) < 0 ||
	    jval_strv_opt(config, "OnBuild", &c->onbuild, err) < 0)
		return -1;
	c->user = xstrdup(user);
	c->workdir = xstrdup(workdir);
	return 0;
}

/* --- all together --- */

static int merge(struct blobs *b, const struct image_names *names, struct gather *g, struct err *err)
{
	AUTO(tree) struct tree *t = tree_new();

	for (size_t i = 0; i < names->layers.n; i++) {
		struct blob_row *row = NULL;
		AUTO_TEXT char *shown = str_shown(names->layers.v[i], 120);
		int rc = blobs_get(b, names->layers.v[i], &row, err);

		if (rc < 0)
			return -1;
		if (rc == 1 || !row->layer)
			return err_set(err, ERR_PROTOCOL, "the layer '%s' %s", shown,
				       rc == 1 ? "is not there" : "is no archive");
		layer_apply(row->layer, t);
		facts_add_layer(gather_facts(g), names->layers.v[i], layer_size(row->layer));
	}
	layer_gather(t, g);
	return 0;
}

static int read_image(struct blobs *b, const char *subject, struct facts **ret, struct err *err)
{
	AUTO(gather) struct gather *g = gather_new(FACTS_IMAGE, subject);
	AUTO_NAMES struct image_names names = {.config = NULL};
	AUTO(jdoc) struct jdoc *config = NULL;

	if (find_image(b, &names, err) < 0 || need_text(b, names.config, &config, err) < 0 ||
	    read_config(jdoc_root(config), &gather_facts(g)->config, err) < 0 || merge(b, &names, g, err) < 0)
		return -1;
	*ret = gather_end(g);
	return 0;
}

static struct blobs blobs_for(int dir, const volatile sig_atomic_t *stop)
{
	return (struct blobs){.dir = dir, .left = {.entries = ENTRIES_MAX, .bytes = BYTES_MAX, .stop = stop}};
}

static int wrap(const char *subject, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(subject, 200);

	return err->kind == ERR_CANCELED ? -1 : err_wrap(err, "image '%s'", shown);
}

struct inner {
	struct tar_in *t;
};

static long inner_read(void *self, char *into, size_t len, struct err *err)
{
	const struct inner *i = self;

	return tar_in_read(i->t, into, len, err);
}

static int take_members(struct blobs *b, struct tar_in *t, struct err *err)
{
	struct inner inner = {.t = t};
	struct tar_entry e;
	int rc;

	while ((rc = tar_in_next(t, &e, err)) == 1) {
		AUTO_TEXT char *name = xstrdup(str_starts(e.name, "./") ? e.name + 2 : e.name);

		if ((e.type == TAR_SYMLINK || e.type == TAR_HARDLINK) && e.target)
			blobs_link(b, name, e.target, e.type == TAR_SYMLINK);
		else if (e.type == TAR_FILE &&
			 blobs_take(b, name, (struct stream){.read = inner_read, .self = &inner}, err) < 0)
			return -1;
	}
	return rc;
}

int bundle_read(struct stream from, const char *subject, const volatile sig_atomic_t *stop, struct facts **ret,
		struct err *err)
{
	struct tar_limits limits = {.max_bytes = BYTES_MAX, .max_entries = 100000};
	struct blobs b = blobs_for(-1, stop);
	AUTO(tar_in) struct tar_in *t = NULL;
	int rc = tar_in_new(from, &limits, &t, err);

	if (rc == 0)
		rc = take_members(&b, t, err);
	if (rc == 0)
		rc = read_image(&b, subject, ret, err);
	blobs_clear(&b);
	return rc < 0 ? wrap(subject, err) : 0;
}

bool bundle_is_layout(const char *path)
{
	AUTO_TEXT char *mark = file_join(path, "oci-layout");
	AUTO_TEXT char *index = file_join(path, "index.json");

	return file_is_regular(mark) && file_is_regular(index);
}

int bundle_read_layout(const char *path, const volatile sig_atomic_t *stop, struct facts **ret, struct err *err)
{
	AUTO_FD int dir = file_open_dir(path);
	struct blobs b = blobs_for(dir, stop);
	int rc = dir < 0 ? err_set(err, ERR_IO, "the folder cannot be opened") : read_image(&b, path, ret, err);

	blobs_clear(&b);
	return rc < 0 ? wrap(path, err) : 0;
}
