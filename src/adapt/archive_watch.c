#include "adapt/archive_watch.h"

#include "base/str.h"

#include <string.h>

#define BLOCK	512
#define PAX_MAX ((uint64_t)1 << 20) /* bytes of one pax header */

/* Places in a header. */
enum { AT_SIZE = 124, LEN_SIZE = 12, AT_SUM = 148, LEN_SUM = 8, AT_KIND = 156, AT_EXTENDED = 482, AT_MORE = 504 };

void watch_clear(struct watch *w)
{
	buf_clear(&w->body);
}

static int refuse(struct err *err, const char *why)
{
	return err_set(err, ERR_PROTOCOL, "read archive: %s: readers do not agree about such an archive", why);
}

/* A number of a header: octal digits between spaces, up to a NUL or the end, or base 256. */
static bool number(const unsigned char *at, size_t len, uint64_t *ret)
{
	uint64_t n = 0;
	size_t i = 0;
	if (at[0] & 0x80) {
		if (at[0] != 0x80)
			return false; /* negative, or larger than any file */
		for (i = 1; i < len; i++) {
			if (n >> 55)
				return false;
			n = n << 8 | at[i];
		}
		*ret = n;
		return true;
	}
	while (i < len && at[i] == ' ')
		i++;
	for (; i < len && at[i] >= '0' && at[i] <= '7'; i++)
		n = n << 3 | (uint64_t)(at[i] - '0');
	*ret = n;
	return i == len || at[i] == '\0' || at[i] == ' ';
}

/* Of the header's bytes, the sum's own counted as spaces; some old writers took them as signed. */
static bool sum_fits(const unsigned char *h)
{
	uint64_t stated = 0;
	int64_t plain = 0, with_signs = 0;
	for (size_t i = 0; i < BLOCK; i++) {
		unsigned char c = i >= AT_SUM && i < AT_SUM + LEN_SUM ? ' ' : h[i];
		plain += c;
		with_signs += c < 128 ? c : c - 256;
	}
	return number(h + AT_SUM, LEN_SUM, &stated) && ((int64_t)stated == plain || (int64_t)stated == with_signs);
}

bool watch_is_head(const char *block)
{
	unsigned char head[BLOCK];
	memcpy(head, block, BLOCK);
	return sum_fits(head);
}

static bool is_zero(const unsigned char *h)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (h[i])
			return false;
	return true;
}

static uint64_t padded(uint64_t size)
{
	return (size + BLOCK - 1) & ~(uint64_t)(BLOCK - 1);
}

/* --- pax --- */

static bool parse_size(const char *value, size_t len, uint64_t *ret)
{
	AUTO_TEXT char *text = xstrndup(value, len);
	const char *at = text;
	return len > 0 && str_is_digit(*at) && str_scan_u64(&at, INT64_MAX, ret) && *at == '\0';
}

static int take_record(struct watch *w, const char *key, size_t key_len, const char *value, size_t len, struct err *err)
{
	bool name = key_len == 4 && memcmp(key, "path", 4) == 0;
	bool target = key_len == 8 && memcmp(key, "linkpath", 8) == 0;
	bool size = key_len == 4 && memcmp(key, "size", 4) == 0;
	if (!name && !target && !size)
		return 0;
	if (w->state == WATCH_ALL)
		return refuse(err, "a name or size for all members");
	if ((name || target) && memchr(value, '\0', len) != NULL)
		return refuse(err, "a damaged pax header");
	if (size && !parse_size(value, len, &w->size))
		return refuse(err, "a size that is not a number");
	w->pax_name |= name;
	w->pax_target |= target;
	w->pax_size |= size;
	return 0;
}

/* One record, "LENGTH KEY=VALUE\n"; moves *at behind it. */
static int read_record(struct watch *w, const char **at, const char *end, struct err *err)
{
	const char *p = *at, *space = memchr(p, ' ', (size_t)(end - p));
	uint64_t n = 0;
	if (space == NULL || space - p > 8 || !parse_size(p, (size_t)(space - p), &n) || n > (uint64_t)(end - p) ||
	    n < (uint64_t)(space - p) + 3 || p[n - 1] != '\n')
		return refuse(err, "a damaged pax header");
	const char *key = space + 1, *last = p + n - 1;
	const char *equal = memchr(key, '=', (size_t)(last - key));
	if (equal == NULL || equal == key)
		return refuse(err, "a damaged pax header");
	*at = p + n;
	return take_record(w, key, (size_t)(equal - key), equal + 1, (size_t)(last - equal - 1), err);
}

static int read_pax(struct watch *w, struct err *err)
{
	const char *at = buf_text(&w->body), *end = at + w->body_len;
	while (at < end)
		if (read_record(w, &at, end, err) < 0)
			return -1;
	buf_cut(&w->body, 0);
	w->state = WATCH_HEAD;
	return 0;
}

/* --- headers --- */

static int begin_pax(struct watch *w, uint64_t size, bool all, struct err *err)
{
	if (size > PAX_MAX)
		return refuse(err, "a pax header larger than any");
	if (!all && w->pax)
		return refuse(err, "pax headers one after the other");
	w->pax |= !all;
	w->state = all ? WATCH_ALL : WATCH_PAX;
	w->left = padded(size);
	w->body_len = (size_t)size;
	buf_cut(&w->body, 0);
	return size == 0 ? read_pax(w, err) : 0; /* without records there is no block */
}

static int begin_long(struct watch *w, uint64_t size, bool *seen, struct err *err)
{
	if (*seen)
		return refuse(err, "two long names");
	*seen = true;
	w->left = padded(size);
	return 0;
}

/* A member itself: what stood in front of it counts for it alone. */
static int begin_member(struct watch *w, unsigned char kind, uint64_t size, struct err *err)
{
	static const char with_bytes[] = "07SDMNVA", without[] = "123456";
	bool has_bytes = kind == '\0' || strchr(with_bytes, kind) != NULL;
	if (w->long_name && w->pax_name)
		return refuse(err, "a member states its name twice");
	if (w->long_target && w->pax_target)
		return refuse(err, "a member states its target twice");
	if (!has_bytes && strchr(without, kind) == NULL)
		return refuse(err, "a member of a kind that is not known");
	if (w->pax_size)
		size = w->size;
	if ((kind == '1' || kind == '2') && size > 0)
		return refuse(err, "a link with contents");
	if (w->pax_size && !has_bytes && size > 0)
		return refuse(err, "a size of what has no contents");
	w->left = has_bytes ? padded(size) : 0;
	w->state = kind == 'S' && w->block[AT_EXTENDED] ? WATCH_MORE : WATCH_HEAD;
	w->pax = w->long_name = w->long_target = w->pax_name = w->pax_target = w->pax_size = false;
	return 0;
}

static int read_head(struct watch *w, struct err *err)
{
	uint64_t size = 0;
	unsigned char kind = w->block[AT_KIND];
	if (is_zero(w->block)) {
		w->state = WATCH_OVER;
		return 0;
	}
	if (!sum_fits(w->block))
		return err_set(err, ERR_PROTOCOL, "read archive: %s",
			       w->begun ? "a damaged header" : "it is no tar archive");
	w->begun = true;
	if (!number(w->block + AT_SIZE, LEN_SIZE, &size))
		return refuse(err, "a size that is not a number");
	if (kind == 'x' || kind == 'X' || kind == 'g')
		return begin_pax(w, size, kind == 'g', err);
	if (kind == 'L')
		return begin_long(w, size, &w->long_name, err);
	if (kind == 'K')
		return begin_long(w, size, &w->long_target, err);
	return begin_member(w, kind, size, err);
}

/* What a whole block means. The map of a sparse file may go on in blocks of its own, in front of the bytes. */
static int read_block(struct watch *w, struct err *err)
{
	w->have = 0;
	if (w->state == WATCH_HEAD)
		return read_head(w, err);
	if (!w->block[AT_MORE])
		w->state = WATCH_HEAD;
	return 0;
}

static size_t take_body(struct watch *w, const char *data, size_t len)
{
	size_t n = w->left < len ? (size_t)w->left : len;
	if (w->state == WATCH_PAX || w->state == WATCH_ALL)
		buf_add(&w->body, data, n);
	w->left -= n;
	return n;
}

int watch_add(struct watch *w, const char *data, size_t len, struct err *err)
{
	while (len > 0 && w->state != WATCH_OVER) {
		size_t n = 0;
		if (w->left > 0 && w->state != WATCH_MORE) {
			n = take_body(w, data, len);
			if (w->left == 0 && w->state != WATCH_HEAD && read_pax(w, err) < 0)
				return -1;
		} else {
			n = BLOCK - w->have < len ? BLOCK - w->have : len;
			memcpy(w->block + w->have, data, n);
			w->have += n;
			if (w->have == BLOCK && read_block(w, err) < 0)
				return -1;
		}
		data += n;
		len -= n;
	}
	return 0;
}
