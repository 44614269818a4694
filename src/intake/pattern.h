/* pattern.h — a text with holes, found in a log whatever way its lines were broken.
 *
 * In a pattern a blank stands for any white space or none; letters match without case; a '\n' of the log is passed over
 * inside words too. Holes: {v} a number with dots, {w} a word, {s} all up to white space or a quote, {*} up to 200
 * bytes of anything. A pattern begins with at least PATTERN_ANCHOR bytes that are no hole. A text may hold several
 * patterns, apart by '|': a function takes the first of what it is given. Not here: which patterns there are
 * (intake/failure.h). */
#pragma once

#include "base/buf.h"

#define PATTERN_ANCHOR 4 /* bytes at its beginning, blanks left out, by which a pattern is looked for */
#define PATTERN_HOLES  5

struct pattern_hit {
	const char *at; /* borrowed from the log */
	size_t len;
	char *hole[PATTERN_HOLES]; /* owned; NULL behind the last */
};

/* Whether the pattern matches right at `at` in the log; fills *ret (the caller's to pattern_clear()) only then. */
bool pattern_match(const char *pattern, struct blob log, size_t at, struct pattern_hit *ret) NODISCARD;
void pattern_clear(struct pattern_hit *hit);
/* The first PATTERN_ANCHOR bytes of a pattern as a number, blanks left out, lower case. */
unsigned pattern_anchor(const char *pattern) NODISCARD;
/* The pattern behind the next '|', or NULL. */
const char *pattern_next(const char *pattern) NODISCARD;
