/* Any bytes as an overlay of the catalog: what is read can be applied and written, and is then the same again. */
#include "model/overlay.h"

#include "base/str.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct overlay o = OVERLAY_INIT, again = OVERLAY_INIT;
	AUTO_BUF struct buf text = BUF_INIT, first = BUF_INIT, second = BUF_INIT;
	struct err err = ERR_INIT;
	const char *at = memmem(data, size, "@ID@", 4), *start = (const char *)data;

	buf_add(&text, start, at ? (size_t)(at - start) : size);
	if (at) {
		buf_adds(&text, catalog_builtin.id);
		buf_add(&text, at + 4, size - (size_t)(at - start) - 4);
	}
	if (overlay_parse(buf_blob(&text, "o"), &catalog_builtin, &o, &err) != 0) {
		err_clear(&err);
		return 0;
	}
	AUTO(catalog) struct catalog *c = overlay_apply(&catalog_builtin, &o);
	assert(c->n_torch <= catalog_builtin.n_torch + o.added.nwheels);
	overlay_dump(&catalog_builtin, &o, &first);
	assert(overlay_parse(buf_blob(&first, "o"), &catalog_builtin, &again, &err) == 0);
	overlay_dump(&catalog_builtin, &again, &second);
	assert(str_eq(buf_text(&first), buf_text(&second)));
	overlay_clear(&o);
	overlay_clear(&again);
	return 0;
}
