#include "cli/options.h"

#include "support/t.h"

static const struct opt common[] = {
	{.name = "file", .letter = 'f', .value = "FILE", .help = ""},
	{.name = "quiet", .letter = 'q', .help = ""},
	{.name = "format", .value = "F", .help = "", .choices = "text,json"},
};
static const struct opt own[] = {{.name = "variant", .value = "NAME", .help = "", .repeatable = true},
				 {.name = "jobs", .letter = 'j', .value = "N", .help = ""}};

static struct opt_table opts_of(const char *command)
{
	return command && strcmp(command, "build") == 0 ? (struct opt_table){.v = own, .n = ARRAY_LEN(own)}
							: (struct opt_table){.v = NULL};
}

static const struct opt_table common_table = {.v = common, .n = ARRAY_LEN(common)};

static int parse(char **argv, struct options *o, const char **command, struct err *err)
{
	return options_parse(argv, opts_of, common_table, o, command, err);
}

static void every_spelling_of_a_value_is_read(void **state)
{
	char *argv[] = {"x", "-qf", "a", "build", "--variant=one", "--variant", "two", "-j4", "--", "-op", NULL};
	struct options o = {.v = NULL};
	AUTO_STRV struct strv variants = STRV_INIT;
	const char *command = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(parse(argv, &o, &command, &err), 0);
	assert_string_equal(command, "build");
	assert_string_equal(options_value(&o, "file"), "a");
	assert_string_equal(options_value(&o, "quiet"), "1");
	assert_string_equal(options_value(&o, "jobs"), "4");
	options_values(&o, "variant", &variants);
	assert_int_equal(variants.n, 2);
	assert_string_equal(variants.v[1], "two");
	assert_int_equal(o.operands.n, 1);
	assert_string_equal(o.operands.v[0], "-op");
	options_clear(&o);
}

static void wrong_options_are_named(void **state)
{
	static const struct {
		const char *arg, *want;
	} rows[] = {
		{"--varaint=x", "unknown option --varaint (did you mean --variant?)"},
		{"--zzzzzz", "unknown option --zzzzzz"},
		{"-z", "unknown option -z"},
		{"--quiet=1", "--quiet takes no value"},
		{"--format=xml", "--format: 'xml' is none of text,json"},
		{"--jobs", "--jobs needs a value: N"},
		{"-j", "-j needs a value: N"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *arg = xstrdup(rows[i].arg);
		char *argv[] = {"x", "build", arg, NULL};
		struct options o = {.v = NULL};
		const char *command = NULL;
		struct err err = ERR_INIT;

		assert_int_equal(parse(argv, &o, &command, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_string_equal(err.text, rows[i].want);
		err_clear(&err);
		options_clear(&o);
		free(arg);
	}
}

static void the_environment_stands_in(void **state)
{
	char *argv[] = {"x", "build", "--format", "text", NULL};
	struct options o = {.v = NULL};
	const char *command = NULL;
	struct err err = ERR_INIT;
	(void)state;
	setenv("CUDABUILD_FORMAT", "json", 1);
	setenv("CUDABUILD_FILE", "env.yaml", 1);
	setenv("CUDABUILD_QUIET", "0", 1);
	assert_int_equal(parse(argv, &o, &command, &err), 0);
	assert_int_equal(options_from_env(&o, common_table, &err), 0);
	assert_string_equal(options_value(&o, "format"), "text");
	assert_string_equal(options_value(&o, "file"), "env.yaml");
	assert_null(options_value(&o, "quiet"));
	setenv("CUDABUILD_QUIET", "yes", 1);
	assert_int_equal(options_from_env(&o, common_table, &err), -1);
	assert_string_equal(err.text, "CUDABUILD_QUIET must be 1 or 0");
	err_clear(&err);
	options_clear(&o);
	unsetenv("CUDABUILD_FORMAT");
	unsetenv("CUDABUILD_FILE");
	unsetenv("CUDABUILD_QUIET");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_spelling_of_a_value_is_read),
		cmocka_unit_test(wrong_options_are_named),
		cmocka_unit_test(the_environment_stands_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
