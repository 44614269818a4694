/* Conflicting sets: each is written down as a manifest of its own, which has no answer; without any one of its lines
 * there is one. */
#include "resolve/minimal.h"

#include "base/file.h"
#include "base/str.h"
#include "resolve/resolve.h"
#include "support/question.h"
#include "support/t.h"

/* The lines but one as a manifest; targets of one name are put together. */
static void write_manifest(const struct strv *lines, size_t without, struct buf *into)
{
	static const char head[] = "targets: [{name: ";
	AUTO_STRV struct strv target = STRV_INIT;
	bool package = false;
	buf_adds(into, "schema: 1\nname: x\n");
	for (size_t i = 0; i < lines->n; i++) {
		const char *line = lines->v[i];
		if (i == without)
			continue;
		package = package || str_starts(line, "torch:");
		if (str_starts(line, head)) {
			AUTO_TEXT char *part = xstrdup(line + strlen(head));
			part[strlen(part) - 2] = '\0';
			const char *comma = strchr(part, ',');
			if (target.n)
				strv_addf(&target, "%s", comma);
			else
				strv_add(&target, part);
		} else {
			buf_addf(into, "%s\n", line);
		}
	}
	if (!package)
		buf_adds(into, "torch: \">=0\"\n");
	AUTO_TEXT char *joined = strv_join(&target, "");
	if (target.n)
		buf_addf(into, "%s%s}]\n", head, joined);
}

static bool has_answer(const struct strv *lines, size_t without)
{
	AUTO(manifest) struct manifest *m = NULL;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	AUTO_BUF struct buf text = BUF_INIT;
	struct resolve_opts opts = {.offline = true};
	struct err err = ERR_INIT;
	write_manifest(lines, without, &text);
	if (manifest_parse(buf_blob(&text, "x.yaml"), &m, &err) < 0)
		fail_msg("%s\n%s", err.text, buf_text(&text));
	int rc = resolve(m, NULL, &opts, &plan, &why, NULL, &err);
	assert_true(rc == RESOLVE_PLAN || rc == RESOLVE_NO);
	return rc == RESOLVE_PLAN;
}

static size_t check(const char *question)
{
	struct manifest *m = question_read(question);
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	struct resolve_opts opts = {.offline = true};
	struct err err = ERR_INIT;
	size_t n = 0;
	if (resolve(m, NULL, &opts, &plan, &why, NULL, &err) == RESOLVE_NO)
		for (size_t i = 0; i < why->nsets; i++) {
			const struct strv *lines = &why->sets[i].lines;
			if (strv_has(lines, "cuda: \"per-target\"") ||
			    strstr(lines->v[lines->n - 1], "targets: [") == NULL)
				n++;
			if (has_answer(lines, SIZE_MAX))
				fail_msg("%s: the set has an answer", question);
			for (size_t k = 0; k < lines->n; k++)
				if (!has_answer(lines, k))
					fail_msg("%s: no answer without %s", question, lines->v[k]);
		}
	err_clear(&err);
	question_free(m);
	return n;
}

static void every_no_of_the_golden_table_has_a_smallest_set(void **state)
{
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO_STRV struct strv lines = STRV_INIT;
	struct err err = ERR_INIT;
	size_t n = 0;
	(void)state;
	assert_int_equal(file_read("tests/cases/resolve/table.txt", 1U << 22, &text, &err), 0);
	strv_split(&lines, buf_text(&text), "\n");
	for (size_t i = 0; i < lines.n; i++) {
		char *arrow = strstr(lines.v[i], " -> no");
		bool listed = strstr(lines.v[i], "target=") && strstr(strstr(lines.v[i], "target=") + 1, "target=");
		if (!arrow || *lines.v[i] == '#' || listed || strstr(lines.v[i], "wheels=") ||
		    strstr(lines.v[i], "riscv") || strstr(lines.v[i], "per-target"))
			continue;
		*arrow = '\0';
		n += check(lines.v[i]);
	}
	assert_true(n > 30);
}

static unsigned state_of_dice = 20261128;

static const char *one_of(const char *const *texts, size_t n)
{
	state_of_dice = state_of_dice * 1664525U + 1013904223U;
	return texts[(state_of_dice >> 8) % n];
}

#define PICK(...)                                                                                                      \
	one_of((const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* A question of lines that mostly clash. */
static char *random_question(void)
{
	return xasprintf(
		"torch=%s%s%s%s%s target=t:%s:%s",
		PICK("1.4.0", "1.7.1", "1.8.1", "1.10.0", "1.12.1", "2.0.1", "2.3.0", "2.5.1", "2.7.1", "2.9.1"),
		PICK("", " sparse=0.6.1", " sparse=0.6.9", " sparse=0.6.12", " sparse=0.6.15", " sparse=0.6.18",
		     " sparse=>=0.6.16"),
		PICK("", " cuda=10.2", " cuda=11.1", " cuda=11.8", " cuda=12.1", " cuda=12.8", " cuda=13.0",
		     " cuda=>=12"),
		PICK("", " python=3.6", " python=3.8", " python=3.11", " python=3.13"),
		PICK("", "", " os=ubuntu18.04", " os=ubuntu22.04"), PICK("", "3.7", "6.1", "7.0", "8.0", "9.0", "12.0"),
		PICK("", "440.33", "450.80.02", "470.57.02", "535.104.05", "580.65.06"));
}

static void every_no_of_random_lines_has_a_smallest_set(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		AUTO_TEXT char *question = random_question();
		(void)check(question);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_no_of_the_golden_table_has_a_smallest_set),
		cmocka_unit_test(every_no_of_random_lines_has_a_smallest_set),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
