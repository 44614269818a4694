#include "render/require.h"

#include "base/str.h"
#include "render/tools.h"
#include "support/t.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* The line of a package made of these texts, or the error's text. */
static char *line_of(const char *version, const char *label, const char *channel, const char *file, const char *url,
		     const char *sha256)
{
	AUTO(plan) struct plan *p = plan_new();
	struct plan_package *pkg = plan_add_package(plan_add_variant(p), PKG_TORCH_SPARSE);
	AUTO_BUF struct buf b = BUF_INIT;
	struct err err = ERR_INIT;
	pkg->version = xstrdup(version);
	pkg->label = xstrdup(label);
	pkg->channel = xstrdup(channel);
	pkg->file = xstrdup(file);
	pkg->url = xstrdup(url);
	pkg->sha256 = xstrdup(sha256);
	const struct places at = {.wheels = "/w", .sources = &p->sources};
	return require_package(pkg, &at, &b, &err) < 0 ? xstrdup(err.text) : buf_take(&b);
}

static void a_package_is_named_as_exactly_as_it_is_known(void **state)
{
	static const struct {
		const char *version, *label, *channel, *file, *url, *sha256, *line;
	} rows[] = {
		{"0.6.18", "+pt27cu128", "pyg", "f.whl", "https://a/f%2B.whl", SHA,
		 "torch-sparse @ https://a/f%2B.whl --hash=sha256:" SHA},
		{"0.6.18", "+pt27cu128", "pyg", NULL, NULL, NULL, "torch-sparse==0.6.18+pt27cu128"},
		{"0.6.18", NULL, "pypi", "f.tar.gz", NULL, SHA, "torch-sparse==0.6.18 --hash=sha256:" SHA},
		{"0.6.18", NULL, "pyg", NULL, "https://a/f.whl", NULL, "torch-sparse==0.6.18"},
		{"0.6.18", "+pt27cu128", "directory", "f+x.whl", NULL, SHA,
		 "torch-sparse @ file:///w/f%2Bx.whl --hash=sha256:" SHA},
		{"0.6.18", NULL, "directory", "f.whl", NULL, NULL, "torch-sparse @ file:///w/f.whl"},
		{"0.6 18", NULL, "pypi", NULL, NULL, NULL, "'0.6 18' is not a version"},
		{"", NULL, "pypi", NULL, NULL, NULL, "'' is not a version"},
		{"1", "pt27", "pypi", NULL, NULL, NULL, "'pt27' is not a version label"},
		{"1", "+a;b", "pypi", NULL, NULL, NULL, "'+a;b' is not a version label"},
		{"1", NULL, "pyg", NULL, "ftp://a/f.whl", SHA, "'ftp://a/f.whl' is not an URL"},
		{"1", NULL, "pyg", NULL, "https://a/f.whl#egg", SHA, "'https://a/f.whl#egg' is not an URL"},
		{"1", NULL, "pyg", NULL, "https://a/f.whl", "ABC", "'ABC' is not a sha256"},
		{"1", NULL, "directory", "../f.whl", NULL, SHA, "'../f.whl' is not a file name"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *line = line_of(rows[i].version, rows[i].label, rows[i].channel, rows[i].file,
					       rows[i].url, rows[i].sha256);
		assert_string_equal(line, rows[i].line);
	}
}

static void canonical_urls_move_to_the_mirror_that_is_named(void **state)
{
	char torch[] = "https://mirror.example.com/torch/", pyg[] = "../wheels",
	     python[] = "https://mirror.example.com/pbs";
	const struct plan_sources sources = {.torch = torch, .pyg = pyg, .python = python};
	static const char *const rows[][2] = {
		{"https://download.pytorch.org/whl/cu128/t.whl", "https://mirror.example.com/torch/cu128/t.whl"},
		{"https://download.pytorch.org/whlx/t.whl", "https://download.pytorch.org/whlx/t.whl"},
		{"https://data.pyg.org/whl/t.whl", "https://data.pyg.org/whl/t.whl"},
		{"https://github.com/astral-sh/python-build-standalone/releases/download/1/p.tar.gz",
		 "https://mirror.example.com/pbs/1/p.tar.gz"},
		{"https://example.com/x", "https://example.com/x"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *url = require_url(&sources, rows[i][0]);
		assert_string_equal(url, rows[i][1]);
	}
}

static void a_requirement_line_cannot_carry_options(void **state)
{
	static const struct {
		const char *line;
		bool fits;
	} rows[] = {
		{"numpy==2.1.3", true},
		{"torch_geometric[full]>=2.6,<3 ; python_version >= '3.9'", true},
		{"x @ https://example.com/x.whl", true},
		{"-r other.txt", false},
		{"--index-url http://a", false},
		{"x --index-url http://a", false},
		{"x #c", false},
		{"x\\", false},
		{"x\ny", false},
		{"", false},
		{"@x", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(plan) struct plan *p = plan_new();
		struct plan_requirement *r = plan_add_pip(plan_add_variant(p), rows[i].line);
		AUTO_BUF struct buf b = BUF_INIT;
		struct err err = ERR_INIT;
		strv_add(&r->sha256, SHA);
		assert_int_equal(require_other(r, &b, &err), rows[i].fits ? 0 : -1);
		if (rows[i].fits) {
			AUTO_TEXT char *expected = xasprintf("%s --hash=sha256:" SHA, rows[i].line);
			assert_string_equal(buf_text(&b), expected);
		}
	}
}

static void names_are_normal(void **state)
{
	static const char *const rows[][2] = {
		{"Torch_Vision==0.22", "torch-vision"},
		{"a.-_b[x]", "a-b"},
		{"numpy", "numpy"},
		{"x @ https://a", "x"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_TEXT char *name = require_name(rows[i][0]);
		assert_string_equal(name, rows[i][1]);
	}
	assert_null(require_name("-r x"));
	assert_null(require_name(""));
}

static void complete_means_a_hash_for_everything(void **state)
{
	(void)state;
	AUTO(plan) struct plan *p = plan_new();
	struct plan_variant *v = plan_add_variant(p);
	plan_add_package(v, PKG_TORCH)->sha256 = xstrdup(SHA);
	assert_false(require_complete(v)); /* what torch asks for is not named */
	strv_add(&plan_add_pip(v, "numpy==1")->sha256, SHA);
	assert_true(require_complete(v));
	plan_add_pip(v, "scipy");
	assert_false(require_complete(v));
	strv_add(&v->pip[1].sha256, SHA);
	assert_true(require_complete(v));
	strv_add(&v->pip_files, "requirements.txt");
	assert_false(require_complete(v));
	strv_clear(&v->pip_files);
	plan_add_package(v, PKG_TORCH_SPARSE);
	assert_false(require_complete(v));
}

static void a_tool_fits_its_python_and_processor(void **state)
{
	static const struct {
		enum tool tool;
		unsigned minor;
		const char *arch, *begins;
	} rows[] = {
		{TOOL_PIP, 6, "amd64", "pip==21.3.1 --hash=sha256:deaf32dc"},
		{TOOL_PIP, 7, "arm64", "pip==24.0 --hash=sha256:ba0d021a"},
		{TOOL_PIP, 14, "amd64", "pip==25.3 --hash=sha256:96559433"},
		{TOOL_SETUPTOOLS, 12, "amd64", "setuptools==69.5.1 --hash=sha256:c636ac36"},
		{TOOL_SETUPTOOLS, 13, "amd64", "setuptools==80.9.0 --hash=sha256:062d3422"},
		{TOOL_NINJA, 11, "amd64", "ninja==1.11.1.4 --hash=sha256:09648799"},
		{TOOL_NINJA, 11, "arm64", "ninja==1.11.1.4 --hash=sha256:d3090d44"},
		{TOOL_UV, 8, "arm64", "uv==0.13.9 --hash=sha256:5435c5ce"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO_STRV struct strv lines = STRV_INIT;
		tool_line(rows[i].tool, rows[i].minor, rows[i].arch, &lines);
		assert_int_equal(lines.n, 1);
		if (!str_starts(lines.v[0], rows[i].begins))
			assert_string_equal(lines.v[0], rows[i].begins);
		assert_int_equal(strlen(strstr(lines.v[0], "sha256:")), 7 + 64);
	}
	AUTO_STRV struct strv unknown = STRV_INIT;
	tool_line(TOOL_CMAKE, 11, "ppc64le", &unknown);
	assert_string_equal(unknown.v[0], "cmake==3.31.6");
}

static void the_minor_of_a_python_is_read(void **state)
{
	(void)state;
	assert_int_equal(tool_python_minor("3.11"), 11);
	assert_int_equal(tool_python_minor("3.13t"), 13);
	assert_int_equal(tool_python_minor("3.8.20"), 8);
	assert_int_equal(tool_python_minor("2.7"), 0);
	assert_int_equal(tool_python_minor("3."), 0);
	assert_int_equal(tool_python_minor(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_package_is_named_as_exactly_as_it_is_known),
		cmocka_unit_test(canonical_urls_move_to_the_mirror_that_is_named),
		cmocka_unit_test(a_requirement_line_cannot_carry_options),
		cmocka_unit_test(names_are_normal),
		cmocka_unit_test(complete_means_a_hash_for_everything),
		cmocka_unit_test(a_tool_fits_its_python_and_processor),
		cmocka_unit_test(the_minor_of_a_python_is_read),
	};
	return cmocka_run_group_tests_name("require", tests, NULL, NULL);
}
