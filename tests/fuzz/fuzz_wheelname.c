/* Any bytes as the file name of a wheel: what is accepted is a name without slash, and fits nothing by accident. */
#include "source/wheelname.h"

#include "base/str.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_TEXT char *file = xstrndup((const char *)data, size);
	AUTO(wheelname) struct wheelname *w = wheelname_parse(file);
	AUTO_TEXT char *normal = wheelname_normal(file);
	AUTO_TEXT char *again = wheelname_normal(normal);
	assert(str_eq(normal, again));
	if (!w)
		return 0;
	assert(!strchr(file, '/') && str_ends(file, ".whl"));
	assert(w->pythons.n && w->abis.n && w->platforms.n && *w->dist);
	assert(wheelname_glibc(w) < 1000);
	bool here = wheelname_fits(w, "3.11", "linux/amd64"), there = wheelname_fits(w, "3.11", "linux/arm64");
	assert(!(here && there) || strstr(file, "any") || w->platforms.n > 1);
	assert(!wheelname_is_sdist(file, w->dist, &w->version));
	return 0;
}
