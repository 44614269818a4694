#include "model/label.h"

#include "base/str.h"

#include <string.h>

/* pt27 = 2.7, pt113 = 1.13, pt210 = 2.10: one digit of major, the rest minor. */
static bool read_torch(const char **at, struct label *l)
{
	const char *digits = *at + 2;
	size_t n = strspn(digits, "0123456789");
	uint64_t minor;
	const char *rest = digits + 1;
	if (n < 2 || n > 3 || !str_scan_u64(&rest, 99, &minor))
		return false;
	l->has_torch = true;
	l->torch_major = (unsigned)(digits[0] - '0');
	l->torch_minor = (unsigned)minor;
	*at = rest;
	return true;
}

static bool read_variant(const char **at, struct label *l)
{
	char text[8] = "";
	struct err err = ERR_INIT;
	size_t n = strcspn(*at, ".");
	if (n >= sizeof(text))
		return false;
	memcpy(text, *at, n);
	bool good = str_starts(text, "c") && cuda_parse(text, &l->variant, &err) == 0;
	err_clear(&err);
	l->has_variant = good;
	*at += n;
	return good;
}

bool label_parse(const char *text, struct label *ret)
{
	struct label l = {.has_torch = false};
	const char *at = text + (*text == '+');
	if (str_starts(at, "pt") && !read_torch(&at, &l))
		return false;
	if (*at && !read_variant(&at, &l))
		return false;
	if (!l.has_torch && !l.has_variant)
		return false;
	if (*at == '.') {
		if (!at[1] || strlen(at + 1) >= sizeof(l.rest))
			return false;
		memcpy(l.rest, at + 1, strlen(at + 1) + 1);
	}
	*ret = l;
	return true;
}

bool label_agrees(const char *a, const char *b)
{
	struct label x, y;
	a += *a == '+';
	b += *b == '+';
	if (!label_parse(a, &x) || !label_parse(b, &y))
		return str_eq_case(a, b);
	if (x.has_torch && y.has_torch && (x.torch_major != y.torch_major || x.torch_minor != y.torch_minor))
		return false;
	if (x.has_variant && y.has_variant && cuda_cmp(&x.variant, &y.variant) != 0)
		return false;
	return !x.rest[0] || !y.rest[0] || str_eq(x.rest, y.rest);
}
