#include "inspect/archive.h"

#include "base/file.h"
#include "base/str.h"
#include "inspect/gather.h"
#include "inspect/merge.h"
#include "inspect/store.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { LAYERS_MOST = 512, NESTED_MOST = 8 };

/* What an image is made of: names of members of the store. */
struct image_parts {
	char *config;
	struct strv layers;
	size_t others; /* images beside this one */
};

static void parts_clear(struct image_parts *p)
{
	free(p->config);
	strv_clear(&p->layers);
}
#define AUTO_PARTS __attribute__((cleanup(parts_clear)))

bool archive_is_one(const char *path)
{
	AUTO_TEXT char *layout = file_join(path, "oci-layout");
	AUTO_TEXT char *index = file_join(path, "index.json");

	if (!file_is_dir(path))
		return str_eq(path, "-") || file_exists(path);
	return file_exists(layout) && file_exists(index);
}

/* --- manifest.json of docker save: [{"Config": NAME, "Layers": [NAME...]}] --- */

static int parts_docker(struct jval root, struct image_parts *into, struct err *err)
{
	struct jval first = {.doc = NULL};
	const char *config;

	if (jval_want(root, JDOC_ARRAY, err) < 0)
		return -1;
	if (!jval_next(root, &first))
		return jval_fail(root, err, "the archive has no image");
	if (jval_want(first, JDOC_OBJECT, err) < 0 || jval_text(first, "Config", &config, err) < 0 ||
	    jval_strv(first, "Layers", &into->layers, err) < 0)
		return -1;
	into->config = xstrdup(config);
	into->others = jval_count(root) - 1;
	return 0;
}

/* --- OCI: index.json -> (index ->) manifest --- */

/* "sha256:HEX" -> "blobs/sha256/HEX"; NULL where it is no digest. The caller's. */
static char *blob_name(const char *digest)
{
	const char *colon = strchr(digest, ':');
	size_t n = colon ? strspn(colon + 1, "0123456789abcdef") : 0;

	if (!colon || n < 32 || colon[1 + n] ||
	    strspn(digest, "abcdefghijklmnopqrstuvwxyz0123456789") != (size_t)(colon - digest))
		return NULL;
	return xasprintf("blobs/%.*s/%s", (int)(colon - digest), digest, colon + 1);
}

static int blob_of(struct jval descriptor, char **ret, struct err *err)
{
	const char *digest;

	if (jval_want(descriptor, JDOC_OBJECT, err) < 0 || jval_text(descriptor, "digest", &digest, err) < 0)
		return -1;
	*ret = blob_name(digest);
	return *ret ? 0 : jval_fail(jval_member(descriptor, "digest"), err, "must be a digest");
}

static bool is_platform(struct jval descriptor, const char *platform)
{
	struct jval p = jval_member(descriptor, "platform");
	struct err ignored = ERR_INIT;
	const char *os = NULL, *arch = NULL;
	AUTO_TEXT char *found = NULL;

	if (!jval_is_there(p) || jval_text_opt(p, "os", &os, &ignored) < 0 ||
	    jval_text_opt(p, "architecture", &arch, &ignored) < 0 || !os || !arch) {
		err_clear(&ignored);
		return false;
	}
	found = xasprintf("%s/%s", os, arch);
	return str_eq(found, platform);
}

/* The descriptor for the platform, else the first; *ret_others counts the rest. */
static int choose(struct jval index, const char *platform, struct jval *ret, size_t *ret_others, struct err *err)
{
	struct jval list, it = {.doc = NULL};
	bool found = false;

	if (jval_get(index, "manifests", JDOC_ARRAY, &list, err) < 0)
		return -1;
	if (jval_count(list) == 0)
		return jval_fail(list, err, "the index names no image");
	while (jval_next(list, &it))
		if (!found) {
			if (it.index == 0)
				*ret = it;
			if (is_platform(it, platform)) {
				*ret = it;
				found = true;
			}
		}
	*ret_others = jval_count(list) - 1;
	return 0;
}

static int parts_manifest(struct jval root, struct image_parts *into, struct err *err)
{
	struct jval config, layers, it = {.doc = NULL};

	if (jval_get(root, "config", JDOC_OBJECT, &config, err) < 0 || blob_of(config, &into->config, err) < 0 ||
	    jval_get(root, "layers", JDOC_ARRAY, &layers, err) < 0)
		return -1;
	while (jval_next(layers, &it)) {
		char *name = NULL;

		if (blob_of(it, &name, err) < 0)
			return -1;
		strv_own(&into->layers, name);
	}
	return 0;
}

static int parts_oci(struct store *s, const char *name, const char *platform, struct image_parts *into, struct err *err)
{
	AUTO_TEXT char *at = xstrdup(name);

	for (unsigned depth = 0; depth < NESTED_MOST; depth++) {
		AUTO(jdoc) struct jdoc *d = NULL;
		struct jval next;
		char *blob = NULL;
		int rc = store_json(s, at, &d, err);

		if (rc < 0)
			return -1;
		if (rc == 1)
			return err_set(err, ERR_PROTOCOL, "the archive has no '%s'", at);
		if (!jval_is_there(jval_member(jdoc_root(d), "manifests")))
			return parts_manifest(jdoc_root(d), into, err);
		if (choose(jdoc_root(d), platform, &next, &into->others, err) < 0 || blob_of(next, &blob, err) < 0)
			return -1;
		free(at);
		at = blob;
	}
	return err_set(err, ERR_PROTOCOL, "indexes inside indexes without end");
}

static int find_parts(struct store *s, const char *platform, struct image_parts *into, struct err *err)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	int rc = store_json(s, "manifest.json", &d, err);

	if (rc < 0)
		return -1;
	if (rc == 0 && jval_type(jdoc_root(d)) == JDOC_ARRAY)
		return parts_docker(jdoc_root(d), into, err);
	return parts_oci(s, "index.json", platform, into, err);
}

/* --- the image's configuration --- */

static int text_of(struct jval from, const char *key, char **into, struct err *err)
{
	const char *text = NULL;

	if (jval_text_opt(from, key, &text, err) < 0)
		return -1;
	*into = xstrdup(text ? text : "");
	return 0;
}

static int pairs_of(struct jval from, const char *key, struct strv *into, struct err *err)
{
	struct jval map, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_OBJECT, &map, err) < 0)
		return -1;
	while (jval_is_there(map) && jval_next(map, &it)) {
		const char *value;

		if (jval_as_text(it, &value, err) < 0)
			return -1;
		strv_addf(into, "%s=%s", it.key, value);
	}
	return 0;
}

static int keys_of(struct jval from, const char *key, struct strv *into, struct err *err)
{
	struct jval map, it = {.doc = NULL};

	if (jval_get_opt(from, key, JDOC_OBJECT, &map, err) < 0)
		return -1;
	while (jval_is_there(map) && jval_next(map, &it))
		strv_add(into, it.key);
	return 0;
}

static int read_config(struct jval root, struct facts_config *c, struct err *err)
{
	struct jval own;

	if (jval_want(root, JDOC_OBJECT, err) < 0 || text_of(root, "os", &c->os, err) < 0 ||
	    text_of(root, "architecture", &c->arch, err) < 0 ||
	    jval_get_opt(root, "config", JDOC_OBJECT, &own, err) < 0)
		return -1;
	c->given = true;
	if (!jval_is_there(own))
		return 0;
	if (text_of(own, "User", &c->user, err) < 0 || text_of(own, "WorkingDir", &c->workdir, err) < 0 ||
	    jval_strv_opt(own, "Env", &c->env, err) < 0 || pairs_of(own, "Labels", &c->labels, err) < 0 ||
	    jval_strv_opt(own, "Entrypoint", &c->entrypoint, err) < 0 || jval_strv_opt(own, "Cmd", &c->cmd, err) < 0 ||
	    keys_of(own, "Volumes", &c->volumes, err) < 0 || jval_strv_opt(own, "OnBuild", &c->onbuild, err) < 0)
		return -1;
	return 0;
}

static int add_config(struct store *s, const char *name, struct facts *f, struct err *err)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	int rc = store_json(s, name, &d, err);

	if (rc == 1)
		return err_set(err, ERR_PROTOCOL, "the archive has no image configuration '%s'", name);
	return rc < 0 ? -1 : read_config(jdoc_root(d), &f->config, err);
}

/* --- all together --- */

static int read_image(struct store *s, const char *name, const char *platform, struct facts **ret, struct err *err)
{
	AUTO_PARTS struct image_parts parts = {.config = NULL};
	AUTO(gather) struct gather *g = gather_new(FACTS_IMAGE, name);
	AUTO(merge) struct merge *m = merge_new();
	struct facts *f = gather_facts(g);

	if (find_parts(s, platform, &parts, err) < 0 || add_config(s, parts.config, f, err) < 0)
		return -1;
	if (parts.layers.n > LAYERS_MOST)
		return err_set(err, ERR_PROTOCOL, "more than %d layers", LAYERS_MOST);
	for (size_t i = 0; i < parts.layers.n; i++) {
		const struct layer *l;

		if (store_layer(s, parts.layers.v[i], &l, err) < 0)
			return -1;
		merge_layer(m, l);
		facts_add_layer(f, parts.layers.v[i], l->size);
		if (l->left_out)
			strv_addf(&f->over, "layer %zu: %zu members with names that lead out of it", i + 1,
				  l->left_out);
	}
	if (parts.others)
		strv_addf(&f->over, "%zu more images in it were not looked at", parts.others);
	if (merge_gather(m, store_spool(s), g, err) < 0)
		return -1;
	*ret = gather_end(g);
	return 0;
}

int archive_read_stream(const char *name, struct stream from, const char *platform, const volatile sig_atomic_t *stop,
			struct facts **ret, struct err *err)
{
	AUTO(store) struct store *s = NULL;

	if (store_archive(from, stop, &s, err) < 0 || read_image(s, name, platform, ret, err) < 0)
		return err_wrap(err, "%s", name);
	return 0;
}

static long fd_read(void *self, char *into, size_t len, struct err *err)
{
	long n;

	do {
		n = (long)read(*(int *)self, into, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? err_set_errno(err, errno, "read the archive") : n;
}

int archive_read(const char *path, const char *platform, const volatile sig_atomic_t *stop, struct facts **ret,
		 struct err *err)
{
	AUTO(store) struct store *s = NULL;
	AUTO_FD int fd = -1;
	struct stream from = {.read = fd_read, .self = &fd};

	if (file_is_dir(path)) {
		if (store_folder(path, stop, &s, err) < 0 || read_image(s, path, platform, ret, err) < 0)
			return err_wrap(err, "%s", path);
		return 0;
	}
	fd = str_eq(path, "-") ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set_errno(err, errno, "open '%s'", path);
	return archive_read_stream(path, from, platform, stop, ret, err);
}
