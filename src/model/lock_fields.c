#include "model/lock_fields.h"

#include "base/str.h"

static char **text_at(void *base, size_t at)
{
	return (char **)(void *)((char *)base + at);
}

static const char *text_in(const void *base, size_t at)
{
	return *(char *const *)(const void *)((const char *)base + at);
}

void lock_put(struct jval into, const struct lock_shape *s, const void *from)
{
	for (size_t i = 0; i < s->ntexts; i++)
		if (text_in(from, s->texts[i].at))
			jval_put_text(into, s->texts[i].key, text_in(from, s->texts[i].at));
	for (size_t i = 0; i < s->nlists; i++) {
		const struct strv *list = (const void *)((const char *)from + s->lists[i].at);

		if (list->n > 0)
			jval_put_strv(into, s->lists[i].key, list);
	}
	for (size_t i = 0; i < s->nflags; i++)
		if (*((const bool *)(const void *)((const char *)from + s->flags[i].at)))
			jval_put_bool(into, s->flags[i].key, true);
}

static int check(struct jval v, enum lock_grammar g, const char *text, struct err *err)
{
	AUTO_TEXT char *shown = NULL;

	if (lock_text_valid(g, text))
		return 0;
	shown = str_shown(text, 60);
	return jval_fail(v, err, "must be %s, not '%s'", lock_grammar_wants(g), shown);
}

static int get_text(struct jval from, const struct lock_text *row, void *into, struct err *err)
{
	const char *text = NULL;

	if (row->required ? jval_text(from, row->key, &text, err) < 0 : jval_text_opt(from, row->key, &text, err) < 0)
		return -1;
	if (!text)
		return 0;
	if (check(jval_member(from, row->key), row->grammar, text, err) < 0)
		return -1;
	*text_at(into, row->at) = xstrdup(text);
	return 0;
}

static int get_list(struct jval from, const struct lock_list *row, void *into, struct err *err)
{
	struct strv *list = (void *)((char *)into + row->at);

	if (jval_strv_opt(from, row->key, list, err) < 0)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		if (check(jval_member(from, row->key), row->grammar, list->v[i], err) < 0)
			return -1;
	return 0;
}

static int only_known(struct jval from, const struct lock_shape *s, struct err *err)
{
	const char *keys[64];
	size_t n = 0;

	for (size_t i = 0; i < s->ntexts; i++)
		keys[n++] = s->texts[i].key;
	for (size_t i = 0; i < s->nlists; i++)
		keys[n++] = s->lists[i].key;
	for (size_t i = 0; i < s->nflags; i++)
		keys[n++] = s->flags[i].key;
	for (size_t i = 0; i < s->nother; i++)
		keys[n++] = s->other[i];
	return jval_only(from, keys, n, err);
}

int lock_get(struct jval from, const struct lock_shape *s, void *into, struct err *err)
{
	if (only_known(from, s, err) < 0)
		return -1;
	for (size_t i = 0; i < s->ntexts; i++)
		if (get_text(from, &s->texts[i], into, err) < 0)
			return -1;
	for (size_t i = 0; i < s->nlists; i++)
		if (get_list(from, &s->lists[i], into, err) < 0)
			return -1;
	for (size_t i = 0; i < s->nflags; i++)
		if (jval_bool_opt(from, s->flags[i].key, (bool *)(void *)((char *)into + s->flags[i].at), err) < 0)
			return -1;
	return 0;
}
