#include "base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct blob blob_text(const char *name, const char *text)
{
	return (struct blob){.name = name, .data = text, .len = strlen(text)};
}

struct blob buf_blob(const struct buf *b, const char *name)
{
	return (struct blob){.name = name, .data = buf_text(b), .len = b->len};
}

bool blob_eq(struct blob a, struct blob b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static void reserve(struct buf *b, size_t more)
{
	size_t need;

	if (more > SIZE_MAX / 2 - b->len)
		mem_short();
	need = b->len + more + 1;
	if (need <= b->cap)
		return;
	if (need < b->cap + b->cap / 2)
		need = b->cap + b->cap / 2;
	b->cap = need < 64 ? 64 : need;
	b->data = xreallocarray(b->data, b->cap, 1);
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	reserve(b, len);
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addv(struct buf *b, const char *fmt, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (len < 0)
		mem_short();
	reserve(b, (size_t)len);
	vsnprintf(b->data + b->len, (size_t)len + 1, fmt, args);
	b->len += (size_t)len;
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	buf_addv(b, fmt, args);
	va_end(args);
}

void buf_repeat(struct buf *b, const char *text, size_t n)
{
	while (n--)
		buf_adds(b, text);
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

char *buf_take(struct buf *b)
{
	char *text = b->data ? b->data : xstrdup("");

	*b = (struct buf)BUF_INIT;
	return text;
}

void buf_cut(struct buf *b, size_t len)
{
	if (len >= b->len)
		return;
	b->len = len;
	b->data[len] = '\0';
}

void buf_clear(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}
