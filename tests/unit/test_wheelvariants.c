#include "model/wheelvariants.h"

#include "base/str.h"
#include "support/t.h"

#define HEAD "{\"$schema\":\"https://variants-schema.example/v0.0.3.json\","
#define TORCH                                                                                                          \
	HEAD "\"default-priorities\":{\"namespace\":[\"nvidia\"],\"feature\":{\"nvidia\":[\"cuda_version_lower_"       \
	     "bound\","                                                                                                \
	     "\"sm_arch\"]},\"property\":{}},\"providers\":{},\"variants\":{"                                          \
	     "\"cu126\":{\"nvidia\":{\"cuda_version_lower_bound\":[\"12.6\"],\"sm_arch\":[\"70_real\",\"80_real\","    \
	     "\"90_real\"]}},"                                                                                         \
	     "\"cu128\":{\"nvidia\":{\"cuda_version_lower_bound\":[\"12.8\"],\"sm_arch\":[\"75_real\",\"80_real\","    \
	     "\"120_real\"]}},"                                                                                        \
	     "\"cu130\":{\"nvidia\":{\"cuda_version_lower_bound\":[\"13.0\"],\"sm_arch\":[\"80_real\",\"120_"          \
	     "virtual\"]}},"                                                                                           \
	     "\"rocm64\":{\"amd\":{\"rocm\":[\"6.4\"]}},\"null\":{}}}"

static struct wheelvariants *read(const char *text)
{
	struct wheelvariants *w = NULL;
	struct err err = ERR_INIT;

	if (wheelvariants_parse(blob_text("v.json", text), &w, &err) < 0)
		fail_msg("%s", err.text);
	return w;
}

static void refused(const char *text, const char *expected)
{
	struct wheelvariants *w = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(wheelvariants_parse(blob_text("v.json", text), &w, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
	assert_string_equal(err.text, expected);
	err_clear(&err);
}

static void labels_properties_and_priorities_are_read(void **state)
{
	AUTO(wheelvariants) struct wheelvariants *w = read(TORCH);

	(void)state;
	assert_int_equal(w->n, 5);
	assert_string_equal(w->v[0].label, "cu126");
	assert_string_equal(w->v[3].label, "null");
	assert_int_equal(w->v[3].properties.n, 0);
	AUTO_TEXT char *all = strv_join(&w->v[2].properties, ", ");
	assert_string_equal(all, "nvidia :: cuda_version_lower_bound :: 13.0, nvidia :: sm_arch :: 80_real, nvidia :: "
				 "sm_arch :: 120_virtual");
	AUTO_TEXT char *order = strv_join(&w->order, ", ");
	assert_string_equal(order, "nvidia, nvidia :: cuda_version_lower_bound, nvidia :: sm_arch");
}

static void what_is_no_such_list_is_refused(void **state)
{
	(void)state;
	refused("{}", "v.json: '$schema' is missing");
	refused("{\"$schema\":\"https://x/v9.9.9.json\",\"variants\":{}}",
		"v.json: is of a format that is not known here (https://x/v9.9.9.json): its wheels are not supported");
	refused(HEAD "\"variants\":[]}", "v.json: /variants: must be an object, not an array");
	refused(HEAD "\"variants\":{\"A\":{}}}", "v.json: /variants/A: is no label of a variant");
	refused(HEAD "\"variants\":{\"01234567890123456\":{}}}",
		"v.json: /variants/01234567890123456: is no label of a variant");
	refused(HEAD "\"variants\":{\"a\":{\"nvidia\":{\"sm_arch\":\"80\"}}}}",
		"v.json: /variants/a/nvidia/sm_arch: must be an array, not a string");
	refused(HEAD "\"variants\":{\"a\":{\"nvidia\":{\"sm_arch\":[\"8 0\"]}}}}",
		"v.json: /variants/a/nvidia/sm_arch/0: is no value of a property");
	refused(HEAD "\"variants\":{\"a\":{\"n v\":{}}}}", "v.json: /variants/a/n v: is no namespace");
}

/* What a GPU with a driver gets of all labels. */
static void gets(unsigned cc, const char *driver, const char *label)
{
	AUTO(wheelvariants) struct wheelvariants *w = read(TORCH);
	AUTO_STRV struct strv labels = STRV_INIT, machine = STRV_INIT;
	struct err err = ERR_INIT;
	struct driver d;

	if (driver)
		assert_int_equal(driver_parse(driver, &d, &err), 0);
	strv_split(&labels, "cu126,cu128,cu130,rocm64,null", ",");
	wheelvariants_nvidia(&catalog_builtin, cc, driver ? &d : NULL, &machine);
	const struct wheelvariant *v = wheelvariants_best(w, &labels, &machine);
	assert_string_equal(v ? v->label : "-", label);
}

static void a_target_gets_the_newest_cuda_that_its_driver_and_its_gpu_carry(void **state)
{
	(void)state;
	gets(80, "580.65.06", "cu130");
	gets(80, "570.124.06", "cu128");
	gets(80, "560.28.03", "cu126");
	gets(80, "535.104.05", "null");	 /* CUDA 12.2: none of them */
	gets(86, "580.65.06", "cu130");	 /* by the code for 8.0 */
	gets(90, "580.65.06", "cu126");	 /* the others have no code for it, nor PTX that is older */
	gets(120, "580.65.06", "cu130"); /* PTX */
	gets(70, "580.65.06", "cu126");
	gets(60, "580.65.06", "null");
	gets(80, NULL, "cu130");
	gets(0, NULL, "cu130");
}

static void only_labels_that_are_there_count_and_null_is_the_last(void **state)
{
	AUTO(wheelvariants) struct wheelvariants *w = read(TORCH);
	AUTO_STRV struct strv machine = STRV_INIT, some = STRV_INIT, none = STRV_INIT;

	(void)state;
	wheelvariants_nvidia(&catalog_builtin, 80, NULL, &machine);
	strv_split(&some, "null,cu126,other", ",");
	assert_string_equal(wheelvariants_best(w, &some, &machine)->label, "cu126");
	assert_null(wheelvariants_best(w, &none, &machine));
	strv_add(&none, "rocm64");
	assert_null(wheelvariants_best(w, &none, &machine));
}

static void the_order_of_the_file_counts_before_that_of_the_machine(void **state)
{
	AUTO(wheelvariants)
	struct wheelvariants *w =
		read(HEAD "\"default-priorities\":{\"namespace\":[\"blas\",\"x86_64\"],\"property\":{\"x86_64\":{"
			  "\"level\":[\"v2\",\"v3\"]}}},\"variants\":{\"a\":{\"x86_64\":{\"level\":[\"v3\"]}},\"b\":{"
			  "\"x86_64\":{\"level\":[\"v2\"]}},\"c\":{\"blas\":{\"kind\":[\"mkl\"]}}}}");
	AUTO_STRV struct strv machine = STRV_INIT, labels = STRV_INIT;

	(void)state;
	strv_add(&machine, "x86_64 :: level :: v3");
	strv_add(&machine, "x86_64 :: level :: v2");
	strv_split(&labels, "a,b,c", ",");
	assert_string_equal(wheelvariants_best(w, &labels, &machine)->label, "b");
	strv_add(&machine, "blas :: kind :: mkl");
	assert_string_equal(wheelvariants_best(w, &labels, &machine)->label, "c");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_properties_and_priorities_are_read),
		cmocka_unit_test(what_is_no_such_list_is_refused),
		cmocka_unit_test(a_target_gets_the_newest_cuda_that_its_driver_and_its_gpu_carry),
		cmocka_unit_test(only_labels_that_are_there_count_and_null_is_the_last),
		cmocka_unit_test(the_order_of_the_file_counts_before_that_of_the_machine),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
