#include "base/str.h"

#include <string.h>

bool str_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool str_eq_case(const char *a, const char *b)
{
	while (*a && str_lower(*a) == str_lower(*b)) {
		a++;
		b++;
	}
	return str_lower(*a) == str_lower(*b);
}

bool str_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t n = strlen(text), m = strlen(suffix);

	return n >= m && memcmp(text + n - m, suffix, m) == 0;
}

bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool str_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool str_is_alnum(char c)
{
	return str_is_alpha(c) || str_is_digit(c);
}

char str_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

char str_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

char *str_lowered(const char *text)
{
	char *copy = xstrdup(text);

	for (char *c = copy; *c; c++)
		*c = str_lower(*c);
	return copy;
}

bool str_scan_u64(const char **at, uint64_t max, uint64_t *ret)
{
	const char *p = *at;
	uint64_t value = 0;

	if (!str_is_digit(*p))
		return false;
	for (; str_is_digit(*p); p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (value > (max - (digit > max ? max : digit)) / 10 || digit > max)
			return false;
		value = value * 10 + digit;
	}
	*at = p;
	*ret = value;
	return true;
}

bool str_to_u64(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value;

	if (!str_scan_u64(&text, max, &value) || *text)
		return false;
	*ret = value;
	return true;
}

bool str_to_seconds(const char *text, unsigned *ret)
{
	static const struct {
		const char *suffix;
		unsigned factor;
	} units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}};
	const unsigned most = 7 * 24 * 3600;
	uint64_t value;

	if (!str_scan_u64(&text, most, &value))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(text, units[i].suffix) == 0 && value >= 1 && value * units[i].factor <= most) {
			*ret = (unsigned)value * units[i].factor;
			return true;
		}
	return false;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

enum { DISTANCE_MOST = 64 };

size_t str_distance(const char *a, const char *b)
{
	size_t rows[3][DISTANCE_MOST + 1], n = strlen(a), m = strlen(b);

	if (n > DISTANCE_MOST || m > DISTANCE_MOST)
		return n > m ? n : m;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = rows[i % 3], *above = rows[(i + 2) % 3], *two = rows[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			now[j] = least(least(above[j] + 1, now[j - 1] + 1), above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], two[j - 2] + 1);
		}
	}
	return rows[n % 3][m];
}

const char *str_nearest(const char *text, const char *const *names, size_t n)
{
	size_t len = strlen(text), best = len <= 3 ? 2 : 1 + len / 3 + 1;
	const char *found = NULL;

	for (size_t i = 0; i < n; i++) {
		size_t d = str_distance(text, names[i]);

		if (d < best && d < len) {
			best = d;
			found = names[i];
		}
	}
	return found;
}

void str_one_line(char *text)
{
	for (char *c = text; *c; c++) {
		unsigned char u = (unsigned char)*c;

		if (u == '\n' || u == '\t' || u == '\r')
			*c = ' ';
		else if (u < 0x20 || u == 0x7f)
			*c = '?';
	}
}

/* Length of the UTF-8 sequence that begins with c, or 0 where none does. */
static size_t utf8_len(unsigned char c)
{
	if (c < 0x80)
		return 1;
	if (c < 0xc2 || c > 0xf4)
		return 0;
	return c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* Length of the UTF-8 sequence at p (1 to 4) and its code point, or 0 where it is none. */
static size_t utf8_at(const unsigned char *p, size_t len, uint32_t *ret)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = utf8_len(p[0]);
	uint32_t code;

	if (n == 0 || n > len)
		return 0;
	code = n == 1 ? p[0] : p[0] & (0xffU >> (n + 1));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (p[i] & 0x3fU);
	}
	if (code < smallest[n] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0;
	*ret = code;
	return n;
}

bool str_utf8_valid(const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;
	uint32_t code;

	for (size_t n; len > 0; p += n, len -= n) {
		n = utf8_at(p, len, &code);
		if (n == 0)
			return false;
	}
	return true;
}

static bool is_shown(uint32_t c)
{
	if (c == '\n' || c == '\t')
		return true;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0))
		return false;
	return !(c == 0x061c || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
		 (c >= 0x2066 && c <= 0x2069) || c == 0xfeff);
}

void str_printable(struct buf *into, const char *data, size_t len)
{
	const unsigned char *p = (const unsigned char *)data;

	while (len > 0) {
		uint32_t code = 0;
		size_t n = utf8_at(p, len, &code);

		if (n == 0 || !is_shown(code)) {
			buf_addc(into, '?');
			n = n ? n : 1;
		} else {
			buf_add(into, p, n);
		}
		p += n;
		len -= n;
	}
}

char *str_shown(const char *text, size_t max)
{
	struct buf b = BUF_INIT;
	size_t cut = max;

	str_printable(&b, text, strlen(text));
	if (b.len > max && max >= 3) {
		cut = max - 3;
		while (cut > 0 && ((unsigned char)b.data[cut] & 0xc0) == 0x80)
			cut--;
		buf_cut(&b, cut);
		buf_adds(&b, "...");
	}
	if (b.data)
		str_one_line(b.data);
	return buf_take(&b);
}

size_t str_columns(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

char *str_size(uint64_t bytes)
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double value = (double)bytes;
	size_t u = 0;

	while (value >= 1024 && u + 1 < ARRAY_LEN(units)) {
		value /= 1024;
		u++;
	}
	return xasprintf(u == 0 ? "%.0f %s" : "%.1f %s", value, units[u]);
}

char *str_duration(uint64_t s)
{
	if (s < 60)
		return xasprintf("%llus", (unsigned long long)s);
	if (s < 3600)
		return xasprintf("%llum%02llus", (unsigned long long)(s / 60), (unsigned long long)(s % 60));
	return xasprintf("%lluh%02llum", (unsigned long long)(s / 3600), (unsigned long long)(s / 60 % 60));
}
