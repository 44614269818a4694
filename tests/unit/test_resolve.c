/* resolve() with a live world: what it asks for, what it makes of the answers, and what it keeps of a lock. */
#include "base/str.h"
#include "model/lock.h"
#include "resolve/locked.h"
#include "resolve/resolve.h"
#include "support/question.h"
#include "support/t.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A world that has everything but what is named. */
struct world {
	const char *absent[8]; /* parts of a question's text */
	struct known known;
	unsigned rounds;
	struct buf asked; /* all questions, one a line, a blank line between rounds */
};

static bool is_absent(const struct world *w, const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(w->absent); i++)
		if (w->absent[i] && strstr(text, w->absent[i]))
			return true;
	return false;
}

static void answer(struct world *w, const struct fact_ask *a)
{
	AUTO_TEXT char *text = fact_ask_text(a);
	struct fact f = {.ask = fact_ask_copy(a), .present = !is_absent(w, text), .source = xstrdup("test")};
	buf_addf(&w->asked, "%s\n", text);
	if (f.present && a->kind == FACT_IMAGE) {
		f.repository = str_eq(a->family, "cuda") ? xstrdup("docker.io/nvidia/cuda")
							 : xasprintf("docker.io/library/%s", a->name);
		f.digest = xstrdup(DIGEST);
	} else if (f.present) {
		f.file = xasprintf("%s.file", a->package ? a->package : a->python);
		f.sha256 = xstrdup(&DIGEST[strlen("sha256:")]);
	}
	known_add(&w->known, &f);
}

static void world_clear(struct world *w)
{
	known_clear(&w->known);
	buf_clear(&w->asked);
}

/* Resolves until nothing is asked for; the answer as a line, *ret the plan where there is one. */
static char *settle(struct world *w, struct manifest *m, const struct plan *lock, struct plan **ret)
{
	struct resolve_opts opts = {.lock = lock};
	struct err err = ERR_INIT;
	if (lock)
		locked_facts(m, lock, &w->known);
	for (w->rounds = 0; w->rounds < 60; w->rounds++) {
		AUTO_NEEDS struct needs needs = NEEDS_INIT;
		AUTO(plan) struct plan *plan = NULL;
		AUTO(conflict) struct conflict *why = NULL;
		int rc = resolve(m, &w->known, &opts, &plan, &why, &needs, &err);
		if (rc == RESOLVE_NEEDS) {
			for (size_t i = 0; i < needs.n; i++)
				answer(w, &needs.v[i]);
			buf_addc(&w->asked, '\n');
			continue;
		}
		assert_true(rc == RESOLVE_PLAN || rc == RESOLVE_NO);
		char *text = rc == RESOLVE_PLAN ? answer_of_plan(plan) : answer_of_conflict(why);
		if (ret)
			*ret = TAKE(plan);
		return text;
	}
	fail_msg("it asks for more and more");
	return NULL;
}

static void expect(struct world *w, const char *question, const char *want)
{
	struct manifest *m = question_read(question);
	AUTO_TEXT char *got = settle(w, m, NULL, NULL);
	assert_string_equal(got, want);
	question_free(m);
}

static void everything_that_a_choice_rests_on_is_asked_for_at_once(void **state)
{
	struct world w = {.rounds = 0};
	(void)state;
	expect(&w, "torch=2.7.1 sparse=0.6.18 cuda=12.8",
	       "cu128 torch 2.7.1 sparse 0.6.18 scatter 2.1.2 py 3.12 12.8.1-base-ubuntu24.04");
	assert_int_equal(w.rounds, 1);
	assert_string_equal(buf_text(&w.asked), "image nvidia/cuda:12.8.1-base-ubuntu24.04 for linux/amd64\n"
						"wheel torch 2.7.1 (cu128) for Python 3.12\n"
						"wheel torch_sparse 0.6.18 (cu128, torch 2.7.0) for Python 3.12\n"
						"wheel torch_scatter 2.1.2 (cu128, torch 2.7.0) for Python 3.12\n\n");
	world_clear(&w);
}

static void a_compiled_package_asks_for_its_archive_and_the_devel_image(void **state)
{
	struct world w = {.rounds = 0};
	(void)state;
	expect(&w, "torch=2.13.0 sparse=0.6.18 cuda=13.0 target=t:9.0",
	       "cu130 torch 2.13.0 sparse 0.6.18* scatter 2.1.2* py 3.12 13.0.2-base-ubuntu24.04 13.0.2-devel archs "
	       "9.0+PTX targets "
	       "native");
	assert_string_equal(buf_text(&w.asked), "image nvidia/cuda:13.0.2-base-ubuntu24.04 for linux/amd64\n"
						"image nvidia/cuda:13.0.2-devel-ubuntu24.04 for linux/amd64\n"
						"wheel torch 2.13.0 (cu130) for Python 3.12\n"
						"source archive torch_sparse 0.6.18\n"
						"source archive torch_scatter 2.1.2\n\n");
	world_clear(&w);
}

static void a_tag_that_is_absent_gives_way_to_the_next_patch(void **state)
{
	struct world w = {.absent = {"12.8.1-base-ubuntu24.04"}};
	(void)state;
	expect(&w, "torch=2.7.1 sparse=0.6.18 cuda=12.8",
	       "cu128 torch 2.7.1 sparse 0.6.18 scatter 2.1.2 py 3.12 12.8.0-base-ubuntu24.04");
	assert_int_equal(w.rounds, 2);
	world_clear(&w);
}

static void where_an_os_has_no_tag_left_an_older_one_is_taken(void **state)
{
	struct world w = {.absent = {"12.8.1-base-ubuntu24.04", "12.8.0-base-ubuntu24.04"}};
	(void)state;
	expect(&w, "torch=2.7.1 sparse=0.6.18 cuda=12.8",
	       "cu128 torch 2.7.1 sparse 0.6.18 scatter 2.1.2 py 3.10 12.8.1-base-ubuntu22.04");
	world_clear(&w);
}

static void without_any_nvidia_tag_the_os_image_serves_where_the_wheel_brings_all(void **state)
{
	struct world w = {.absent = {"10.2-"}};
	struct world x = {.absent = {"10.2-"}};
	(void)state;
	expect(&w, "torch=1.8.1 cuda=10.2", "cu102 torch 1.8.1 py 3.9 managed ubuntu:26.04");
	expect(&x, "torch=1.8.1 sparse=0.6.12 cuda=10.2", "no base-tag-missing");
	world_clear(&w);
	world_clear(&x);
}

static void a_wheel_that_an_index_denies_falls_out(void **state)
{
	struct world w = {.absent = {"wheel torch_sparse 0.6.18"}};
	struct world x = {.absent = {"wheel torch_sparse 0.6.18"}};
	struct world y = {.absent = {"torch_sparse 0.6.18"}};
	(void)state;
	expect(&y, "torch=2.7.1 sparse=0.6.18 cuda=12.8", "no no-wheel");
	world_clear(&y);
	expect(&w, "torch=2.7.1 sparse=0.6.* cuda=12.8 target=t:9.0",
	       "cu128 torch 2.7.1 sparse 0.6.18* scatter 2.1.2 py 3.12 12.8.1-base-ubuntu24.04 12.8.1-devel archs "
	       "9.0+PTX targets native");
	expect(&x, "torch=2.7.1 sparse=0.6.18", "no no-wheel");
	world_clear(&w);
	world_clear(&x);
}

static void what_a_registry_or_an_index_denied_is_among_the_reasons(void **state)
{
	struct world w = {.absent = {"10.2-runtime"}};
	struct manifest *m = question_read("torch=1.8.1 sparse=0.6.12 cuda=10.2");
	struct resolve_opts opts = {.offline = true};
	struct err err = ERR_INIT;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	(void)state;
	free(settle(&w, m, NULL, NULL));
	assert_int_equal(resolve(m, &w.known, &opts, &plan, &why, NULL, &err), RESOLVE_NO);
	assert_true(why->reasons.n > 1);
	const struct reason *last = &why->reasons.v[1];
	assert_int_equal(last->code, REASON_BASE_TAG_MISSING);
	assert_int_equal(last->severity, SEVERITY_INFO);
	assert_string_equal(last->subject, "image nvidia/cuda:10.2-runtime-ubuntu18.04 for linux/amd64");
	assert_string_equal(last->because, "it was asked for and is not there");
	assert_string_equal(last->fact, "answer of test");
	question_free(m);
	world_clear(&w);
}

static void a_managed_python_is_asked_for_where_a_source_is_named(void **state)
{
	struct world w = {.rounds = 0};
	(void)state;
	expect(&w, "torch=2.7.1 cuda=12.8 python=3.11 pythons=/pythons",
	       "cu128 torch 2.7.1 py 3.11 managed 12.8.1-base-ubuntu24.04");
	assert_non_null(strstr(buf_text(&w.asked), "3.11"));
	world_clear(&w);
}

/* --- locks
 * -------------------------------------------------------------------------------------------------------------------
 */

static struct plan *lock_of(const char *question, struct world *w)
{
	struct manifest *m = question_read(question);
	struct plan *lock = NULL;
	free(settle(w, m, NULL, &lock));
	assert_non_null(lock);
	question_free(m);
	return lock;
}

static void what_a_lock_chose_is_kept_where_it_still_fits(void **state)
{
	struct world before = {.absent = {"12.8.1"}};
	struct world now = {.rounds = 0};
	AUTO(plan) struct plan *lock = lock_of("torch=2.7.0 sparse=0.6.18 cuda=12.8 python=3.11", &before);
	struct manifest *m = question_read("torch=2.7.* sparse=0.6.18");
	(void)state;
	AUTO_TEXT char *got = settle(&now, m, lock, NULL);
	assert_string_equal(got,
			    "cu128 torch 2.7.0 sparse 0.6.18 scatter 2.1.2 py 3.11 managed 12.8.0-base-ubuntu24.04");
	assert_int_equal(now.rounds, 0);
	assert_string_equal(buf_text(&now.asked), "");
	question_free(m);
	world_clear(&before);
	world_clear(&now);
}

static void a_second_build_of_torch_is_asked_for_by_its_label_and_kept(void **state)
{
	static const struct {
		const char *question, *asked;
	} rows[] = {
		{"torch=2.0.1+cu117.with.pypi.cudnn", "wheel torch 2.0.1 (cu117.with.pypi.cudnn) for Python 3.10\n"},
		{"torch=2.7.1+cpu.cxx11.abi", "wheel torch 2.7.1 (cpu.cxx11.abi) for Python 3.13\n"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct world before = {.rounds = 0};
		struct world now = {.rounds = 0};
		AUTO(plan) struct plan *lock = lock_of(rows[i].question, &before);
		struct manifest *m = question_read(rows[i].question);
		assert_non_null(strstr(buf_text(&before.asked), rows[i].asked));
		assert_null(strchr(strrchr(lock->variants[0].packages[0].index, '/'), '.'));
		free(settle(&now, m, lock, NULL));
		assert_int_equal(now.rounds, 0);
		question_free(m);
		world_clear(&before);
		world_clear(&now);
	}
}

static void an_extension_keeps_its_version_within_a_range(void **state)
{
	struct world before = {.rounds = 0};
	struct world now = {.rounds = 0};
	AUTO(plan) struct plan *lock = lock_of("torch=2.0.1 sparse=0.6.17 cuda=11.8", &before);
	struct manifest *m = question_read("torch=2.0.* sparse=0.6.* cuda=11.8");
	(void)state;
	AUTO_TEXT char *got = settle(&now, m, lock, NULL);
	assert_non_null(strstr(got, "torch 2.0.1 sparse 0.6.17 scatter "));
	assert_int_equal(now.rounds, 0);
	AUTO_TEXT char *anew = settle(&now, m, NULL, NULL);
	assert_non_null(strstr(anew, "torch 2.0.1 sparse 0.6.18 scatter "));
	question_free(m);
	world_clear(&before);
	world_clear(&now);
}

static void what_does_not_fit_any_more_is_chosen_anew(void **state)
{
	struct world before = {.rounds = 0};
	struct world now = {.rounds = 0};
	AUTO(plan) struct plan *lock = lock_of("torch=2.7.0 sparse=0.6.18 cuda=12.8", &before);
	struct manifest *m = question_read("torch=2.7.1 sparse=0.6.18 cuda=12.8");
	(void)state;
	AUTO_TEXT char *got = settle(&now, m, lock, NULL);
	assert_string_equal(got, "cu128 torch 2.7.1 sparse 0.6.18 scatter 2.1.2 py 3.12 12.8.1-base-ubuntu24.04");
	assert_int_equal(now.rounds, 1);
	assert_null(strstr(buf_text(&now.asked), "torch_sparse"));
	assert_null(strstr(buf_text(&now.asked), "image"));
	question_free(m);
	world_clear(&before);
	world_clear(&now);
}

static void a_target_that_the_locked_choice_does_not_serve_outweighs_the_lock(void **state)
{
	struct world before = {.rounds = 0};
	struct world now = {.rounds = 0};
	AUTO(plan) struct plan *lock = lock_of("torch=2.7.1 sparse=0.6.18", &before);
	struct manifest *m = question_read("torch=2.7.1 sparse=0.6.18 target=t:V100");
	(void)state;
	AUTO_TEXT char *got = settle(&now, m, lock, NULL);
	assert_string_equal(
		got, "cu126 torch 2.7.1 sparse 0.6.18 scatter 2.1.2 py 3.12 12.6.3-base-ubuntu24.04 targets native");
	question_free(m);
	world_clear(&before);
	world_clear(&now);
}

/* Gives the first variant of m a brother of another name and torch. */
static void add_brother(struct manifest *m, const char *name, const char *torch)
{
	struct manifest *other = question_read(torch);
	m->variants = xreallocarray(m->variants, m->nvariants + 1, sizeof(*m->variants));
	m->variants[m->nvariants++] = other->variants[0];
	free(m->variants[m->nvariants - 1].name);
	m->variants[m->nvariants - 1].name = xstrdup(name);
	other->nvariants = 0;
	question_free(other);
}

static void a_variant_keeps_what_is_locked_for_it_and_not_for_one_whose_name_begins_alike(void **state)
{
	static const char *const others[] = {"ab", "a-b", "a-cute"};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct world before = {.rounds = 0};
		struct world now = {.rounds = 0};
		struct manifest *first = question_read("torch=2.6.0 cuda=12.6 name=a");
		struct manifest *then = question_read("torch=2.* cuda=12.6 name=a");
		AUTO(plan) struct plan *lock = NULL;
		add_brother(first, others[i], "torch=2.7.1 cuda=12.6");
		add_brother(then, others[i], "torch=2.7.1 cuda=12.6");
		free(settle(&before, first, NULL, &lock));
		AUTO_TEXT char *got = settle(&now, then, lock, NULL);
		AUTO_TEXT char *want = xasprintf("a torch 2.6.0 py 3.12 12.6.3-base-ubuntu24.04 | "
						 "%s torch 2.7.1 py 3.12 12.6.3-base-ubuntu24.04",
						 others[i]);
		assert_string_equal(got, want);
		assert_int_equal(now.rounds, 0);
		question_free(first);
		question_free(then);
		world_clear(&before);
		world_clear(&now);
	}
}

static void the_same_question_gives_the_same_bytes(void **state)
{
	struct world a = {.rounds = 0};
	struct world b = {.rounds = 0};
	AUTO_BUF struct buf first = BUF_INIT;
	AUTO_BUF struct buf second = BUF_INIT;
	AUTO(plan) struct plan *one = lock_of("torch=2.* sparse=0.6.18 cuda=>=12.4 target=t:A100", &a);
	AUTO(plan) struct plan *two = lock_of("torch=2.* sparse=0.6.18 cuda=>=12.4 target=t:A100", &b);
	(void)state;
	lock_dump(one, &first);
	lock_dump(two, &second);
	assert_string_equal(buf_text(&first), buf_text(&second));
	world_clear(&a);
	world_clear(&b);
}

static void expect_many(const char *first, const char *last, const char *want)
{
	AUTO_BUF struct buf question = BUF_INIT;
	AUTO_BUF struct buf all = BUF_INIT;
	struct world w = {.rounds = 0};
	buf_adds(&question, first);
	for (unsigned i = 0; i < 70; i++) {
		buf_addf(&question, " target=t%u:A100", i);
		buf_adds(&all, "native,");
	}
	buf_addf(&question, " target=last:%s", last);
	struct manifest *m = question_read(buf_text(&question));
	AUTO_TEXT char *got = settle(&w, m, NULL, NULL);
	char *list = strstr(got, buf_text(&all));
	if (list) /* said once */
		memmove(list, list + all.len, strlen(list + all.len) + 1);
	assert_string_equal(got, want);
	question_free(m);
	world_clear(&w);
}

static void of_many_targets_each_counts(void **state)
{
	(void)state;
	expect_many("torch=2.7.1 cuda=per-target", "K80",
		    "cu118 torch 2.7.1 py 3.10 11.8.0-base-ubuntu22.04 targets native");
	expect_many("torch=2.7.1 cuda=per-target", "3.0", "no target-unserved");
	expect_many(
		"torch=2.7.1 sparse=0.6.18 cuda=12.8 wheels=never", "H100",
		"cu128 torch 2.7.1 sparse 0.6.18* scatter 2.1.2* py 3.12 12.8.1-base-ubuntu24.04 12.8.1-devel archs "
		"8.0 9.0+PTX targets native");
}

/* --- names and tags
 * --------------------------------------------------------------------------------------------------------- */

static int resolve_offline(struct manifest *m, const struct strv *only, struct plan **plan, struct err *err)
{
	struct resolve_opts opts = {.offline = true, .only = only};
	AUTO(conflict) struct conflict *why = NULL;
	return resolve(m, NULL, &opts, plan, &why, NULL, err);
}

static void variants_and_images_are_named_as_documented(void **state)
{
	static const struct {
		const char *question, *image, *version, *names;
	} rows[] = {
		{"torch=2.7.1 cuda=12.8", NULL, NULL, "cu128=table:cu128"},
		{"torch=2.7.1 cuda=12.8", NULL, "0.4.0", "cu128=table:0.4.0-cu128"},
		{"torch=2.7.1 cuda=12.8", "r.example.com:5000/t/gnn", "0.4.0",
		 "cu128=r.example.com:5000/t/gnn:0.4.0-cu128"},
		{"torch=2.7.1 cuda=12.8;cpu", "r/gnn-{variant}:{torch}-py{python}", NULL,
		 "cu128=r/gnn-cu128:2.7.1-py3.12 cpu=r/gnn-cpu:2.7.1-py3.13"},
		{"torch=2.7.1 sparse=0.6.18 cuda=12.8", "r/gnn:{torch_sparse}-{cuda}-{version}", "1",
		 "cu128=r/gnn:0.6.18-12.8-1"},
		{"torch=2.7.1 cuda=12.8 name=big", NULL, NULL, "big=table:big"},
		{"torch=2.7.1 cuda=11.8;12.8 name=big", NULL, NULL,
		 "big-cu118=table:big-cu118 big-cu128=table:big-cu128"},
		{"torch=2.7.1 cuda=cpu platform=linux/amd64;linux/arm64", NULL, NULL,
		 "cpu=table:cpu cpu-arm64=table:cpu-arm64"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct manifest *m = question_read(rows[i].question);
		struct err err = ERR_INIT;
		AUTO(plan) struct plan *plan = NULL;
		AUTO_BUF struct buf names = BUF_INIT;
		m->image = xstrdup(rows[i].image);
		m->version = xstrdup(rows[i].version);
		assert_int_equal(resolve_offline(m, NULL, &plan, &err), RESOLVE_PLAN);
		for (size_t v = 0; v < plan->nvariants; v++)
			buf_addf(&names, "%s%s=%s:%s", v ? " " : "", plan->variants[v].name, plan->variants[v].image,
				 plan->variants[v].tag);
		assert_string_equal(buf_text(&names), rows[i].names);
		question_free(m);
	}
}

static void equal_tags_and_unknown_words_are_input_errors(void **state)
{
	static const struct {
		const char *image, *text;
	} rows[] = {
		{"r/gnn:fixed", "the variants cu118 and cu128 would both be r/gnn:fixed"},
		{"r/gnn:{nonsense}",
		 "image: unknown word {nonsense} (known: version, variant, python, torch, torch_sparse, cuda)"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct manifest *m = question_read("torch=2.7.1 cuda=11.8;12.8");
		struct err err = ERR_INIT;
		AUTO(plan) struct plan *plan = NULL;
		m->image = xstrdup(rows[i].image);
		assert_int_equal(resolve_offline(m, NULL, &plan, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
		assert_string_equal(err.text, rows[i].text);
		err_clear(&err);
		question_free(m);
	}
}

static void only_the_variants_asked_for_are_resolved(void **state)
{
	struct manifest *m = question_read("torch=2.7.1 cuda=11.8;12.8");
	struct err err = ERR_INIT;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(plan) struct plan *none = NULL;
	AUTO_STRV struct strv only = STRV_INIT;
	(void)state;
	strv_add(&only, "cu128");
	assert_int_equal(resolve_offline(m, &only, &plan, &err), RESOLVE_PLAN);
	assert_int_equal(plan->nvariants, 1);
	assert_string_equal(plan->variants[0].name, "cu128");
	strv_clear(&only);
	strv_add(&only, "cu999");
	assert_int_equal(resolve_offline(m, &only, &none, &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_string_equal(err.text, "there is no variant 'cu999'");
	assert_string_equal(err.hint, "there is: cu118, cu128");
	err_clear(&err);
	strv_add(&only, "cu128");
	assert_int_equal(resolve_offline(m, &only, &none, &err), -1);
	assert_string_equal(err.text, "there is no variant 'cu999'");
	err_clear(&err);
	question_free(m);
}

static void one_that_is_not_asked_for_may_be_impossible_though_its_name_begins_alike(void **state)
{
	static const struct {
		const char *possible;
		int rc;
	} rows[] = {{"ab", RESOLVE_PLAN}, {"a-b", RESOLVE_PLAN},   {"a-cute", RESOLVE_PLAN},
		    {"a", RESOLVE_NO},	  {"a-cu128", RESOLVE_NO}, {"a-cpu-arm64", RESOLVE_NO}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct manifest *m = question_read("torch=9.9.9 cuda=12.8 name=a");
		struct err err = ERR_INIT;
		AUTO(plan) struct plan *plan = NULL;
		AUTO_STRV struct strv only = STRV_INIT;
		strv_add(&only, rows[i].possible);
		add_brother(m, rows[i].possible, "torch=2.7.1 cuda=12.8");
		assert_int_equal(resolve_offline(m, &only, &plan, &err), rows[i].rc);
		question_free(m);
	}
}

static void what_the_driver_must_meet_follows_from_the_cuda_version(void **state)
{
	static const struct {
		const char *question, *require, *driver;
		bool nvidia_env;
	} rows[] = {
		{"torch=2.7.1 cuda=12.8", "cuda>=12.0", "525.60.13", false},
		{"torch=1.8.1 cuda=10.2", "cuda>=10.2", "440.33", false},
		{"torch=1.8.1 cuda=11.1", "cuda>=11.0", "450.80.02", false},
		{"torch=2.7.1 cuda=12.8 base=os", "cuda>=12.0", "525.60.13", true},
		{"torch=2.7.1 cuda=12.8 keep=1", NULL, "525.60.13", false},
		{"torch=2.7.1 cuda=cpu", NULL, NULL, false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct manifest *m = question_read(rows[i].question);
		struct err err = ERR_INIT;
		AUTO(plan) struct plan *plan = NULL;
		assert_int_equal(resolve_offline(m, NULL, &plan, &err), RESOLVE_PLAN);
		const struct plan_variant *v = &plan->variants[0];
		assert_true(str_eq(v->require, rows[i].require));
		assert_true(str_eq(v->driver_min, rows[i].driver));
		assert_int_equal(v->nvidia_env, rows[i].nvidia_env);
		question_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_that_a_choice_rests_on_is_asked_for_at_once),
		cmocka_unit_test(a_compiled_package_asks_for_its_archive_and_the_devel_image),
		cmocka_unit_test(a_tag_that_is_absent_gives_way_to_the_next_patch),
		cmocka_unit_test(where_an_os_has_no_tag_left_an_older_one_is_taken),
		cmocka_unit_test(without_any_nvidia_tag_the_os_image_serves_where_the_wheel_brings_all),
		cmocka_unit_test(a_wheel_that_an_index_denies_falls_out),
		cmocka_unit_test(what_a_registry_or_an_index_denied_is_among_the_reasons),
		cmocka_unit_test(a_managed_python_is_asked_for_where_a_source_is_named),
		cmocka_unit_test(what_a_lock_chose_is_kept_where_it_still_fits),
		cmocka_unit_test(a_second_build_of_torch_is_asked_for_by_its_label_and_kept),
		cmocka_unit_test(an_extension_keeps_its_version_within_a_range),
		cmocka_unit_test(what_does_not_fit_any_more_is_chosen_anew),
		cmocka_unit_test(a_target_that_the_locked_choice_does_not_serve_outweighs_the_lock),
		cmocka_unit_test(a_variant_keeps_what_is_locked_for_it_and_not_for_one_whose_name_begins_alike),
		cmocka_unit_test(the_same_question_gives_the_same_bytes),
		cmocka_unit_test(of_many_targets_each_counts),
		cmocka_unit_test(variants_and_images_are_named_as_documented),
		cmocka_unit_test(equal_tags_and_unknown_words_are_input_errors),
		cmocka_unit_test(only_the_variants_asked_for_are_resolved),
		cmocka_unit_test(one_that_is_not_asked_for_may_be_impossible_though_its_name_begins_alike),
		cmocka_unit_test(what_the_driver_must_meet_follows_from_the_cuda_version),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
