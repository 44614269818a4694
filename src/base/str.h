/* str.h — texts: comparing, numbers, near misses, and making foreign bytes fit to print. Independent of the locale. */
#pragma once

#include "base/strv.h"

#include <stdint.h>

bool str_eq(const char *a, const char *b) NODISCARD;	  /* both may be NULL; NULL equals NULL only */
bool str_eq_case(const char *a, const char *b) NODISCARD; /* ASCII letters without case; neither NULL */
bool str_starts(const char *text, const char *prefix) NODISCARD;
bool str_ends(const char *text, const char *suffix) NODISCARD;
/* ASCII classes; the C library's depend on the locale. */
bool str_is_digit(char c) NODISCARD;
bool str_is_alpha(char c) NODISCARD;
bool str_is_alnum(char c) NODISCARD;
char str_lower(char c) NODISCARD;
char str_upper(char c) NODISCARD;
/* A copy in ASCII lower case; the caller's to free. */
char *str_lowered(const char *text) NODISCARD;
/* The whole of text as a decimal number without sign, at most max: false otherwise and *ret is untouched. */
bool str_to_u64(const char *text, uint64_t max, uint64_t *ret) NODISCARD;
/* Reads leading decimal digits of *at (at least one, value at most max) and moves *at behind them. */
bool str_scan_u64(const char **at, uint64_t max, uint64_t *ret) NODISCARD;
/* "300s", "5m", "2h" or a bare number of seconds, 1 second to 7 days; false otherwise. */
bool str_to_seconds(const char *text, unsigned *ret) NODISCARD;
/* Edits (insert, delete, replace, swap of neighbours) that make a into b. */
size_t str_distance(const char *a, const char *b) NODISCARD;
/* The one of n names nearest to text and near enough to have been meant, or NULL. */
const char *str_nearest(const char *text, const char *const *names, size_t n) NODISCARD;
/* Makes text one line in place: control characters (C0, DEL) become spaces or '?'. */
void str_one_line(char *text);
/* Appends foreign bytes fit for a terminal: invalid UTF-8, C0 (but \n and \t), DEL, C1 and bidirectional controls
 * become '?'. */
void str_printable(struct buf *into, const char *data, size_t len);
/* A copy of text, made one printable line of at most max bytes ("..." where cut); the caller's to free. */
char *str_shown(const char *text, size_t max) NODISCARD;
/* Whether data is valid UTF-8 (no overlong forms, no surrogates). */
bool str_utf8_valid(const char *data, size_t len) NODISCARD;
/* Columns that valid UTF-8 text takes on a terminal, counting one per code point. */
size_t str_columns(const char *text) NODISCARD;
/* 1536 -> "1.5 KiB"; the caller's to free. */
char *str_size(uint64_t bytes) NODISCARD;
/* 75 -> "1m15s"; the caller's to free. */
char *str_duration(uint64_t seconds) NODISCARD;
