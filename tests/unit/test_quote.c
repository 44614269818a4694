#include "render/quote.h"

#include "base/str.h"
#include "support/t.h"

typedef int (*quote)(struct buf *into, const char *text, struct err *err);

struct row {
	const char *text, *quoted; /* quoted NULL: refused with why */
	const char *why;
};

#define BREAK	"holds a line break, which has no form here"
#define CONTROL "holds a control character, which has no form here"

static void check(quote q, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_BUF struct buf b = BUF_INIT;
		struct err err = ERR_INIT;
		buf_adds(&b, "before ");
		int rc = q(&b, rows[i].text, &err);
		AUTO_TEXT char *expected = xasprintf("before %s", rows[i].quoted ? rows[i].quoted : "");
		assert_string_equal(buf_text(&b), expected);
		assert_int_equal(rc, rows[i].quoted ? 0 : -1);
		assert_string_equal(err.text, rows[i].quoted ? "" : rows[i].why);
		assert_int_equal(err.kind, rows[i].quoted ? ERR_NONE : ERR_INPUT);
	}
}

static void words_stand_bare_or_not_at_all(void **state)
{
	static const struct row rows[] = {
		{"torch==2.7.1+cu128", "torch==2.7.1+cu128", NULL},
		{"https://a.b/c%2Bd_e~f!g@h,i:j", "https://a.b/c%2Bd_e~f!g@h,i:j", NULL},
		{"[::1]:5000/nvidia/cuda:1@sha256:00", "[::1]:5000/nvidia/cuda:1@sha256:00", NULL},
		{"[2001:db8::7]/x", "[2001:db8::7]/x", NULL},
		{"[::1]", NULL, "'[::1]' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
		{"[a-z]/x", NULL,
		 "'[a-z]/x' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
		{"a[::1]/x", NULL,
		 "'a[::1]/x' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
		{"[]/x", NULL, "'[]/x' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
		{"", NULL, "an empty value cannot stand here without quotes"},
		{"a b", NULL, "'a b' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
		{"a;b", NULL, "'a;b' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
		{"$(x)", NULL, "'$(x)' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
		{"a\\", NULL, "'a\\' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
		{"é", NULL, "'é' cannot stand here without quotes: only letters, digits and _@%+=:,./~!- can"},
	};
	(void)state;
	check(quote_word, rows, ARRAY_LEN(rows));
}

static void dockerfile_values_are_quoted(void **state)
{
	static const struct row rows[] = {
		{"", "\"\"", NULL},
		{"8", "\"8\"", NULL},
		{"a b", "\"a b\"", NULL},
		{"it's", "\"it's\"", NULL},
		{"a\"b", "\"a\\\"b\"", NULL},
		{"$HOME ${HOME}", "\"\\$HOME \\${HOME}\"", NULL},
		{"end\\", "\"end\\\\\"", NULL},
		{"`x` # y <<EOF", "\"`x` # y <<EOF\"", NULL},
		{"größe → 1", "\"größe → 1\"", NULL},
		{"a\nUSER root", NULL, "'a USER root' " BREAK},
		{"a\rb", NULL, "'a?b' " BREAK},
		{"a\tb", NULL, "'a b' " CONTROL},
		{"a\x1b[1m", NULL, "'a?[1m' " CONTROL},
		{"\x7f", NULL, "'?' " CONTROL},
		{"\xff", NULL, "'?' is not valid UTF-8"},
	};
	(void)state;
	check(quote_dockerfile, rows, ARRAY_LEN(rows));
}

static void shell_words_are_bare_or_quoted(void **state)
{
	static const struct row rows[] = {
		{"git", "git", NULL},
		{"torch==2.7.1+cu128", "torch==2.7.1+cu128", NULL},
		{"", "''", NULL},
		{"a b", "'a b'", NULL},
		{"it's", "'it'\\''s'", NULL},
		{"'", "''\\'''", NULL},
		{"$x `y` $(z)", "'$x `y` $(z)'", NULL},
		{"a;b&&c|d>e<f*g?h[i]", "'a;b&&c|d>e<f*g?h[i]'", NULL},
		{"~user", "'~user'", NULL},
		{"=x", "'=x'", NULL},
		{"wow!", "'wow!'", NULL},
		{"#no", "'#no'", NULL},
		{"end\\", "'end\\'", NULL},
		{"a\nb", NULL, "'a b' " BREAK},
		{"a\x01", NULL, "'a?' " CONTROL},
	};
	(void)state;
	check(quote_shell, rows, ARRAY_LEN(rows));
}

static void json_texts_are_escaped(void **state)
{
	static const struct row rows[] = {
		{"", "\"\"", NULL},
		{"a\"b\\c/d", "\"a\\\"b\\\\c/d\"", NULL},
		{"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\"", NULL},
		{"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\"", NULL},
		{"ü→", "\"ü→\"", NULL},
		{"${x} %{y}", "\"${x} %{y}\"", NULL},
		{"\xc3", NULL, "'?' is not valid UTF-8"},
	};
	static const struct row bake[] = {
		{"${x} %{y} $x 5% {z}", "\"$${x} %%{y} $x 5% {z}\"", NULL},
		{"$${x}", "\"$$${x}\"", NULL},
		{"a\"b", "\"a\\\"b\"", NULL},
	};
	static const struct row copy[] = {
		{"src/a b", "\"src/a b\"", NULL},
		{"$HOME", "\"\\\\$HOME\"", NULL},
		{"a\\b", "\"a\\\\\\\\b\"", NULL},
		{"a\nb", NULL, "'a b' " BREAK},
	};
	(void)state;
	check(quote_json, rows, ARRAY_LEN(rows));
	check(quote_bake, bake, ARRAY_LEN(bake));
	check(quote_copy, copy, ARRAY_LEN(copy));
}

static void lines_stay_lines(void **state)
{
	static const struct row rows[] = {
		{"any $thing \"goes\" \\", "any $thing \"goes\" \\", NULL},
		{"", "", NULL},
		{"a\nb", NULL, "'a b' " BREAK},
		{"a\rb", NULL, "'a?b' " BREAK},
	};
	(void)state;
	check(quote_comment, rows, ARRAY_LEN(rows));
	check(quote_env, rows, ARRAY_LEN(rows));
}

static void ignore_patterns_mean_themselves(void **state)
{
#define MISREAD "cannot be named in an ignore file: it begins with ! or #, or has blanks around it"
	static const struct row rows[] = {
		{"src/a.py", "src/a.py", NULL}, {"a*b?c[d]e\\f", "a\\*b\\?c\\[d\\]e\\\\f", NULL},
		{"!a", NULL, "'!a' " MISREAD},	{"#a", NULL, "'#a' " MISREAD},
		{" a", NULL, "' a' " MISREAD},	{"a ", NULL, "'a ' " MISREAD},
	};
	(void)state;
	check(quote_ignore, rows, ARRAY_LEN(rows));
}

static void html_is_escaped(void **state)
{
	static const struct row rows[] = {
		{"<a href=\"x\">&</a>", "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;", NULL},
		{"a\nb", "a\nb", NULL},
	};
	(void)state;
	check(quote_html, rows, ARRAY_LEN(rows));
}

/* Reads back what the Dockerfile syntax says of "...": a backslash makes the next byte itself. */
static char *undocker(const char *quoted)
{
	AUTO_BUF struct buf b = BUF_INIT;
	assert_int_equal(*quoted++, '"');
	while (*quoted != '"') {
		assert_true(*quoted != '\0' && *quoted != '$' && *quoted != '\n');
		if (*quoted == '\\')
			quoted++;
		buf_addc(&b, *quoted++);
	}
	assert_int_equal(quoted[1], '\0');
	return buf_take(&b);
}

/* Reads back what a POSIX shell says of a word of quote_shell(). */
static char *unshell(const char *quoted)
{
	AUTO_BUF struct buf b = BUF_INIT;
	bool inside = false;
	for (; *quoted; quoted++) {
		if (*quoted == '\'')
			inside = !inside;
		else if (*quoted == '\\' && !inside)
			buf_addc(&b, *++quoted);
		else
			buf_addc(&b, *quoted);
	}
	assert_false(inside);
	return buf_take(&b);
}

static void every_printable_pair_reads_back_as_itself(void **state)
{
	(void)state;
	for (int a = 0x20; a < 0x7f; a++)
		for (int c = 0x20; c < 0x7f; c++) {
			const char text[] = {(char)a, (char)c, (char)a, '\0'};
			AUTO_BUF struct buf docker = BUF_INIT, shell = BUF_INIT;
			struct err err = ERR_INIT;
			assert_int_equal(quote_dockerfile(&docker, text, &err), 0);
			assert_int_equal(quote_shell(&shell, text, &err), 0);
			AUTO_TEXT char *back = undocker(buf_text(&docker)), *again = unshell(buf_text(&shell));
			assert_string_equal(back, text);
			assert_string_equal(again, text);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_stand_bare_or_not_at_all),
		cmocka_unit_test(dockerfile_values_are_quoted),
		cmocka_unit_test(shell_words_are_bare_or_quoted),
		cmocka_unit_test(json_texts_are_escaped),
		cmocka_unit_test(lines_stay_lines),
		cmocka_unit_test(ignore_patterns_mean_themselves),
		cmocka_unit_test(html_is_escaped),
		cmocka_unit_test(every_printable_pair_reads_back_as_itself),
	};
	return cmocka_run_group_tests_name("quote", tests, NULL, NULL);
}
