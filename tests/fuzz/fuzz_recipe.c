/* Any bytes as a Dockerfile, which is its own requirement file: it ends, and every install stands on a line. */
#include "work/recipe_check.h"

#include <assert.h>
#include <stdint.h>

static bool give(void *self, const char *path, struct buf *into)
{
	const struct blob *text = self;
	(void)path;
	buf_add(into, text->data, text->len);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct blob text = {.name = "Dockerfile", .data = (const char *)data, .len = size};
	struct recipe_files files = {.read = give, .self = &text};
	AUTO(dockerfile) struct dockerfile *d = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	struct err err = ERR_INIT;
	if (dockerfile_read(text, &d, &err) < 0) {
		assert(err.kind == ERR_INPUT && err.text[0] && !d);
		err_clear(&err);
		return 0;
	}
	AUTO(recipe) struct recipe *r = recipe_of(d, "Dockerfile", &files);
	assert(r->nbases);
	for (size_t i = 0; i < r->n; i++)
		assert(r->v[i].line >= 1 && r->v[i].pkg < PKG__MAX && r->v[i].base < r->nbases);
	if (recipe_check(r, "Dockerfile", &catalog_builtin, NULL, 0, &why, &err) < 0)
		err_clear(&err);
	return 0;
}
