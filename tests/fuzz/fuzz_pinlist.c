/* Any bytes as the list that uv printed: what is read has a name, a version or URL, and hashes. */
#include "work/pinlist.h"

#include "base/str.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(plan) struct plan *p = plan_new();
	struct plan_variant *v = plan_add_variant(p);
	struct err err = ERR_INIT;
	AUTO_BUF struct buf text = BUF_INIT;
	struct blob list;

	buf_add(&text, data, size);
	list = buf_blob(&text, "list");
	if (pinlist_read(list, list, v, &err) < 0) {
		assert(err.kind == ERR_PROTOCOL && err.text[0] && !v->npip);
		err_clear(&err);
		return 0;
	}
	for (size_t i = 0; i < v->npip; i++) {
		assert(str_is_alnum(v->pip[i].line[0]) && v->pip[i].sha256.n > 0);
		for (size_t k = 0; k < v->pip[i].sha256.n; k++)
			assert(strlen(v->pip[i].sha256.v[k]) == 64);
	}
	return 0;
}
