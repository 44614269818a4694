#include "engine/jstream.h"

#include <string.h>

static bool is_white(const struct buf *b)
{
	for (size_t i = 0; i < b->len; i++)
		if (b->data[i] != ' ' && b->data[i] != '\t' && b->data[i] != '\r')
			return false;
	return true;
}

static int jstream_line(struct jstream *s, struct err *err)
{
	AUTO(jdoc) struct jdoc *doc = NULL;

	if (is_white(&s->part)) {
		buf_cut(&s->part, 0);
		return 0;
	}
	if (jdoc_parse_as(ERR_ENGINE, buf_blob(&s->part, "the engine's answer"), &doc, err) < 0)
		return -1;
	buf_cut(&s->part, 0);
	if (jval_want(jdoc_root(doc), JDOC_OBJECT, err) < 0)
		return -1;
	return s->on_object(s->self, jdoc_root(doc), err);
}

int jstream_feed(struct jstream *s, struct blob piece, struct err *err)
{
	const char *at = piece.data;
	size_t len = piece.len;

	while (len > 0) {
		const char *stop = memchr(at, '\n', len);
		size_t here = stop ? (size_t)(stop - at) : len;

		if (here > JSTREAM_MAX - s->part.len)
			return err_set(err, ERR_ENGINE, "the engine's answer has a line of more than %u MiB",
				       JSTREAM_MAX >> 20);
		buf_add(&s->part, at, here);
		if (stop && jstream_line(s, err) < 0)
			return -1;
		here += stop != NULL;
		at += here;
		len -= here;
	}
	return 0;
}

int jstream_end(struct jstream *s, struct err *err)
{
	if (is_white(&s->part))
		return 0;
	if (s->part.data[s->part.len - 1] != '}')
		return err_set(err, ERR_ENGINE, "the engine's answer was cut short");
	return jstream_line(s, err);
}

void jstream_clear(struct jstream *s)
{
	buf_clear(&s->part);
}
