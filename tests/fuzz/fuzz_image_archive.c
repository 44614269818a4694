#include "inspect/archive.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *data;
	size_t len, at;
};

static long bytes_read(void *self, char *into, size_t len, struct err *err)
{
	struct bytes *b = self;
	(void)err;
	if (len > b->len - b->at)
		len = b->len - b->at;
	memcpy(into, b->data + b->at, len);
	b->at += len;
	return (long)len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes b = {.data = data, .len = size};
	struct facts *f = NULL;
	struct err err = ERR_INIT;

	if (archive_read_stream("fuzz", (struct stream){.read = bytes_read, .self = &b}, "linux/amd64", NULL, &f,
				&err) < 0)
		err_clear(&err);
	facts_free(f);
	return 0;
}
