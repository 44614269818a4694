/* Every folder of tests/cases/manifest is a test: cudabuild.yaml or cudabuild.json gives expect.err, the exact message,
 * or expect.json, the values. UPDATE=1 writes what came out, for review by git diff. */
#include "base/file.h"
#include "base/str.h"
#include "support/manifest_dump.h"
#include "support/t.h"

#define ROOT	 "tests/cases/manifest"
#define TEXT_MAX (4UL * 1024 * 1024)

/* What the case must give: its file is named in expect, its text appended to got. */
static const char *run_case(const char *dir, struct buf *got)
{
	AUTO_TEXT char *yaml = file_join(dir, "cudabuild.yaml"), *json = file_join(dir, "cudabuild.json");
	AUTO_BUF struct buf text = BUF_INIT;
	AUTO(manifest) struct manifest *m = NULL;
	struct err err = ERR_INIT;
	bool is_json = file_exists(json);
	assert_int_equal(file_read(is_json ? json : yaml, TEXT_MAX, &text, &err), 0);
	if (manifest_parse(buf_blob(&text, is_json ? "cudabuild.json" : "cudabuild.yaml"), &m, &err) == 0) {
		manifest_dump(m, got);
		return "expect.json";
	}
	assert_int_equal(err.kind, ERR_INPUT);
	buf_addf(got, "%s\n", err.text);
	err_clear(&err);
	return "expect.err";
}

static void update(const char *dir, const char *name, const struct buf *got)
{
	AUTO_TEXT char *json = file_join(dir, "expect.json"), *bad = file_join(dir, "expect.err");
	AUTO_TEXT char *path = file_join(dir, name);
	struct err err = ERR_INIT;
	assert_int_equal(file_remove(json, &err), 0);
	assert_int_equal(file_remove(bad, &err), 0);
	assert_int_equal(file_write(path, buf_blob(got, path), 0644, &err), 0);
}

static void the_case_gives_what_it_expects(void **state)
{
	AUTO_TEXT char *dir = file_join(ROOT, *state);
	AUTO_BUF struct buf got = BUF_INIT, want = BUF_INIT;
	struct err err = ERR_INIT;
	const char *name = run_case(dir, &got);
	if (getenv("UPDATE")) {
		update(dir, name, &got);
		return;
	}
	AUTO_TEXT char *path = file_join(dir, name);
	if (file_read(path, TEXT_MAX, &want, &err) < 0)
		fail_msg("%s; it came out:\n%s", err.text, buf_text(&got));
	assert_string_equal(buf_text(&got), buf_text(&want));
}

int main(void)
{
	AUTO_STRV struct strv names = STRV_INIT;
	struct err err = ERR_INIT;
	if (file_list(ROOT, &names, &err) < 0)
		return 1;
	struct CMUnitTest *tests = xcalloc(names.n, sizeof(*tests));
	size_t n = 0;
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *dir = file_join(ROOT, names.v[i]);
		if (!file_is_dir(dir))
			continue;
		tests[n++] = (struct CMUnitTest){
			.name = names.v[i],
			.test_func = the_case_gives_what_it_expects,
			.initial_state = names.v[i],
		};
	}
	int rc = _cmocka_run_group_tests("manifest cases", tests, n, NULL, NULL);
	free(tests);
	return n > 0 ? rc : 1;
}
