#include "inspect/fatbin.h"

#include "adapt/inflate.h"
#include "inspect/bytes.h"
#include "inspect/cubin.h"

#define MAX_CODES    512 /* kinds of code in one container */
#define MAX_ENTRIES  4096
#define MAX_GROUPS   1024
#define WINDOW	     ((size_t)64 << 10)
#define MAX_UNPACKED ((size_t)1 << 20)

struct fatbin {
	struct fatbin_source from;
	struct binary *b;
	const char *fault;
	struct fatbin_picks picks;

	/* The container at hand. */
	uint64_t start;
	struct code codes[MAX_CODES];
	size_t n_codes, entries;
	bool relocatable;
	bool only_small; /* nothing but machine code that is small enough to be a device link's */
};

void fatbin_free(struct fatbin *f)
{
	free(f);
}

struct fatbin *fatbin_new(struct fatbin_source from, struct binary *b)
{
	struct fatbin *f = xcalloc(1, sizeof(*f));
	f->from = from;
	f->b = b;
	return f;
}

static void wrong(struct fatbin *f, const char *fault)
{
	if (f->fault == NULL)
		f->fault = fault;
}

static size_t read_at(const struct fatbin *f, uint64_t offset, void *into, size_t len)
{
	long got = f->from.read(f->from.self, offset, into, len);
	return got < 0 ? 0 : (size_t)got;
}

static void widen(uint16_t *low, uint16_t *high, uint16_t seen)
{
	if (seen == 0)
		return;
	if (*low == 0 || seen < *low)
		*low = seen;
	if (seen > *high)
		*high = seen;
}

/* The start of what a payload unpacks to: at most len bytes. */
static size_t unpack(enum code_packed packed, const unsigned char *data, size_t data_len, unsigned char *into,
		     size_t len)
{
	struct blob in = {.name = "device code", .data = (const char *)data, .len = data_len};
	if (packed != CODE_STORED)
		return inflate_start(packed == CODE_LZ4 ? INFLATE_LZ4 : INFLATE_ZSTD, in, into, len);
	size_t n = data_len < len ? data_len : len;
	memcpy(into, data, n);
	return n;
}

static void note_code(struct fatbin *f, const struct code *c)
{
	for (size_t i = 0; i < f->n_codes; i++)
		if (code_cmp(&f->codes[i], c) == 0)
			return;
	if (f->n_codes == MAX_CODES) {
		wrong(f, "a container of device code for more architectures than there are");
		return;
	}
	f->codes[f->n_codes++] = *c;
}

static void note_entry(struct fatbin *f, const struct fatbin_entry *e, uint64_t offset, const unsigned char *peek,
		       size_t peek_len)
{
	struct binary_cuda *cuda = &f->b->cuda;
	unsigned char head[CUBIN_HEAD];
	note_code(f, &e->code);
	widen(&cuda->isa_low, &cuda->isa_high, e->code.isa);
	(void)fatbin_pick(&f->picks, e, offset);
	if (e->code.kind != CODE_SASS || e->unpacked > FATBIN_SMALL || e->payload > FATBIN_SMALL)
		f->only_small = false;
	/* A zstd frame does not start with less than a block; those are looked at when picked. */
	if (e->code.kind == CODE_SASS && e->code.packed != CODE_ZSTD) {
		size_t n = unpack(e->code.packed, peek, peek_len, head, sizeof(head));
		widen(&cuda->cubin_low, &cuda->cubin_high, cubin_version(head, n));
	}
}

/* Whether small machine code is what a device link leaves behind: no function in it. What cannot be read is not. */
static bool is_empty(const struct fatbin *f, const struct fatbin_entry *e, uint64_t offset)
{
	unsigned char data[FATBIN_SMALL], into[FATBIN_SMALL];
	if (e->code.kind != CODE_SASS || e->payload > sizeof(data) || e->unpacked > sizeof(into))
		return false;
	size_t len = read_at(f, offset, data, (size_t)e->payload);
	size_t n = unpack(e->code.packed, data, len, into, (size_t)e->unpacked);
	return n == e->unpacked && n > CUBIN_HEAD &&
	       memcmp(into,
		      "\x7f"
		      "ELF",
		      4) == 0 &&
	       !cubin_has_text(into, n);
}

/* Goes through a container whose entries were all read before. */
static bool all_empty(const struct fatbin *f, uint64_t at, uint64_t end)
{
	unsigned char head[FATBIN_ENTRY];
	struct fatbin_entry e;
	while (at < end) {
		if (read_at(f, at, head, sizeof(head)) < sizeof(head) || !fatbin_entry(head, end - at, &e))
			return false;
		if (!is_empty(f, &e, at + e.header))
			return false;
		at += e.header + e.payload;
	}
	return true;
}

static int by_code(const void *a, const void *b)
{
	return code_cmp(a, b);
}

static bool same_codes(const struct code_group *g, const struct fatbin *f, bool link_only)
{
	if (g->n_codes != f->n_codes || g->link_only != link_only || g->relocatable != f->relocatable)
		return false;
	for (size_t i = 0; i < f->n_codes; i++)
		if (code_cmp(&g->codes[i], &f->codes[i]) != 0)
			return false;
	return true;
}

/* Puts the container at hand into its group. */
static void settle_container(struct fatbin *f, bool link_only)
{
	struct binary *b = f->b;
	qsort(f->codes, f->n_codes, sizeof(f->codes[0]), by_code);
	for (size_t i = 0; i < b->n_groups; i++) {
		if (same_codes(&b->groups[i], f, link_only)) {
			b->groups[i].containers++;
			return;
		}
	}
	if (b->n_groups == MAX_GROUPS) {
		wrong(f, "more kinds of device code containers than in any library");
		return;
	}
	struct code *codes = xcalloc(f->n_codes, sizeof(*codes));
	memcpy(codes, f->codes, f->n_codes * sizeof(*codes));
	b->groups = xreallocarray(b->groups, b->n_groups + 1, sizeof(*b->groups));
	b->groups[b->n_groups++] = (struct code_group){.codes = codes,
						       .n_codes = f->n_codes,
						       .containers = 1,
						       .first = f->start,
						       .link_only = link_only,
						       .relocatable = f->relocatable};
}

/* Reads the entries from at to end, the end of the container. */
static void read_entries(struct fatbin *f, uint64_t at, uint64_t end)
{
	unsigned char head[2 * FATBIN_ENTRY + FATBIN_PEEK];
	struct fatbin_entry e;
	while (at < end) {
		size_t have = read_at(f, at, head, sizeof(head));
		if (have < FATBIN_ENTRY || end - at < FATBIN_ENTRY || !fatbin_entry(head, end - at, &e)) {
			wrong(f, "a container of device code contradicts itself");
			return;
		}
		if (++f->entries > MAX_ENTRIES) {
			wrong(f, "a container of device code with more entries than any has");
			return;
		}
		size_t peek = e.header < have ? have - e.header : 0;
		note_entry(f, &e, at + e.header, head + (have - peek), peek);
		at += e.header + e.payload;
	}
}

static void read_container(struct fatbin *f, uint64_t at, uint64_t size)
{
	f->start = at;
	f->n_codes = 0;
	f->entries = 0;
	f->only_small = true;
	f->b->code_bytes += FATBIN_HEAD + size;
	read_entries(f, at + FATBIN_HEAD, at + FATBIN_HEAD + size);
	if (f->n_codes == 0)
		return;
	bool empty = f->only_small && all_empty(f, at + FATBIN_HEAD, at + FATBIN_HEAD + size);
	settle_container(f, f->relocatable || empty);
}

/* Moves *at on to the next container, at most gap bytes. False: there is none. */
static bool find_container(const struct fatbin *f, uint64_t *at, uint64_t end, uint64_t gap)
{
	unsigned char *window = xmalloc(WINDOW);
	uint64_t passed = 0, size = 0;
	bool found = false;
	while (!found && passed <= gap && end - *at >= FATBIN_HEAD) {
		size_t want = end - *at < WINDOW ? (size_t)(end - *at) : WINDOW, i = 0;
		size_t have = read_at(f, *at, window, want);
		for (; i + FATBIN_HEAD <= have && !found; i += found ? 0 : 8)
			found = fatbin_container(window + i, &size);
		if (have < FATBIN_HEAD)
			break;
		*at += i;
		passed += i;
	}
	free(window);
	return found;
}

void fatbin_scan(struct fatbin *f, uint64_t offset, uint64_t end, uint64_t gap, bool relocatable)
{
	unsigned char head[FATBIN_HEAD];
	uint64_t at = (offset + 7) & ~(uint64_t)7, size = 0;
	f->relocatable = relocatable;
	while (at < end && end - at >= FATBIN_HEAD) {
		bool here = read_at(f, at, head, sizeof(head)) == sizeof(head) && fatbin_container(head, &size);
		if (!here) {
			if (!find_container(f, &at, end, gap))
				return;
			continue;
		}
		if (size > end - at - FATBIN_HEAD) {
			wrong(f, "a container of device code is cut short");
			return;
		}
		read_container(f, at, size);
		at = (at + FATBIN_HEAD + size + 7) & ~(uint64_t)7;
	}
}

/* Whether every entry of this kind told its version when it was read. */
static bool told(const struct fatbin *f, const struct fatbin_pick *p)
{
	unsigned char peek[FATBIN_PEEK], head[CUBIN_HEAD];
	if (p->code.packed == CODE_ZSTD)
		return false;
	size_t len = read_at(f, p->offset, peek, p->payload < sizeof(peek) ? (size_t)p->payload : sizeof(peek));
	size_t n = unpack(p->code.packed, peek, len, head, sizeof(head));
	return cubin_version(head, n) != 0;
}

/* Looks for the toolkit in the start of a picked piece of machine code. */
static void look_into(struct fatbin *f, const struct fatbin_pick *p, unsigned char *packed, unsigned char *into)
{
	struct binary_cuda *cuda = &f->b->cuda;
	if (told(f, p))
		return;
	size_t len = read_at(f, p->offset, packed, p->payload < FATBIN_SAMPLE ? (size_t)p->payload : FATBIN_SAMPLE);
	size_t n = unpack(p->code.packed, packed, len, into, MAX_UNPACKED);
	uint16_t version = cubin_version(into, n);
	widen(&cuda->cubin_low, &cuda->cubin_high, version != 0 ? version : cubin_note_version(into, n));
	if (cuda->toolkit == NULL)
		cuda->toolkit = cubin_note_toolkit(into, n);
}

const char *fatbin_end(struct fatbin *f)
{
	if (f->picks.n > 0) {
		unsigned char *packed = xmalloc(FATBIN_SAMPLE), *into = xmalloc(MAX_UNPACKED);
		for (size_t i = 0; i < f->picks.n; i++)
			look_into(f, &f->picks.v[i], packed, into);
		free(packed);
		free(into);
	}
	return f->fault;
}
