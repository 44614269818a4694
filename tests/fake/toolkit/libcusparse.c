/* cuSPARSE's generic product over tests/fake/libcuda: the arguments are checked, the sums made by a plain loop on
 * copies of the device's memory. FAKE_CUSPARSE="name=value,..." injects faults: CALL=STATUS        what that call
 * gives: create stream csr dense size product major=12           the version it says it is wrong=1 nothing=1 spill=1
 * crash=1 hang=1   of the product: a sum too large, not done, a write behind it, ... */
#include "fake/toolkit/setting.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum { NOT_INITIALIZED = 1, INVALID = 3, EXECUTION_FAILED = 6, NOT_SUPPORTED = 10, IN_COLUMNS = 1, IN_ROWS = 2 };

struct sparse {
	int64_t rows, columns, entries;
	uint64_t rowptr, col, val;
};

struct dense {
	int64_t rows, columns, ld;
	uint64_t at;
	int order;
};

static int handle;
static void *stream;

static int injected(const char *name)
{
	return setting_number("FAKE_CUSPARSE", name, 0);
}

static void *driver(const char *name)
{
	void *lib = dlopen("libcuda.so.1", RTLD_NOW);

	return lib ? dlsym(lib, name) : NULL;
}

static bool copy(void *to, uint64_t from, size_t size)
{
	int (*get)(void *into, uint64_t from, size_t size) = NULL;
	void *found = driver("cuMemcpyDtoH_v2");

	memcpy(&get, &found, sizeof(get));
	return get && get(to, from, size) == 0;
}

static bool put(uint64_t to, const void *from, size_t size)
{
	int (*set)(uint64_t to, const void *from, size_t size) = NULL;
	void *found = driver("cuMemcpyHtoD_v2");

	memcpy(&set, &found, sizeof(set));
	return set && set(to, from, size) == 0;
}

API int cusparseGetProperty(int which, int *ret)
{
	if (which < 0 || which > 2)
		return INVALID;
	*ret = which == 0 ? setting_number("FAKE_CUSPARSE", "major", 12) : which;
	return 0;
}

API int cusparseCreate(void **ret)
{
	int (*info)(size_t * ret_free, size_t * ret_total) = NULL;
	void *found = driver("cuMemGetInfo_v2");
	size_t memory[2];

	memcpy(&info, &found, sizeof(info));
	if (injected("create") || !info || info(&memory[0], &memory[1]))
		return injected("create") ? injected("create") : NOT_INITIALIZED;
	*ret = &handle;
	return 0;
}

API int cusparseDestroy(void *h)
{
	return h == &handle ? 0 : INVALID;
}

API int cusparseSetStream(void *h, void *s)
{
	stream = s;
	return injected("stream") ? injected("stream") : h == &handle && s ? 0 : INVALID;
}

API int cusparseCreateCsr(void **ret, int64_t rows, int64_t columns, int64_t entries, void *rowptr, void *col,
			  void *val, int rowptr_type, int col_type, int base, int value_type)
{
	struct sparse *m = calloc(1, sizeof(*m));

	if (injected("csr") || rowptr_type != 2 || col_type != 2 || base || value_type || rows < 0 || columns < 0)
		return injected("csr") ? injected("csr") : INVALID;
	*m = (struct sparse){rows, columns, entries, (uintptr_t)rowptr, (uintptr_t)col, (uintptr_t)val};
	*ret = m;
	return 0;
}

API int cusparseCreateDnMat(void **ret, int64_t rows, int64_t columns, int64_t ld, void *values, int type, int order)
{
	struct dense *m = calloc(1, sizeof(*m));
	const bool old = setting_number("FAKE_CUSPARSE", "major", 12) < 11;

	if (injected("dense") || type || (order != IN_ROWS && order != IN_COLUMNS))
		return injected("dense") ? injected("dense") : INVALID;
	if (old && order == IN_ROWS)
		return NOT_SUPPORTED;
	if (ld < (order == IN_ROWS ? columns : rows))
		return INVALID;
	*m = (struct dense){rows, columns, ld, (uintptr_t)values, order};
	*ret = m;
	return 0;
}

API int cusparseDestroySpMat(void *m)
{
	free(m);
	return 0;
}

API int cusparseDestroyDnMat(void *m)
{
	free(m);
	return 0;
}

static bool is_sound(const void *h, int op_a, int op_b, const struct sparse *a, const struct dense *b,
		     const struct dense *c, int type, int algorithm)
{
	return h == &handle && !op_a && !op_b && !type && !algorithm && a && b && c && a->columns == b->rows &&
	       a->rows == c->rows && b->columns == c->columns;
}

API int cusparseSpMM_bufferSize(void *h, int op_a, int op_b, const void *alpha, void *a, void *b, const void *beta,
				void *c, int type, int algorithm, size_t *ret)
{
	if (injected("size") || !alpha || !beta || !is_sound(h, op_a, op_b, a, b, c, type, algorithm))
		return injected("size") ? injected("size") : INVALID;
	*ret = 64;
	return 0;
}

static size_t place(const struct dense *m, int64_t row, int64_t column)
{
	return (size_t)(m->order == IN_ROWS ? row * m->ld + column : column * m->ld + row);
}

struct arrays {
	int32_t *rowptr, *col;
	float *val, *b, *c;
};

static void multiply(const struct sparse *a, const struct dense *b, const struct dense *c, const struct arrays *x)
{
	for (int64_t row = 0; row < a->rows; row++)
		for (int64_t column = 0; column < b->columns; column++) {
			float sum = 0;
			for (int32_t e = x->rowptr[row]; e < x->rowptr[row + 1]; e++)
				sum += x->val[e] * x->b[place(b, x->col[e], column)];
			x->c[place(c, row, column)] = sum;
		}
	if (injected("wrong"))
		x->c[0] += 1;
}

API int cusparseSpMM(void *h, int op_a, int op_b, const void *alpha, void *a, void *b, const void *beta, void *c,
		     int type, int algorithm, void *room)
{
	const struct sparse *m = a;
	const struct dense *in = b, *out = c;

	while (injected("hang"))
		pause();
	if (injected("crash"))
		abort();
	if (injected("product") || !alpha || !beta || !room || !stream ||
	    !is_sound(h, op_a, op_b, m, in, out, type, algorithm))
		return injected("product") ? injected("product") : INVALID;
	const size_t rowptr = (size_t)(m->rows + 1) * 4, entries = (size_t)m->entries * 4;
	const size_t from = (size_t)(in->rows * in->columns) * 4, to = (size_t)(out->rows * out->columns) * 4;
	struct arrays x = {malloc(rowptr), malloc(entries), malloc(entries), malloc(from), calloc(1, to + 4)};
	bool fine = copy(x.rowptr, m->rowptr, rowptr) && copy(x.col, m->col, entries) && copy(x.val, m->val, entries) &&
		    copy(x.b, in->at, from);
	if (fine)
		multiply(m, in, out, &x);
	if (fine && !injected("nothing"))
		fine = put(out->at, x.c, injected("spill") ? to + 4 : to);
	free(x.rowptr);
	free(x.col);
	free(x.val);
	free(x.b);
	free(x.c);
	return fine ? 0 : EXECUTION_FAILED;
}
