#include "model/cuda.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

#define PART_MAX 99

/* MAJOR.MINOR[.PATCH] */
static bool read_dotted(const char *at, struct cuda *c)
{
	uint64_t major, minor, patch = 0;
	if (!str_scan_u64(&at, PART_MAX, &major) || *at++ != '.' || !str_scan_u64(&at, PART_MAX, &minor))
		return false;
	bool has_patch = *at == '.';
	if (has_patch) {
		at++;
		if (!str_scan_u64(&at, 999, &patch))
			return false;
	}
	if (*at || major == 0)
		return false;
	*c = (struct cuda){(unsigned)major, (unsigned)minor, (unsigned)patch, has_patch};
	return true;
}

/* The digits of cuNNN: the last one is the minor. */
static bool read_variant(const char *digits, struct cuda *c)
{
	uint64_t n;
	size_t len = strlen(digits);
	if (len < 2 || len > 3 || !str_to_u64(digits, 999, &n) || n < (len == 2 ? 60 : 100))
		return false;
	*c = (struct cuda){.major = (unsigned)(n / 10), .minor = (unsigned)(n % 10)};
	return true;
}

int cuda_parse(const char *text, struct cuda *ret, struct err *err)
{
	struct cuda c = {.major = 0};
	bool known =
		str_eq(text, "cpu") || (str_starts(text, "cu") ? read_variant(text + 2, &c) : read_dotted(text, &c));
	if (!known)
		return err_set(err, ERR_INPUT, "'%.80s' is not a CUDA version (12.8, 12.8.1, cu128 or cpu)", text);
	*ret = c;
	return 0;
}

struct cuda cuda_from_key(uint16_t key)
{
	return (struct cuda){.major = key / 100u, .minor = key % 100u};
}

uint16_t cuda_key(const struct cuda *c)
{
	return (uint16_t)(c->major * 100 + c->minor);
}

bool cuda_is_cpu(const struct cuda *c)
{
	return c->major == 0;
}

static int cmp(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

int cuda_cmp(const struct cuda *a, const struct cuda *b)
{
	int c = cmp(a->major, b->major);
	if (c == 0)
		c = cmp(a->minor, b->minor);
	return c ? c : cmp(a->has_patch ? a->patch : 0, b->has_patch ? b->patch : 0);
}

bool cuda_same_minor(const struct cuda *a, const struct cuda *b)
{
	return a->major == b->major && a->minor == b->minor;
}

const char *cuda_text(const struct cuda *c, char into[CUDA_TEXT])
{
	if (cuda_is_cpu(c))
		snprintf(into, CUDA_TEXT, "cpu");
	else if (c->has_patch)
		snprintf(into, CUDA_TEXT, "%u.%u.%u", c->major, c->minor, c->patch);
	else
		snprintf(into, CUDA_TEXT, "%u.%u", c->major, c->minor);
	return into;
}

const char *cuda_variant(const struct cuda *c, char into[CUDA_TEXT])
{
	if (cuda_is_cpu(c))
		snprintf(into, CUDA_TEXT, "cpu");
	else
		snprintf(into, CUDA_TEXT, "cu%u%u", c->major, c->minor);
	return into;
}

const char *cuda_key_text(uint16_t key, char into[CUDA_TEXT])
{
	struct cuda c = cuda_from_key(key);
	return cuda_text(&c, into);
}

const char *cuda_key_variant(uint16_t key, char into[CUDA_TEXT])
{
	struct cuda c = cuda_from_key(key);
	return cuda_variant(&c, into);
}
