/* Any bytes as a page of tags, of Docker Hub's API or a registry by the first byte: every name that is kept is a tag.
 */
#include "source/taglist.h"

#include "base/str.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(tags) struct tags *t = xcalloc(1, sizeof(*t));
	AUTO_TEXT char *next = NULL;
	struct err err = ERR_INIT;
	if (!size)
		return 0;
	AUTO_BUF struct buf text = BUF_INIT;
	buf_add(&text, data + 1, size - 1);
	buf_addc(&text, '\0');
	struct blob page = {.name = "page", .data = text.data, .len = size - 1};
	int rc = data[0] & 1 ? taglist_read_hub(page, t, &next, &err) : taglist_read_registry(page, t, &err);

	assert(rc == 0 || (err.kind == ERR_PROTOCOL && err.text[0]));
	err_clear(&err);
	for (size_t i = 0; i < t->n; i++)
		assert(ref_tag_valid(t->v[i].name));
	AUTO_TEXT char *link = taglist_link_next(text.data);
	assert(!link || link[0]);
	return 0;
}
