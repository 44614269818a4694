#include "engine/save.h"

#include "engine/call.h"

#include <string.h>

enum { TURN_MS = 1000 };

struct save {
	struct engine *e;
	struct flight *flight;
	char *image;
	struct buf ready; /* came and was not read yet */
	size_t at;
};

void save_free(struct save *s)
{
	if (!s)
		return;
	flight_free(s->flight);
	buf_clear(&s->ready);
	free(s->image);
	free(s);
}

static int on_data(void *self, struct blob piece, struct err *err)
{
	struct save *s = self;

	(void)err;
	buf_add(&s->ready, piece.data, piece.len);
	return 0;
}

int save_start(struct engine *e, const char *image, struct save **ret, struct err *err)
{
	AUTO(save) struct save *s = xcalloc(1, sizeof(*s));
	AUTO_BUF struct buf path = BUF_INIT;

	s->e = e;
	s->image = xstrdup(image);
	buf_adds(&path, "/images/");
	call_path(&path, image);
	buf_adds(&path, "/get");
	struct call c = {.method = "GET", .path = buf_text(&path), .lasting = true, .on_data = on_data, .self = s};
	if (flight_start(e, &c, &s->flight, err) < 0)
		return -1;
	*ret = TAKE(s);
	return 0;
}

/* The answer came whole: 0, or what the engine says. */
static long ended(struct save *s, struct err *err)
{
	if (flight_result(s->flight, err) < 0)
		return -1;
	return s->flight->answer.status < 300 ? 0 : call_fail(s->e, &s->flight->answer, s->image, err);
}

static long save_read(void *self, char *into, size_t len, struct err *err)
{
	struct save *s = self;
	size_t n;

	while (s->at == s->ready.len) {
		buf_cut(&s->ready, 0);
		s->at = 0;
		if (s->flight->done)
			return ended(s, err);
		if (engine_turn(s->e, TURN_MS, err) < 0)
			return -1;
	}
	n = s->ready.len - s->at < len ? s->ready.len - s->at : len;
	memcpy(into, s->ready.data + s->at, n);
	s->at += n;
	return (long)n;
}

struct stream save_stream(struct save *s)
{
	return (struct stream){.read = save_read, .self = s};
}
