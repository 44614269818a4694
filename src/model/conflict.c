#include "model/conflict.h"

struct conflict *conflict_new(enum answer_verdict verdict)
{
	struct conflict *c = xcalloc(1, sizeof(*c));

	c->verdict = verdict;
	return c;
}

static void reason_clear(struct reason *r)
{
	free(r->subject);
	free(r->because);
	free(r->fact);
	free(r->source);
	free(r->fix);
}

void conflict_free(struct conflict *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->nreasons; i++)
		reason_clear(&c->reasons[i]);
	for (size_t i = 0; i < c->nsuggestions; i++) {
		free(c->suggestions[i].change);
		free(c->suggestions[i].result);
	}
	free(c->reasons);
	free(c->suggestions);
	free(c->question);
	free(c);
}

struct reason *conflict_add(struct conflict *c, const char *code, enum severity severity)
{
	struct reason *r;

	c->reasons = xreallocarray(c->reasons, c->nreasons + 1, sizeof(*c->reasons));
	r = &c->reasons[c->nreasons++];
	*r = (struct reason){.code = code, .severity = severity};
	return r;
}

void conflict_suggest(struct conflict *c, char *change, char *result)
{
	c->suggestions = xreallocarray(c->suggestions, c->nsuggestions + 1, sizeof(*c->suggestions));
	c->suggestions[c->nsuggestions++] = (struct suggestion){.change = change, .result = result};
}
