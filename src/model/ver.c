#include "model/ver.h"

#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MAX INT64_MAX

/* What is being read: at moves on, why says what was wrong. */
struct reader {
	const char *at, *end;
	const char *why;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static char peek(const struct reader *r)
{
	return r->at < r->end ? *r->at : '\0';
}

static bool at_digit(const struct reader *r)
{
	return str_is_digit(peek(r));
}

static bool take_separator(struct reader *r)
{
	char c = peek(r);
	if (c != '-' && c != '_' && c != '.')
		return false;
	r->at++;
	return true;
}

/* Reads digits; false with why where the number is too large. */
static bool take_number(struct reader *r, uint64_t *ret)
{
	uint64_t n = 0;
	while (at_digit(r)) {
		uint64_t digit = (uint64_t)(*r->at - '0');
		if (n > (NUMBER_MAX - digit) / 10) {
			r->why = "a number in it is too large";
			return false;
		}
		n = n * 10 + digit;
		r->at++;
	}
	*ret = n;
	return true;
}

/* Moves behind word (any case) if it is next. */
static bool take_word(struct reader *r, const char *word)
{
	const char *at = r->at;
	for (; *word; word++, at++)
		if (at >= r->end || str_lower(*at) != *word)
			return false;
	r->at = at;
	return true;
}

/* Moves behind one of the words, with an optional separator before and after it; its index, or -1 and nothing is moved.
 */
static int take_one_of(struct reader *r, const char *const *words, size_t n)
{
	const char *start = r->at;
	take_separator(r);
	for (size_t i = 0; i < n; i++) {
		if (take_word(r, words[i])) {
			take_separator(r);
			return (int)i;
		}
	}
	r->at = start;
	return -1;
}

static bool read_release(struct reader *r, struct ver *v)
{
	if (!take_number(r, &v->release[0]))
		return false;
	if (peek(r) == '!') {
		v->epoch = v->release[0];
		v->release[0] = 0;
		r->at++;
		if (!at_digit(r))
			return false;
		if (!take_number(r, &v->release[0]))
			return false;
	}
	v->n_release = 1;
	while (peek(r) == '.' && r->at + 1 < r->end && str_is_digit(r->at[1])) {
		if (v->n_release == VER_PARTS) {
			r->why = "it has too many numbers";
			return false;
		}
		r->at++;
		if (!take_number(r, &v->release[v->n_release++]))
			return false;
	}
	return true;
}

static bool read_pre(struct reader *r, struct ver *v)
{
	static const char *const words[] = {"alpha", "a", "beta", "b", "preview", "pre", "rc", "c"};
	static const enum ver_pre kinds[] = {VER_PRE_A,	 VER_PRE_A,  VER_PRE_B,	 VER_PRE_B,
					     VER_PRE_RC, VER_PRE_RC, VER_PRE_RC, VER_PRE_RC};
	int i = take_one_of(r, words, ARRAY_LEN(words));
	if (i < 0)
		return true;
	v->pre = kinds[i];
	return take_number(r, &v->pre_n);
}

static bool read_post(struct reader *r, struct ver *v)
{
	static const char *const words[] = {"post", "rev", "r"};
	if (peek(r) == '-' && r->at + 1 < r->end && str_is_digit(r->at[1]))
		r->at++;
	else if (take_one_of(r, words, ARRAY_LEN(words)) < 0)
		return true;
	v->has_post = true;
	return take_number(r, &v->post_n);
}

static bool read_dev(struct reader *r, struct ver *v)
{
	static const char *const words[] = {"dev"};
	if (take_one_of(r, words, ARRAY_LEN(words)) < 0)
		return true;
	v->has_dev = true;
	return take_number(r, &v->dev_n);
}

/* Appends one part of a local label, numbers without leading zeros. */
static bool add_local_part(struct ver *v, size_t *len, const char *part, size_t n)
{
	bool number = true;
	for (size_t i = 0; i < n; i++)
		number = number && str_is_digit(part[i]);
	while (number && n > 1 && *part == '0') {
		part++;
		n--;
	}
	if (*len + n + 2 > VER_LOCAL)
		return false;
	if (*len)
		v->local[(*len)++] = '.';
	for (size_t i = 0; i < n; i++)
		v->local[(*len)++] = str_lower(part[i]);
	v->local[*len] = '\0';
	return true;
}

static bool read_local(struct reader *r, struct ver *v)
{
	if (peek(r) != '+')
		return true;
	size_t len = 0;
	do {
		const char *part = ++r->at;
		while (str_is_alnum(peek(r)))
			r->at++;
		if (r->at == part)
			return false;
		if (!add_local_part(v, &len, part, (size_t)(r->at - part))) {
			r->why = "its local label is too long";
			return false;
		}
	} while (peek(r) == '.' || peek(r) == '-' || peek(r) == '_');
	return true;
}

static bool read_all(struct reader *r, struct ver *v)
{
	if (str_lower(peek(r)) == 'v')
		r->at++;
	if (!at_digit(r))
		return false;
	return read_release(r, v) && read_pre(r, v) && read_post(r, v) && read_dev(r, v) && read_local(r, v) &&
	       r->at == r->end;
}

int ver_parse_n(const char *text, size_t len, struct ver *ret, struct err *err)
{
	struct reader r = {.at = text, .end = text + len, .why = NULL};
	while (r.at < r.end && is_space(*r.at))
		r.at++;
	while (r.end > r.at && is_space(r.end[-1]))
		r.end--;
	if (r.at == r.end)
		return err_set(err, ERR_INPUT, "a version is empty");
	const char *start = r.at;
	struct ver v = {.epoch = 0};
	if (read_all(&r, &v)) {
		*ret = v;
		return 0;
	}
	int whole = (int)(r.end - start < 80 ? r.end - start : 80);
	int rest = (int)(r.end - r.at < 20 ? r.end - r.at : 20);
	if (r.why)
		return err_set(err, ERR_INPUT, "'%.*s' is not a version: %s", whole, start, r.why);
	if (rest == 0)
		return err_set(err, ERR_INPUT, "'%.*s' is not a version: it ends too early", whole, start);
	return err_set(err, ERR_INPUT, "'%.*s' is not a version: '%.*s' is unexpected", whole, start, rest, r.at);
}

int ver_parse(const char *text, struct ver *ret, struct err *err)
{
	return ver_parse_n(text, strlen(text), ret, err);
}

struct ver ver_make(uint64_t major, uint64_t minor, uint64_t patch)
{
	return (struct ver){.release = {major, minor, patch}, .n_release = 3};
}

static int cmp_number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int ver_cmp_release(const struct ver *a, const struct ver *b)
{
	int c = cmp_number(a->epoch, b->epoch);
	for (unsigned i = 0; c == 0 && i < VER_PARTS; i++)
		c = cmp_number(ver_part(a, i), ver_part(b, i));
	return c;
}

/* Where a version stands among those of its release: a bare development release first, then a, b, rc, then the release.
 */
static unsigned pre_rank(const struct ver *v)
{
	if (v->pre != VER_PRE_NONE)
		return (unsigned)v->pre;
	return v->has_dev && !v->has_post ? 0 : VER_PRE_RC + 1;
}

/* Absent post sorts before 0; absent dev behind all. */
static int cmp_suffixes(const struct ver *a, const struct ver *b)
{
	int c = cmp_number(a->has_post, b->has_post);
	if (c == 0)
		c = cmp_number(a->post_n, b->post_n);
	if (c == 0)
		c = cmp_number(!a->has_dev, !b->has_dev);
	return c ? c : cmp_number(a->dev_n, b->dev_n);
}

int ver_cmp_public(const struct ver *a, const struct ver *b)
{
	int c = ver_cmp_release(a, b);
	if (c == 0)
		c = cmp_number(pre_rank(a), pre_rank(b));
	if (c == 0)
		c = cmp_number(a->pre_n, b->pre_n);
	return c ? c : cmp_suffixes(a, b);
}

/* Parts of local labels: numbers by value and behind words, words by bytes. */
static int cmp_local_part(const char *a, size_t na, const char *b, size_t nb)
{
	bool number_a = strspn(a, "0123456789") >= na, number_b = strspn(b, "0123456789") >= nb;
	if (number_a != number_b)
		return number_a ? 1 : -1;
	if (number_a && na != nb)
		return na > nb ? 1 : -1;
	int c = memcmp(a, b, na < nb ? na : nb);
	return c ? (c > 0 ? 1 : -1) : cmp_number(na, nb);
}

static int cmp_local(const char *a, const char *b)
{
	while (*a && *b) {
		size_t na = strcspn(a, "."), nb = strcspn(b, ".");
		int c = cmp_local_part(a, na, b, nb);
		if (c)
			return c;
		a += na + (a[na] == '.');
		b += nb + (b[nb] == '.');
	}
	return (*a != '\0') - (*b != '\0');
}

int ver_cmp(const struct ver *a, const struct ver *b)
{
	int c = ver_cmp_public(a, b);
	return c ? c : cmp_local(a->local, b->local);
}

bool ver_same_minor(const struct ver *a, const struct ver *b)
{
	return a->epoch == b->epoch && ver_part(a, 0) == ver_part(b, 0) && ver_part(a, 1) == ver_part(b, 1);
}

uint64_t ver_part(const struct ver *v, unsigned i)
{
	return i < v->n_release && i < VER_PARTS ? v->release[i] : 0;
}

bool ver_is_pre(const struct ver *v)
{
	return v->pre != VER_PRE_NONE || v->has_dev;
}

struct ver ver_public(const struct ver *v)
{
	struct ver p = *v;
	p.local[0] = '\0';
	return p;
}

const char *ver_text_public(const struct ver *v, char into[VER_TEXT])
{
	static const char *const pre[] = {"", "a", "b", "rc"};
	int n = 0;
	if (v->epoch)
		n += snprintf(into, VER_TEXT, "%" PRIu64 "!", v->epoch);
	for (unsigned i = 0; i < v->n_release; i++)
		n += snprintf(into + n, VER_TEXT - (size_t)n, "%s%" PRIu64, i ? "." : "", v->release[i]);
	into[n] = '\0';
	if (v->pre != VER_PRE_NONE)
		n += snprintf(into + n, VER_TEXT - (size_t)n, "%s%" PRIu64, pre[v->pre], v->pre_n);
	if (v->has_post)
		n += snprintf(into + n, VER_TEXT - (size_t)n, ".post%" PRIu64, v->post_n);
	if (v->has_dev)
		snprintf(into + n, VER_TEXT - (size_t)n, ".dev%" PRIu64, v->dev_n);
	return into;
}

const char *ver_text(const struct ver *v, char into[VER_TEXT])
{
	ver_text_public(v, into);
	size_t n = strlen(into);
	if (v->local[0])
		snprintf(into + n, VER_TEXT - n, "+%s", v->local);
	return into;
}

const char *ver_text_minor(const struct ver *v, char into[VER_TEXT])
{
	snprintf(into, VER_TEXT, "%" PRIu64 ".%" PRIu64, ver_part(v, 0), ver_part(v, 1));
	return into;
}
