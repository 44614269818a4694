#include "model/catalog_find.h"

#include "base/str.h"
#include "model/label.h"
#include "model/ref.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const struct catalog *const C = &catalog_builtin;

#define TEXT(off) catalog_str(C, off)

static void the_tables_hold_what_the_project_promises(void **state)
{
	(void)state;
	assert_int_equal(C->n_torch, 324);
	assert_int_equal(C->n_wheels, 225 + 174 + 72 + 66 + 149);
	assert_int_equal(C->n_requirements, 17);
	assert_int_equal(C->n_toolkits, 27);
	assert_true(C->n_branches >= 25);
	assert_int_equal(C->n_policies, 1);
	assert_int_equal(C->n_archs, 23);
	assert_int_equal(C->n_tags, 2321);
	assert_true(C->n_gpus >= 200);
	assert_true(C->n_oses >= 29);
	assert_true(C->n_managed >= 16);
	assert_int_equal(strlen(C->id), 64);
	assert_int_equal(strspn(C->id, "0123456789abcdef"), 64);
	assert_string_equal(TEXT(0), "");
}

static void torch_rows_are_sorted_complete_and_agree_with_themselves(void **state)
{
	(void)state;
	for (size_t i = 0; i < C->n_torch; i++) {
		const struct torch_row *r = &C->torch[i], *before = i ? r - 1 : NULL;
		struct label l;
		assert_true(!before || before->version <= r->version);
		assert_true(!before || before->version < r->version || before->cuda <= r->cuda);
		assert_true(r->version >= REL(1, 4, 0) && r->version <= REL(2, 14, 0));
		assert_true(r->pythons != 0 && r->pythons < UINT32_C(1) << C->n_pythons);
		assert_true(r->cuda == 0 || catalog_toolkit(C, r->cuda) != NULL);
		assert_int_equal(r->cuda == 0, r->libs == LIBS_NONE);
		assert_int_equal(r->cuda == 0, r->cudnn == 0);
		assert_int_equal(r->archs.ptx & ~r->archs.sass, 0);
		assert_true(r->cuda != 0 || !r->archs.known);
		assert_true(r->platform == PLATFORM_AMD64 || r->platform == PLATFORM_ARM64);
		assert_true(str_ends(TEXT(r->file_tag), r->platform == PLATFORM_AMD64 ? "x86_64" : "aarch64"));
		assert_true(r->channel != CHANNEL_PYPI || !*TEXT(r->label));
		assert_true(*TEXT(r->source));
		if (*TEXT(r->label)) {
			assert_true(label_parse(TEXT(r->label), &l));
			assert_int_equal(cuda_key(&l.variant), r->cuda);
		}
	}
}

static void wheel_rows_are_sorted_and_each_has_its_torch(void **state)
{
	(void)state;
	for (size_t i = 0; i < C->n_wheels; i++) {
		const struct wheel_row *r = &C->wheels[i], *before = i ? r - 1 : NULL;
		struct label l = {.has_torch = false};
		assert_true(!before || before->pkg < r->pkg ||
			    (before->pkg == r->pkg && before->version <= r->version));
		assert_int_equal(r->torch, REL_MINOR(r->torch));
		assert_true(r->patches & 1);
		assert_true(r->pythons && r->platforms);
		assert_true(*TEXT(r->source));
		if (*TEXT(r->label)) {
			assert_true(label_parse(TEXT(r->label), &l));
			assert_int_equal(cuda_key(&l.variant), r->cuda);
			assert_true(!l.has_torch || REL(l.torch_major, l.torch_minor, 0) == r->torch);
		}
		if (!(r->platforms & 1u << PLATFORM_AMD64))
			continue;
		struct torch_query q = TORCH_QUERY_ANY;
		q.version = r->torch;
		q.cuda = r->cuda;
		q.platform = PLATFORM_AMD64;
		uint32_t pythons = 0;
		for (const struct torch_row *t = NULL; (t = catalog_torch_next(C, &q, t));)
			pythons |= t->pythons;
		for (uint32_t patch = 1; patch < 3 && r->pythons & ~pythons; patch++) {
			q.version = r->torch + patch;
			for (const struct torch_row *t = NULL; (t = catalog_torch_next(C, &q, t));)
				pythons |= t->pythons;
		}
		assert_int_equal(r->pythons & ~pythons, 0);
	}
}

static void requirements_cover_every_wheel_without_overlap(void **state)
{
	(void)state;
	for (size_t i = 1; i < C->n_requirements; i++)
		assert_true(C->requirements[i - 1].last < C->requirements[i].first);
	for (size_t i = 0; i < C->n_wheels; i++) {
		const struct wheel_row *w = &C->wheels[i];
		if (w->pkg != PKG_TORCH_SPARSE)
			continue;
		const struct requirement_row *r = catalog_requirement(C, w->version);
		assert_non_null(r);
		assert_true(r->first <= w->version && w->version <= r->last);
		assert_true(r->torch_min <= w->torch);
		assert_true(r->needs_scatter && r->scatter);
		assert_true(*TEXT(r->source));
	}
}

static void toolkits_and_capabilities_are_sorted_and_bounded(void **state)
{
	(void)state;
	for (size_t i = 0; i < C->n_toolkits; i++) {
		const struct toolkit_row *t = &C->toolkits[i];
		assert_true(i == 0 || (t[-1].cuda < t->cuda && driver_cmp(&t[-1].driver_min, &t->driver_min) < 0));
		assert_true(i == 0 || driver_cmp(&t[-1].driver_compat, &t->driver_compat) <= 0);
		assert_true(t->gcc_min < t->gcc_max);
		assert_true(t->sm_min < t->sm_max);
		assert_true(*TEXT(t->source));
		assert_true(t->cuda >= 1100 || driver_cmp(&t->driver_min, &t->driver_compat) == 0);
	}
	for (size_t i = 0; i < C->n_archs; i++) {
		const struct arch_row *a = &C->archs[i];
		assert_true(i == 0 || a[-1].cc < a->cc);
		assert_true(a->cuda_first >= 402 && (a->cuda_last == 0 || a->cuda_last >= a->cuda_first));
		assert_true(*TEXT(a->name) && *TEXT(a->examples) && *TEXT(a->source));
	}
}

static void every_gpu_has_a_known_capability_and_is_found_by_its_own_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < C->n_gpus; i++) {
		const struct gpu_row *g = &C->gpus[i];
		AUTO_TEXT char *long_name = xasprintf("NVIDIA %s", TEXT(g->name));
		assert_true(i == 0 || strcmp(TEXT(g[-1].key), TEXT(g->key)) < 0);
		assert_non_null(catalog_arch(C, g->cc));
		assert_ptr_equal(catalog_gpu(C, TEXT(g->name)), g);
		assert_ptr_equal(catalog_gpu(C, long_name), g);
		assert_true(str_starts(TEXT(g->source), "https://"));
	}
}

static void tags_are_valid_sorted_and_name_a_known_system(void **state)
{
	struct err err = ERR_INIT;
	struct ref repository, r;
	(void)state;
	assert_int_equal(ref_parse_repository("nvcr.io/nvidia/cuda", &repository, &err), 0);
	for (size_t i = 0; i < C->n_tags; i++) {
		const struct tag_row *t = &C->tags[i];
		const char *tag = TEXT(t->tag);
		assert_int_equal(ref_with(&repository, tag, NULL, &r, &err), 0);
		assert_true(i == 0 || t[-1].cuda < t->cuda || (t[-1].cuda == t->cuda && t[-1].patch <= t->patch));
		assert_true(!*TEXT(t->os) || catalog_os(C, TEXT(t->os)) != NULL);
		assert_true(str_eq(tag, "latest") || strstr(tag, catalog_flavor_text((enum flavor)t->flavor)));
		assert_int_equal(t->rc, str_ends(tag, "-rc"));
		assert_true(*TEXT(t->evidence) && *TEXT(t->seen));
		assert_true(!*TEXT(t->cudnn) || t->flavor != FLAVOR_BASE);
	}
}

static void systems_are_sorted_and_have_glibc_and_a_known_python(void **state)
{
	struct err err = ERR_INIT;
	struct ref r;
	(void)state;
	for (size_t i = 0; i < C->n_oses; i++) {
		const struct os_row *o = &C->oses[i];
		assert_true(i == 0 || strcmp(TEXT(o[-1].name), TEXT(o->name)) < 0);
		assert_true(o->glibc >= 212 && o->gcc >= 404 && o->release && o->arches);
		assert_true(str_starts(TEXT(o->name), TEXT(o->family)));
		assert_true(!*TEXT(o->image) || ref_parse(TEXT(o->image), &r, &err) == 0);
		assert_true(o->python == 0 || o->python == 304 || catalog_python_of(C, o->python) >= 0);
		assert_true(*TEXT(o->packager) && *TEXT(o->source));
	}
}

static void pythons_are_sorted_and_the_standalone_ones_have_url_and_hash(void **state)
{
	(void)state;
	for (size_t i = 0; i < C->n_pythons; i++) {
		const struct python_row *p = &C->pythons[i];
		assert_true(i == 0 || p[-1].version < p->version || (p[-1].version == p->version && p->threaded));
		assert_int_equal(catalog_python(C, TEXT(p->name)), i);
		assert_int_equal(p->threaded, str_ends(TEXT(p->name), "t"));
	}
	for (size_t i = 0; i < C->n_managed; i++) {
		const struct managed_row *m = &C->managed[i];
		assert_true(i == 0 || m[-1].python < m->python || m[-1].platform < m->platform);
		assert_true(str_starts(TEXT(m->version), TEXT(C->pythons[m->python].name)) ||
			    C->pythons[m->python].threaded);
		assert_true(str_starts(TEXT(m->url), "https://") && strstr(TEXT(m->url), TEXT(m->version)));
		assert_int_equal(strlen(TEXT(m->sha256)), 64);
		assert_ptr_equal(catalog_managed(C, m->python, (enum platform)m->platform), m);
	}
}

static void no_cell_holds_bytes_that_a_terminal_would_act_on(void **state)
{
	(void)state;
	for (size_t i = 0; i < C->n_torch; i++)
		for (const char *at = TEXT(C->torch[i].notes); *at; at++)
			assert_true((unsigned char)*at >= ' ' && (unsigned char)*at < 127);
	for (size_t i = 0; i < C->n_tags; i++)
		for (const char *at = TEXT(C->tags[i].evidence); *at; at++)
			assert_true((unsigned char)*at >= ' ' && (unsigned char)*at < 127);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_hold_what_the_project_promises),
		cmocka_unit_test(torch_rows_are_sorted_complete_and_agree_with_themselves),
		cmocka_unit_test(wheel_rows_are_sorted_and_each_has_its_torch),
		cmocka_unit_test(requirements_cover_every_wheel_without_overlap),
		cmocka_unit_test(toolkits_and_capabilities_are_sorted_and_bounded),
		cmocka_unit_test(every_gpu_has_a_known_capability_and_is_found_by_its_own_name),
		cmocka_unit_test(tags_are_valid_sorted_and_name_a_known_system),
		cmocka_unit_test(systems_are_sorted_and_have_glibc_and_a_known_python),
		cmocka_unit_test(pythons_are_sorted_and_the_standalone_ones_have_url_and_hash),
		cmocka_unit_test(no_cell_holds_bytes_that_a_terminal_would_act_on),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
