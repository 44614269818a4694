#include "probe/host/number.h"

#include <stdint.h>
#include <string.h>

const struct number numbers[KINDS] = {
	[F16] = {"f16", 2, 0x1p-24, 0x1p-11, 0x1p-25},
	[BF16] = {"bf16", 2, 0x1p-24, 0x1p-8, 0x1p-134},
	[F32] = {"f32", 4, 0x1p-24, 0x1p-24, 0x1p-150},
	[F64] = {"f64", 8, 0x1p-53, 0x1p-53, 0},
};

static uint64_t bits_of(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits;
}

/* value (not NaN) in a format of 16 bits with that many bits of exponent and mantissa, rounded to nearest even. */
static uint16_t narrow(double value, int exponent_bits, int mantissa_bits)
{
	const uint64_t bits = bits_of(value);
	const int bias = (1 << (exponent_bits - 1)) - 1;
	const uint16_t sign = (uint16_t)(bits >> 63 << 15),
		       infinity = (uint16_t)(((1 << exponent_bits) - 1) << mantissa_bits);
	int exponent = (int)(bits >> 52 & 0x7ff) - 1023 + bias;
	uint64_t mantissa = (bits & 0xfffffffffffffull) | 1ull << 52;
	int drop = 52 - mantissa_bits;

	if ((bits & 0x7fffffffffffffffull) == 0)
		return sign;
	if (exponent < 1) { /* subnormal */
		drop += 1 - exponent;
		exponent = 0;
	}
	if (drop > 54)
		return sign;
	const uint64_t half = 1ull << (drop - 1), rest = mantissa & ((half << 1) - 1);
	mantissa >>= drop;
	mantissa += rest > half || (rest == half && (mantissa & 1));
	/* The leading bit adds one to a normal number's exponent, as does a mantissa that rounding carried over. */
	const uint64_t whole = ((uint64_t)(exponent ? exponent - 1 : 0) << mantissa_bits) + mantissa;
	return (uint16_t)(sign | (whole >= infinity ? infinity : whole));
}

static double widen_f16(uint16_t bits)
{
	const uint32_t sign = (uint32_t)(bits & 0x8000) << 16, exponent = bits >> 10 & 31, mantissa = bits & 1023;
	const double subnormal = (double)mantissa * 0x1p-24;
	/* A float has 127 in place of 15 in its exponent, and 13 bits more behind. */
	const uint32_t whole = sign | (exponent == 31 ? 0x7f800000u : (exponent + 112) << 23) | mantissa << 13;
	float value;

	memcpy(&value, &whole, sizeof(value));
	if (exponent == 0)
		return sign ? -subnormal : subnormal;
	return (double)value;
}

static double widen_bf16(uint16_t bits)
{
	const uint32_t whole = (uint32_t)bits << 16;
	float value;

	memcpy(&value, &whole, sizeof(value));
	return (double)value;
}

void number_put(enum kind kind, void *array, size_t i, double value)
{
	const float single = (float)value;
	const uint16_t short_bits = kind == F16 ? narrow(value, 5, 10) : narrow(value, 8, 7);
	char *at = (char *)array + i * numbers[kind].size;

	if (kind == F64)
		memcpy(at, &value, sizeof(value));
	else if (kind == F32)
		memcpy(at, &single, sizeof(single));
	else
		memcpy(at, &short_bits, sizeof(short_bits));
}

double number_get(enum kind kind, const void *array, size_t i)
{
	const char *at = (const char *)array + i * numbers[kind].size;
	uint16_t short_bits;
	float single;
	double value;

	if (kind == F64) {
		memcpy(&value, at, sizeof(value));
		return value;
	}
	if (kind == F32) {
		memcpy(&single, at, sizeof(single));
		return (double)single;
	}
	memcpy(&short_bits, at, sizeof(short_bits));
	return kind == F16 ? widen_f16(short_bits) : widen_bf16(short_bits);
}
