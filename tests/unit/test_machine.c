#include "base/str.h"
#include "resolve/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* A variant with torch and torch_sparse as wheels; the caller's plan_free(). */
static struct plan *plan_of(const char *torch, const char *label, const char *cuda, const char *python,
			    const char *sparse)
{
	struct plan *p = plan_new();
	struct plan_variant *v = plan_add_variant(p);
	v->platform = xstrdup("linux/amd64");
	v->cuda = xstrdup(cuda);
	v->python.version = xstrdup(python);
	struct plan_package *t = plan_add_package(v, PKG_TORCH);
	t->version = xstrdup(torch);
	t->label = xstrdup(label);
	if (sparse)
		plan_add_package(v, PKG_TORCH_SPARSE)->version = xstrdup(sparse);
	return p;
}

static void the_newest_demand_of_any_wheel_counts(void **state)
{
	AUTO(plan) struct plan *p = plan_of("2.7.1", "+cu128", "12.8", "3.11", "0.6.18");
	enum pkg whose = PKG__MAX;
	(void)state;
	assert_int_equal(machine_glibc(&catalog_builtin, &p->variants[0], &whose), 235);
	assert_int_equal(whose, PKG_TORCH_SPARSE);
}

static void what_is_compiled_asks_for_nothing(void **state)
{
	AUTO(plan) struct plan *p = plan_of("2.7.1", "+cu128", "12.8", "3.11", "0.6.18");
	enum pkg whose = PKG__MAX;
	(void)state;
	p->variants[0].packages[1].way = WAY_SOURCE;
	assert_int_equal(machine_glibc(&catalog_builtin, &p->variants[0], &whose), 228);
	assert_int_equal(whose, PKG_TORCH);
}

static void of_two_builds_the_one_with_the_label_counts(void **state)
{
	AUTO(plan) struct plan *plain = plan_of("2.7.1", "+cpu", NULL, "3.11", NULL);
	AUTO(plan) struct plan *other = plan_of("2.7.1", "+cpu.cxx11.abi", NULL, "3.11", NULL);
	enum pkg whose;
	(void)state;
	assert_int_equal(machine_glibc(&catalog_builtin, &plain->variants[0], &whose), 228);
	assert_int_equal(machine_glibc(&catalog_builtin, &other->variants[0], &whose), 217);
}

static void versions_that_the_catalog_does_not_know_ask_for_nothing(void **state)
{
	AUTO(plan) struct plan *p = plan_of("99.0", NULL, "12.8", "3.11", "strange");
	enum pkg whose;
	(void)state;
	assert_int_equal(machine_glibc(&catalog_builtin, &p->variants[0], &whose), 0);
}

/* "native | jit | driver", or "not known". */
static void gpus_are(const struct plan *p, const char *want)
{
	struct machine_gpus g = machine_gpus(&catalog_builtin, &p->variants[0]);
	AUTO_TEXT char *native = machine_gpus_text(&catalog_builtin, g.native);
	AUTO_TEXT char *jit = machine_gpus_text(&catalog_builtin, g.jit);
	char driver[DRIVER_TEXT] = "";
	AUTO_TEXT char *all = g.known ? xasprintf("%s | %s | %s", native, jit, driver_text(&g.jit_least, driver))
				      : xstrdup("not known");
	assert_string_equal(all, want);
	assert_int_equal(g.native & g.jit, 0);
	assert_int_equal((g.native | g.jit) & g.none, 0);
}

static void a_gpu_is_served_as_its_worst_package_serves_it(void **state)
{
	AUTO(plan) struct plan *both = plan_of("2.7.1", "+cu128", "12.8", "3.11", "0.6.18");
	AUTO(plan) struct plan *torch = plan_of("2.7.1", "+cu128", "12.8", "3.11", NULL);
	AUTO(plan) struct plan *cpu = plan_of("2.7.1", "+cpu", NULL, "3.11", "0.6.18");
	AUTO(plan) struct plan *old = plan_of("2.10.0", "+cu129", "12.9", "3.11", "9.9");
	(void)state;
	gpus_are(both, "7.5 8.0 8.6 8.9 9.0 | 10.0 10.3 12.0 12.1 | 570.26");
	gpus_are(torch, "7.5 8.0 8.6 8.9 9.0 10.0 10.3 12.0 12.1 |  | 570.26");
	gpus_are(cpu, "not known");
	gpus_are(old, "not known"); /* no row has that torch_sparse */
	both->variants[0].packages[1].way = WAY_SOURCE;
	both->variants[0].arch_list = xstrdup("8.0 9.0+PTX");
	gpus_are(both, "8.0 8.6 8.9 9.0 | 10.0 10.3 12.0 12.1 | 570.26");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gpu_is_served_as_its_worst_package_serves_it),
		cmocka_unit_test(the_newest_demand_of_any_wheel_counts),
		cmocka_unit_test(what_is_compiled_asks_for_nothing),
		cmocka_unit_test(of_two_builds_the_one_with_the_label_counts),
		cmocka_unit_test(versions_that_the_catalog_does_not_know_ask_for_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
