/* Reports of real people, reduced to the lines that say something, beside what tests/cases/reports expects; and logs
 * that show no such failure. Each is also read with the noise that tools and pasting put around it. */
#include "base/file.h"
#include "base/str.h"
#include "intake/errlog.h"
#include "support/t.h"

#define KNOWN	 "tests/cases/reports/known.txt"
#define NONE	 "tests/cases/reports/none.txt"
#define FILE_MAX (1U << 20)

struct record {
	char *name, *codes, *because, *fix; /* owned; because and fix: what the first cause must say, or NULL */
	struct buf text;
};

struct records {
	struct record *v; /* owned */
	size_t n;
	struct buf file;
};

static void record_line(struct records *all, const char *line)
{
	struct record *r = all->n ? &all->v[all->n - 1] : NULL;
	if (str_starts(line, "%% ")) {
		all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
		all->v[all->n++] = (struct record){.name = xstrdup(line + 3), .text = BUF_INIT};
	} else if (r && str_starts(line, "=> ")) {
		r->codes = xstrdup(line + 3);
	} else if (r && str_starts(line, "?? ")) {
		r->because = xstrdup(line + 3);
	} else if (r && str_starts(line, "!! ")) {
		r->fix = xstrdup(line + 3);
	} else if (r) {
		buf_addf(&r->text, "%s\n", line);
	}
}

static struct records records_read(const char *path)
{
	struct records all = {.v = NULL, .file = BUF_INIT};
	struct err err = ERR_INIT;
	assert_int_equal(file_read(path, FILE_MAX, &all.file, &err), 0);
	char *at = all.file.data;
	char *end = at + all.file.len;
	while (at < end) {
		char *to = memchr(at, '\n', (size_t)(end - at));
		assert_non_null(to);
		*to = '\0';
		record_line(&all, at);
		at = to + 1;
	}
	return all;
}

static void records_clear(struct records *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->v[i].name);
		free(all->v[i].codes);
		free(all->v[i].because);
		free(all->v[i].fix);
		buf_clear(&all->v[i].text);
	}
	free(all->v);
	buf_clear(&all->file);
}

/* Each code once, in order of the causes. */
static char *codes_of(const struct diagnosis *d)
{
	AUTO_BUF struct buf b = BUF_INIT;
	for (size_t i = 0; i < d->n; i++) {
		bool said = false;
		for (size_t k = 0; k < i; k++)
			said |= str_eq(d->v[k].code, d->v[i].code);
		if (!said)
			buf_addf(&b, "%s%s", b.len ? " " : "", d->v[i].code);
	}
	return xstrdup(b.len ? buf_text(&b) : "none");
}

static void show(const struct record *r, const struct diagnosis *d, const char *how)
{
	print_message("# %s%s\n", r->name, how);
	for (size_t i = 0; i < d->n; i++)
		print_message("#   %s, line %zu: %s; mend: %s\n", d->v[i].code, d->v[i].line, d->v[i].because,
			      d->v[i].fix);
}

/* Whether the log says what the record expects, read by its codes and by the first cause's sentences. */
static bool is_right(const struct record *r, struct blob log, const char *how)
{
	AUTO(diagnosis) struct diagnosis *d = errlog_read(log, &catalog_builtin);
	AUTO_TEXT char *codes = codes_of(d);
	bool right = str_eq(codes, r->codes) && (!r->because || (d->n && strstr(d->v[0].because, r->because))) &&
		     (!r->fix || (d->n && strstr(d->v[0].fix, r->fix)));
	for (size_t i = 0; i < d->n; i++) /* every hole of a sentence is filled */
		right &= !strchr(d->v[i].because, '{') && !strstr(d->v[i].fix, "{1}") && !strstr(d->v[i].proof, "{1}");
	if (!right)
		show(r, d, how);
	return right;
}

static void every_report_has_its_cause(void **state)
{
	struct records all = records_read(KNOWN);
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < all.n; i++)
		wrong += !is_right(&all.v[i], buf_blob(&all.v[i].text, "log"), "");
	assert_true(all.n >= 60);
	records_clear(&all);
	assert_int_equal(wrong, 0);
}

static void other_logs_have_none(void **state)
{
	struct records all = records_read(NONE);
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		all.v[i].codes = all.v[i].codes ? all.v[i].codes : xstrdup("none");
		wrong += !is_right(&all.v[i], buf_blob(&all.v[i].text, "log"), "");
	}
	assert_true(all.n >= 40);
	records_clear(&all);
	assert_int_equal(wrong, 0);
}

/* The log with something before each line and another line end. */
static void dress(const struct record *r, const char *before, const char *newline, struct buf *into)
{
	for (size_t i = 0; i < r->text.len; i++) {
		if (i == 0 || r->text.data[i - 1] == '\n')
			buf_adds(into, before);
		if (r->text.data[i] == '\n')
			buf_adds(into, newline);
		else
			buf_addc(into, r->text.data[i]);
	}
}

/* As PowerShell writes what it redirects. */
static void powershell_writes_utf16(void **state)
{
	struct records all = records_read(KNOWN);
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < all.n; i++) {
		AUTO_BUF struct buf b = BUF_INIT;
		bool ascii = true;
		buf_add(&b, "\xff\xfe", 2);
		for (size_t k = 0; k < all.v[i].text.len; k++) {
			ascii = ascii && (unsigned char)all.v[i].text.data[k] < 0x80;
			buf_addc(&b, all.v[i].text.data[k]);
			buf_addc(&b, '\0');
		}
		wrong += ascii && !is_right(&all.v[i], buf_blob(&b, "log"), " in UTF-16");
	}
	records_clear(&all);
	assert_int_equal(wrong, 0);
}

static void noise_changes_no_answer(void **state)
{
	static const char *const before[] = {"#12 3.456 ",
					     "#0 229.9 ",
					     "2026-11-28T17:26:29.1234567Z ",
					     "##[error]",
					     "> ",
					     "> > ",
					     "\033[0;31m",
					     "\033[36;1mstderr\033[0m | ",
					     "[pod/train-0/main] ",
					     "train-1  | ",
					     "Nov 28 17:26:29 node01 slurmstepd[123]: ",
					     "        ",
					     "2026-11-28 17:26:29,123 - root - ERROR - "};
	struct records known = records_read(KNOWN);
	struct records none = records_read(NONE);
	size_t wrong = 0;
	(void)state;
	for (size_t i = 0; i < known.n + none.n; i++)
		for (size_t k = 0; k < ARRAY_LEN(before); k++) {
			struct record *r = i < known.n ? &known.v[i] : &none.v[i - known.n];
			AUTO_BUF struct buf log = BUF_INIT;
			r->codes = r->codes ? r->codes : xstrdup("none");
			dress(r, before[k], k % 2 ? "\033[0m\r\n" : "\n", &log);
			wrong += !is_right(r, buf_blob(&log, "log"), before[k]);
		}
	records_clear(&known);
	records_clear(&none);
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_report_has_its_cause),
		cmocka_unit_test(other_logs_have_none),
		cmocka_unit_test(noise_changes_no_answer),
		cmocka_unit_test(powershell_writes_utf16),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
