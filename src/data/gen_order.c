#include "data/gen_table.h"

#include <string.h>

static int number(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int text(const struct pool *pool, text_off a, text_off b)
{
	int c = strcmp(pool_text(pool, a), pool_text(pool, b));
	return number(c > 0, c < 0);
}

/* The first that is not 0 of up to eight comparisons. */
static int first(const int *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c[i])
			return c[i];
	return 0;
}
#define FIRST(...) first((const int[]){__VA_ARGS__}, sizeof((const int[]){__VA_ARGS__}) / sizeof(int))

int gen_cmp_torch(const void *a, const void *b, const struct pool *pool)
{
	const struct torch_row *x = a, *y = b;
	return FIRST(number(x->version, y->version), number(x->cuda, y->cuda), number(x->platform, y->platform),
		     number(x->channel, y->channel), text(pool, x->label, y->label),
		     text(pool, x->file_tag, y->file_tag));
}

int gen_cmp_wheel(const void *a, const void *b, const struct pool *pool)
{
	const struct wheel_row *x = a, *y = b;
	(void)pool;
	return FIRST(number(x->pkg, y->pkg), number(x->version, y->version), number(x->torch, y->torch),
		     number(x->cuda, y->cuda), number(x->platforms, y->platforms), number(x->pythons, y->pythons));
}

int gen_cmp_requirement(const void *a, const void *b, const struct pool *pool)
{
	const struct requirement_row *x = a, *y = b;
	(void)pool;
	return number(x->first, y->first);
}

int gen_cmp_toolkit(const void *a, const void *b, const struct pool *pool)
{
	const struct toolkit_row *x = a, *y = b;
	(void)pool;
	return number(x->cuda, y->cuda);
}

int gen_cmp_arch(const void *a, const void *b, const struct pool *pool)
{
	const struct arch_row *x = a, *y = b;
	(void)pool;
	return number(x->cc, y->cc);
}

int gen_cmp_gpu(const void *a, const void *b, const struct pool *pool)
{
	const struct gpu_row *x = a, *y = b;
	return text(pool, x->key, y->key);
}

int gen_cmp_tag(const void *a, const void *b, const struct pool *pool)
{
	const struct tag_row *x = a, *y = b;
	return FIRST(number(x->cuda, y->cuda), number(x->patch, y->patch), text(pool, x->os, y->os),
		     text(pool, x->cudnn, y->cudnn), number(x->flavor, y->flavor), text(pool, x->tag, y->tag));
}

int gen_cmp_os(const void *a, const void *b, const struct pool *pool)
{
	const struct os_row *x = a, *y = b;
	return text(pool, x->name, y->name);
}

int gen_cmp_python(const void *a, const void *b, const struct pool *pool)
{
	const struct python_row *x = a, *y = b;
	(void)pool;
	return FIRST(number(x->version, y->version), number(x->threaded, y->threaded));
}

int gen_cmp_managed(const void *a, const void *b, const struct pool *pool)
{
	const struct managed_row *x = a, *y = b;
	(void)pool;
	return FIRST(number(x->python, y->python), number(x->platform, y->platform));
}

int gen_cmp_branch(const void *a, const void *b, const struct pool *pool)
{
	const struct branch_row *x = a, *y = b;
	(void)pool;
	return number(x->branch, y->branch);
}

int gen_cmp_policy(const void *a, const void *b, const struct pool *pool)
{
	const struct policy_row *x = a, *y = b;
	(void)pool;
	return number(x->announced, y->announced);
}
