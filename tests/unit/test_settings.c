#include "model/settings.h"

#include "base/str.h"
#include "support/t.h"

static struct settings *read(const char *text)
{
	struct settings *s = NULL;
	struct err err = ERR_INIT;

	if (settings_parse(blob_text("config.yaml", text), &s, &err) < 0)
		fail_msg("%s", err.text);
	return s;
}

static void refused(const char *text, const char *expected)
{
	struct settings *s = NULL;
	struct err err = ERR_INIT;

	assert_int_equal(settings_parse(blob_text("config.yaml", text), &s, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, expected);
	err_clear(&err);
}

static void all_that_a_file_may_say_is_read(void **state)
{
	AUTO(settings)
	struct settings *s = read("# of the company\n"
				  "sources:\n"
				  "  images: [mirror.lan/nvidia/cuda, http://other.lan:5000/cuda]\n"
				  "  os_images: mirror.lan/library\n"
				  "  torch: https://mirror.lan/whl\n"
				  "  pyg: http://mirror.lan/pyg\n"
				  "  pypi: https://mirror.lan/simple\n"
				  "ca: ca.crt\n"
				  "build: {jobs: 3}\n");

	(void)state;
	assert_int_equal(s->sources.images.n, 2);
	assert_string_equal(s->sources.images.v[1], "http://other.lan:5000/cuda");
	assert_string_equal(s->sources.os_images, "mirror.lan/library");
	assert_string_equal(s->sources.torch, "https://mirror.lan/whl");
	assert_string_equal(s->sources.pyg, "http://mirror.lan/pyg");
	assert_string_equal(s->sources.pypi, "https://mirror.lan/simple");
	assert_string_equal(s->ca, "ca.crt");
	assert_int_equal(s->jobs, 3);
}

static void an_empty_file_says_nothing(void **state)
{
	static const char *const texts[] = {"", "\n\n", "# nothing\n\t# yet\n", "build: {jobs: auto}\n", "ca: null\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		AUTO(settings) struct settings *s = read(texts[i]);

		assert_int_equal(s->sources.images.n, 0);
		assert_null(s->sources.torch);
		assert_null(s->ca);
		assert_int_equal(s->jobs, 0);
	}
}

static void faults_are_named_with_their_place(void **state)
{
	(void)state;
	refused("source: {}\n",
		"config.yaml:1:1: unknown key 'source' (did you mean 'sources'?): this file may hold sources, ca "
		"and build.jobs");
	refused("name: x\n", "config.yaml:1:1: unknown key 'name': this file may hold sources, ca and build.jobs");
	refused("build:\n  wheels: never\n",
		"config.yaml:2:3: build: unknown key 'wheels': this file may hold sources, ca and build.jobs");
	refused("build:\n  jobs: many\n", "config.yaml:2:9: build.jobs: must be auto or a number, not a text");
	refused("ca: a\nca: b\n", "config.yaml:2:1: key 'ca' is there twice (first in line 1)");
	refused("ca: 5\n", "config.yaml:1:5: ca: must be a text, but YAML reads 5 as a number: quote it: \"5\"");
	refused("sources: {images: [\"ftp://mirror.lan/cuda\"]}\n",
		"config.yaml:1:20: sources.images[0]: 'ftp://mirror.lan/cuda' is not a registry or repository such as "
		"mirror.example/cuda, or http://mirror.example/cuda");
	refused("sources: {images: [\"mirror.lan/cuda:tag\"]}\n",
		"config.yaml:1:20: sources.images[0]: 'mirror.lan/cuda:tag' is not a registry or repository such as "
		"mirror.example/cuda, or http://mirror.example/cuda");
	refused("- ca\n", "config.yaml:1:1: must be a map, not a list");
	refused("ca: [\n", "config.yaml:2:1: did not find expected node content while parsing a flow node");
}

static void what_goes_into_generated_files_is_the_manifests(void **state)
{
	(void)state;
	refused("sources:\n  apt: http://mirror.lan/ubuntu\n",
		"config.yaml:2:3: sources: 'apt' goes into Dockerfiles: only a manifest may say it");
	refused("sources:\n  python: https://mirror.lan/python\n",
		"config.yaml:2:3: sources: 'python' goes into Dockerfiles: only a manifest may say it");
	refused("sources: {ca: x}\n", "config.yaml:1:11: sources: 'ca' stands at the top level of this file");
	refused("sources:\n  torch: wheels\n", "config.yaml:2:10: sources.torch: must be a URL here: what a folder "
					       "holds goes into build contexts, so only a "
					       "manifest may name one");
	refused("sources: {torch: pypi}\n", "config.yaml:1:18: sources.torch: must be a URL here: what a folder holds "
					    "goes into build contexts, so only a "
					    "manifest may name one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_a_file_may_say_is_read),
		cmocka_unit_test(an_empty_file_says_nothing),
		cmocka_unit_test(faults_are_named_with_their_place),
		cmocka_unit_test(what_goes_into_generated_files_is_the_manifests),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
