/* bytes.h — little-endian numbers out of foreign bytes, at any address. */
#pragma once

#include <stdint.h>
#include <string.h>

static inline uint16_t get_u16(const unsigned char *at)
{
	return (uint16_t)(at[0] | (uint16_t)(at[1] << 8));
}

static inline uint32_t get_u32(const unsigned char *at)
{
	return get_u16(at) | (uint32_t)get_u16(at + 2) << 16;
}

static inline uint64_t get_u64(const unsigned char *at)
{
	return get_u32(at) | (uint64_t)get_u32(at + 4) << 32;
}
