#include "engine/frames.h"

#include <string.h>

static int frames_head(struct frames *f, struct err *err)
{
	const unsigned char *h = f->head;

	if (h[0] > 2 || h[1] || h[2] || h[3])
		return err_set(err, ERR_ENGINE,
			       "the engine's output stream is broken: no frame begins with %02x%02x%02x%02x", h[0],
			       h[1], h[2], h[3]);
	f->left = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];
	if (f->left == 0)
		f->have = 0;
	return 0;
}

int frames_feed(struct frames *f, struct blob piece, struct err *err)
{
	const char *at = piece.data;
	size_t len = piece.len;

	while (len > 0) {
		if (f->have < sizeof(f->head)) {
			f->head[f->have++] = (unsigned char)*at++;
			len--;
			if (f->have == sizeof(f->head) && frames_head(f, err) < 0)
				return -1;
			continue;
		}
		size_t take = len < f->left ? len : f->left;

		f->on_data(f->self, f->head[0] == 2 ? 2 : 1, at, take);
		at += take;
		len -= take;
		f->left -= (uint32_t)take;
		if (f->left == 0)
			f->have = 0;
	}
	return 0;
}

int frames_end(const struct frames *f, struct err *err)
{
	if (f->have == 0)
		return 0;
	return err_set(err, ERR_ENGINE, "the engine's output stream was cut short");
}
