#include "base/str.h"
#include "inspect/check_parts.h"
#include "model/catalog_find.h"

#include <string.h>

/* One condition as the container hook reads it: NAME, an operator, a value. */
struct condition {
	char *name, *value;
	char op[3];
};

static bool split(const char *text, struct condition *ret)
{
	size_t name = strcspn(text, "<>=!"), op = strspn(text + name, "<>=!");

	if (name == 0 || op == 0 || op > 2)
		return false;
	*ret = (struct condition){.name = xstrndup(text, name), .value = xstrdup(text + name + op)};
	memcpy(ret->op, text + name, op);
	return true;
}

static bool holds(int order, const char *op)
{
	if (strcmp(op, ">=") == 0)
		return order >= 0;
	if (strcmp(op, "<=") == 0)
		return order <= 0;
	if (strcmp(op, ">") == 0)
		return order > 0;
	if (strcmp(op, "<") == 0)
		return order < 0;
	return strcmp(op, "!=") == 0 ? order != 0 : order == 0;
}

static int cuda_holds(const struct catalog *c, const struct condition *cond, const struct driver *d)
{
	struct err ignored = ERR_INIT;
	const struct toolkit_row *newest = catalog_toolkit_of_driver(c, d);
	struct cuda asked;

	if (cuda_parse(cond->value, &asked, &ignored) < 0) {
		err_clear(&ignored);
		return -1;
	}
	return newest && holds((newest->cuda > cuda_key(&asked)) - (newest->cuda < cuda_key(&asked)), cond->op);
}

static int driver_holds(const struct condition *cond, const struct driver *d)
{
	struct err ignored = ERR_INIT;
	struct driver asked;

	if (driver_parse(cond->value, &asked, &ignored) < 0) {
		err_clear(&ignored);
		return -1;
	}
	return holds(driver_cmp(d, &asked), cond->op);
}

/* 1 yes, 0 no, -1 it depends on the product. */
static int condition_meets(const struct catalog *c, const char *text, const struct driver *d)
{
	struct condition cond;
	int rc = -1;

	if (!split(text, &cond))
		return -1;
	if (strcmp(cond.name, "cuda") == 0)
		rc = cuda_holds(c, &cond, d);
	else if (strcmp(cond.name, "driver") == 0)
		rc = driver_holds(&cond, d);
	free(cond.name);
	free(cond.value);
	return rc;
}

static int all_meet(const struct catalog *c, const char *alternative, const struct driver *d)
{
	AUTO_STRV struct strv parts = STRV_INIT;
	int rc = 1;

	strv_split(&parts, alternative, ",");
	for (size_t i = 0; i < parts.n && rc != 0; i++) {
		int one = condition_meets(c, parts.v[i], d);

		if (one != 1)
			rc = one;
	}
	return rc;
}

int nvrequire_meets(const struct catalog *c, const char *require, const struct driver *d)
{
	AUTO_STRV struct strv alternatives = STRV_INIT;
	int best = 0;

	strv_split(&alternatives, require, " ");
	for (size_t i = 0; i < alternatives.n; i++) {
		int one = all_meet(c, alternatives.v[i], d);

		if (one == 1)
			return 1;
		if (one < 0)
			best = -1;
	}
	return alternatives.n ? best : 1;
}
