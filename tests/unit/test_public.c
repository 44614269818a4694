/* What PyTorch and NVIDIA publish, gathered apart from src/data, against the answers of resolve() and the catalog. */
#include "base/file.h"
#include "base/str.h"
#include "model/catalog_find.h"
#include "resolve/resolve.h"
#include "support/question.h"
#include "support/t.h"

#include <string.h>

#define CELLS	 5
#define FILE_MAX (1U << 20)

static const char *const cudas[] = {"9.2",  "10.0", "10.1", "10.2", "11.0", "11.1", "11.2", "11.3",
				    "11.4", "11.5", "11.6", "11.7", "11.8", "12.0", "12.1", "12.2",
				    "12.3", "12.4", "12.6", "12.8", "12.9", "13.0"};
static const char *const pythons[] = {"2.7", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"};

static size_t wrong;	/* answers in the running test */
static bool any_python; /* as explain asks where a Python is named */

static char *answer(const char *question)
{
	struct manifest *m = question_read(question);
	struct resolve_opts opts = {.offline = true, .any_python = any_python};
	struct err err = ERR_INIT;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	int rc = resolve(m, NULL, &opts, &plan, &why, NULL, &err);
	assert_true(rc == RESOLVE_PLAN || rc == RESOLVE_NO);
	char *text = rc == RESOLVE_PLAN ? answer_of_plan(plan) : answer_of_conflict(why);
	question_free(m);
	return text;
}

static void expect(const char *question, const char *begins, bool starred)
{
	AUTO_TEXT char *got = answer(question);
	if (str_starts(got, begins) && (starred || !strchr(got, '*')))
		return;
	print_error("%s: %s, not %s\n", question, got, begins);
	wrong++;
}

/* Blanks off both ends, in place. */
static char *trimmed(char *text)
{
	while (*text == ' ')
		text++;
	for (size_t n = strlen(text); n && text[n - 1] == ' '; n--)
		text[n - 1] = '\0';
	return text;
}

/* Calls `row` with the cells of each line; returns how many lines there were. */
static size_t each_row(const char *path, void (*row)(char *cell[CELLS]))
{
	AUTO_BUF struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	size_t n = 0;
	assert_int_equal(file_read(path, FILE_MAX, &text, &err), 0);
	char *rest = text.data;
	for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
		char *cell[CELLS] = {NULL};
		if (*line == '#' || !*line)
			continue;
		for (size_t i = 0; i < CELLS && line; i++)
			cell[i] = trimmed(strsep(&line, "|"));
		row(cell);
		n++;
	}
	return n;
}

/* Whether the list of words has it; "+11.5" counts as 11.5. */
static bool lists(const char *words, const char *word)
{
	AUTO_TEXT char *padded = xasprintf(" %s ", words);
	AUTO_TEXT char *plain = xasprintf(" %s ", word);
	AUTO_TEXT char *extra = xasprintf(" +%s ", word);
	return strstr(padded, plain) || strstr(padded, extra);
}

static void check_pairs(char *cell[CELLS])
{
	for (size_t i = 0; i < ARRAY_LEN(cudas); i++) {
		AUTO_TEXT char *q = xasprintf("torch=%s cuda=%s", cell[0], cudas[i]);
		expect(q, lists(cell[1], cudas[i]) ? "cu" : "no", false);
	}
	for (size_t i = 0; i < ARRAY_LEN(pythons); i++) {
		AUTO_TEXT char *q = xasprintf("torch=%s python=%s", cell[0], pythons[i]);
		any_python = true;
		expect(q, lists(cell[2], pythons[i]) ? "cu" : "no", false);
		any_python = false;
	}
	AUTO_TEXT char *q = xasprintf("torch=%s sparse=%s", cell[0], cell[3]);
	expect(q, "cu", false);
	AUTO_TEXT char *cpu = xasprintf("torch=%s sparse=%s cuda=cpu", cell[0], cell[3]);
	expect(cpu, "cpu", false);
}

static void torch_has_the_cudas_and_pythons_that_pytorch_publishes(void **state)
{
	(void)state;
	wrong = 0;
	assert_true(each_row("tests/cases/public/pairs.txt", check_pairs) >= 35);
	assert_int_equal(wrong, 0);
}

/* The driver one step before, "450.80.01" of "450.80.02"; the caller's. */
static char *before(const char *driver)
{
	struct driver d;
	struct err err = ERR_INIT;
	char text[DRIVER_TEXT];
	assert_int_equal(driver_parse(driver, &d, &err), 0);
	if (d.has_patch && d.patch)
		d.patch--;
	else
		d.minor--;
	return xstrdup(driver_text(&d, text));
}

static void check_driver(char *cell[CELLS])
{
	struct err err = ERR_INIT;
	struct cuda cuda;
	struct driver toolkit;
	assert_int_equal(cuda_parse(cell[0], &cuda, &err), 0);
	assert_int_equal(driver_parse(cell[1], &toolkit, &err), 0);
	const struct toolkit_row *row = catalog_toolkit(&catalog_builtin, cuda_key(&cuda));
	assert_non_null(row);
	assert_int_equal(driver_cmp(&row->driver_min, &toolkit), 0);
	AUTO_TEXT char *old = before(cell[2]);
	AUTO_TEXT char *yes = xasprintf("torch=%s cuda=%s target=t:%s:%s", cell[3], cell[0], cell[4], cell[2]);
	AUTO_TEXT char *no = xasprintf("torch=%s cuda=%s target=t:%s:%s", cell[3], cell[0], cell[4], old);
	AUTO_TEXT char *late = xasprintf("torch=%s cuda=%s target=t:%s:610.43.02", cell[3], cell[0], cell[4]);
	expect(yes, "cu", false);
	expect(no, "no driver-too-old", false);
	expect(late, "cu", false);
}

static void a_driver_runs_what_nvidia_publishes(void **state)
{
	(void)state;
	wrong = 0;
	assert_true(each_row("tests/cases/public/drivers.txt", check_driver) >= 15);
	assert_int_equal(wrong, 0);
}

static size_t names;

static void check_gpus(char *cell[CELLS])
{
	unsigned cc = 0;
	char *rest = cell[1];
	assert_true(catalog_cc_parse(cell[0], &cc));
	for (char *name = strsep(&rest, ";"); name; name = strsep(&rest, ";")) {
		const struct gpu_row *row = catalog_gpu(&catalog_builtin, trimmed(name));
		names++;
		if (row && row->cc == cc)
			continue;
		print_error("%s is %u, not %s\n", name, row ? row->cc : 0, cell[0]);
		wrong++;
	}
}

static void gpus_have_the_capability_that_nvidia_publishes(void **state)
{
	(void)state;
	wrong = names = 0;
	assert_true(each_row("tests/cases/public/gpus.txt", check_gpus) >= 20);
	assert_true(names >= 200);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(torch_has_the_cudas_and_pythons_that_pytorch_publishes),
		cmocka_unit_test(a_driver_runs_what_nvidia_publishes),
		cmocka_unit_test(gpus_have_the_capability_that_nvidia_publishes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
