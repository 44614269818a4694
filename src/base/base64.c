#include "base/base64.h"

#include <stdint.h>
#include <string.h>

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_urls[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void encode(struct buf *into, const unsigned char *in, size_t len, const char *alphabet)
{
	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)in[i] << 16;
		if (i + 1 < len)
			v |= (uint32_t)in[i + 1] << 8;
		if (i + 2 < len)
			v |= in[i + 2];
		buf_addc(into, alphabet[v >> 18]);
		buf_addc(into, alphabet[v >> 12 & 63]);
		buf_addc(into, i + 1 < len ? alphabet[v >> 6 & 63] : '=');
		buf_addc(into, i + 2 < len ? alphabet[v & 63] : '=');
	}
}

void base64_encode(struct buf *into, const void *data, size_t len)
{
	encode(into, data, len, standard);
}

void base64_encode_url(struct buf *into, const void *data, size_t len)
{
	encode(into, data, len, for_urls);
}

static int value_of(char c)
{
	const char *at = c ? strchr(standard, c) : NULL;
	if (!at)
		at = c == '-' ? standard + 62 : c == '_' ? standard + 63 : NULL;
	return at ? (int)(at - standard) : -1;
}

bool base64_decode(struct buf *into, const char *text)
{
	size_t before = into->len, len = strlen(text), padding = 0;
	while (len > 0 && padding < 2 && text[len - 1] == '=') {
		len--;
		padding++;
	}
	if (len % 4 == 1 || (padding && (len + padding) % 4))
		return false;
	uint32_t bits = 0;
	for (size_t i = 0; i < len; i++) {
		int v = value_of(text[i]);
		if (v < 0) {
			buf_cut(into, before);
			return false;
		}
		bits = bits << 6 | (uint32_t)v;
		if (i % 4 == 1)
			buf_addc(into, (char)(bits >> 4 & 0xff));
		else if (i % 4 == 2)
			buf_addc(into, (char)(bits >> 2 & 0xff));
		else if (i % 4 == 3)
			buf_addc(into, (char)(bits & 0xff));
	}
	return true;
}
