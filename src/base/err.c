#include "base/err.h"

#include "base/str.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	int exit_code;
} kinds[ERR__MAX] = {
	[ERR_NONE] = {"none", 0},	   [ERR_USAGE] = {"usage", 2},
	[ERR_INPUT] = {"input", 2},	   [ERR_AUTH] = {"auth", 3},
	[ERR_NET] = {"network", 3},	   [ERR_PROTOCOL] = {"protocol", 3},
	[ERR_ENGINE] = {"engine", 4},	   [ERR_IO] = {"io", 5},
	[ERR_MISSING] = {"missing", 6},	   [ERR_CANCELED] = {"canceled", 0},
	[ERR_INTERNAL] = {"internal", 70},
};

static void fill(struct err *e, enum err_kind kind, const char *fmt, va_list args) PRINTF(3, 0);
static void fill(struct err *e, enum err_kind kind, const char *fmt, va_list args)
{
	assert(e->kind == ERR_NONE);
	e->kind = kind;
	vsnprintf(e->text, sizeof(e->text), fmt, args);
	str_one_line(e->text);
}

int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(e, kind, fmt, args);
	va_end(args);
	return -1;
}

int err_set_errno(struct err *e, int sys, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	fill(e, ERR_IO, fmt, args);
	va_end(args);
	e->sys = sys;
	len = strlen(e->text);
	snprintf(e->text + len, sizeof(e->text) - len, ": %s", strerror(sys));
	return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char front[sizeof(e->text)], whole[2 * sizeof(e->text) + 2];
	va_list args;

	assert(e->kind != ERR_NONE);
	va_start(args, fmt);
	vsnprintf(front, sizeof(front), fmt, args);
	va_end(args);
	snprintf(whole, sizeof(whole), "%s: %s", front, e->text);
	str_one_line(whole);
	memcpy(e->text, whole, sizeof(e->text) - 1);
	e->text[sizeof(e->text) - 1] = '\0';
	return -1;
}

int err_hint(struct err *e, const char *fmt, ...)
{
	va_list args;

	assert(e->kind != ERR_NONE);
	va_start(args, fmt);
	vsnprintf(e->hint, sizeof(e->hint), fmt, args);
	va_end(args);
	str_one_line(e->hint);
	return -1;
}

void err_detail(struct err *e, char *detail)
{
	assert(e->kind != ERR_NONE);
	free(e->detail);
	e->detail = detail;
}

int err_move(struct err *into, struct err *from)
{
	assert(into->kind == ERR_NONE);
	*into = *from;
	from->detail = NULL;
	err_clear(from);
	return -1;
}

void err_clear(struct err *e)
{
	free(e->detail);
	memset(e, 0, sizeof(*e));
}

int err_exit_code(const struct err *e)
{
	return e->kind == ERR_CANCELED ? 128 + e->sys : kinds[e->kind].exit_code;
}

const char *err_kind_name(enum err_kind kind)
{
	return kinds[kind].name;
}
