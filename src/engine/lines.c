#include "engine/lines.h"

#include <string.h>

#define LINE_MAX_DEFAULT 4096

static void lines_out(struct lines *l)
{
	const char *text = buf_text(&l->part), *redrawn;
	size_t len = l->part.len;

	while (len > 0 && text[len - 1] == '\r')
		len--;
	buf_cut(&l->part, len);
	text = buf_text(&l->part);
	redrawn = memrchr(text, '\r', len);
	if (redrawn) {
		len -= (size_t)(redrawn + 1 - text);
		text = redrawn + 1;
	}
	l->on_line(l->self, text, len);
	buf_cut(&l->part, 0);
}

void lines_feed(struct lines *l, const char *data, size_t len)
{
	size_t max = l->max ? l->max : LINE_MAX_DEFAULT;

	while (len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t here = end ? (size_t)(end - data) : len;
		size_t room = max - l->part.len;
		size_t take = here < room ? here : room;

		buf_add(&l->part, data, take);
		data += take;
		len -= take;
		if (take < here) {
			lines_out(l);
		} else if (end) {
			lines_out(l);
			data++;
			len--;
		}
	}
}

void lines_end(struct lines *l)
{
	if (l->part.len > 0)
		lines_out(l);
}

void lines_clear(struct lines *l)
{
	buf_clear(&l->part);
}

struct tail *tail_new(size_t max)
{
	struct tail *t = xcalloc(1, sizeof(*t));

	t->max = max;
	t->v = xcalloc(max, sizeof(char *));
	return t;
}

void tail_add(struct tail *t, const char *line)
{
	free(t->v[t->next]);
	t->v[t->next] = xstrdup(line);
	t->next = (t->next + 1) % t->max;
	if (t->n < t->max)
		t->n++;
}

char *tail_text(const struct tail *t)
{
	struct buf all = BUF_INIT;

	if (t->n == 0)
		return NULL;
	for (size_t i = 0; i < t->n; i++) {
		size_t at = (t->next + t->max - t->n + i) % t->max;

		buf_addf(&all, "%s\n", t->v[at]);
	}
	return buf_take(&all);
}

void tail_free(struct tail *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->max; i++)
		free(t->v[i]);
	free(t->v);
	free(t);
}
