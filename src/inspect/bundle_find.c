#include "base/str.h"
#include "inspect/bundle_parts.h"

#include <string.h>

#if defined(__aarch64__)
#define OWN_PLATFORM "linux/arm64"
#else
#define OWN_PLATFORM "linux/amd64"
#endif

enum { NAMES_SHOWN = 8, CHAIN_MAX = 1000, NESTED_MAX = 4 };

void bundle_names_clear(struct bundle_names *n)
{
	free(n->config);
	strv_clear(&n->layers);
}

/* --- JSON members --- */

int bundle_json(struct blobs *b, const char *name, struct jdoc **ret, struct err *err)
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

static int need_json(struct blobs *b, const char *name, struct jdoc **ret, struct err *err)
{
	int rc = bundle_json(b, name, ret, err);
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

/* --- which of several --- */

/* "gnn" means gnn:latest, and what docker writes in front of it is left out. */
static char *plain_name(const char *name)
{
	static const char *const fronts[] = {"docker.io/library/", "docker.io/", "localhost/", "library/"};
	const char *slash;

	for (size_t i = 0; i < ARRAY_LEN(fronts); i++)
		if (str_starts(name, fronts[i])) {
			name += strlen(fronts[i]);
			break;
		}
	slash = strrchr(name, '/');
	return strchr(slash ? slash : name, ':') ? xstrdup(name) : xasprintf("%s:latest", name);
}

static bool is_name(const char *have, const char *want)
{
	AUTO_TEXT char *a = plain_name(have);
	AUTO_TEXT char *b = plain_name(want);

	return strcmp(have, want) == 0 || strcmp(a, b) == 0;
}

/* There is a choice that was not made, or one that cannot be met. */
static int choose(const struct strv *names, size_t n, const struct bundle_wish *wish, struct err *err)
{
	AUTO_STRV struct strv some = STRV_INIT;
	AUTO_TEXT char *list = NULL;
	AUTO_TEXT char *shown = NULL;

	for (size_t i = 0; i < names->n && i < NAMES_SHOWN; i++)
		strv_add(&some, names->v[i]);
	list = strv_join(&some, ", ");
	shown = str_shown(list, 200);
	if (wish->name) {
		AUTO_TEXT char *name = str_shown(wish->name, 120);

		err_set(err, ERR_USAGE, "it holds no image '%s'", name);
		return shown[0] ? err_hint(err, "it holds: %s", shown) : -1;
	}
	err_set(err, ERR_USAGE, "it holds %zu images", n);
	return err_hint(err, "name one behind the path (docker-archive:PATH:NAME, oci:PATH:NAME): %s", shown);
}

/* --- docker save --- */

static int tags_of(struct jval image, struct strv *into, struct err *err)
{
	return jval_strv_opt(image, "RepoTags", into, err);
}

static bool has_name(const struct strv *tags, const char *want)
{
	for (size_t i = 0; i < tags->n; i++)
		if (is_name(tags->v[i], want))
			return true;
	return false;
}

/* The entry that is meant. Entries of the same config are the same image. */
static int docker_entry(struct jval list, const struct bundle_wish *wish, struct jval *ret, struct err *err)
{
	AUTO_STRV struct strv names = STRV_INIT;
	AUTO_STRV struct strv configs = STRV_INIT;
	struct jval it = {.doc = NULL};
	bool found = false;

	while (jval_next(list, &it)) {
		AUTO_STRV struct strv tags = STRV_INIT;
		const char *config = NULL;

		if (jval_want(it, JDOC_OBJECT, err) < 0 || tags_of(it, &tags, err) < 0 ||
		    jval_text(it, "Config", &config, err) < 0)
			return -1;
		strv_add_all(&names, &tags);
		if (!wish->name)
			(void)strv_add_once(&configs, config);
		if (!found && (!wish->name || has_name(&tags, wish->name))) {
			*ret = it;
			found = true;
		}
	}
	if (!found && !wish->name)
		return jval_fail(list, err, "no image in the archive");
	return !found || configs.n > 1 ? choose(&names, configs.n, wish, err) : 0;
}

static int read_docker(struct jval list, const struct bundle_wish *wish, struct bundle_names *into, struct err *err)
{
	struct jval image = {.doc = NULL};
	const char *config = NULL;

	if (jval_want(list, JDOC_ARRAY, err) < 0 || docker_entry(list, wish, &image, err) < 0 ||
	    jval_text(image, "Config", &config, err) < 0 ||
	    jval_strv_opt(image, "Layers", &into->layers, err) < 0) /* null where an image has none */
		return -1;
	into->config = xstrdup(config);
	return 0;
}

/* --- docker save before 1.10: a chain of layers, each naming the one below --- */

static int top_of(struct jval repositories, const struct bundle_wish *wish, char **ret, struct err *err)
{
	AUTO_STRV struct strv names = STRV_INIT;
	AUTO_STRV struct strv ids = STRV_INIT;
	struct jval repo = {.doc = NULL};

	if (jval_want(repositories, JDOC_OBJECT, err) < 0)
		return -1;
	while (jval_next(repositories, &repo)) {
		struct jval tag = {.doc = NULL};

		while (jval_next(repo, &tag)) {
			AUTO_TEXT char *name = xasprintf("%s:%s", repo.key, tag.key);
			const char *id = NULL;

			if (jval_as_text(tag, &id, err) < 0)
				return -1;
			strv_add(&names, name);
			if (!wish->name || is_name(name, wish->name))
				(void)strv_add_once(&ids, id);
		}
	}
	if (ids.n != 1)
		return names.n == 0 ? jval_fail(repositories, err, "no image in the archive")
				    : choose(&names, ids.n, wish, err);
	*ret = xstrdup(ids.v[0]);
	return 0;
}

static int read_chain(struct blobs *b, const char *top, struct bundle_names *into, struct err *err)
{
	AUTO_TEXT char *at = xstrdup(top);
	AUTO_STRV struct strv down = STRV_INIT;

	into->config = xasprintf("%s/json", top);
	while (at && at[0]) {
		AUTO_TEXT char *name = xasprintf("%s/json", at);
		AUTO(jdoc) struct jdoc *d = NULL;
		const char *parent = NULL;

		if (down.n >= CHAIN_MAX)
			return err_set(err, ERR_PROTOCOL, "more than %d layers", CHAIN_MAX);
		if (need_json(b, name, &d, err) < 0 || jval_text_opt(jdoc_root(d), "parent", &parent, err) < 0)
			return -1;
		strv_addf(&down, "%s/layer.tar", at);
		free(at);
		at = xstrdup(parent);
	}
	for (size_t i = down.n; i-- > 0;)
		strv_add(&into->layers, down.v[i]);
	return 0;
}

static int read_legacy(struct blobs *b, struct jval repositories, const struct bundle_wish *wish,
		       struct bundle_names *into, struct err *err)
{
	AUTO_TEXT char *id = NULL;

	if (top_of(repositories, wish, &id, err) < 0)
		return -1;
	return read_chain(b, id, into, err);
}

/* --- OCI --- */

static int read_manifest(struct jval root, struct bundle_names *into, struct err *err)
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

/* How well an entry of an index fits: 0 not at all, 1 another platform where none was asked for, 2 it names none, 3 it
 * is the platform. */
static unsigned fitness(struct jval entry, const struct bundle_wish *wish)
{
	struct jval platform = jval_member(entry, "platform");
	const char *arch = NULL, *os = NULL, *variant = NULL;
	struct err ignored = ERR_INIT;

	if (!jval_is_there(platform) || jval_type(platform) != JDOC_OBJECT)
		return 2;
	if (jval_text_opt(platform, "architecture", &arch, &ignored) < 0 ||
	    jval_text_opt(platform, "os", &os, &ignored) < 0 ||
	    jval_text_opt(platform, "variant", &variant, &ignored) < 0)
		err_clear(&ignored);
	if (str_eq(arch, "unknown") || str_eq(os, "unknown"))
		return 0;
	if (facts_is_platform(os, arch, variant, wish->platform ? wish->platform : OWN_PLATFORM))
		return 3;
	return wish->platform ? 0 : 1;
}

/* The name that a tool gave an entry of index.json; borrowed, or NULL. */
static const char *entry_name(struct jval entry)
{
	static const char *const keys[] = {"org.opencontainers.image.ref.name", "io.containerd.image.name"};
	struct jval notes = jval_member(entry, "annotations");
	struct err ignored = ERR_INIT;
	const char *name = NULL;

	if (!jval_is_there(notes) || jval_type(notes) != JDOC_OBJECT)
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(keys) && !name; i++)
		if (jval_text_opt(notes, keys[i], &name, &ignored) < 0)
			err_clear(&ignored);
	return name;
}

struct pick {
	const struct bundle_wish *wish;
	bool by_name;	     /* the outermost index */
	struct strv digests; /* of equally good entries */
	struct strv names;
	unsigned fits;
	struct jval entry;
};

static int consider(struct pick *p, struct jval it, struct err *err)
{
	unsigned fits = fitness(it, p->wish);
	const char *name = entry_name(it);
	AUTO_TEXT char *digest = NULL;

	if (jval_want(it, JDOC_OBJECT, err) < 0 || descriptor(it, &digest, err) < 0)
		return -1;
	if (name)
		(void)strv_add_once(&p->names, name);
	if (p->by_name && p->wish->name && (!name || !is_name(name, p->wish->name)))
		return 0;
	if (fits > p->fits) {
		p->fits = fits;
		p->entry = it;
		strv_clear(&p->digests);
	}
	if (fits > 0 && fits == p->fits)
		(void)strv_add_once(&p->digests, digest);
	return 0;
}

static int none_fits(const struct pick *p, struct jval index, struct err *err)
{
	if (p->by_name && p->wish->name)
		return choose(&p->names, 0, p->wish, err);
	if (p->wish->platform)
		return err_set(err, ERR_USAGE, "it has no image for %s", p->wish->platform);
	return jval_fail(index, err, "no image in the index");
}

static int best_entry(struct jval index, const struct bundle_wish *wish, bool outermost, char **ret, struct err *err)
{
	struct pick p = {.wish = wish, .by_name = outermost};
	struct jval manifests, it = {.doc = NULL};
	int rc = jval_get(index, "manifests", JDOC_ARRAY, &manifests, err);

	while (rc == 0 && jval_next(manifests, &it))
		rc = consider(&p, it, err);
	if (rc == 0 && p.fits == 0)
		rc = none_fits(&p, index, err);
	else if (rc == 0 && outermost && p.digests.n > 1 && p.names.n > 1)
		rc = choose(&p.names, p.digests.n, wish, err);
	else if (rc == 0)
		rc = descriptor(p.entry, ret, err);
	strv_clear(&p.digests);
	strv_clear(&p.names);
	return rc;
}

/* Goes down from an index, through nested ones, to a manifest. */
static int read_index(struct blobs *b, const struct bundle_wish *wish, struct bundle_names *into, struct err *err)
{
	AUTO_TEXT char *name = xstrdup("index.json");

	for (unsigned i = 0; i < NESTED_MAX; i++) {
		AUTO(jdoc) struct jdoc *d = NULL;
		char *next = NULL;

		if (need_json(b, name, &d, err) < 0)
			return -1;
		if (jval_is_there(jval_member(jdoc_root(d), "layers")))
			return read_manifest(jdoc_root(d), into, err);
		if (best_entry(jdoc_root(d), wish, i == 0, &next, err) < 0)
			return -1;
		free(name);
		name = next;
	}
	return err_set(err, ERR_PROTOCOL, "indexes nested too deep");
}

/* --- all of them --- */

int bundle_find(struct blobs *b, const struct bundle_wish *wish, struct bundle_names *into, struct err *err)
{
	AUTO(jdoc) struct jdoc *d = NULL;
	int rc = bundle_json(b, "manifest.json", &d, err);

	if (rc == 0)
		return read_docker(jdoc_root(d), wish, into, err);
	if (rc == 1)
		rc = bundle_json(b, "index.json", &d, err);
	if (rc == 0)
		return read_index(b, wish, into, err);
	if (rc == 1)
		rc = bundle_json(b, "repositories", &d, err);
	if (rc == 0)
		return read_legacy(b, jdoc_root(d), wish, into, err);
	return rc < 0 ? -1
		      : err_set(err, ERR_PROTOCOL,
				"it holds neither manifest.json nor index.json nor repositories: no image");
}

int bundle_check_platform(const struct facts_config *c, const struct bundle_wish *wish, struct err *err)
{
	if (!wish->platform || facts_is_platform(c->os, c->arch, c->variant, wish->platform))
		return 0;
	AUTO_TEXT char *has = xasprintf("%s/%s", c->os ? c->os : "?", c->arch ? c->arch : "?");
	AUTO_TEXT char *shown = str_shown(has, 60);

	return err_set(err, ERR_USAGE, "it has no image for %s, only for %s", wish->platform, shown);
}
