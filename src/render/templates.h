/* templates.h — the templates that files are made from: those the program carries, each replaceable by the user's of
 * the same name.
 *
 * A set holds sources and parses each template once, when it is first asked for. Names are those of the files in
 * templates/: "Dockerfile.mustache", and "python.mustache", which {{>python}} includes. Not here: what they are filled
 * with (render/view.h). */
#pragma once

#include "base/err.h"
#include "render/mustache.h"

struct templates;

/* The carried templates. The result is the caller's to templates_free(). */
struct templates *templates_new(void) NODISCARD;
void templates_free(struct templates *t);
DEFINE_AUTO(templates, struct templates);

/* Puts a user's template (text.name: its file name) in the place of the carried one; a name that no carried one has
 * adds a partial. ERR_INPUT with the place when it is no template, when its name is not NAME.mustache, or when there
 * are too many. */
int templates_replace(struct templates *t, struct blob text, struct err *err) NODISCARD;
/* Replaces by all *.mustache files of a folder. ERR_IO, and ERR_INPUT as above; a folder without any is ERR_INPUT too.
 */
int templates_load(struct templates *t, const char *dir, struct err *err) NODISCARD;
/* A hash over the user's templates (names and bytes), 64 hex digits; NULL when none was replaced. The caller's. */
char *templates_sha256(const struct templates *t) NODISCARD;

/* Appends the template of that name ("Dockerfile.mustache") filled from the value. Every name must be there (strict),
 * and {{name}} without a filter takes words only (quote_word). Filters: shell, docker, json, bake, copy, comment, line,
 * ignore, env. */
int templates_render(struct templates *t, const char *name, const struct value *data, struct buf *into,
		     struct err *err) NODISCARD;
