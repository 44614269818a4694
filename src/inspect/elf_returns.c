#include "inspect/bytes.h"
#include "inspect/elf_parts.h"

#include <string.h>

/* Machine code that is passed by. */
struct cursor {
	const unsigned char *at;
	size_t left;
};

static bool take(struct cursor *c, const char *bytes, size_t n)
{
	if (c->left < n || memcmp(c->at, bytes, n) != 0)
		return false;
	c->at += n;
	c->left -= n;
	return true;
}

/* A 32-bit operand. */
static bool take_u32(struct cursor *c, uint32_t *ret)
{
	if (c->left < 4)
		return false;
	*ret = get_u32(c->at);
	c->at += 4;
	c->left -= 4;
	return true;
}

/* [endbr64] [push rbp; mov rbp,rsp] mov eax,N or mov rax,N [pop rbp] ret */
static bool x86_64(struct cursor c, int64_t *ret)
{
	uint32_t n = 0;
	int64_t value = 0;
	(void)take(&c, "\xf3\x0f\x1e\xfa", 4);
	bool frame = take(&c, "\x55\x48\x89\xe5", 4);
	if (take(&c, "\xb8", 1) && take_u32(&c, &n))
		value = (int64_t)n;
	else if (take(&c, "\x48\xc7\xc0", 3) && take_u32(&c, &n))
		value = (int32_t)n;
	else
		return false;
	if (frame && !take(&c, "\x5d", 1))
		return false;
	if (!take(&c, "\xc3", 1) && !take(&c, "\xf3\xc3", 2))
		return false;
	*ret = value;
	return true;
}

/* [bti c] movz or movn x0,N [movk x0,N,lsl 16] ret */
static bool aarch64(struct cursor c, int64_t *ret)
{
	uint32_t word = 0;
	if (!take_u32(&c, &word) || (word == 0xd503245fU && !take_u32(&c, &word)))
		return false;
	uint32_t n = (word >> 5) & 0xffffU, kind = word & 0xffe0001fU, more = 0;
	int64_t value = 0;
	if (kind == 0xd2800000U || kind == 0x52800000U)
		value = n;
	else if (kind == 0x92800000U)
		value = ~(int64_t)n;
	else
		return false;
	if (!take_u32(&c, &word))
		return false;
	if ((word & 0x7fe0001fU) == 0x72a00000U) {
		more = (word >> 5) & 0xffffU;
		value = (value & ~(int64_t)0xffff0000) | (int64_t)more << 16;
		if (!take_u32(&c, &word))
			return false;
	}
	if (word != 0xd65f03c0U)
		return false;
	*ret = value;
	return true;
}

bool elf_returns(enum binary_machine machine, const unsigned char *code, size_t len, int64_t *ret)
{
	struct cursor c = {.at = code, .left = len};
	if (machine == BINARY_X86_64)
		return x86_64(c, ret);
	return machine == BINARY_AARCH64 && aarch64(c, ret);
}
