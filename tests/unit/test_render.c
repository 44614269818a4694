#include "render/render.h"

#include "base/file.h"
#include "base/str.h"
#include "model/lock.h"
#include "probe/probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <string.h>
#include <time.h>

#define CASES "tests/cases/render"

static struct plan *load(const char *name)
{
	AUTO_TEXT char *path = xasprintf(CASES "/%s/plan.lock", name);
	AUTO_BUF struct buf text = BUF_INIT;
	struct plan *p = NULL;
	struct err err = ERR_INIT;
	if (file_read(path, 1 << 20, &text, &err) < 0 || lock_parse(buf_blob(&text, path), &p, &err) < 0)
		fail_msg("%s", err.text);
	return p;
}

static struct context *made(const struct plan *p, struct templates *t, bool venv)
{
	struct context *c = NULL;
	struct err err = ERR_INIT;
	struct venv_need needs[16] = {{.glibc = 228, .whose = PKG_TORCH_SPARSE}};
	if ((venv ? render_venv(p, needs, "../..", t, &c, &err) : render(p, t, &c, &err)) < 0)
		fail_msg("%s", err.text);
	return c;
}

/* --- the cases of tests/cases/render --- */

/* The lock's own hash says nothing about rendering and changes with the lock's form. */
static void mask_lock(char *text)
{
	static const char label[] = "LABEL io.cudabuild.lock=\"";
	char *at = strstr(text, label);
	if (at)
		memset(at + strlen(label), '0', 64);
}

static size_t compare_files(const char *folder, const struct context *c)
{
	size_t files = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct member *m = c->v[i];
		if (m->kind != MEMBER_BYTES)
			continue;
		AUTO_TEXT char *path = file_join(folder, m->name);
		AUTO_BUF struct buf expected = BUF_INIT;
		struct err err = ERR_INIT;
		files++;
		mask_lock(m->data);
		if (getenv("UPDATE")) {
			struct blob data = {.name = path, .data = m->data, .len = m->len};
			assert_int_equal(file_write(path, data, m->mode, &err), 0);
			continue;
		}
		if (file_read(path, 1 << 20, &expected, &err) < 0)
			fail_msg("%s", err.text);
		assert_string_equal(buf_text(&expected), m->data);
		assert_int_equal(expected.len, m->len);
	}
	return files;
}

static size_t count_files(const char *folder)
{
	AUTO_STRV struct strv names = STRV_INIT;
	struct err err = ERR_INIT;
	size_t n = 0;
	assert_int_equal(file_list(folder, &names, &err), 0);
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *path = file_join(folder, names.v[i]);
		n += file_is_dir(path) ? count_files(path) : 1;
	}
	return n;
}

static void check_case(const char *name)
{
	AUTO(plan) struct plan *p = load(name);
	AUTO(templates) struct templates *t = templates_new();
	AUTO_TEXT char *expect = xasprintf(CASES "/%s/expect", name), *venv = xasprintf(CASES "/%s/expect-venv", name);
	AUTO(context) struct context *files = made(p, t, false), *scripts = made(p, t, true);
	print_message("# %s\n", name);
	size_t n = compare_files(expect, files), n_venv = compare_files(venv, scripts);
	assert_int_equal(n, count_files(expect));
	assert_int_equal(n_venv, count_files(venv));
}

static void every_case_gives_the_expected_files_and_no_others(void **state)
{
	AUTO_STRV struct strv names = STRV_INIT;
	struct err err = ERR_INIT;
	size_t cases = 0;
	(void)state;
	assert_int_equal(file_list(CASES, &names, &err), 0);
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *folder = file_join(CASES, names.v[i]);
		if (!file_is_dir(folder))
			continue;
		check_case(names.v[i]);
		cases++;
	}
	assert_true(cases >= 4);
}

static void assert_same(const struct context *a, const struct context *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_string_equal(a->v[i]->name, b->v[i]->name);
		if (a->v[i]->kind == MEMBER_BYTES)
			assert_string_equal(a->v[i]->data, b->v[i]->data);
	}
}

static void locale_and_time_zone_do_not_matter(void **state)
{
	(void)state;
	AUTO(plan) struct plan *p = load("wheels-pinned");
	AUTO(templates) struct templates *t = templates_new(), *again = templates_new();
	AUTO(context) struct context *a = made(p, t, false);
	setenv("TZ", "Asia/Kathmandu", 1);
	tzset();
	(void)setlocale(LC_ALL, "C.UTF-8");
	AUTO(context) struct context *b = made(p, again, false);
	AUTO(context) struct context *c = made(p, again, false);
	assert_same(a, b);
	assert_same(a, c);
}

/* --- headers --- */

static void the_header_names_the_manifest(void **state)
{
	static const struct {
		const char *text, *owner;
	} rows[] = {
		{"# cudabuild 'gnn': generated from cudabuild.yaml; edits are lost.\n", "gnn"},
		{"{\n  \"//\": \"cudabuild 'a.b-c_d': generated from x.json\"", "a.b-c_d"},
		{"// cudabuild 'gnn': generated from x\n", "gnn"},
		{"#!/bin/sh\n# cudabuild 'gnn': generated from x\n", "gnn"},
		{"# cudabuild gnn: generated from x\n", NULL},
		{"# cudabuild '': generated from x\n", NULL},
		{"# cudabuild 'a\nb': generated from x\n", NULL},
		{"FROM scratch\n", NULL},
		{"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *owner = render_owner(blob_text("f", rows[i].text));
		if (rows[i].owner)
			assert_string_equal(owner, rows[i].owner);
		else
			assert_null(owner);
	}
}

static void every_file_carries_its_header(void **state)
{
	(void)state;
	AUTO(plan) struct plan *p = load("compiled-unpinned");
	AUTO(templates) struct templates *t = templates_new();
	AUTO(context) struct context *files = made(p, t, false), *scripts = made(p, t, true);
	const struct context *both[] = {files, scripts};
	for (size_t k = 0; k < ARRAY_LEN(both); k++)
		for (size_t i = 0; i < both[k]->n; i++) {
			const struct member *m = both[k]->v[i];
			if (m->kind != MEMBER_BYTES)
				continue;
			AUTO_TEXT char *owner = render_owner(blob_text(m->name, m->data));
			assert_string_equal(owner, "gnn");
		}
}

static void the_kernels_lie_where_the_probe_looks_for_them(void **state)
{
	(void)state;
	AUTO(plan) struct plan *p = load("compiled-unpinned");
	AUTO(templates) struct templates *t = templates_new();
	AUTO(context) struct context *c = made(p, t, false);
	const char *dockerfile = context_find(c, "images/cu124/Dockerfile")->data;
	const char *source = context_find(c, "images/cu124/probe.cu")->data;
	assert_non_null(
		strstr(dockerfile, "-gencode=arch=compute_90,code=compute_90 -o " PROBE_MODULE " /run/probe.cu\n"));
	assert_true(str_ends(source, probe_cu().data));
}

/* --- what a plan or a template may not do --- */

static void refused(const struct plan *p, struct templates *t, const char *why)
{
	struct context *c = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(render(p, t, &c, &err), -1);
	assert_string_equal(err.text, why);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_null(c);
	err_clear(&err);
}

static void set(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

static void values_that_have_no_form_are_refused_with_their_place(void **state)
{
	(void)state;
	AUTO(templates) struct templates *t = templates_new();
	AUTO(plan) struct plan *p = load("wheels-pinned");
	struct plan_variant *v = &p->variants[0];
	set(&p->app.env.v[0], "A=b\nUSER root");
	refused(p, t,
		"variant 'cu128': template 'final.mustache': line 15: 'text.docker': 'b USER root' holds a line break, "
		"which has "
		"no form here");
	set(&p->app.env.v[0], "A");
	refused(p, t, "app.env: 'A' has no '='");
	set(&p->app.env.v[0], "A=b");
	set(&p->app.user, "root");
	refused(p, t, "app.user: 'root' is not a number, or two with a colon between");
	set(&p->app.user, "1000:100");
	set(&v->packages[0].url, "https://example.com/a b.whl");
	refused(p, t, "variant 'cu128': torch: 'https://example.com/a b.whl' is not an URL");
	set(&v->packages[0].url, "https://example.com/a.whl");
	set(&v->packages[0].sha256, "abc");
	refused(p, t, "variant 'cu128': torch: 'abc' is not a sha256");
	set(&v->packages[0].sha256, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	set(&v->pip[0].line, "numpy --index-url http://evil.example.com");
	refused(p, t, "variant 'cu128': pip: 'numpy --index-url http://evil.example.com' is not a requirement");
	set(&v->pip[0].line, "numpy");
	set(&v->base.tag, "x y");
	refused(p, t,
		"variant 'cu128': template 'Dockerfile.mustache': line 20: 'base': "
		"'nvcr.io/nvidia/cuda:x y@sha256:11111111111111111111111111...' cannot stand here without quotes: only "
		"letters, "
		"digits and _@%+=:,./~!- can");
	set(&v->base.tag, "x");
	set(&p->out, "a,b");
	refused(p, t, "the folder of the generated files, 'a,b', may hold letters, digits and ._-+/ only");
	set(&p->out, "images");
	set(&v->name, "..");
	refused(p, t, "'..' is not the name of a variant");
	set(&v->name, "a");
	set(&v->os_packages, "dnf");
	refused(p, t, "variant 'a': images of ubuntu22.04, whose packages come by dnf, cannot be made yet");
}

static void metis_is_compiled_in_images(void **state)
{
	(void)state;
	AUTO(templates) struct templates *t = templates_new();
	AUTO(plan) struct plan *compiled = load("compiled-unpinned"), *wheels = load("wheels-pinned");
	compiled->metis = wheels->metis = true;
	AUTO(context) struct context *a = made(compiled, t, false), *b = made(wheels, t, false);
	assert_non_null(a);
	assert_non_null(b);
}

static void lines_that_a_builder_would_drop_are_refused(void **state)
{
	(void)state;
	AUTO(templates) struct templates *t = templates_new();
	AUTO(plan) struct plan *p = load("wheels-pinned");
	AUTO_BUF struct buf b = BUF_INIT;
	buf_repeat(&b, "0123456789", 6001);
	strv_add(&p->app.command, buf_text(&b));
	struct context *c = NULL;
	struct err err = ERR_INIT;
	assert_int_equal(render(p, t, &c, &err), -1);
	assert_true(str_starts(err.text, "variant 'cu128': 'images/cu128/Dockerfile': line "));
	assert_true(str_ends(err.text, " is longer than the 60000 bytes that all builders read"));
}

static void a_user_template_takes_the_place_of_the_carried_one(void **state)
{
	(void)state;
	AUTO(templates) struct templates *t = templates_new();
	AUTO(plan) struct plan *p = load("wheels-pinned");
	struct err err = ERR_INIT;
	assert_null(templates_sha256(t));
	assert_int_equal(templates_replace(t, blob_text("own/final.mustache", "{{>mine}}\n"), &err), 0);
	assert_int_equal(templates_replace(t, blob_text("mine.mustache", "USER {{app.user}}"), &err), 0);
	AUTO_TEXT char *hash = templates_sha256(t);
	assert_int_equal(strlen(hash), 64);
	AUTO(context) struct context *c = made(p, t, false);
	const struct member *m = context_find(c, "images/cu128/Dockerfile");
	assert_true(str_ends(m->data, "COPY --from=env /opt/venv /opt/venv\nUSER 1000"));
	assert_int_equal(templates_replace(t, blob_text("mine.mustache", "USER {{app.user}}\n"), &err), 0);
	AUTO_TEXT char *other = templates_sha256(t);
	assert_string_not_equal(hash, other);
}

static void a_user_template_without_header_is_refused(void **state)
{
	(void)state;
	AUTO(templates) struct templates *t = templates_new();
	AUTO(plan) struct plan *p = load("wheels-pinned");
	struct err err = ERR_INIT;
	assert_int_equal(templates_replace(t, blob_text("Dockerfile.mustache", "FROM {{base}}\n"), &err), 0);
	refused(p, t, "variant 'cu128': template 'Dockerfile.mustache': its result must begin with {{>header}}");
	assert_int_equal(templates_replace(t, blob_text("Dockerfile.mustache", "{{>header}}\nFROM {{bsae}}\n"), &err),
			 0);
	refused(p, t,
		"variant 'cu128': template 'Dockerfile.mustache': line 2: 'bsae': nothing has this name (did you mean "
		"'base'?)");
	assert_int_equal(templates_replace(t, blob_text("Dockerfile.mustache", "{{>header}}\n{{>fianl}}\n"), &err), 0);
	refused(p, t, "variant 'cu128': template 'Dockerfile.mustache': line 2: 'fianl': there is no such template");
	assert_int_equal(templates_replace(t, blob_text("x.mustache", "{{#a}}"), &err), -1);
	assert_string_equal(err.text, "template 'x.mustache': line 1: the section 'a' is not closed");
	err_clear(&err);
	assert_int_equal(templates_replace(t, blob_text("x.txt", ""), &err), -1);
	assert_string_equal(err.text, "template 'x.txt': its name must end in .mustache");
	err_clear(&err);
	assert_int_equal(templates_load(t, CASES, &err), -1);
	assert_string_equal(err.text, "templates '" CASES "': no file there is named NAME.mustache");
	err_clear(&err);
}

static void three_variants_take_less_than_a_millisecond(void **state)
{
	(void)state;
	AUTO(plan) struct plan *a = load("wheels-pinned"), *b = load("compiled-unpinned");
	double best = 1e9;
	for (int i = 0; i < 20; i++) {
		struct timespec from, to;
		clock_gettime(CLOCK_MONOTONIC, &from);
		AUTO(templates) struct templates *t = templates_new();
		AUTO(context) struct context *one = made(a, t, false), *two = made(b, t, false);
		clock_gettime(CLOCK_MONOTONIC, &to);
		double ms = (double)(to.tv_sec - from.tv_sec) * 1e3 + (double)(to.tv_nsec - from.tv_nsec) / 1e6;
		best = ms < best ? ms : best;
		assert_true(one->n > 0 && two->n > 0);
	}
	print_message("# best of 20: %.3f ms\n", best);
#ifdef __OPTIMIZE__
	if (!getenv("WRAP"))
		assert_true(best < 20);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_case_gives_the_expected_files_and_no_others),
		cmocka_unit_test(locale_and_time_zone_do_not_matter),
		cmocka_unit_test(the_header_names_the_manifest),
		cmocka_unit_test(every_file_carries_its_header),
		cmocka_unit_test(the_kernels_lie_where_the_probe_looks_for_them),
		cmocka_unit_test(values_that_have_no_form_are_refused_with_their_place),
		cmocka_unit_test(metis_is_compiled_in_images),
		cmocka_unit_test(lines_that_a_builder_would_drop_are_refused),
		cmocka_unit_test(a_user_template_takes_the_place_of_the_carried_one),
		cmocka_unit_test(a_user_template_without_header_is_refused),
		cmocka_unit_test(three_variants_take_less_than_a_millisecond),
	};
	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
