#include "intake/branch.h"

#include "base/str.h"

#include <string.h>

#define NOBODY_KNOWS (-1)

static const char *text_at(const struct shell_command *c, size_t i, size_t end)
{
	return i < end ? c->v[i].text : "";
}

static int compare(const char *left, const char *right, bool same)
{
	if (vars_unknown(left) || vars_unknown(right) || strpbrk(right, "*?["))
		return NOBODY_KNOWS;
	return str_eq(left, right) == same;
}

/* "-z A", "-n A", "A". */
static int is_empty(const struct shell_command *c, size_t from, size_t end)
{
	const char *first = text_at(c, from, end);
	const char *operand = *first == '-' ? text_at(c, from + 1, end) : first;
	bool empty = str_eq(first, "-z");
	if ((*first == '-' && !empty && !str_eq(first, "-n")) || end - from > 2 || vars_unknown(operand))
		return NOBODY_KNOWS;
	return !*operand == empty;
}

/* "A = B" and the like. Words that are empty are not there: an operator alone at an end has an empty side. */
static int decide(const struct shell_command *c, size_t from, size_t end)
{
	for (size_t i = from; i < end && i < from + 2; i++) {
		const char *op = c->v[i].text;
		bool same = str_eq(op, "=") || str_eq(op, "==") || str_eq(op, "-eq");
		if (same || str_eq(op, "!=") || str_eq(op, "-ne"))
			return compare(text_at(c, from, i), text_at(c, i + 1, end), same);
	}
	return is_empty(c, from, end);
}

/* The condition in the words from `from` on: a test whose values are known. */
static int condition(const struct shell_command *c, size_t from)
{
	size_t end = c->n;
	bool negated = from < end && str_eq(c->v[from].text, "!");
	from += negated;
	const char *word = text_at(c, from, end);
	bool bracket = str_eq(word, "[") || str_eq(word, "[[");
	if (!bracket && !str_eq(word, "test"))
		return NOBODY_KNOWS;
	from++;
	if (bracket && from < end && *c->v[end - 1].text == ']')
		end--;
	else if (bracket)
		return NOBODY_KNOWS;
	if (from < end && str_eq(c->v[from].text, "!")) {
		negated = !negated;
		from++;
	}
	int holds = decide(c, from, end);
	return holds < 0 ? holds : holds != negated;
}

static bool is_skipped(const struct branches *b)
{
	return b->n && b->v[b->n - 1].state == BRANCH_SKIPPED;
}

static void begin(struct branches *b, const struct shell_command *c, size_t at)
{
	bool outside = is_skipped(b);
	if (b->n == BRANCH_DEPTH) {
		b->deeper++;
		return;
	}
	b->v[b->n++] = (struct branch){.state = outside ? BRANCH_SKIPPED : BRANCH_CONDITION,
				       .outside = outside,
				       .holds = condition(c, at + 1)};
}

static void choose(struct branch *v, bool read)
{
	v->state = read && !v->taken && !v->outside ? BRANCH_READ : BRANCH_SKIPPED;
	v->taken = v->taken || v->state == BRANCH_READ;
}

static void end(struct branches *b)
{
	if (b->deeper)
		b->deeper--;
	else if (b->n)
		b->n--;
}

/* Follows the keyword at `at`, where one is there. */
static bool keyword(struct branches *b, const struct shell_command *c, size_t at)
{
	const char *word = c->v[at].text;
	struct branch *v = b->n && !b->deeper ? &b->v[b->n - 1] : NULL;
	if (str_eq(word, "if")) {
		begin(b, c, at);
	} else if (str_eq(word, "fi")) {
		end(b);
	} else if (str_eq(word, "then") && v) {
		choose(v, v->holds != 0);
	} else if (str_eq(word, "else") && v) {
		choose(v, true);
	} else if (str_eq(word, "elif") && v) {
		v->holds = condition(c, at + 1);
		v->state = v->taken || v->outside ? BRANCH_SKIPPED : BRANCH_CONDITION;
	} else {
		return str_eq(word, "do") || str_eq(word, "{");
	}
	return true;
}

bool branches_read(struct branches *b, const struct shell_command *c)
{
	size_t i = 0;
	while (i < c->n && keyword(b, c, i) && !str_eq(c->v[i].text, "fi"))
		i++;
	if (i == 0 && b->n && b->v[b->n - 1].state == BRANCH_CONDITION)
		b->v[b->n - 1].holds = NOBODY_KNOWS; /* a condition of several commands */
	return !is_skipped(b);
}
