#include "render/value.h"

#include <string.h>

struct value *value_map(void)
{
	struct value *v = xcalloc(1, sizeof(*v));
	v->kind = VALUE_MAP;
	return v;
}

static void clear(struct value *v)
{
	for (size_t i = 0; i < v->n; i++)
		clear(&v->items[i]);
	free(v->items);
	free(v->text);
	free(v->name);
}

void value_free(struct value *v)
{
	if (!v)
		return;
	clear(v);
	free(v);
}

static struct value *grow(struct value *parent, const char *name, enum value_kind kind)
{
	if (parent->n == parent->cap) {
		parent->cap = mem_grow(parent->cap);
		parent->items = xreallocarray(parent->items, parent->cap, sizeof(*parent->items));
	}
	struct value *v = &parent->items[parent->n++];
	*v = (struct value){.kind = kind, .name = xstrdup(name)};
	return v;
}

void value_set(struct value *map, const char *name, const char *text)
{
	grow(map, name, text ? VALUE_TEXT : VALUE_NO)->text = xstrdup(text);
}

void value_setf(struct value *map, const char *name, const char *fmt, ...)
{
	AUTO_BUF struct buf b = BUF_INIT;
	va_list args;
	va_start(args, fmt);
	buf_addv(&b, fmt, args);
	va_end(args);
	grow(map, name, VALUE_TEXT)->text = buf_take(&b);
}

void value_set_bool(struct value *map, const char *name, bool yes)
{
	(void)grow(map, name, yes ? VALUE_YES : VALUE_NO);
}

void value_set_strv(struct value *map, const char *name, const struct strv *texts)
{
	struct value *list = value_set_list(map, name);
	for (size_t i = 0; i < texts->n; i++)
		value_add(list, texts->v[i]);
}

struct value *value_set_list(struct value *map, const char *name)
{
	return grow(map, name, VALUE_LIST);
}

struct value *value_set_map(struct value *map, const char *name)
{
	return grow(map, name, VALUE_MAP);
}

void value_add(struct value *list, const char *text)
{
	grow(list, NULL, text ? VALUE_TEXT : VALUE_NO)->text = xstrdup(text);
}

void value_add_bool(struct value *list, bool yes)
{
	(void)grow(list, NULL, yes ? VALUE_YES : VALUE_NO);
}

struct value *value_add_map(struct value *list)
{
	return grow(list, NULL, VALUE_MAP);
}

struct value *value_add_list(struct value *list)
{
	return grow(list, NULL, VALUE_LIST);
}

void value_mark_last(struct value *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].kind == VALUE_MAP)
			value_set_bool(&list->items[i], "last", i + 1 == list->n);
}

const struct value *value_find(const struct value *map, const char *name, size_t len)
{
	if (map->kind != VALUE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++) {
		const char *have = map->items[i].name;
		if (strncmp(have, name, len) == 0 && have[len] == '\0')
			return &map->items[i];
	}
	return NULL;
}

bool value_shows(const struct value *v)
{
	switch (v->kind) {
	case VALUE_NO:
		return false;
	case VALUE_TEXT:
		return v->text[0] != '\0';
	case VALUE_LIST:
		return v->n > 0;
	case VALUE_YES:
	case VALUE_MAP:
		break;
	}
	return true;
}
