#include "model/conflict.h"

#include "base/str.h"

struct conflict *conflict_new(enum answer_verdict verdict)
{
	struct conflict *c = xcalloc(1, sizeof(*c));
	c->verdict = verdict;
	return c;
}

void conflict_free(struct conflict *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->nsuggestions; i++) {
		free(c->suggestions[i].change);
		free(c->suggestions[i].result);
	}
	for (size_t i = 0; i < c->nrows; i++) {
		free(c->rows[i].what);
		free(c->rows[i].left);
		free(c->rows[i].right);
	}
	for (size_t i = 0; i < c->nsets; i++) {
		free(c->sets[i].where);
		strv_clear(&c->sets[i].lines);
	}
	reasons_clear(&c->reasons);
	free(c->sets);
	free(c->suggestions);
	free(c->rows);
	free(c->question);
	free(c->left);
	free(c->right);
	free(c);
}

void conflict_suggest(struct conflict *c, char *change, char *result)
{
	for (size_t i = 0; i < c->nsuggestions; i++)
		if (str_eq(c->suggestions[i].change, change) || str_eq(c->suggestions[i].result, result)) {
			free(change);
			free(result);
			return;
		}
	c->suggestions = xreallocarray(c->suggestions, c->nsuggestions + 1, sizeof(*c->suggestions));
	c->suggestions[c->nsuggestions++] = (struct suggestion){.change = change, .result = result};
}

void conflict_add_set(struct conflict *c, const char *where, struct strv *lines)
{
	c->sets = xreallocarray(c->sets, c->nsets + 1, sizeof(*c->sets));
	c->sets[c->nsets++] = (struct conflict_set){.where = xstrdup(where), .lines = *lines};
	*lines = (struct strv)STRV_INIT;
}

void conflict_compare(struct conflict *c, const char *what, char *left, char *right)
{
	c->rows = xreallocarray(c->rows, c->nrows + 1, sizeof(*c->rows));
	c->rows[c->nrows++] = (struct conflict_row){
		.what = xstrdup(what), .left = left, .right = right, .differs = !str_eq(left, right)};
}

void conflict_join(struct conflict *c, struct conflict *more)
{
	if (more->verdict == VERDICT_CONFLICT)
		c->verdict = VERDICT_CONFLICT;
	reasons_add_all(&c->reasons, &more->reasons);
	for (size_t i = 0; i < more->nsuggestions; i++)
		conflict_suggest(c, TAKE(more->suggestions[i].change), TAKE(more->suggestions[i].result));
	for (size_t i = 0; i < more->nsets; i++)
		conflict_add_set(c, more->sets[i].where, &more->sets[i].lines);
	if (!c->left && more->left) {
		c->left = TAKE(more->left);
		c->right = TAKE(more->right);
		c->rows = TAKE(more->rows);
		c->nrows = more->nrows;
		more->nrows = 0;
	}
	conflict_free(more);
}

const char *answer_verdict_name(enum answer_verdict v)
{
	static const char *const names[] = {"compatible", "conflict", "unknown"};
	return names[v];
}
