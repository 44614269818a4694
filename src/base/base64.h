/* base64.h — bytes as RFC 4648 text and back: Authorization headers, registry credentials, BuildKit's trace. */
#pragma once

#include "base/buf.h"

/* Appends the standard alphabet with padding. */
void base64_encode(struct buf *into, const void *data, size_t len);
/* Appends the alphabet that is safe in URLs and headers, with padding. */
void base64_encode_url(struct buf *into, const void *data, size_t len);
/* Appends the bytes that text (either alphabet, padding optional, no white space) stands for. False, with into
 * untouched, when it is no base64. */
bool base64_decode(struct buf *into, const char *text) NODISCARD;
