/* rows.h — which rows survive which of a question's constraints, one after the other: what explanations are made of.
 *
 * Slower than a search and only used to say why one failed. Not here: wording (resolve/why.h). */
#pragma once

#include "resolve/search.h"

enum torch_step {
	TORCH_VERSION,
	TORCH_MINOR_LABEL,
	TORCH_PLATFORM,
	TORCH_CUDA,
	TORCH_LABEL,
	TORCH_PYTHON,
	TORCH_GLIBC,
	TORCH_OK
};
enum wheel_step {
	WHEEL_VERSION,
	WHEEL_TORCH,
	WHEEL_PLATFORM,
	WHEEL_CUDA,
	WHEEL_PYTHON,
	WHEEL_GLIBC,
	WHEEL_ABI,
	WHEEL_OK
};

/* The first constraint that the row fails. */
enum torch_step rows_torch(const struct ask *a, const struct torch_row *row) NODISCARD;
enum wheel_step rows_wheel(const struct ask *a, const struct wheel_row *row) NODISCARD;
/* The furthest that any row comes. */
enum torch_step rows_torch_furthest(const struct ask *a) NODISCARD;
enum wheel_step rows_wheel_furthest(const struct ask *a, enum pkg pkg) NODISCARD;

/* A small sorted set of numbers. */
struct keys {
	uint32_t v[128];
	size_t n;
};
void keys_add(struct keys *k, uint32_t key);
/* "2.7.0, 2.7.1", or "2.0 to 2.12" of minors where there are many; the caller's. */
char *keys_versions(const struct keys *k) NODISCARD;
char *keys_minors(const struct keys *k) NODISCARD;
/* "cpu, 10.2 and 11.1"; the caller's. */
char *keys_cudas(const struct keys *k) NODISCARD;
/* The one nearest to key (below wins where two are), 0 if the set is empty. */
uint32_t keys_nearest(const struct keys *k, uint32_t key) NODISCARD;
