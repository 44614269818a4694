#include "inspect/cubin.h"

#include "inspect/bytes.h"

#include <string.h>

#define IDENT_OSABI   7
#define OSABI_CUDA    0x33 /* CUDA 12 and older */
#define VERSION_AT    20
#define LEAST_VERSION 50 /* CUDA 5.0 */
#define MOST_VERSION  500

#define NOTE_OWNER  "NVIDIA Corp"
#define NOTE_HEAD   (12 + sizeof(NOTE_OWNER)) /* sizes and kind, owner; both multiples of four */
#define NOTE_CUINFO 0x3e8
#define NOTE_TKINFO 0x7d0
#define MAX_RELEASE 64

static uint16_t plausible(uint32_t version)
{
	return version >= LEAST_VERSION && version <= MOST_VERSION ? (uint16_t)version : 0;
}

uint16_t cubin_version(const unsigned char *data, size_t len)
{
	static const unsigned char magic[] = {0x7f, 'E', 'L', 'F', 2, 1};
	if (len < CUBIN_HEAD || memcmp(data, magic, sizeof(magic)) != 0 || data[IDENT_OSABI] != OSABI_CUDA)
		return 0;
	return plausible(get_u32(data + VERSION_AT));
}

/* The body of a note of that kind, and its size; NULL = none. */
static const unsigned char *note(const unsigned char *data, size_t len, uint32_t kind, size_t *ret_len)
{
	const unsigned char *end = data + len, *at = data;
	while (at < end) {
		at = memmem(at, (size_t)(end - at), NOTE_OWNER, sizeof(NOTE_OWNER));
		if (at == NULL)
			return NULL;
		const unsigned char *head = at - 12;
		at += sizeof(NOTE_OWNER);
		if (head < data || get_u32(head) != sizeof(NOTE_OWNER) || get_u32(head + 8) != kind)
			continue;
		size_t size = get_u32(head + 4);
		if (size > (size_t)(end - at))
			return NULL;
		*ret_len = size;
		return at;
	}
	return NULL;
}

uint16_t cubin_note_version(const unsigned char *data, size_t len)
{
	size_t size = 0;
	const unsigned char *body = note(data, len, NOTE_CUINFO, &size);
	return body == NULL || size < 8 ? 0 : plausible(get_u32(body + 4));
}

char *cubin_note_toolkit(const unsigned char *data, size_t len)
{
	size_t size = 0;
	const unsigned char *body = note(data, len, NOTE_TKINFO, &size);
	const char *at = body == NULL ? NULL : memmem(body, size, "release ", 8);
	if (at == NULL)
		return NULL;
	size_t most = size - (size_t)((const unsigned char *)at - body), n = 0;
	while (n < most && n < MAX_RELEASE && at[n] >= ' ' && at[n] <= '~')
		n++;
	return xstrndup(at, n);
}

bool cubin_has_text(const unsigned char *data, size_t len)
{
	return memmem(data, len, ".text.", 6) != NULL;
}
