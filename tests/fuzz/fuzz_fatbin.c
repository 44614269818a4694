/* fuzz_fatbin.c — any bytes as containers of device code. */
#include "inspect/fatbin.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *data;
	size_t size;
};

static long read_bytes(void *self, uint64_t offset, void *into, size_t len)
{
	const struct bytes *b = self;
	if (offset >= b->size)
		return 0;
	size_t n = b->size - (size_t)offset < len ? b->size - (size_t)offset : len;
	memcpy(into, b->data + offset, n);
	return (long)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = {.data = data, .size = size};
	AUTO(binary) struct binary *b = binary_new("/x.so");
	AUTO(fatbin) struct fatbin *f = fatbin_new((struct fatbin_source){.read = read_bytes, .self = &bytes}, b);
	fatbin_scan(f, 0, size, 4096, size % 2 != 0);
	const char *fault = fatbin_end(f);
	char text[CODE_TEXT];
	for (size_t i = 0; i < b->n_groups; i++) {
		if (b->groups[i].n_codes == 0 || b->groups[i].first >= size)
			abort();
		for (size_t k = 0; k < b->groups[i].n_codes; k++)
			if (strlen(code_text(&b->groups[i].codes[k], text)) >= sizeof(text))
				abort();
	}
	/* What was said to be sound has no more code than bytes. */
	if (fault == NULL && b->code_bytes > size)
		abort();
	return 0;
}
