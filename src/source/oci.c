#include "source/oci.h"

#include "adapt/json.h"
#include "base/str.h"

#include <string.h>

#define SIZE_LIMIT (1ull << 53)

void oci_manifest_free(struct oci_manifest *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->n; i++) {
		free(m->v[i].os);
		free(m->v[i].arch);
		free(m->v[i].variant);
	}
	free(m->v);
	free(m->blobs);
	free(m);
}

void oci_config_free(struct oci_config *c)
{
	if (!c)
		return;
	free(c->os);
	free(c->arch);
	free(c->variant);
	strv_clear(&c->env);
	strv_clear(&c->labels);
	free(c);
}

static int read_descriptor(struct jval at, struct digest *digest, uint64_t *size, struct err *err)
{
	const char *text = NULL;
	struct err bad = ERR_INIT;
	if (jval_text(at, "digest", &text, err) < 0 || jval_u64(at, "size", SIZE_LIMIT, size, err) < 0)
		return -1;
	if (digest_parse(text, digest, &bad) < 0) {
		jval_fail(at, err, "%s", bad.text);
		err_clear(&bad);
		return -1;
	}
	return 0;
}

bool oci_is_image_type(const char *type)
{
	return str_eq(type, "application/vnd.oci.image.manifest.v1+json") ||
	       str_eq(type, "application/vnd.docker.distribution.manifest.v2+json");
}

bool oci_is_index_type(const char *type)
{
	return str_eq(type, "application/vnd.oci.image.index.v1+json") ||
	       str_eq(type, "application/vnd.docker.distribution.manifest.list.v2+json");
}

static void add_blob(struct oci_manifest *m, struct oci_blob b)
{
	m->blobs = xreallocarray(m->blobs, m->n_blobs + 1, sizeof(*m->blobs));
	m->blobs[m->n_blobs++] = b;
}

bool oci_is_as_typed(const struct oci_manifest *m, const char *type)
{
	AUTO_TEXT char *plain = xstrndup(type ? type : "", strcspn(type ? type : "", "; "));
	return !(m->is_index ? oci_is_image_type(plain) : oci_is_index_type(plain));
}

static int read_entry(struct jval at, struct oci_manifest *m, struct err *err)
{
	struct jval platform = {.doc = NULL};
	const char *type = NULL, *os = NULL, *arch = NULL, *variant = NULL;
	struct oci_entry e = {.size = 0};
	if (jval_want(at, JDOC_OBJECT, err) < 0 || read_descriptor(at, &e.digest, &e.size, err) < 0 ||
	    jval_text_opt(at, "mediaType", &type, err) < 0 ||
	    jval_get_opt(at, "platform", JDOC_OBJECT, &platform, err) < 0)
		return -1;
	if (oci_is_index_type(type) || ((!type || oci_is_image_type(type)) && !jval_is_there(platform)))
		add_blob(m, (struct oci_blob){.digest = e.digest, .size = e.size, .is_index = oci_is_index_type(type)});
	if (!jval_is_there(platform) || (type && !oci_is_image_type(type)))
		return 0;
	if (jval_text(platform, "os", &os, err) < 0 || jval_text(platform, "architecture", &arch, err) < 0 ||
	    jval_text_opt(platform, "variant", &variant, err) < 0)
		return -1;
	e.os = xstrdup(os);
	e.arch = xstrdup(arch);
	e.variant = xstrdup(variant);
	m->v = xreallocarray(m->v, m->n + 1, sizeof(*m->v));
	m->v[m->n++] = e;
	return 0;
}

static int read_index(struct jval root, struct oci_manifest *m, struct err *err)
{
	struct jval list, it = {.doc = NULL};
	if (jval_get(root, "manifests", JDOC_ARRAY, &list, err) < 0)
		return -1;
	while (jval_next(list, &it))
		if (read_entry(it, m, err) < 0)
			return -1;
	m->is_index = true;
	return 0;
}

/* What is to be fetched from elsewhere is refused: such addresses are a way to make clients talk to strangers. */
static int refuse_urls(struct jval descriptor, struct err *err)
{
	struct jval urls;
	if (jval_get_opt(descriptor, "urls", JDOC_ARRAY, &urls, err) < 0)
		return -1;
	if (jval_is_there(urls) && jval_count(urls))
		return jval_fail(urls, err, "is to be fetched from other servers, which is not done");
	return 0;
}

static int read_image(struct jval root, struct oci_manifest *m, struct err *err)
{
	struct jval config, layers, it = {.doc = NULL};

	if (jval_get(root, "config", JDOC_OBJECT, &config, err) < 0 ||
	    read_descriptor(config, &m->config, &m->config_size, err) < 0 || refuse_urls(config, err) < 0 ||
	    jval_get_opt(root, "layers", JDOC_ARRAY, &layers, err) < 0)
		return -1;
	while (jval_is_there(layers) && jval_next(layers, &it)) {
		struct oci_blob b = {.size = 0};

		if (m->n_blobs >= OCI_LAYERS_MAX)
			return jval_fail(layers, err, "more than %d layers", OCI_LAYERS_MAX);
		if (jval_want(it, JDOC_OBJECT, err) < 0 || refuse_urls(it, err) < 0 ||
		    read_descriptor(it, &b.digest, &b.size, err) < 0)
			return -1;
		add_blob(m, b);
	}
	return 0;
}

int oci_manifest_parse(struct blob text, struct oci_manifest **ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	AUTO(oci_manifest) struct oci_manifest *m = xcalloc(1, sizeof(*m));
	const char *type = NULL;
	uint64_t schema = 0;
	if (jdoc_parse_as(ERR_PROTOCOL, text, &doc, err) < 0)
		return -1;
	struct jval root = jdoc_root(doc);
	if (jval_want(root, JDOC_OBJECT, err) < 0 || jval_u64(root, "schemaVersion", 1000, &schema, err) < 0 ||
	    jval_text_opt(root, "mediaType", &type, err) < 0)
		return -1;
	if (schema != 2)
		return jval_fail(root, err, "manifest schema %u is not supported, only 2", (unsigned)schema);
	bool has_list = jval_is_there(jval_member(root, "manifests"));
	bool has_image = jval_is_there(jval_member(root, "config")) || jval_is_there(jval_member(root, "layers"));
	if (has_list && has_image)
		return jval_fail(root, err, "is an index and an image at once");
	if (has_list ? type && !oci_is_index_type(type) : type && !oci_is_image_type(type))
		return jval_fail(root, err, "is not what its mediaType says, or of an unknown type");
	if ((has_list ? read_index(root, m, err) : read_image(root, m, err)) < 0)
		return -1;
	*ret = TAKE(m);
	return 0;
}

static int read_labels(struct jval labels, struct oci_config *c, struct err *err)
{
	struct jval it = {.doc = NULL};
	while (jval_next(labels, &it)) {
		const char *value = NULL;
		if (jval_as_text(it, &value, err) < 0)
			return -1;
		strv_addf(&c->labels, "%s=%s", it.key, value);
	}
	strv_sort(&c->labels);
	return 0;
}

int oci_config_parse(struct blob text, struct oci_config **ret, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;
	AUTO(oci_config) struct oci_config *c = xcalloc(1, sizeof(*c));
	const char *os = NULL, *arch = NULL, *variant = NULL;
	struct jval config, labels;
	if (jdoc_parse_as(ERR_PROTOCOL, text, &doc, err) < 0)
		return -1;
	struct jval root = jdoc_root(doc);
	if (jval_want(root, JDOC_OBJECT, err) < 0 || jval_text(root, "os", &os, err) < 0 ||
	    jval_text(root, "architecture", &arch, err) < 0 || jval_text_opt(root, "variant", &variant, err) < 0 ||
	    jval_get_opt(root, "config", JDOC_OBJECT, &config, err) < 0)
		return -1;
	c->os = xstrdup(os);
	c->arch = xstrdup(arch);
	c->variant = xstrdup(variant);
	if (jval_is_there(config)) {
		if (jval_strv_opt(config, "Env", &c->env, err) < 0 ||
		    jval_get_opt(config, "Labels", JDOC_OBJECT, &labels, err) < 0)
			return -1;
		if (jval_is_there(labels) && read_labels(labels, c, err) < 0)
			return -1;
	}
	*ret = TAKE(c);
	return 0;
}

bool oci_is_platform(const char *os, const char *arch, const char *variant, const char *platform)
{
	AUTO_STRV struct strv want = STRV_INIT;
	strv_split(&want, platform, "/");
	if (want.n < 2 || !str_eq(os, want.v[0]) || !str_eq(arch, want.v[1]))
		return false;
	const char *asked = want.n > 2 ? want.v[2] : NULL;
	if (!asked || !*asked)
		return !variant || !*variant || !str_eq(arch, "arm64") || str_eq(variant, "v8");
	if (!variant || !*variant)
		return str_eq(arch, "arm64") && str_eq(asked, "v8");
	return str_eq(variant, asked);
}

const struct oci_entry *oci_find(const struct oci_manifest *index, const char *platform)
{
	for (size_t i = 0; i < index->n; i++)
		if (oci_is_platform(index->v[i].os, index->v[i].arch, index->v[i].variant, platform))
			return &index->v[i];
	return NULL;
}
