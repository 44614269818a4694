/* quote.h — one quoting function per syntax, so that no value can become anything but itself.
 *
 * Each appends the text in the form its syntax needs, or refuses with ERR_INPUT when the syntax has no form for it
 * (a line break in a Dockerfile, for one); into is unchanged then. All refuse invalid UTF-8, NUL cannot occur.
 * Not here: where a value is put (templates), what values are sensible (model/manifest.h). */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Text as it is, when it consists of letters, digits and _ @ % + = : , . / ~ ! - alone and is not empty: safe bare in a
 * Dockerfile, a shell word, a comment and a requirements file. Everything else is refused. */
int quote_word(struct buf *into, const char *text, struct err *err) NODISCARD;
/* "..." for ENV, LABEL, ARG, WORKDIR and USER: a backslash before \ " and $. Control characters are refused. */
int quote_dockerfile(struct buf *into, const char *text, struct err *err) NODISCARD;
/* One word of a POSIX shell: bare where that is safe, else '...'. Control characters are refused: RUN has one line. */
int quote_shell(struct buf *into, const char *text, struct err *err) NODISCARD;
/* A JSON string with its quotes, ASCII control characters escaped. */
int quote_json(struct buf *into, const char *text, struct err *err) NODISCARD;
/* A JSON string of docker-bake.json: quote_json() with ${ and %{ doubled, since bake reads strings as templates. */
int quote_bake(struct buf *into, const char *text, struct err *err) NODISCARD;
/* A JSON string inside COPY [...]: quote_json() with a backslash before $ and \, since COPY expands variables in it. */
int quote_copy(struct buf *into, const char *text, struct err *err) NODISCARD;
/* The value part of NAME=VALUE in an environment file (docker --env-file): as it is; line breaks are refused. */
int quote_env(struct buf *into, const char *text, struct err *err) NODISCARD;
/* A line of a # comment: control characters are refused, the rest stays. */
int quote_comment(struct buf *into, const char *text, struct err *err) NODISCARD;
/* One pattern of an ignore file: a backslash before * ? [ ] \ and refused where a leading ! or # or outer blanks would
 * be misread. */
int quote_ignore(struct buf *into, const char *text, struct err *err) NODISCARD;
/* HTML: & < > " become entities. The escape of the Mustache specification. */
int quote_html(struct buf *into, const char *text, struct err *err) NODISCARD;
