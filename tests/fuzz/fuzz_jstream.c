/* fuzz_jstream.c — the engine's live answers: the pieces they come in must make no difference. */
#include "base/str.h"
#include "engine/jstream.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int on_object(void *self, struct jval object, struct err *err)
{
	const char *id = NULL;

	if (jval_text_opt(object, "id", &id, err) < 0)
		return -1;
	buf_addf(self, "%s;", id ? id : "-");
	return 0;
}

/* What came of it: the ids, then how it ended. */
static void feed(struct buf *into, const char *data, size_t size, size_t piece)
{
	struct jstream s = {.on_object = on_object, .self = into};
	struct err err = ERR_INIT;
	int rc = 0;

	for (size_t at = 0; rc == 0 && at < size; at += piece)
		rc = jstream_feed(&s, (struct blob){.data = data + at, .len = size - at < piece ? size - at : piece},
				  &err);
	if (rc == 0)
		rc = jstream_end(&s, &err);
	buf_adds(into, rc == 0 ? "end" : err.text);
	err_clear(&err);
	jstream_clear(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf whole = BUF_INIT, pieces = BUF_INIT;

	feed(&whole, (const char *)data, size, size + 1);
	feed(&pieces, (const char *)data, size, 5);
	if (!str_eq(buf_text(&whole), buf_text(&pieces)))
		__builtin_trap();
	return 0;
}
