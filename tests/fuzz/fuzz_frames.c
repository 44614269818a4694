/* fuzz_frames.c — a container's output stream: the pieces it comes in must make no difference. */
#include "base/str.h"
#include "engine/frames.h"
#include "engine/lines.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sink {
	struct buf out[2];
	struct lines lines;
	size_t longest;
};

static void on_line(void *self, const char *line, size_t len)
{
	struct sink *s = self;

	(void)line;
	if (len > s->longest)
		s->longest = len;
}

static void on_data(void *self, int stream, const char *data, size_t len)
{
	struct sink *s = self;

	buf_add(&s->out[stream == 2], data, len);
	lines_feed(&s->lines, data, len);
}

/* Whether the stream was good. */
static bool feed(struct sink *s, const char *data, size_t size, size_t piece)
{
	struct frames f = {.on_data = on_data, .self = s};
	struct err err = ERR_INIT;
	int rc = 0;

	s->lines = (struct lines){.max = 16, .on_line = on_line, .self = s};
	for (size_t at = 0; rc == 0 && at < size; at += piece)
		rc = frames_feed(&f, (struct blob){.data = data + at, .len = size - at < piece ? size - at : piece},
				 &err);
	if (rc == 0)
		rc = frames_end(&f, &err);
	lines_end(&s->lines);
	err_clear(&err);
	return rc == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sink whole = {.longest = 0}, pieces = {.longest = 0};
	bool a = feed(&whole, (const char *)data, size, size + 1), b = feed(&pieces, (const char *)data, size, 3);

	if (a != b || whole.longest > 16 || pieces.longest > 16)
		__builtin_trap();
	for (int i = 0; i < 2; i++) {
		if (!blob_eq(buf_blob(&whole.out[i], "a"), buf_blob(&pieces.out[i], "b")))
			__builtin_trap();
		buf_clear(&whole.out[i]);
		buf_clear(&pieces.out[i]);
	}
	lines_clear(&whole.lines);
	lines_clear(&pieces.lines);
	return 0;
}
