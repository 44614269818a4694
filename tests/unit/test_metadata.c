#include "inspect/metadata.h"

#include "support/t.h"

static const char metadata[] =
	"Metadata-Version: 2.1\r\nName: torch-sparse\nVersion:  0.6.18+pt27cu128 \nTag: a\nTag: b\n\n"
	"Name: not-this\nSummary: body\n";

static void a_field_is_read_in_front_of_the_empty_line_alone(void **state)
{
	struct blob text = blob_text("METADATA", metadata);
	AUTO_TEXT char *name = metadata_field(text, "Name");
	AUTO_TEXT char *version = metadata_field(text, "Version");

	(void)state;
	assert_string_equal(name, "torch-sparse");
	assert_string_equal(version, "0.6.18+pt27cu128");
	assert_null(metadata_field(text, "Summary"));
	assert_null(metadata_field(text, "Nam"));
}

static void all_values_of_a_field_are_found(void **state)
{
	AUTO_STRV struct strv tags = STRV_INIT;
	AUTO_TEXT char *joined = NULL;

	(void)state;
	metadata_fields(blob_text("WHEEL", metadata), "Tag", &tags);
	joined = strv_join(&tags, " ");
	assert_string_equal(joined, "a b");
}

static void names_become_what_is_imported(void **state)
{
	AUTO_TEXT char *name = metadata_name("Torch-Spline.Conv");

	(void)state;
	assert_string_equal(name, "torch_spline_conv");
}

static void a_python_line_says_its_text(void **state)
{
	static const struct {
		const char *text, *value;
	} rows[] = {
		{"__version__ = '2.7.0+cu128'\n", "2.7.0+cu128"},
		{"x = 1\n__version__: str = \"0.6\"", "0.6"},
		{"__version__ = version\n__version__ = '1'", "1"},
		{"__version__x = '3'\n", NULL},
		{"__version__ = 'open\n", NULL},
		{"__version__", NULL},
		{"__version__ = ", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *value = metadata_assigned(blob_text("x.py", rows[i].text), "__version__");

		if (rows[i].value)
			assert_string_equal(value, rows[i].value);
		else
			assert_null(value);
	}
}

static void record_rows_are_read_with_quotes_and_without_sizes(void **state)
{
	struct blob text =
		blob_text("RECORD", "a/b.py,sha256=x,12\n\"odd,\"\"name\"\"\",sha256=y,7\r\n\nRECORD,,\nlast");
	static const struct {
		const char *path;
		bool has_size;
		uint64_t size;
	} rows[] = {{"a/b.py", true, 12}, {"odd,\"name\"", true, 7}, {"RECORD", false, 0}, {"last", false, 0}};
	struct record_row row;
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_true(record_next(text, &at, &row));
		assert_string_equal(row.path, rows[i].path);
		assert_int_equal(row.has_size, rows[i].has_size);
		if (rows[i].has_size)
			assert_int_equal(row.size, rows[i].size);
		free(row.path);
	}
	assert_false(record_next(text, &at, &row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_field_is_read_in_front_of_the_empty_line_alone),
		cmocka_unit_test(all_values_of_a_field_are_found),
		cmocka_unit_test(names_become_what_is_imported),
		cmocka_unit_test(a_python_line_says_its_text),
		cmocka_unit_test(record_rows_are_read_with_quotes_and_without_sizes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
