/* buf.h — bytes: borrowed (struct blob) and growing (struct buf).
 *
 * A buf's data is always followed by a NUL byte once anything was added, so text needs no copy. */
#pragma once

#include "base/mem.h"

#include <stdarg.h>
#include <stdbool.h>

/* Borrowed bytes with the name that messages use for them (a path, a URL, "<stdin>"). */
struct blob {
	const char *name, *data;
	size_t len;
};

struct buf {
	char *data; /* owned; NULL while empty and never grown */
	size_t len, cap;
};

#define BUF_INIT                                                                                                       \
	{                                                                                                              \
		.data = NULL                                                                                           \
	}

/* The text (NUL-terminated) as a blob that borrows both. */
struct blob blob_text(const char *name, const char *text) NODISCARD;
/* What b holds as a blob, valid until b changes; never has data NULL. */
struct blob buf_blob(const struct buf *b, const char *name) NODISCARD;
bool blob_eq(struct blob a, struct blob b) NODISCARD;

void buf_add(struct buf *b, const void *data, size_t len);
void buf_adds(struct buf *b, const char *text);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_addv(struct buf *b, const char *fmt, va_list args) PRINTF(2, 0);
/* Appends text n times. */
void buf_repeat(struct buf *b, const char *text, size_t n);
/* The text so far; "" when empty. Valid until b changes. */
const char *buf_text(const struct buf *b) NODISCARD;
/* Hands the text on (never NULL) and empties b. */
char *buf_take(struct buf *b) NODISCARD;
/* Cuts b to at most len bytes; keeps its memory. */
void buf_cut(struct buf *b, size_t len);
/* Releases the memory; b is empty and usable again. */
void buf_clear(struct buf *b);

static inline void buf_clear_auto_(struct buf *b)
{
	buf_clear(b);
}
/* struct buf that is released at the end of its scope: AUTO_BUF struct buf b = BUF_INIT; */
#define AUTO_BUF __attribute__((cleanup(buf_clear_auto_)))
