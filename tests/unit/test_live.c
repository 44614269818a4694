#include "model/live.h"

#include "model/catalog_show.h"

#include "base/str.h"
#include "model/catalog_find.h"
#include "support/t.h"

static const struct catalog *const c = &catalog_builtin;

/* The differences as lines; the caller's. */
static char *drift_of(const struct live *l)
{
	struct drifts d = DRIFTS_INIT;
	AUTO_BUF struct buf all = BUF_INIT;

	live_drift(c, l, &d);
	for (size_t i = 0; i < d.n; i++)
		buf_addf(&all, "%s %s %s [%s|%s]\n", d.v[i].subject, drift_kind_text(d.v[i].kind), d.v[i].what,
			 d.v[i].old ? d.v[i].old : "", d.v[i].now ? d.v[i].now : "");
	drifts_clear(&d);
	return buf_take(&all);
}

/* Lists exactly what the rows say of torch for that CUDA. */
static void list_rows(struct live *l, uint16_t cuda)
{
	live_add_page(l, 0, cuda);
	for (size_t i = 0; i < c->n_torch; i++) {
		const struct torch_row *r = &c->torch[i];
		struct live_wheel w = {.pkg = PKG_TORCH,
				       .version = r->version,
				       .cuda = cuda,
				       .platform = (enum platform)r->platform,
				       .pythons = r->pythons};

		if (r->cuda == cuda && r->channel == CHANNEL_INDEX && r->platform <= PLATFORM_ARM64)
			live_add_wheel(l, &w);
	}
}

static void nothing_read_differs_in_nothing(void **state)
{
	struct live l = LIVE_INIT;
	AUTO_TEXT char *got = drift_of(&l);

	(void)state;
	assert_string_equal(got, "");
}

static void a_page_as_the_rows_say_differs_in_nothing(void **state)
{
	struct live l = LIVE_INIT;

	(void)state;
	list_rows(&l, 1208);
	AUTO_TEXT char *got = drift_of(&l);
	assert_true(l.nwheels > 3);
	assert_string_equal(got, "");
	live_clear(&l);
}

static void new_wheels_and_those_that_are_gone_are_named_with_their_pythons(void **state)
{
	struct live l = LIVE_INIT;
	uint32_t py311 = UINT32_C(1) << catalog_python(c, "3.11"), py312 = UINT32_C(1) << catalog_python(c, "3.12");
	struct live_wheel w = {
		.pkg = PKG_TORCH, .version = REL(3, 0, 0), .cuda = 1208, .platform = PLATFORM_AMD64, .pythons = py311};

	(void)state;
	list_rows(&l, 1208);
	live_add_wheel(&l, &w);
	w.pythons = py312;
	live_add_wheel(&l, &w);
	for (size_t i = 0; i < l.nwheels; i++)
		if (l.wheels[i].version == REL(2, 7, 1) && l.wheels[i].platform == PLATFORM_AMD64)
			l.wheels[i].pythons &= ~py311;
	AUTO_TEXT char *got = drift_of(&l);
	assert_string_equal(got, "wheel new torch 3.0.0 (cu128) on linux/amd64 [|3.11 3.12]\n"
				 "wheel gone torch 2.7.1 (cu128) on linux/amd64 [3.11|]\n");
	live_clear(&l);
}

static void an_empty_page_of_extensions_has_lost_its_rows(void **state)
{
	struct live l = LIVE_INIT;

	(void)state;
	live_add_page(&l, REL(2, 7, 0), 1208);
	live_add_page(&l, REL(2, 7, 0), 1208);
	assert_int_equal(l.npages, 1);
	AUTO_TEXT char *got = drift_of(&l);
	assert_non_null(strstr(got, "wheel gone torch_sparse 0.6.18 (torch 2.7.0, cu128) on linux/amd64 [3.9 3.10 3.11 "
				    "3.12 3.13|]\n"));
	assert_null(strstr(got, "torch 2.6.0"));
	live_clear(&l);
}

static void tags_that_are_new_gone_or_back_are_named(void **state)
{
	struct live l = {.has_tags = true};
	const char *removed = NULL;

	(void)state;
	for (size_t i = 0; i < c->n_tags; i++) {
		const char *tag = catalog_str(c, c->tags[i].tag);

		if (c->tags[i].presence == PRESENCE_REMOVED)
			removed = tag;
		else if (!str_eq(tag, "12.8.1-base-ubuntu22.04"))
			strv_add(&l.tags, tag);
	}
	strv_add(&l.tags, removed);
	strv_add(&l.tags, "99.1.0-base-ubuntu22.04");
	strv_add(&l.tags, "edge");
	strv_add(&l.tags, "12.x-base");
	strv_sort(&l.tags);
	AUTO_TEXT char *got = drift_of(&l);
	AUTO_TEXT char *back = xasprintf("tag new %s [removed|]\n", removed);
	assert_non_null(strstr(got, back));
	assert_non_null(strstr(got, "tag gone 12.8.1-base-ubuntu22.04 [supported|]\n"));
	assert_non_null(strstr(got, "tag new 99.1.0-base-ubuntu22.04 [|]\n"));
	assert_int_equal(strlen(got), strlen(back) + strlen("tag gone 12.8.1-base-ubuntu22.04 [supported|]\n") +
					      strlen("tag new 99.1.0-base-ubuntu22.04 [|]\n"));
	l.tags_short = true; /* it may be where nobody answered */
	AUTO_TEXT char *some = drift_of(&l);
	AUTO_TEXT char *want = xasprintf("%stag new 99.1.0-base-ubuntu22.04 [|]\n", back);
	assert_string_equal(some, want);
	live_clear(&l);
}

static void every_row_can_be_shown(void **state)
{
	(void)state;
	for (unsigned k = 0; k < CATALOG__KINDS; k++) {
		const char *const *columns = catalog_columns((enum catalog_kind)k);
		size_t n = 0;

		while (columns[n])
			n++;
		assert_int_equal(catalog_kind_of(catalog_kind_name((enum catalog_kind)k)), k);
		for (size_t i = 0; i < catalog_count(c, (enum catalog_kind)k); i++) {
			AUTO_STRV struct strv cells = STRV_INIT;

			catalog_cells(c, (enum catalog_kind)k, i, &cells);
			assert_int_equal(cells.n, n);
			assert_true(cells.v[0][0]);
		}
	}
	assert_int_equal(catalog_kind_of("nothing"), CATALOG__KINDS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_read_differs_in_nothing),
		cmocka_unit_test(a_page_as_the_rows_say_differs_in_nothing),
		cmocka_unit_test(new_wheels_and_those_that_are_gone_are_named_with_their_pythons),
		cmocka_unit_test(an_empty_page_of_extensions_has_lost_its_rows),
		cmocka_unit_test(tags_that_are_new_gone_or_back_are_named),
		cmocka_unit_test(every_row_can_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
