/* Any bytes as a manifest, an index and a config: what is accepted names digests that are some. */
#include "source/oci.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(oci_manifest) struct oci_manifest *m = NULL;
	AUTO(oci_config) struct oci_config *c = NULL;
	struct err err = ERR_INIT;
	struct blob text = {.name = "m", .data = (const char *)data, .len = size};
	if (oci_manifest_parse(text, &m, &err) < 0) {
		assert(err.kind == ERR_PROTOCOL && err.text[0] && !m);
	} else if (m->is_index) {
		for (size_t i = 0; i < m->n; i++)
			assert(digest_is_set(&m->v[i].digest) && m->v[i].os && m->v[i].arch);
		const struct oci_entry *e = oci_find(m, "linux/amd64");
		assert(!e || m->n);
	} else {
		assert(digest_is_set(&m->config));
	}
	err_clear(&err);
	if (oci_config_parse(text, &c, &err) < 0)
		assert(err.kind == ERR_PROTOCOL && err.text[0]);
	else
		assert(c->os && c->arch);
	err_clear(&err);
	return 0;
}
