#include "model/lock.h"

#include "base/str.h"
#include "model/lock_grammar.h"
#include "support/t.h"

#include <stdio.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct plan *sample(void)
{
	struct plan *p = plan_new();
	struct plan_variant *v = plan_add_variant(p);
	struct plan_package *k;
	struct plan_target *t;

	p->name = xstrdup("gnn");
	p->manifest = xstrdup("cudabuild.yaml");
	p->catalog = xstrdup("abc");
	p->program = xstrdup("0.1.0");
	p->test_timeout = 300;
	p->app.given = true;
	strv_add(&p->app.copy, "src");
	strv_add(&p->app.copy, "data/");
	strv_add(&p->app.env, "A=b c");
	v->name = xstrdup("cu128");
	v->cuda = xstrdup("12.8");
	v->cuda_tag = xstrdup("cu128");
	v->platform = xstrdup("linux/amd64");
	v->os = xstrdup("ubuntu22.04");
	v->flavor = xstrdup("base");
	v->tag = xstrdup("cu128");
	v->image = xstrdup("gnn");
	v->base.repository = xstrdup("nvcr.io/nvidia/cuda");
	v->base.tag = xstrdup("12.8.1-base-ubuntu22.04");
	v->base.digest = xstrdup("sha256:" HEX64);
	v->python.version = xstrdup("3.11");
	k = plan_add_package(v, PKG_TORCH);
	k->version = xstrdup("2.7.1");
	k->label = xstrdup("+cu128");
	k->channel = xstrdup("index");
	k->sha256 = xstrdup(HEX64);
	t = plan_add_target(v, "dgx");
	t->fit = FIT_UNKNOWN;
	strv_add(&plan_add_pip(v, "scipy==1.11.0")->sha256, HEX64);
	plan_add_note(v, "os", "info", NULL, "the newest Ubuntu");
	return p;
}

static char *dumped(const struct plan *p)
{
	struct buf b = BUF_INIT;

	lock_dump(p, &b);
	return buf_take(&b);
}

static void dump_and_parse_are_inverse(void **state)
{
	AUTO(plan) struct plan *p = sample();
	AUTO(plan) struct plan *again = NULL;
	AUTO_TEXT char *first = dumped(p);
	AUTO_TEXT char *second = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(lock_parse(blob_text("a.lock", first), &again, &err), 0);
	second = dumped(again);
	assert_string_equal(first, second);
	assert_string_equal(again->variants[0].packages[0].label, "+cu128");
	assert_int_equal(again->variants[0].targets[0].fit, FIT_UNKNOWN);
}

/* first with the first `from` replaced by `to`; parsed, which must fail with that text. */
static void fails(const char *from, const char *to, const char *want)
{
	AUTO(plan) struct plan *p = sample();
	AUTO(plan) struct plan *got = NULL;
	AUTO_TEXT char *text = dumped(p);
	AUTO_BUF struct buf changed = BUF_INIT;
	struct err err = ERR_INIT;
	const char *at = strstr(text, from);

	assert_non_null(at);
	buf_add(&changed, text, (size_t)(at - text));
	buf_adds(&changed, to);
	buf_adds(&changed, at + strlen(from));
	assert_int_equal(lock_parse(buf_blob(&changed, "a.lock"), &got, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, want);
	assert_null(got);
	err_clear(&err);
}

static void a_wrong_lock_names_place_and_wish(void **state)
{
	(void)state;
	fails("\"digest\"", "\"digets\"", "a.lock: /variants/0/base: unknown key 'digets' (did you mean 'digest'?)");
	fails("sha256:" HEX64, "sha256:12",
	      "a.lock: /variants/0/base/digest: must be a digest: 'sha256:' and 64 hex digits, not 'sha256:12'");
	fails("\"format\": 1", "\"format\": 2", "a.lock: /format: format 2, this program knows 1");
	fails("\"cu128\"", "\"../x\"",
	      "a.lock: /variants/0/cuda_tag: must be a name of lower-case letters, digits, '.', '_' and '-', not "
	      "'../x'");
	fails("\"fit\": \"unknown\"", "\"fit\": \"maybe\"", "a.lock: /variants/0/targets/0/fit: must be yes or no");
	fails("scipy==1.11.0", "--index-url=http://evil",
	      "a.lock: /variants/0/pip/0/requirement: must be a requirement as pip reads it, not "
	      "'--index-url=http://evil'");
	fails("\"src\"", "\"../../etc\"",
	      "a.lock: /app/copy: must be a path below the project's folder, not '../../etc'");
}

static void grammars_take_and_refuse(void **state)
{
	static const struct {
		enum lock_grammar g;
		bool ok;
		const char *text;
	} rows[] = {
		{LOCK_LINE, true, "one line"},
		{LOCK_LINE, false, "two\nlines"},
		{LOCK_LINE, false, "esc\033"},
		{LOCK_NAME, true, "cu128-py311"},
		{LOCK_NAME, false, "CU128"},
		{LOCK_NAME, false, ".hidden"},
		{LOCK_NAME, false, ""},
		{LOCK_NAME, false, "a/b"},
		{LOCK_WORD, true, "535.104.05"},
		{LOCK_WORD, false, "a b"},
		{LOCK_VERSION, true, "2.7.1rc1"},
		{LOCK_VERSION, false, "latest"},
		{LOCK_LABEL, true, "+pt27cu128"},
		{LOCK_LABEL, false, "cu128"},
		{LOCK_REPOSITORY, true, "nvcr.io/nvidia/cuda"},
		{LOCK_REPOSITORY, false, "nvidia/cuda:tag"},
		{LOCK_REPOSITORY, false, "a b"},
		{LOCK_TAG, true, "12.8.1-base-ubuntu22.04"},
		{LOCK_TAG, false, "-x"},
		{LOCK_DIGEST, true, "sha256:" HEX64},
		{LOCK_DIGEST, false, HEX64},
		{LOCK_SHA256, true, HEX64},
		{LOCK_SHA256, false, "0123"},
		{LOCK_FILE, true, "torch-2.7.1+cu128-cp311-cp311-linux_x86_64.whl"},
		{LOCK_FILE, false, "../x.whl"},
		{LOCK_FILE, false, "a b.whl"},
		{LOCK_FILE, false, ".."},
		{LOCK_URL, true, "https://example.com/a%2Bb.whl"},
		{LOCK_URL, false, "https://user:pw@example.com/a"},
		{LOCK_URL, false, "https://example.com/a b"},
		{LOCK_URL, false, "https://example.com/$(id)"},
		{LOCK_URL, false, "file:///etc/passwd"},
		{LOCK_URL, false, "https://"},
		{LOCK_PLACE, true, "../wheels"},
		{LOCK_PLACE, true, "https://example.com/whl"},
		{LOCK_PLACE, false, "https://u:p@example.com/whl"},
		{LOCK_PLACE, false, ""},
		{LOCK_PATH, true, "src/app"},
		{LOCK_PATH, false, "/etc"},
		{LOCK_PATH, false, "a/../../b"},
		{LOCK_REQUIREMENT, true, "torch_geometric==2.6.1"},
		{LOCK_REQUIREMENT, false, "-r x"},
		{LOCK_REQUIREMENT, false, "a \\"},
		{LOCK_ARCHS, true, "7.5 8.0 9.0+PTX"},
		{LOCK_ARCHS, true, "10.0a"},
		{LOCK_ARCHS, false, "75"},
		{LOCK_ARCHS, false, "8.0;rm"},
		{LOCK_ARCHS, false, ""},
		{LOCK_REQUIRE, true, "cuda>=12.0 brand=tesla,driver>=470"},
		{LOCK_REQUIRE, false, "cuda>=12\"; x"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (lock_text_valid(rows[i].g, rows[i].text) != rows[i].ok)
			print_error("row %zu: %s\n", i, rows[i].text);
		assert_int_equal(lock_text_valid(rows[i].g, rows[i].text), rows[i].ok);
	}
}

static void the_variants_hash_follows_what_decides_the_image(void **state)
{
	AUTO(plan) struct plan *p = sample();
	AUTO_TEXT char *before = lock_variant_sha256(p, &p->variants[0]);
	AUTO_TEXT char *noted = NULL;
	AUTO_TEXT char *changed = NULL;
	(void)state;
	plan_add_note(&p->variants[0], "x", "warning", NULL, "only words");
	noted = lock_variant_sha256(p, &p->variants[0]);
	assert_string_equal(before, noted);
	free(p->variants[0].base.digest);
	p->variants[0].base.digest = NULL;
	changed = lock_variant_sha256(p, &p->variants[0]);
	assert_string_not_equal(before, changed);
}

static void what_is_not_pinned_is_listed(void **state)
{
	AUTO(plan) struct plan *p = sample();
	AUTO_STRV struct strv none = STRV_INIT;
	AUTO_STRV struct strv some = STRV_INIT;
	AUTO_TEXT char *list = NULL;
	struct plan_variant *v = &p->variants[0];
	(void)state;
	plan_unpinned(v, &none);
	assert_int_equal(none.n, 0);
	assert_false(plan_needs_pins(v));
	free(v->base.digest);
	v->base.digest = NULL;
	free(v->packages[0].sha256);
	v->packages[0].sha256 = NULL;
	v->python.managed = true;
	strv_clear(&v->pip[0].sha256);
	plan_unpinned(v, &some);
	list = strv_join(&some, ", ");
	assert_string_equal(list, "base images, torch, managed Python, pip packages");
	assert_true(plan_needs_pins(v));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dump_and_parse_are_inverse),
		cmocka_unit_test(a_wrong_lock_names_place_and_wish),
		cmocka_unit_test(grammars_take_and_refuse),
		cmocka_unit_test(the_variants_hash_follows_what_decides_the_image),
		cmocka_unit_test(what_is_not_pinned_is_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
