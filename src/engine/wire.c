#include "engine/wire.h"

#include <stdbool.h>

struct wire wire_new(const void *data, size_t len)
{
	const unsigned char *bytes = data;

	return (struct wire){.at = bytes, .end = len > 0 ? bytes + len : bytes};
}

static bool wire_varint(struct wire *w, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 70; shift += 7) {
		if (w->at == w->end)
			return false;
		unsigned char byte = *w->at++;

		if (shift == 63 && byte > 1)
			return false;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret = value;
			return true;
		}
	}
	return false;
}

/* A little-endian number of n bytes. */
static bool wire_fixed(struct wire *w, unsigned n, uint64_t *ret)
{
	uint64_t value = 0;

	if ((size_t)(w->end - w->at) < n)
		return false;
	for (unsigned i = 0; i < n; i++)
		value |= (uint64_t)*w->at++ << (8 * i);
	*ret = value;
	return true;
}

static bool wire_bytes(struct wire *w, struct wire_field *f)
{
	uint64_t len;

	if (!wire_varint(w, &len) || len > (uint64_t)(w->end - w->at))
		return false;
	f->data = (const char *)w->at;
	f->len = (size_t)len;
	w->at += len;
	return true;
}

static bool wire_value(struct wire *w, unsigned type, struct wire_field *f)
{
	switch (type) {
	case WIRE_VARINT:
		f->type = WIRE_VARINT;
		return wire_varint(w, &f->value);
	case WIRE_FIXED64:
		f->type = WIRE_FIXED64;
		return wire_fixed(w, 8, &f->value);
	case WIRE_BYTES:
		f->type = WIRE_BYTES;
		return wire_bytes(w, f);
	case WIRE_FIXED32:
		f->type = WIRE_FIXED32;
		return wire_fixed(w, 4, &f->value);
	default:
		return false;
	}
}

int wire_next(struct wire *w, struct wire_field *ret)
{
	struct wire_field f = {.number = 0};
	uint64_t key;

	if (w->at == w->end)
		return 0;
	if (!wire_varint(w, &key) || key >> 3 == 0 || key >> 3 > 0x1fffffff ||
	    !wire_value(w, (unsigned)(key & 7), &f)) {
		w->at = w->end;
		return -1;
	}
	f.number = (uint32_t)(key >> 3);
	*ret = f;
	return 1;
}
