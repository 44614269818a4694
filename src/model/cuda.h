/* cuda.h — CUDA versions in every spelling in use: 12.8, 12.8.1, cu128; and "cpu", the variant without CUDA.
 *
 * A plain value. major 0 stands for cpu. Not here: what a CUDA version needs (model/catalog.h), driver versions
 * (model/driver.h). */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define CUDA_TEXT 40

struct cuda {
	unsigned major, minor, patch;
	bool has_patch;
};

/* Reads 12.8, 12.8.1, cu128 or cpu (cuNNN: the last digit is the minor). ERR_INPUT shows text. */
int cuda_parse(const char *text, struct cuda *ret, struct err *err) NODISCARD;
/* major.minor of a catalog row (1208 = 12.8, 0 = cpu). */
struct cuda cuda_from_key(uint16_t key) NODISCARD;
/* major * 100 + minor: the form of catalog rows; 0 = cpu. */
uint16_t cuda_key(const struct cuda *c) NODISCARD;
bool cuda_is_cpu(const struct cuda *c) NODISCARD;
/* Order by major, minor, patch (absent = 0). -1, 0 or 1. */
int cuda_cmp(const struct cuda *a, const struct cuda *b) NODISCARD;
bool cuda_same_minor(const struct cuda *a, const struct cuda *b) NODISCARD;
/* "12.8", "12.8.1" or "cpu" in into, which is returned. */
const char *cuda_text(const struct cuda *c, char into[CUDA_TEXT]);
/* "cu128" (never the patch) or "cpu" in into, which is returned. */
const char *cuda_variant(const struct cuda *c, char into[CUDA_TEXT]);
/* "12.8" of a catalog row's key, or "cpu". */
const char *cuda_key_text(uint16_t key, char into[CUDA_TEXT]);
/* "cu128" of a catalog row's key, or "cpu". */
const char *cuda_key_variant(uint16_t key, char into[CUDA_TEXT]);
