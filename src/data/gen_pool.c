#include "data/gen_pool.h"

#include "base/str.h"

#include <string.h>

static size_t hash(const char *text)
{
	uint64_t h = UINT64_C(14695981039346656037);
	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return (size_t)h;
}

const char *pool_text(const struct pool *p, uint32_t off)
{
	return p->bytes.data + off;
}

/* The slot of text: its own, or a free one. */
static uint32_t *find(const struct pool *p, const char *text)
{
	for (size_t i = hash(text) % p->cap;; i = (i + 1) % p->cap)
		if (!p->slots[i] || str_eq(pool_text(p, p->slots[i] - 1), text))
			return &p->slots[i];
}

static void grow(struct pool *p)
{
	uint32_t *old = p->slots;
	size_t n = p->cap;
	p->cap = n ? n * 2 : 1024;
	p->slots = xcalloc(p->cap, sizeof(*p->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*find(p, pool_text(p, old[i] - 1)) = old[i];
	free(old);
}

static void put(struct pool *p, const char *text, uint32_t *slot)
{
	*slot = (uint32_t)p->bytes.len + 1;
	buf_add(&p->bytes, text, strlen(text) + 1);
	p->n++;
}

uint32_t pool_add(struct pool *p, const char *text)
{
	if (p->n * 2 >= p->cap)
		grow(p);
	if (!p->n)
		put(p, "", find(p, ""));
	uint32_t *slot = find(p, text);
	if (!*slot)
		put(p, text, slot);
	return *slot - 1;
}

void pool_clear(struct pool *p)
{
	buf_clear(&p->bytes);
	free(p->slots);
	*p = (struct pool)POOL_INIT;
}
