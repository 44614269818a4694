/* Any bytes as a file of the cache: what is taken is what was kept under the key, whole, and survives being written. */
#include "source/cache.h"

#include "base/str.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cache_entry e = CACHE_ENTRY_INIT, again = CACHE_ENTRY_INIT;
	struct blob file = {.name = "file", .data = (const char *)data, .len = size};
	AUTO_BUF struct buf dump = BUF_INIT;

	if (!cache_entry_parse(file, "GET a", &e))
		return 0;
	cache_entry_dump("GET a", &e, &dump);
	assert(cache_entry_parse(buf_blob(&dump, "dump"), "GET a", &again));
	assert(again.at == e.at && str_eq(again.etag, e.etag) && str_eq(again.url, e.url));
	assert(again.body.len == e.body.len);
	cache_entry_clear(&e);
	cache_entry_clear(&again);
	return 0;
}
