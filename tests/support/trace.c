#include "support/trace.h"

#include "base/base64.h"

#include <string.h>

/* The head of a field of bytes. */
static void put_head(struct buf *into, unsigned field, size_t len)
{
	buf_addc(into, (char)(field << 3 | 2));
	for (; len > 0x7f; len >>= 7)
		buf_addc(into, (char)(0x80 | (len & 0x7f)));
	buf_addc(into, (char)len);
}

static void put_text(struct buf *into, unsigned field, const char *text)
{
	put_head(into, field, strlen(text));
	buf_adds(into, text);
}

static void put_message(struct buf *into, unsigned field, const struct buf *message)
{
	put_head(into, field, message->len);
	buf_add(into, message->data, message->len);
}

void trace_put_vertex(struct buf *into, const char *digest, const char *name, bool started, bool completed,
		      const char *error)
{
	AUTO_BUF struct buf v = BUF_INIT;

	put_text(&v, 1, digest);
	put_text(&v, 2, "input");
	put_text(&v, 3, name);
	if (started)
		put_text(&v, 5, "\x08\x01");
	if (completed)
		put_text(&v, 6, "\x08\x02");
	if (error)
		put_text(&v, 7, error);
	put_message(into, 1, &v);
}

void trace_put_log(struct buf *into, const char *digest, const char *text)
{
	AUTO_BUF struct buf l = BUF_INIT;

	put_text(&l, 1, digest);
	buf_add(&l, "\x18\x01", 2);
	put_text(&l, 4, text);
	put_message(into, 3, &l);
}

void trace_put_line(struct buf *into, struct buf *message)
{
	buf_adds(into, "{\"id\":\"moby.buildkit.trace\",\"aux\":\"");
	base64_encode(into, message->data, message->len);
	buf_adds(into, "\"}\r\n");
	buf_cut(message, 0);
}
