/* Any bytes as an index page, HTML or JSON by the first byte: every link that is kept is an http(s) URL with a plain
 * file name. */
#include "source/linkpage.h"

#include "base/str.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(links) struct links *l = NULL;
	struct err err = ERR_INIT;
	if (!size)
		return 0;
	AUTO_TEXT char *text = xstrndup((const char *)data + 1, size - 1);
	struct blob page = {.name = "page", .data = text, .len = strlen(text)};
	const char *type = data[0] & 1 ? "application/vnd.pypi.simple.v1+json" : "text/html";
	if (linkpage_parse(page, "https://user:secret@h.example/whl/torch/", type, &l, &err) < 0) {
		assert(err.kind == ERR_PROTOCOL && err.text[0] && !l);
		err_clear(&err);
		return 0;
	}
	for (size_t i = 0; i < l->n; i++) {
		assert(str_starts(l->v[i].url, "https://") || str_starts(l->v[i].url, "http://"));
		assert(*l->v[i].file && !strchr(l->v[i].file, '/') && l->v[i].file[0] != '.');
		assert(!l->v[i].sha256 || strlen(l->v[i].sha256) == 64);
	}
	return 0;
}
