/* fuzz_where.c — a step's name (the first line) in a Dockerfile (the rest): a line of it, or none. */
#include "base/buf.h"
#include "engine/where.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *stop = size ? memchr(text, '\n', size) : NULL;
	size_t name = stop ? (size_t)(stop - text) : size, skip = stop ? name + 1 : size;
	AUTO_TEXT char *step = size ? xstrndup(text, name) : xstrdup("");
	unsigned lines = 1;

	for (size_t i = skip; i < size; i++)
		lines += text[i] == '\n';
	struct blob file = {.name = "Dockerfile", .data = size ? text + skip : "", .len = size - skip};

	if (where_line(file, step) > lines)
		__builtin_trap();
	return 0;
}
