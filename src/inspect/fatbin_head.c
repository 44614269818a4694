#include "inspect/bytes.h"
#include "inspect/fatbin.h"

#define MOST_HEADER 4096
#define KIND_PTX    1
#define KIND_SASS   2
#define KIND_LTO    8
#define FLAG_LZ4    0x2000U
#define FLAG_ZSTD   0x8000U
#define FLAG_ARCH   0x100000U
#define FLAG_FAMILY 0x200000U

bool fatbin_container(const unsigned char *at, uint64_t *ret_size)
{
	if (get_u64(at) != FATBIN_MAGIC)
		return false;
	*ret_size = get_u64(at + 8);
	return true;
}

static enum code_kind kind_of(unsigned kind)
{
	switch (kind) {
	case KIND_PTX:
		return CODE_PTX;
	case KIND_SASS:
		return CODE_SASS;
	case KIND_LTO:
		return CODE_LTO;
	default:
		return CODE_OTHER;
	}
}

static enum code_packed packed_of(uint64_t flags)
{
	if (flags & FLAG_ZSTD)
		return CODE_ZSTD;
	return flags & FLAG_LZ4 ? CODE_LZ4 : CODE_STORED;
}

static char suffix_of(uint64_t flags)
{
	if (flags & FLAG_ARCH)
		return 'a';
	return flags & FLAG_FAMILY ? 'f' : '\0';
}

static uint16_t narrow(uint32_t v)
{
	return v > UINT16_MAX ? UINT16_MAX : (uint16_t)v;
}

bool fatbin_entry(const unsigned char *at, uint64_t left, struct fatbin_entry *ret)
{
	uint32_t header = get_u32(at + 4);
	uint64_t payload = get_u64(at + 8), flags = get_u64(at + 0x28);
	if (header < FATBIN_ENTRY || header > MOST_HEADER || header > left || payload > left - header)
		return false;
	struct fatbin_entry e = {.header = header, .payload = payload, .unpacked = payload};
	e.code.kind = kind_of(get_u16(at));
	e.code.arch = narrow(get_u32(at + 0x1c));
	e.code.suffix = suffix_of(flags);
	e.code.packed = packed_of(flags);
	if (e.code.kind == CODE_PTX)
		e.code.isa = narrow(get_u16(at + 0x1a) * 10U + get_u16(at + 0x18));
	if (e.code.packed != CODE_STORED)
		e.unpacked = get_u64(at + 0x38);
	*ret = e;
	return true;
}

bool fatbin_pick(struct fatbin_picks *p, const struct fatbin_entry *e, uint64_t offset)
{
	if (e->code.kind != CODE_SASS)
		return false;
	size_t i = 0;
	while (i < p->n && (p->v[i].code.arch != e->code.arch || p->v[i].code.suffix != e->code.suffix))
		i++;
	if (i == FATBIN_PICKS || (i < p->n && p->v[i].payload <= e->payload))
		return false;
	if (i == p->n)
		p->n++;
	p->v[i] = (struct fatbin_pick){.code = e->code, .offset = offset, .payload = e->payload};
	return true;
}
