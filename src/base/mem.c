#include "base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void mem_short(void)
{
	static const char said[] = "cudabuild: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, said, sizeof(said) - 1);

	(void)ignored;
	_exit(70);
}

void *xmalloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		mem_short();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		mem_short();
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	void *grown;

	if (size && n > SIZE_MAX / size)
		mem_short();
	grown = realloc(p, n && size ? n * size : 1);
	if (!grown)
		mem_short();
	return grown;
}

char *xstrdup(const char *text)
{
	return text ? xstrndup(text, strlen(text)) : NULL;
}

char *xstrndup(const char *text, size_t n)
{
	size_t len = strnlen(text, n);
	char *copy = xmalloc(len + 1);

	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

char *xasprintf(const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0)
		mem_short();
	return text;
}

size_t mem_grow(size_t cap)
{
	return cap < 8 ? 8 : cap + cap / 2;
}
