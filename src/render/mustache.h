/* mustache.h — Mustache templates: parsed once, rendered any number of times, conformant with the public specification.
 *
 * Supported: {{name}}, {{a.b}}, {{.}}, {{{raw}}}, {{&raw}}, {{#section}}, {{^inverted}}, {{/end}}, {{! comment}},
 * {{>partial}} and
 * {{=<% %>=}}, with the rules for standalone lines and for the indentation of partials. Not supported: the optional
 * parts of the specification (lambdas, inheritance, dynamic names).
 *
 * Beyond it: how {{name}} is escaped is the caller's choice, and a dotted name may end in a filter ({{name.shell}}),
 * which quotes a text, or each text of a list, for a syntax; what a filter made is not escaped again. Templates may
 * come from a user: size, nesting and output are limited, and errors name template, line and tag. */
#pragma once

#include "base/err.h"
#include "render/value.h"

struct mustache; /* a parsed template */

#define MUSTACHE_MAX_SIZE   ((size_t)1 << 20)  /* bytes of one template */
#define MUSTACHE_MAX_DEPTH  64		       /* open sections and partials */
#define MUSTACHE_MAX_OUTPUT ((size_t)16 << 20) /* bytes of one result */
#define MUSTACHE_MAX_STEPS  ((size_t)1 << 22)  /* texts, tags and repetitions of one rendering */

typedef int (*mustache_quote)(struct buf *into, const char *text, struct err *err);

struct mustache_filter {
	const char *name;
	mustache_quote quote;
	const char *before, *between, *after; /* around and between the texts of a list; NULL: a list is refused */
};

struct mustache_options {
	mustache_quote escape;		       /* of {{name}}; NULL: as it is */
	const struct mustache_filter *filters; /* borrowed; may be NULL */
	size_t n_filters;
	/* The partial of that name (borrowed, valid during the rendering), or NULL; may itself be NULL: there are none.
	 */
	const struct mustache *(*partial)(void *self, const char *name);
	void *self;
	bool strict; /* a name, section or partial that is not there is an error instead of nothing */
};

/* Reads a template; the text is copied. ERR_INPUT with name and line: a tag without end, a section that is not closed
 * or closed by another name, a bad delimiter, too large, too deep. The result is the caller's to mustache_free(). */
int mustache_parse(struct blob text, struct mustache **ret, struct err *err) NODISCARD;
void mustache_free(struct mustache *t);
DEFINE_AUTO(mustache, struct mustache);

/* Appends the template filled from the value. ERR_INPUT: what a quoting function refused, what strict forbids (with the
 * nearest name), partials without end, too much output or work. into may hold a part of the result then. */
int mustache_render(const struct mustache *t, const struct value *data, const struct mustache_options *o,
		    struct buf *into, struct err *err) NODISCARD;
