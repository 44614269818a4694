/* unpack.h — what host/pack packed, as a text again. */
#pragma once

#include <stddef.h>

/* The text with a NUL behind, to be freed; NULL where the bytes are damaged or memory is short. */
char *unpack(const unsigned char *packed, size_t size);
