/* The matrix says of every combination what a search for that combination alone says. */
#include "base/str.h"
#include "resolve/cudas.h"
#include "resolve/fit.h"
#include "resolve/select.h"
#include "resolve/survey.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define STEP 29 /* every so many rows; prime, so that all versions come by */

/* The question for one combination: exact versions, CUDA named, a Python and a target where they are given. */
static struct manifest *question(uint32_t torch, uint32_t sparse, const char *python, const char *compute,
				 const char *driver)
{
	struct manifest *m = manifest_new("test");
	struct manifest_variant *v = &m->variants[0];
	char text[CUDA_TEXT];
	if (torch)
		v->packages[PKG_TORCH] = xstrdup(catalog_rel_text(torch, text));
	if (sparse)
		v->packages[PKG_TORCH_SPARSE] = xstrdup(catalog_rel_text(sparse, text));
	v->python = xstrdup(python);
	if (compute || driver) {
		v->targets = xcalloc(1, sizeof(*v->targets));
		v->ntargets = 1;
		v->targets[0] = (struct manifest_target){
			.name = xstrdup("t"), .compute = xstrdup(compute), .driver = xstrdup(driver)};
	}
	return m;
}

/* What resolve would choose: whether there is anything, and how its only target fares. */
static bool chosen(const struct manifest *m, uint16_t cuda, struct choice *ch, struct fit *fit)
{
	AUTO(ask) struct ask *a = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(ask_new(m, &m->variants[0], "linux/amd64", &catalog_builtin, &a, &err), 0);
	cudas_only(a, cuda);
	a->cuda_named = true;
	bool found = select_one(a, ch, NULL);
	if (found && a->ntargets)
		*fit = fit_target(a, ch, &a->targets[0]);
	return found;
}

static struct matrix *surveyed(const struct manifest *m)
{
	struct matrix *ret = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(survey(m, NULL, &ret, &err), 0);
	return ret;
}

static void each_combination_comes_to_be_as_resolve_says(void **state)
{
	AUTO(manifest) struct manifest *all = question(0, 0, NULL, NULL, NULL);
	AUTO(matrix) struct matrix *m = surveyed(all);
	size_t ways[CELL__MAX] = {0};
	(void)state;
	assert_true(m->n > 3000);
	for (size_t i = 0; i < m->n; i += STEP) {
		const struct matrix_row *r = &m->rows[i];
		AUTO(manifest) struct manifest *one = question(r->torch, r->sparse, NULL, NULL, NULL);
		struct choice ch;
		bool found = chosen(one, r->cuda, &ch, NULL);
		enum matrix_cell way = !found ? CELL_NO : ch.sources ? CELL_SOURCE : CELL_NATIVE;
		if (way != r->way)
			fail_msg("torch %u.%u.%u, torch_sparse 0.6.%u, CUDA %u: %s, resolve: %s", r->torch >> 20,
				 r->torch >> 10 & 1023, r->torch & 1023, r->sparse & 1023, (unsigned)r->cuda,
				 matrix_cell_name(r->way), matrix_cell_name(way));
		if (found)
			assert_int_equal(r->scatter, ch.pick[PKG_TORCH_SCATTER].version);
		else
			assert_true(r->code != REASON__MAX && r->because && r->fact);
		ways[way]++;
	}
	assert_true(ways[CELL_NATIVE] > 5 && ways[CELL_SOURCE] > 5 && ways[CELL_NO] > 5);
}

static enum matrix_cell cell_of(const struct choice *ch, struct fit fit)
{
	if (fit.fit == FIT_UNKNOWN)
		return CELL_UNKNOWN;
	if (ch->sources)
		return CELL_SOURCE;
	return fit.native ? CELL_NATIVE : CELL_JIT;
}

static void each_target_fares_as_resolve_says(void **state)
{
	static const struct {
		const char *compute, *driver;
	} targets[] = {{"8.0", "535.104.05"}, {"12.0", "575.57"}, {"12.0", "530.30"}, {"7.0", "440.33"},
		       {"9.0", "450.80.02"},  {"3.5", "470.10"},  {"8.7", "580.0"},   {NULL, "525.60.13"}};
	(void)state;
	for (size_t t = 0; t < ARRAY_LEN(targets); t++) {
		const char *compute = targets[t].compute, *driver = targets[t].driver;
		AUTO(manifest) struct manifest *all = question(0, 0, NULL, compute, driver);
		AUTO(matrix) struct matrix *m = surveyed(all);
		for (size_t i = t; i < m->n; i += STEP) {
			const struct matrix_row *r = &m->rows[i];
			AUTO(manifest) struct manifest *one = question(r->torch, r->sparse, NULL, compute, driver);
			struct choice ch;
			struct fit fit;
			enum matrix_cell cell = CELL_NO;
			if (chosen(one, r->cuda, &ch, &fit))
				cell = cell_of(&ch, fit);
			if (r->targets[0].cell != cell)
				fail_msg("torch %u.%u, torch_sparse 0.6.%u, CUDA %u on %s with %s: %s, resolve: %s",
					 r->torch >> 20, r->torch >> 10 & 1023, r->sparse & 1023, (unsigned)r->cuda,
					 compute ? compute : "any", driver, matrix_cell_name(r->targets[0].cell),
					 matrix_cell_name(cell));
		}
	}
}

static void each_python_of_a_row_is_one_that_resolve_takes(void **state)
{
	AUTO(manifest) struct manifest *all = question(0, 0, NULL, NULL, NULL);
	AUTO(matrix) struct matrix *m = surveyed(all);
	(void)state;
	for (size_t i = 7; i < m->n; i += STEP * 11) {
		const struct matrix_row *r = &m->rows[i];
		for (size_t p = 0; p < m->c->n_pythons; p++) {
			const char *python = catalog_str(m->c, m->c->pythons[p].name);
			AUTO(manifest) struct manifest *one = question(r->torch, r->sparse, python, NULL, NULL);
			struct choice ch;
			bool found = chosen(one, r->cuda, &ch, NULL);
			assert_int_equal(found && !ch.sources, r->pythons >> p & 1);
			assert_int_equal(found, (r->pythons | r->source_pythons) >> p & 1);
		}
	}
}

static void rows_stand_newest_first(void **state)
{
	AUTO(manifest) struct manifest *all = question(0, 0, NULL, NULL, NULL);
	AUTO(matrix) struct matrix *m = surveyed(all);
	(void)state;
	for (size_t i = 1; i < m->n; i++) {
		const struct matrix_row *a = &m->rows[i - 1], *b = &m->rows[i];
		assert_true(REL_MINOR(a->torch) >= REL_MINOR(b->torch));
		if (REL_MINOR(a->torch) == REL_MINOR(b->torch))
			assert_true(a->cuda >= b->cuda);
		assert_false(a->torch == b->torch && a->cuda == b->cuda && a->sparse == b->sparse);
	}
}

static void without_targets_cpu_is_a_row_and_with_them_it_must_be_named(void **state)
{
	AUTO(manifest) struct manifest *free_ = question(REL(2, 7, 1), REL(0, 6, 18), NULL, NULL, NULL);
	AUTO(manifest) struct manifest *bound = question(REL(2, 7, 1), REL(0, 6, 18), NULL, "8.0", NULL);
	AUTO(matrix) struct matrix *with = surveyed(free_);
	AUTO(matrix) struct matrix *without = surveyed(bound);
	(void)state;
	assert_int_equal(with->n, 4);
	assert_int_equal(with->rows[3].cuda, 0);
	assert_int_equal(without->n, 3);
	strv_clear(&bound->variants[0].cuda);
	strv_add(&bound->variants[0].cuda, "cpu");
	AUTO(matrix) struct matrix *named = surveyed(bound);
	assert_int_equal(named->n, 1);
	assert_int_equal(named->rows[0].targets[0].cell, CELL_NATIVE);
	assert_string_equal(named->rows[0].targets[0].because, "without CUDA: it runs on the processor alone");
}

static void a_cuda_entry_that_is_none_is_an_input_error(void **state)
{
	AUTO(manifest) struct manifest *m = question(0, 0, NULL, NULL, NULL);
	struct matrix *ret = NULL;
	struct err err = ERR_INIT;
	(void)state;
	strv_clear(&m->variants[0].cuda);
	strv_add(&m->variants[0].cuda, ">=twelve");
	assert_int_equal(survey(m, NULL, &ret, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_null(ret);
	assert_non_null(strstr(err.text, "cuda: "));
	err_clear(&err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_combination_comes_to_be_as_resolve_says),
		cmocka_unit_test(each_target_fares_as_resolve_says),
		cmocka_unit_test(each_python_of_a_row_is_one_that_resolve_takes),
		cmocka_unit_test(rows_stand_newest_first),
		cmocka_unit_test(without_targets_cpu_is_a_row_and_with_them_it_must_be_named),
		cmocka_unit_test(a_cuda_entry_that_is_none_is_an_input_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
