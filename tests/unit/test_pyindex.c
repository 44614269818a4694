#include "source/pyindex.h"

#include "base/file.h"
#include "base/str.h"
#include "support/t.h"

#include <unistd.h>

static void pips_file_names_the_index(void **state)
{
	static const char *const rows[][2] = {
		{"[global]\nindex-url = https://i/simple/\n", "https://i/simple"},
		{"[global]\nindex_url=https://i/simple", "https://i/simple"},
		{"[global]\nindex-url = https://one\n[install]\nindex-url = https://two\n", "https://two"},
		{"[list]\nindex-url = https://no\n", NULL},
		{"index-url = https://no\n", NULL},
		{"# [global]\n; x\n[global]\r\ntimeout = 3\r\nindex-url = https://me:pw@i/simple\r\n",
		 "https://me:pw@i/simple"},
		{"[global]\nindex-url =\n", NULL},
		{"[global]\nextra-index-url = https://no\n", NULL},
		{"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = pyindex_from_pip(blob_text("pip.conf", rows[i][0]));
		assert_true(str_eq(got, rows[i][1]));
	}
}

static void uvs_file_names_the_index(void **state)
{
	static const char *const rows[][2] = {
		{"index-url = \"https://i/simple/\"\n", "https://i/simple"},
		{"[pip]\nindex-url = 'https://i'\n", "https://i"},
		{"[[index]]\nname = \"a\"\nurl = \"https://a\"\n[[index]]\nurl = \"https://b\"\ndefault = true\n",
		 "https://b"},
		{"[[index]]\nurl = \"https://a\"\n", NULL},
		{"index-url = \"https://old\"\n[[index]]\nurl = \"https://new\"\ndefault = true\n", "https://new"},
		{"[other]\nindex-url = \"https://no\"\n", NULL},
		{"index-url = \"https://never closed\n", NULL},
		{"index-url = https://bare\n", NULL},
		{"", NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = pyindex_from_uv(blob_text("uv.toml", rows[i][0]));
		assert_true(str_eq(got, rows[i][1]));
	}
}

static const char *const variables[] = {"UV_DEFAULT_INDEX", "UV_INDEX_URL",    "PIP_INDEX_URL", "PIP_CONFIG_FILE",
					"UV_CONFIG_FILE",   "XDG_CONFIG_HOME", "VIRTUAL_ENV"};

static void expect(const char *url, const char *from)
{
	AUTO_TEXT char *where = NULL;
	AUTO_TEXT char *got = pyindex_find(&where);
	assert_string_equal(got, url);
	assert_true(str_ends(where, from));
}

static void the_environment_comes_before_files_and_the_user_before_the_system(void **state)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *dir = NULL;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	assert_int_equal(file_temp_dir(&dir, &err), 0);
	setenv("HOME", dir, 1);
	AUTO_TEXT char *pip = file_join(dir, ".config/pip/pip.conf"), *uv = file_join(dir, ".config/uv/uv.toml"),
		       *named = file_join(dir, "n");
	assert_int_equal(file_write(pip, blob_text("p", "[global]\nindex-url = https://pip-file/simple\n"), 0600, &err),
			 0);
	expect("https://pip-file/simple", "pip/pip.conf");
	AUTO_TEXT char *venv = file_join(dir, "venv"), *of_venv = file_join(venv, "pip.conf");
	assert_int_equal(file_write(of_venv, blob_text("v", "[global]\nindex-url = https://venv/simple\n"), 0600, &err),
			 0);
	setenv("VIRTUAL_ENV", venv, 1);
	expect("https://venv/simple", "venv/pip.conf");
	AUTO_TEXT char *config = file_join(dir, "config"), *of_config = file_join(config, "uv/uv.toml");
	assert_int_equal(file_write(of_config, blob_text("c", "index-url = \"https://xdg/simple\"\n"), 0600, &err), 0);
	setenv("XDG_CONFIG_HOME", config, 1);
	expect("https://xdg/simple", "config/uv/uv.toml");
	unsetenv("XDG_CONFIG_HOME");
	assert_int_equal(file_write(uv, blob_text("u", "index-url = \"https://uv-file/simple\"\n"), 0600, &err), 0);
	expect("https://uv-file/simple", "uv/uv.toml");
	assert_int_equal(file_write(named, blob_text("n", "[global]\nindex-url = https://named/simple\n"), 0600, &err),
			 0);
	setenv("PIP_CONFIG_FILE", named, 1);
	expect("https://named/simple", "/n");
	setenv("PIP_INDEX_URL", "https://pip-env/simple/", 1);
	expect("https://pip-env/simple", "PIP_INDEX_URL");
	setenv("UV_INDEX_URL", "https://uv-env/simple", 1);
	expect("https://uv-env/simple", "UV_INDEX_URL");
	setenv("UV_DEFAULT_INDEX", "corp=https://me:a=b@uv-default/simple", 1);
	expect("https://me:a=b@uv-default/simple", "UV_DEFAULT_INDEX");
	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	assert_int_equal(file_remove_tree(dir, &err), 0);
}

static void pips_help_names_its_own_index(void **state)
{
	AUTO_TEXT char *whole = pyindex_from_help(
		blob_text("pip", "  -i, --index-url <url>       Base URL of the Python Package Index (default\n"
				 "                              https://index.example/simple). This should point\n"));
	AUTO_TEXT char *none = pyindex_from_help(blob_text("pip", "  --index-url <url>  Base URL. (default ftp:)\n"));
	AUTO_TEXT char *other = pyindex_from_help(blob_text("pip", "no such option (default https://x/simple)\n"));
	(void)state;
	assert_string_equal(whole, "https://index.example/simple");
	assert_null(none);
	assert_null(other);
}

/* "python3 -m pip" looks for pip in the working folder first: a project must not be run by asking about it. */
static void a_pip_of_the_working_folder_is_not_run(void **state)
{
	struct err err = ERR_INIT;
	AUTO_TEXT char *dir = NULL;
	char before[4096];
	(void)state;
	assert_int_equal(file_temp_dir(&dir, &err), 0);
	AUTO_TEXT char *module = file_join(dir, "pip.py"), *ran = file_join(dir, "ran");
	AUTO_TEXT char *script =
		xasprintf("open('%s', 'w')\nprint('--index-url <url> (default https://evil/simple)')\n", ran);
	assert_int_equal(file_write(module, blob_text("m", script), 0600, &err), 0);
	assert_non_null(getcwd(before, sizeof(before)));
	assert_int_equal(chdir(dir), 0);
	AUTO_TEXT char *got = pyindex_of_pip();
	assert_int_equal(chdir(before), 0);
	assert_false(file_exists(ran));
	assert_false(str_eq(got, "https://evil/simple"));
	assert_int_equal(file_remove_tree(dir, &err), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pips_file_names_the_index),
		cmocka_unit_test(uvs_file_names_the_index),
		cmocka_unit_test(pips_help_names_its_own_index),
		cmocka_unit_test(a_pip_of_the_working_folder_is_not_run),
		cmocka_unit_test(the_environment_comes_before_files_and_the_user_before_the_system),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
