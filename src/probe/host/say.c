#include "probe/host/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

struct line {
	char text[8192];
	size_t len;
};

enum { AT_SIZE = 256 };
static char at_own[AT_SIZE];
static char *at = at_own;

static char tag_own[72];

static const char *const status_names[] = {
	[PASS] = "pass", [FAIL] = "fail", [WARN] = "warn", [SKIP] = "skip", [ERROR] = "error", [INFO] = "info",
};

/* Room for the end of the line is always kept. */
static void put(struct line *l, const char *data, size_t len)
{
	if (l->len + len > sizeof(l->text) - 8)
		return;
	memcpy(l->text + l->len, data, len);
	l->len += len;
}

static void puts_line(struct line *l, const char *text)
{
	put(l, text, strlen(text));
}

static void put_quoted_byte(struct line *l, unsigned char c)
{
	char escaped[8];

	if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
		put(l, (const char *)&c, 1);
		return;
	}
	snprintf(escaped, sizeof(escaped), "\\u%04x", c);
	put(l, escaped, 6);
}

static void put_text(struct line *l, const char *name, const char *value)
{
	if (!value)
		return;
	puts_line(l, ", \"");
	puts_line(l, name);
	puts_line(l, "\": \"");
	for (size_t i = 0; i < 1000 && value[i]; i++)
		put_quoted_byte(l, (unsigned char)value[i]);
	puts_line(l, "\"");
}

static void put_number(struct line *l, const char *name, long value)
{
	char text[64];

	if (value < 0)
		return;
	snprintf(text, sizeof(text), ", \"%s\": %ld", name, value);
	puts_line(l, text);
}

static struct line start(void)
{
	struct line l = {.len = 0};

	puts_line(&l, "{\"cudabuild\": 1, \"from\": \"host\"");
	put_text(&l, "tag", tag_own[0] ? tag_own : NULL);
	return l;
}

static void finish(struct line *l)
{
	size_t done = 0;

	memcpy(l->text + l->len, "}\n", 2);
	l->len += 2;
	while (done < l->len) {
		ssize_t n = write(1, l->text + done, l->len - done);
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

void say_tag(const char *tag)
{
	snprintf(tag_own, sizeof(tag_own), "%s", tag ? tag : "");
}

void say_row(struct row r)
{
	struct line l = start();

	put_text(&l, "id", r.id);
	put_text(&l, "status", status_names[r.status]);
	put_text(&l, "code", r.code);
	put_text(&l, "expected", r.expected);
	put_text(&l, "found", r.found);
	put_text(&l, "file", r.file);
	put_text(&l, "hint", r.hint);
	put_number(&l, "device", r.nth - 1L);
	put_number(&l, "ms", r.ms > 0 ? r.ms : -1);
	finish(&l);
}

void say_pairs(const char *name, ...)
{
	struct line l = start();
	va_list args;

	va_start(args, name);
	while (name) {
		put_text(&l, name, va_arg(args, const char *));
		name = va_arg(args, const char *);
	}
	va_end(args);
	finish(&l);
}

void say_device(int device, const char *name, const char *compute, const char *uuid)
{
	struct line l = start();

	put_number(&l, "device", device);
	put_text(&l, "name", name);
	put_text(&l, "compute", compute);
	put_text(&l, "uuid", uuid);
	finish(&l);
}

void say_ran(int device)
{
	struct line l = start();

	put_number(&l, "device", device);
	puts_line(&l, ", \"ran\": true");
	finish(&l);
}

void say_end(void)
{
	struct line l = start();

	puts_line(&l, ", \"end\": true");
	finish(&l);
}

void say_bench(const struct say_bench *b)
{
	struct line l = start();

	put_text(&l, "bench", b->id);
	put_text(&l, "value", b->value);
	put_text(&l, "index", b->index);
	put_number(&l, "device", b->device);
	put_number(&l, "rows", b->rows);
	put_number(&l, "columns", b->columns);
	put_number(&l, "width", b->width);
	put_number(&l, "entries", b->entries);
	put_number(&l, "used", b->used);
	put_number(&l, "repeats", b->repeats);
	put_number(&l, "median_ns", b->median_ns);
	put_number(&l, "min_ns", b->min_ns);
	put_number(&l, "p95_ns", b->p95_ns);
	put_number(&l, "copy_bytes", b->copy_bytes);
	put_number(&l, "copy_ns", b->copy_ns);
	put_number(&l, "cache_bytes", b->cache_bytes);
	finish(&l);
}

bool say_share(void)
{
	void *shared = mmap(NULL, AT_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return false;
	at = shared;
	return true;
}

void say_at(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(at, AT_SIZE, fmt, args);
	va_end(args);
}

const char *say_doing(void)
{
	at[AT_SIZE - 1] = '\0';
	return at;
}

long now_ms(void)
{
	struct timeval tv;

	gettimeofday(&tv, NULL);
	return (long)tv.tv_sec * 1000 + (long)tv.tv_usec / 1000;
}
