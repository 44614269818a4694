#include "model/spec.h"

#include "base/str.h"

#include <string.h>

#define CLAUSES_MAX 64

static const struct {
	const char *text;
	enum spec_op op;
} operators[] = {
	{"===", SPEC_ARBITRARY}, {"~=", SPEC_COMPATIBLE}, {"==", SPEC_EQ}, {"!=", SPEC_NE},
	{"<=", SPEC_LE},	 {">=", SPEC_GE},	  {"<", SPEC_LT},  {">", SPEC_GT},
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static const char *operator_text(enum spec_op op)
{
	for (size_t i = 0; i < ARRAY_LEN(operators); i++)
		if (operators[i].op == op)
			return operators[i].text;
	return "";
}

void spec_free(struct spec *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		free(s->v[i].text);
	free(s->v);
	free(s->text);
	free(s);
}

/* What PEP 440 forbids behind an operator. */
static int check_clause(const struct spec_clause *c, struct err *err)
{
	const char *op = operator_text(c->op);
	if (c->prefix && c->op != SPEC_EQ && c->op != SPEC_NE)
		return err_set(err, ERR_INPUT, "'%s%.80s': '.*' goes with == and != only", op, c->text);
	if (c->prefix && (ver_is_pre(&c->ver) || c->ver.has_post || c->ver.local[0]))
		return err_set(err, ERR_INPUT, "'%s%.80s': '.*' goes behind release numbers only", op, c->text);
	if (c->ver.local[0] && c->op != SPEC_EQ && c->op != SPEC_NE)
		return err_set(err, ERR_INPUT, "'%s%.80s': a local label ('+%s') goes with ==, != and === only", op,
			       c->text, c->ver.local);
	if (c->op == SPEC_COMPATIBLE && c->ver.n_release < 2)
		return err_set(err, ERR_INPUT, "'~=%.80s': ~= needs at least two release numbers, as in ~=%.80s.0",
			       c->text, c->text);
	return 0;
}

static int parse_version(struct spec_clause *c, struct err *err)
{
	size_t len = strlen(c->text);
	if (c->op == SPEC_ARBITRARY) {
		if (strpbrk(c->text, " \t\n\v\f\r;)"))
			return err_set(err, ERR_INPUT, "'===%.80s': white space, ';' and ')' cannot be compared",
				       c->text);
		struct err none = ERR_INIT;
		if (ver_parse(c->text, &c->ver, &none) < 0) {
			c->ver = (struct ver){.epoch = 0};
			err_clear(&none);
		}
		return 0;
	}
	c->prefix = str_ends(c->text, ".*");
	if (c->prefix && len > 2 && is_space(c->text[len - 3]))
		return err_set(err, ERR_INPUT, "'%s%.80s': no white space goes in front of '.*'", operator_text(c->op),
			       c->text);
	if (ver_parse_n(c->text, c->prefix ? len - 2 : len, &c->ver, err))
		return err_wrap(err, "'%s%.80s'", operator_text(c->op), c->text);
	return check_clause(c, err);
}

/* Reads one clause into c, whose text is owned from the start. bare: a missing operator means ==. */
static int parse_clause(const char *text, size_t len, bool bare, struct spec_clause *c, struct err *err)
{
	size_t skip = 0;
	for (size_t i = 0; i < ARRAY_LEN(operators) && !skip; i++) {
		size_t n = strlen(operators[i].text);
		if (len >= n && memcmp(text, operators[i].text, n) == 0) {
			c->op = operators[i].op;
			skip = n;
		}
	}
	int shown = (int)(len < 80 ? len : 80);
	if (!skip && len && *text == '=')
		return err_set(err, ERR_INPUT, "'%.*s': '=' is no operator (did you mean '=='?)", shown, text);
	if (!skip && !bare)
		return err_set(err, ERR_INPUT, "'%.*s' has no operator (~= == != <= >= < > ===)", shown, text);
	if (!skip)
		c->op = SPEC_EQ;
	while (skip < len && is_space(text[skip]))
		skip++;
	if (skip == len)
		return err_set(err, ERR_INPUT, "'%.*s' names no version", shown, text);
	c->text = xstrndup(text + skip, len - skip);
	return parse_version(c, err);
}

static void set_text(struct spec *s)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (size_t i = 0; i < s->n; i++)
		buf_addf(&b, "%s%s%s", i ? "," : "", operator_text(s->v[i].op), s->v[i].text);
	free(s->text);
	s->text = buf_take(&b);
}

/* The next clause of *at without the white space around it, which moves behind its comma. Its length may be 0. */
static const char *next_clause(const char **at, size_t *len)
{
	const char *from = *at;
	*len = strcspn(from, ",");
	*at += *len + (from[*len] == ',');
	while (*len && is_space(*from)) {
		from++;
		--*len;
	}
	while (*len && is_space(from[*len - 1]))
		--*len;
	return from;
}

static int parse(const char *text, bool bare, struct spec **ret, struct err *err)
{
	AUTO(spec) struct spec *s = xcalloc(1, sizeof(*s));
	s->v = xcalloc(CLAUSES_MAX, sizeof(*s->v));
	for (const char *at = text; *at;) {
		size_t len;
		const char *clause = next_clause(&at, &len);
		if (!len)
			continue;
		if (s->n == CLAUSES_MAX)
			return err_set(err, ERR_INPUT, "a specifier has more than %d clauses", CLAUSES_MAX);
		if (parse_clause(clause, len, bare, &s->v[s->n++], err))
			return -1;
	}
	if (bare && s->n == 0)
		return err_set(err, ERR_INPUT, "a version is empty");
	s->v = xreallocarray(s->v, s->n ? s->n : 1, sizeof(*s->v));
	set_text(s);
	*ret = TAKE(s);
	return 0;
}

int spec_parse(const char *text, struct spec **ret, struct err *err)
{
	return parse(text, false, ret, err);
}

int spec_parse_bare(const char *text, struct spec **ret, struct err *err)
{
	return parse(text, true, ret, err);
}

struct spec *spec_copy(const struct spec *s)
{
	struct spec *copy = xcalloc(1, sizeof(*copy));
	copy->v = xcalloc(s->n ? s->n : 1, sizeof(*copy->v));
	copy->n = s->n;
	copy->text = xstrdup(s->text);
	for (size_t i = 0; i < s->n; i++) {
		copy->v[i] = s->v[i];
		copy->v[i].text = xstrdup(s->v[i].text);
	}
	return copy;
}

/* Whether the first n release numbers and the epoch agree. */
static bool same_prefix(const struct ver *a, const struct ver *b, unsigned n)
{
	if (a->epoch != b->epoch)
		return false;
	for (unsigned i = 0; i < n; i++)
		if (ver_part(a, i) != ver_part(b, i))
			return false;
	return true;
}

static bool match_eq(const struct spec_clause *c, const struct ver *v)
{
	if (c->prefix)
		return same_prefix(&c->ver, v, c->ver.n_release);
	return (c->ver.local[0] ? ver_cmp(v, &c->ver) : ver_cmp_public(v, &c->ver)) == 0;
}

/* Below V; where V is no pre-release, below its first development release: none of V's own pre-releases. */
static bool match_lt(const struct spec_clause *c, const struct ver *v)
{
	struct ver bound = c->ver;
	if (!ver_is_pre(&bound))
		bound.has_dev = true;
	return ver_cmp(v, &bound) < 0;
}

/* Above V: no labelled build of V, and no post-release of V unless V is one (or a development release). */
static bool match_gt(const struct spec_clause *c, const struct ver *v)
{
	if (ver_cmp_public(v, &c->ver) <= 0)
		return false;
	if (ver_cmp_release(v, &c->ver) != 0 || c->ver.has_dev || c->ver.has_post)
		return true;
	return v->pre != c->ver.pre || v->pre_n != c->ver.pre_n;
}

static bool match_arbitrary(const struct spec_clause *c, const char *text)
{
	return str_eq_case(c->text, text);
}

bool spec_clause_match(const struct spec_clause *c, const struct ver *v)
{
	char text[VER_TEXT];
	switch (c->op) {
	case SPEC_COMPATIBLE:
		return ver_cmp_public(v, &c->ver) >= 0 && same_prefix(&c->ver, v, c->ver.n_release - 1);
	case SPEC_EQ:
		return match_eq(c, v);
	case SPEC_NE:
		return !match_eq(c, v);
	case SPEC_LE:
		return ver_cmp_public(v, &c->ver) <= 0;
	case SPEC_GE:
		return ver_cmp_public(v, &c->ver) >= 0;
	case SPEC_LT:
		return match_lt(c, v);
	case SPEC_GT:
		return match_gt(c, v);
	case SPEC_ARBITRARY:
		return match_arbitrary(c, ver_text(v, text));
	}
	return false;
}

bool spec_match(const struct spec *s, const struct ver *v)
{
	for (size_t i = 0; i < s->n; i++)
		if (!spec_clause_match(&s->v[i], v))
			return false;
	return true;
}

bool spec_match_text(const struct spec *s, const char *version)
{
	struct err err = ERR_INIT;
	struct ver v;
	bool is_version = ver_parse(version, &v, &err) == 0;
	err_clear(&err);
	for (size_t i = 0; i < s->n; i++) {
		bool met = s->v[i].op == SPEC_ARBITRARY ? match_arbitrary(&s->v[i], version)
							: is_version && spec_clause_match(&s->v[i], &v);
		if (!met)
			return false;
	}
	return true;
}

bool spec_wants_pre(const struct spec *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].op != SPEC_NE && !s->v[i].prefix && ver_is_pre(&s->v[i].ver))
			return true;
	return false;
}

bool spec_allows(const struct spec *s, const struct ver *v)
{
	return spec_match(s, v) && (!ver_is_pre(v) || spec_wants_pre(s));
}

const struct ver *spec_exact(const struct spec *s)
{
	if (s->n != 1 || s->v[0].prefix || s->v[0].op != SPEC_EQ)
		return NULL;
	return &s->v[0].ver;
}

static bool may_hold_label(const struct spec_clause *c)
{
	return c->op == SPEC_EQ || c->op == SPEC_ARBITRARY;
}

const char *spec_local(const struct spec *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (may_hold_label(&s->v[i]) && s->v[i].ver.local[0])
			return s->v[i].ver.local;
	return NULL;
}

struct spec *spec_without_local(const struct spec *s)
{
	struct spec *copy = spec_copy(s);
	const char *label = spec_local(s);
	for (size_t i = 0; i < copy->n; i++) {
		struct spec_clause *c = &copy->v[i];
		if (!may_hold_label(c) || !label || !str_eq(c->ver.local, label))
			continue;
		c->ver.local[0] = '\0';
		c->text[strcspn(c->text, "+")] = '\0';
	}
	set_text(copy);
	return copy;
}
