#include "intake/pattern.h"

#include "base/str.h"

#include <string.h>

#define ANY_MAX	   200
#define WORD_MAX   100
#define SYMBOL_MAX 4000
#define WRAPPED	   60 /* a line at least so long may have been cut inside a word */

struct span {
	const char *from, *to;
};

struct matching {
	const char *start, *end;
	struct span hole[PATTERN_HOLES];
	size_t nholes;
	unsigned budget; /* steps left, so that no log makes it slow */
};

static bool match(struct matching *m, const char *pattern, const char *at, const char **ret);

/* The end of this alternative. */
static bool is_over(const char *pattern)
{
	return !*pattern || *pattern == '|';
}

static bool is_space(char c)
{
	return c == ' ' || c == '\n';
}

static bool in_word(char c)
{
	return str_is_alnum(c) || c == '_' || c == '-' || c == '.' || c == '+';
}

static bool in_number(char c)
{
	return str_is_digit(c) || c == '.';
}

static bool in_symbol(char c)
{
	return !is_space(c) && c != '\'' && c != ',' && c != ';' && c != ')';
}

/* Whether the word goes on behind the '\n' at `at`: the line before is long and the next one is nothing but word. */
static bool is_cut(const struct matching *m, const char *at)
{
	const char *line = at;
	while (line > m->start && line[-1] != '\n' && at - line < WRAPPED)
		line--;
	const char *next = at + 1;
	while (next < m->end && in_symbol(*next))
		next++;
	return at - line >= WRAPPED && next > at + 1 && (next == m->end || *next == '\n' || *next == '\'');
}

/* The longest run for a hole. */
static const char *run(const struct matching *m, char kind, const char *at)
{
	size_t max = kind == '*' ? ANY_MAX : kind == 's' ? SYMBOL_MAX : WORD_MAX;
	const char *to = at;
	for (; to < m->end && (size_t)(to - at) < max; to++) {
		bool in = kind == '*' || (kind == 'v' ? in_number(*to) : kind == 's' ? in_symbol(*to) : in_word(*to));
		bool broken = *to == '\n' && to > at && to + 1 < m->end;
		if (broken && kind == 'v')
			in = in_number(to[1]);
		else if (broken && kind == 'w')
			in = in_word(to[1]);
		else if (broken && kind == 's')
			in = is_cut(m, to);
		if (!in)
			break;
	}
	return to;
}

static bool keep_hole(struct matching *m, size_t n, const char *from, const char *to, const char *rest,
		      const char **ret)
{
	m->nholes = n + 1;
	m->hole[n] = (struct span){from, to};
	return match(m, rest, to, ret);
}

/* {v} and {s} take all they can, giving back where the rest does not fit; {w} and {*} as little as will do. */
static bool match_hole(struct matching *m, const char *pattern, const char *at, const char **ret)
{
	char kind = pattern[1];
	const char *rest = pattern + 3;
	size_t n = m->nholes;
	const char *longest = run(m, kind, at);
	const char *shortest = kind == '*' ? at : at + 1;
	if (longest < shortest || n == PATTERN_HOLES)
		return false;
	if (kind == 'v' || kind == 's' || is_over(rest)) {
		for (const char *to = longest; to >= shortest; to--)
			if (keep_hole(m, n, at, to, rest, ret))
				return true;
		return false;
	}
	for (const char *to = shortest; to <= longest; to++)
		if (keep_hole(m, n, at, to, rest, ret))
			return true;
	return false;
}

/* Behind line breaks, and behind blanks too where the pattern has one. */
static const char *skip_space(const struct matching *m, const char *at, bool blanks)
{
	while (at < m->end && (*at == '\n' || (blanks && is_space(*at))))
		at++;
	return at;
}

static bool match(struct matching *m, const char *pattern, const char *at, const char **ret)
{
	if (m->budget == 0)
		return false;
	m->budget--;
	for (; !is_over(pattern) && *pattern != '{'; pattern++) {
		at = skip_space(m, at, *pattern == ' ');
		if (*pattern == ' ')
			continue;
		if (at == m->end || str_lower(*at) != str_lower(*pattern))
			return false;
		at++;
	}
	if (!is_over(pattern))
		return match_hole(m, pattern, at, ret);
	*ret = at;
	return true;
}

/* The hole's text without line breaks and the full stop of its sentence; the caller's. */
static char *text_of(const struct span *s)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (const char *at = s->from; at < s->to; at++)
		if (*at != '\n')
			buf_addc(&b, *at);
	while (b.len && (b.data[b.len - 1] == '.' || b.data[b.len - 1] == ':'))
		buf_cut(&b, b.len - 1);
	return buf_take(&b);
}

bool pattern_match(const char *pattern, struct blob log, size_t at, struct pattern_hit *ret)
{
	struct matching m = {.start = log.data, .end = log.data + log.len, .budget = 2000};
	const char *from = log.data + at;
	const char *to = from;
	if (!match(&m, pattern, from, &to))
		return false;
	*ret = (struct pattern_hit){.at = from, .len = (size_t)(to - from)};
	for (size_t i = 0; i < m.nholes; i++)
		ret->hole[i] = text_of(&m.hole[i]);
	return true;
}

void pattern_clear(struct pattern_hit *hit)
{
	for (size_t i = 0; i < PATTERN_HOLES; i++)
		free(hit->hole[i]);
	*hit = (struct pattern_hit){.at = NULL};
}

unsigned pattern_anchor(const char *pattern)
{
	unsigned key = 0;
	for (size_t n = 0; *pattern && n < PATTERN_ANCHOR; pattern++)
		if (*pattern != ' ') {
			key = key << 8 | (unsigned char)str_lower(*pattern);
			n++;
		}
	return key;
}

const char *pattern_next(const char *pattern)
{
	const char *bar = strchr(pattern, '|');
	return bar ? bar + 1 : NULL;
}
