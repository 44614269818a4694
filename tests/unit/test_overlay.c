#include "model/overlay.h"

#include "base/file.h"
#include "base/str.h"
#include "model/catalog_find.h"
#include "support/t.h"
#include "work/facts.h"

static const struct catalog *const c = &catalog_builtin;

static struct live_wheel wheel(enum pkg pkg, uint32_t version, uint32_t torch, const char *python)
{
	return (struct live_wheel){.pkg = pkg,
				   .version = version,
				   .torch = torch,
				   .cuda = 1208,
				   .platform = PLATFORM_AMD64,
				   .pythons = UINT32_C(1) << catalog_python(c, python)};
}

/* A torch and an extension more, a tag more, and one of each less. */
static void fill(struct overlay *o)
{
	const struct live_wheel rows[] = {wheel(PKG_TORCH, REL(2, 99, 0), 0, "3.11"),
					  wheel(PKG_TORCH_SPARSE, REL(0, 9, 0), REL(2, 99, 0), "3.11"),
					  wheel(PKG_TORCH, REL(2, 7, 1), 0, "3.11"),
					  wheel(PKG_TORCH_SPARSE, REL(0, 6, 18), REL(2, 7, 0), "3.11")};

	live_add_wheel(&o->added, &rows[0]);
	live_add_wheel(&o->added, &rows[1]);
	live_add_wheel(&o->gone, &rows[2]);
	strv_add(&o->tags, "12.8.9-cudnn-devel-ubuntu22.04");
	strv_add(&o->tags, "12.8.9-base-ubuntu22.04");
	strv_add(&o->tags_gone, "12.8.1-base-ubuntu22.04");
}

static bool has_torch(const struct catalog *in, uint32_t version, const char *python)
{
	struct torch_query q = TORCH_QUERY_ANY;

	q.version = version;
	q.cuda = 1208;
	q.platform = PLATFORM_AMD64;
	q.channel = CHANNEL_INDEX;
	q.python = catalog_python(in, python);
	return catalog_torch_next(in, &q, NULL) != NULL;
}

static void the_catalog_with_an_overlay_has_its_rows_and_has_lost_others(void **state)
{
	struct overlay o = OVERLAY_INIT;
	struct wheel_query q = WHEEL_QUERY_ANY(PKG_TORCH_SPARSE);
	const struct wheel_row *r;

	(void)state;
	fill(&o);
	AUTO(catalog) struct catalog *with = overlay_apply(c, &o);
	assert_string_not_equal(with->id, c->id);
	assert_int_equal(with->n_torch, c->n_torch + 1);
	assert_true(has_torch(with, REL(2, 99, 0), "3.11"));
	assert_false(has_torch(with, REL(2, 99, 0), "3.12"));
	assert_false(has_torch(with, REL(2, 7, 1), "3.11"));
	assert_true(has_torch(with, REL(2, 7, 1), "3.12"));
	assert_true(has_torch(c, REL(2, 7, 1), "3.11"));
	q.version = REL(0, 9, 0);
	r = catalog_wheel_next(with, &q, NULL);
	assert_non_null(r);
	assert_string_equal(catalog_str(with, r->label), "+pt299cu128");
	assert_false(r->archs.known);
	assert_string_equal(catalog_str(with, r->source), "catalog update");
	assert_int_equal(catalog_tag(with, "12.8.1-base-ubuntu22.04")->presence, PRESENCE_REMOVED);
	assert_int_equal(catalog_tag(with, "12.8.9-base-ubuntu22.04")->flavor, FLAVOR_BASE);
	assert_string_equal(catalog_str(with, catalog_tag(with, "12.8.9-cudnn-devel-ubuntu22.04")->cudnn), "cudnn");
	assert_string_equal(catalog_str(with, with->gpus[0].name), catalog_str(c, c->gpus[0].name));
	overlay_clear(&o);
}

static void rows_of_a_catalog_with_an_overlay_are_in_order(void **state)
{
	struct overlay o = OVERLAY_INIT;

	(void)state;
	fill(&o);
	AUTO(catalog) struct catalog *with = overlay_apply(c, &o);
	for (size_t i = 1; i < with->n_torch; i++)
		assert_true(with->torch[i - 1].version <= with->torch[i].version);
	for (size_t i = 1; i < with->n_tags; i++)
		assert_true(with->tags[i - 1].cuda <= with->tags[i].cuda);
	for (size_t i = 1; i < with->n_wheels; i++)
		assert_true(with->wheels[i - 1].pkg <= with->wheels[i].pkg);
	overlay_clear(&o);
}

static void a_wheel_that_is_gone_for_some_or_all_pythons_is_gone_for_those(void **state)
{
	struct overlay o = OVERLAY_INIT;
	struct wheel_query q = WHEEL_QUERY_ANY(PKG_TORCH_SPARSE);
	struct live_wheel w = wheel(PKG_TORCH_SPARSE, REL(0, 6, 18), REL(2, 7, 0), "3.11");

	(void)state;
	live_add_wheel(&o.gone, &w);
	q.version = w.version;
	q.torch = w.torch;
	q.cuda = w.cuda;
	q.platform = PLATFORM_AMD64;
	q.python = catalog_python(c, "3.11");
	AUTO(catalog) struct catalog *less = overlay_apply(c, &o);
	assert_non_null(catalog_wheel_next(c, &q, NULL));
	assert_null(catalog_wheel_next(less, &q, NULL));
	o.gone.wheels[0].pythons = UINT32_MAX;
	q.python = CATALOG_ANY;
	AUTO(catalog) struct catalog *none = overlay_apply(c, &o);
	assert_non_null(catalog_wheel_next(less, &q, NULL));
	assert_null(catalog_wheel_next(none, &q, NULL));
	overlay_clear(&o);
}

static void an_overlay_is_read_as_it_was_written(void **state)
{
	struct overlay o = OVERLAY_INIT, again = OVERLAY_INIT;
	AUTO_BUF struct buf first = BUF_INIT, second = BUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	fill(&o);
	overlay_dump(c, &o, &first);
	assert_int_equal(overlay_parse(buf_blob(&first, "o"), c, &again, &err), 0);
	overlay_dump(c, &again, &second);
	assert_string_equal(buf_text(&first), buf_text(&second));
	assert_false(overlay_is_empty(&again));
	overlay_clear(&o);
	overlay_clear(&again);
	assert_true(overlay_is_empty(&again));
}

/* "ID" in a text is the catalog's id. 0, 1 or the error's text; the caller's. */
static char *parse(const char *text)
{
	struct overlay o = OVERLAY_INIT;
	struct err err = ERR_INIT;
	const char *at = strstr(text, "ID");
	AUTO_TEXT char *whole = at ? xasprintf("%.*s%s%s", (int)(at - text), text, c->id, at + 2) : xstrdup(text);
	int rc = overlay_parse(blob_text("o", whole), c, &o, &err);

	overlay_clear(&o);
	return rc < 0 ? xstrdup(err.text) : xasprintf("%d", rc);
}

#define HEAD	 "{\"format\":1,\"catalog\":\"ID\","
#define TAIL	 "\"wheels_gone\":[],\"tags\":[],\"tags_gone\":[]}"
#define WHEEL(s) HEAD "\"wheels\":[{" s "}]," TAIL
#define PLACE	 ",\"cuda\":\"cu128\",\"platform\":\"linux/amd64\",\"pythons\":\"3.11\""

static void files_that_are_none_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{HEAD "\"wheels\":[]," TAIL, "0"},
		{"{\"format\":2,\"catalog\":\"ID\"}", "1"},
		{"{\"format\":1,\"catalog\":\"other\"}", "1"},
		{"[]", "o: must be an object, not an array"},
		{"{}", "o: 'format' is missing"},
		{HEAD "\"wheels\":[],\"more\":1," TAIL, "o: unknown key 'more'"},
		{WHEEL("\"package\":\"numpy\",\"version\":\"1.0\"" PLACE),
		 "o: /wheels/0: must be a package of the torch family on linux/amd64 or linux/arm64"},
		{WHEEL("\"package\":\"torch\",\"version\":\"1.0.dev1\"" PLACE),
		 "o: /wheels/0/version: must be a release such as 2.7.1"},
		{WHEEL("\"package\":\"torch_sparse\",\"version\":\"1.0\"" PLACE), "o: /wheels/0: 'torch' is missing"},
		{WHEEL("\"package\":\"torch\",\"version\":\"1.0\",\"cuda\":\"x\",\"platform\":\"linux/amd64\","
		       "\"pythons\":\"3.11\""),
		 "o: /wheels/0/cuda: must be a variant such as cu128"},
		{WHEEL("\"package\":\"torch\",\"version\":\"1.0\",\"cuda\":\"cpu\",\"platform\":\"linux/amd64\","
		       "\"pythons\":\"9.9\""),
		 "o: /wheels/0/pythons: must be Pythons of the catalog"},
		{HEAD "\"wheels\":[],\"wheels_gone\":[],\"tags\":[\"a b\"],\"tags_gone\":[]}",
		 "o: /tags: must be image tags"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = parse(rows[i].text);

		assert_string_equal(got, rows[i].want);
	}
}

static void made_from_lists_it_holds_what_differs(void **state)
{
	struct live l = {.has_tags = true};
	struct overlay o = OVERLAY_INIT;
	struct live_wheel w = wheel(PKG_TORCH, REL(2, 99, 0), 0, "3.11");

	(void)state;
	live_add_page(&l, 0, 1208);
	live_add_wheel(&l, &w);
	strv_add(&l.tags, "12.8.9-base-ubuntu22.04");
	overlay_make(c, &l, &o);
	assert_int_equal(o.added.nwheels, 1);
	assert_true(o.gone.nwheels > 3);
	assert_int_equal(o.tags.n, 1);
	assert_true(strv_has(&o.tags_gone, "12.8.1-base-ubuntu22.04"));
	overlay_clear(&o);
	live_clear(&l);
}

static void its_place_comes_from_the_environment(void **state)
{
	static const struct {
		const char *own, *xdg, *home, *want;
	} rows[] = {
		{"/c", "/x", "/h", "/c"}, {"", "/x", "/h", "/x/cudabuild"}, {NULL, "x", "/h", "/h/.cache/cudabuild"},
		{"c", "/x", "/h", NULL},  {NULL, NULL, "h", NULL},	    {NULL, NULL, NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *const names[] = {"CUDABUILD_CACHE", "XDG_CACHE_HOME", "HOME"};
		const char *const values[] = {rows[i].own, rows[i].xdg, rows[i].home};
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			assert_int_equal(values[k] ? setenv(names[k], values[k], 1) : unsetenv(names[k]), 0);
		AUTO_TEXT char *got = facts_cache();
		if (rows[i].want)
			assert_string_equal(got, rows[i].want);
		else
			assert_null(got);
	}
}

static void what_is_kept_decides_from_then_on_and_an_empty_one_removes_it(void **state)
{
	struct overlay o = OVERLAY_INIT, none = OVERLAY_INIT;
	struct err err = ERR_INIT;
	AUTO_TEXT char *dir = NULL;

	(void)state;
	assert_int_equal(file_temp_dir(&dir, &err), 0);
	AUTO_TEXT char *path = file_join(dir, FACTS_OVERLAY);
	assert_int_equal(setenv("CUDABUILD_CACHE", dir, 1), 0);
	fill(&o);
	assert_int_equal(facts_keep(&o, &err), 0);
	assert_true(has_torch(facts_catalog(), REL(2, 99, 0), "3.11"));
	assert_ptr_equal(facts_catalog(), facts_catalog());
	assert_int_equal(facts_keep(&none, &err), 0);
	assert_false(file_exists(path));
	assert_int_equal(setenv("CUDABUILD_CACHE", "relative", 1), 0);
	assert_int_equal(facts_keep(&o, &err), -1);
	assert_string_equal(err.text, "there is no folder for caches");
	overlay_clear(&o);
	assert_int_equal(unsetenv("CUDABUILD_CACHE"), 0);
	struct err trouble = ERR_INIT;
	assert_int_equal(file_remove_tree(dir, &trouble), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_catalog_with_an_overlay_has_its_rows_and_has_lost_others),
		cmocka_unit_test(rows_of_a_catalog_with_an_overlay_are_in_order),
		cmocka_unit_test(a_wheel_that_is_gone_for_some_or_all_pythons_is_gone_for_those),
		cmocka_unit_test(an_overlay_is_read_as_it_was_written),
		cmocka_unit_test(files_that_are_none_are_refused_with_their_place),
		cmocka_unit_test(made_from_lists_it_holds_what_differs),
		cmocka_unit_test(its_place_comes_from_the_environment),
		cmocka_unit_test(what_is_kept_decides_from_then_on_and_an_empty_one_removes_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
