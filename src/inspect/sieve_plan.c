#include "inspect/sieve_plan.h"

#include "inspect/bytes.h"
#include "inspect/elf_parts.h"

#define WHOLE_FILE	((uint64_t)1 << 20)  /* files up to this are kept whole */
#define ODD_FILE	((uint64_t)64 << 20) /* of files whose headers stand elsewhere */
#define WHOLE_DATA	((uint64_t)32 << 20) /* the symbols' names may have been moved there */
#define SECTION_HEADERS ((uint64_t)4 << 20)
#define SECTION_NAMES	((uint64_t)64 << 10) /* they stand in front of the headers */

#define EHDR	   64
#define PHDR	   56
#define PT_LOAD	   1
#define PT_DYNAMIC 2
#define PT_INTERP  3
#define PT_RELRO   0x6474e552
#define PF_X	   1
#define PF_W	   2

static void keep(struct sieve_plan *p, uint64_t from, uint64_t len, uint64_t size)
{
	if (from >= size || len == 0 || p->n == SIEVE_RANGES)
		return;
	p->v[p->n++] = (struct sieve_range){.from = from, .to = len < size - from ? from + len : size};
}

/* A segment's header. */
struct segment {
	uint32_t type, flags;
	uint64_t offset, len, in_memory;
};

static struct segment segment_at(const unsigned char *h)
{
	return (struct segment){.type = get_u32(h),
				.flags = get_u32(h + 4),
				.offset = get_u64(h + 8),
				.len = get_u64(h + 32),
				.in_memory = get_u64(h + 40)};
}

/* Variables, as a linker places them, and not what was moved behind the end of a finished library. */
static bool is_data(struct segment s, uint64_t relro)
{
	return s.in_memory > s.len || (relro >= s.offset && relro - s.offset < s.len);
}

static void keep_load(struct sieve_plan *p, struct segment s, uint64_t relro, uint64_t size)
{
	if (s.offset == 0)
		keep(p, 0, s.len < ELF_FIRST ? s.len : ELF_FIRST, size);
	else if (s.flags & PF_X)
		keep(p, s.offset, s.len <= ELF_CODE ? s.len : 0, size);
	else if (s.flags & PF_W)
		keep(p, s.offset, is_data(s, relro) || s.len > WHOLE_DATA ? 0 : s.len, size);
	else
		keep(p, s.offset, s.len < ELF_TEXTS ? s.len : ELF_TEXTS, size);
}

/* The n segments whose headers stand at h. */
static void keep_segments(struct sieve_plan *p, const unsigned char *h, unsigned n, uint64_t size)
{
	uint64_t relro = UINT64_MAX;
	for (unsigned i = 0; i < n; i++)
		if (segment_at(h + (size_t)i * PHDR).type == PT_RELRO)
			relro = segment_at(h + (size_t)i * PHDR).offset;
	for (unsigned i = 0; i < n; i++) {
		struct segment s = segment_at(h + (size_t)i * PHDR);
		if (s.type == PT_DYNAMIC || s.type == PT_INTERP)
			keep(p, s.offset, s.len < WHOLE_FILE ? s.len : WHOLE_FILE, size);
		else if (s.type == PT_LOAD)
			keep_load(p, s, relro, size);
	}
}

static int by_start(const void *a, const void *b)
{
	const struct sieve_range *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

static void merge(struct sieve_plan *p)
{
	size_t n = 0;
	qsort(p->v, p->n, sizeof(p->v[0]), by_start);
	for (size_t i = 0; i < p->n; i++) {
		if (n > 0 && p->v[i].from <= p->v[n - 1].to) {
			if (p->v[i].to > p->v[n - 1].to)
				p->v[n - 1].to = p->v[i].to;
		} else {
			p->v[n++] = p->v[i];
		}
	}
	p->n = n;
}

/* Whether the program headers stand within the first bytes, in the form of 64-bit little-endian files. */
static bool is_usual(const unsigned char *head, size_t len)
{
	static const unsigned char ident[] = {0x7f, 'E', 'L', 'F', 2, 1};
	if (len < EHDR || memcmp(head, ident, sizeof(ident)) != 0 || get_u16(head + 54) != PHDR)
		return false;
	uint64_t at = get_u64(head + 32), n = get_u16(head + 56);
	return at <= len && n * PHDR <= len - at;
}

void sieve_plan(struct sieve_plan *p, const unsigned char *head, size_t len, uint64_t size)
{
	p->n = 0;
	keep(p, 0, size <= WHOLE_FILE ? size : SIEVE_HEAD, size);
	if (size <= WHOLE_FILE)
		return;
	if (!is_usual(head, len)) {
		keep(p, 0, ODD_FILE, size);
		merge(p);
		return;
	}
	keep_segments(p, head + get_u64(head + 32), get_u16(head + 56), size);
	uint64_t sections = (uint64_t)get_u16(head + 58) * get_u16(head + 60), at = get_u64(head + 40);
	keep(p, at, sections == 0 || sections > SECTION_HEADERS ? SECTION_HEADERS : sections, size);
	if (at > SECTION_NAMES)
		keep(p, at - SECTION_NAMES, SECTION_NAMES, size);
	merge(p);
}
