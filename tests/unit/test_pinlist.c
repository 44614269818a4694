#include "work/pinlist.h"

#include "base/str.h"
#include "support/t.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

/* The list as one text, "name==1 aaa bbb; ..." with the first three digits of each hash, or the error's text. */
static char *read_as_text(const char *compiled, const char *files)
{
	AUTO(plan) struct plan *p = plan_new();
	struct plan_variant *v = plan_add_variant(p);
	AUTO_BUF struct buf all = BUF_INIT;
	struct err err = ERR_INIT;

	plan_add_pip(v, "as wished");
	if (pinlist_read(blob_text("uv", compiled), blob_text("uv", files), v, &err) < 0) {
		assert_int_equal(err.kind, ERR_PROTOCOL);
		assert_int_equal(v->npip, 1);
		assert_string_equal(v->pip[0].line, "as wished");
		return xstrdup(err.text);
	}
	for (size_t i = 0; i < v->npip; i++) {
		buf_addf(&all, "%s%s", i ? "; " : "", v->pip[i].line);
		for (size_t k = 0; k < v->pip[i].sha256.n; k++)
			buf_addf(&all, " %.3s", v->pip[i].sha256.v[k]);
	}
	return buf_take(&all);
}

static void a_compiled_list_is_read_as_requirements_with_their_hashes(void **state)
{
	static const struct {
		const char *compiled, *files, *want;
	} rows[] = {
		{"", "", ""},
		{"numpy==2.1.0 \\\n    --hash=sha256:" A " \\\n    --hash=sha256:" B "\n", "", "numpy==2.1.0 aaa bbb"},
		{"# a comment\nnumpy==2.1.0 --hash=sha256:" A "\n\n    # via torch\nx==1 --hash=sha256:" B, "",
		 "numpy==2.1.0 aaa; x==1 bbb"},
		{"x @ https://h.example/x-1.whl --hash=sha256:" A "\n", "", "x @ https://h.example/x-1.whl aaa"},
		{"x==1 ; sys_platform == 'linux' --hash=sha256:" A "\n", "", "x==1 ; sys_platform == 'linux' aaa"},
		{"x==1 --hash=md5:abc --hash=sha256:" A "\n", "", "x==1 aaa"},
		{"torch-sparse==0.6.18\ntorch==2.7.1 --hash=sha256:" A "\nx==1 --hash=sha256:" B "\n", "", "x==1 bbb"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = read_as_text(rows[i].compiled, rows[i].files);
		assert_string_equal(got, rows[i].want);
	}
}

static void only_the_files_that_fit_keep_their_hashes(void **state)
{
	AUTO_TEXT char *got = read_as_text(
		"x==1 --hash=sha256:" A " --hash=sha256:" B "\ny==1 --hash=sha256:" B " --hash=sha256:" C "\n",
		"[[packages]]\nname = \"x\"\nwheels = [{ hashes = { sha256 = \"" A "\" } }]\n");
	AUTO_TEXT char *cut = read_as_text("x==1 --hash=sha256:" A " --hash=sha256:" B "\n", "sha256 = \"aaaa");
	(void)state;
	assert_string_equal(got, "x==1 aaa; y==1 bbb ccc");
	assert_string_equal(cut, "x==1 aaa bbb");
}

static void what_is_no_list_changes_nothing(void **state)
{
	static const struct {
		const char *compiled, *want;
	} rows[] = {
		{"numpy==2.1.0\n", "'numpy==2.1.0': has no sha256"},
		{"numpy==2.1.0 --hash=md5:00\n", "'numpy==2.1.0': has no sha256"},
		{"numpy==2.1.0 --hash=sha256:xyz\n", "'xyz': no sha256"},
		{"numpy>=2 --hash=sha256:" A "\n", "'numpy>=2': no requirement of one version"},
		{"--index-url https://h.example/\n", "'--index-url https://h.example/': no requirement of one version"},
		{"--hash=sha256:" A " x==1\n", "'x==1': no requirement of one version"},
		{"x==1\033[2J --hash=sha256:" A "\n", "'x==1?[2J': no requirement of one version"},
		{"-e ../x==1 --hash=sha256:" A "\n", "'-e ../x==1': no requirement of one version"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *got = read_as_text(rows[i].compiled, "");
		assert_string_equal(got, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_compiled_list_is_read_as_requirements_with_their_hashes),
		cmocka_unit_test(only_the_files_that_fit_keep_their_hashes),
		cmocka_unit_test(what_is_no_list_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
