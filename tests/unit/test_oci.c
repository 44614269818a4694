#include "source/oci.h"

#include "base/str.h"
#include "support/t.h"

#define HEX_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HEX_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define ENTRY(hex, os, arch, more)                                                                                     \
	"{\"mediaType\":\"application/vnd.docker.distribution.manifest.v2+json\",\"size\":1,\"digest\":\"sha256:" hex  \
	"\",\"platform\":{\"os\":\"" os "\",\"architecture\":\"" arch "\"" more "}}"

static const char index_text[] =
	"{\"schemaVersion\":2,\"mediaType\":\"application/"
	"vnd.docker.distribution.manifest.list.v2+json\",\"manifests\":[" ENTRY(HEX_A, "linux", "amd64", "") "," ENTRY(
		HEX_B, "linux", "arm64", ",\"variant\":\"v8\"") "," ENTRY(HEX_B, "unknown", "unknown", "") "]}";
static const char image_text[] =
	"{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"size\":7,\"digest\":\"sha256:" HEX_A
	"\"},\"layers\":[]}";

static void an_index_gives_the_platforms_manifest(void **state)
{
	AUTO(oci_manifest) struct oci_manifest *m = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(oci_manifest_parse(blob_text("m", index_text), &m, &err), 0);
	assert_true(m->is_index);
	assert_string_equal(oci_find(m, "linux/amd64")->digest.text, "sha256:" HEX_A);
	assert_string_equal(oci_find(m, "linux/arm64")->digest.text, "sha256:" HEX_B);
	assert_string_equal(oci_find(m, "linux/arm64/v8")->digest.text, "sha256:" HEX_B);
	assert_null(oci_find(m, "linux/ppc64le"));
	assert_null(oci_find(m, "linux"));
}

static void an_image_gives_its_config(void **state)
{
	AUTO(oci_manifest) struct oci_manifest *m = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(oci_manifest_parse(blob_text("m", image_text), &m, &err), 0);
	assert_false(m->is_index);
	assert_string_equal(m->config.text, "sha256:" HEX_A);
	assert_int_equal(m->config_size, 7);
}

static void manifests_that_are_none_are_refused_with_their_place(void **state)
{
	static const char *const rows[][2] = {
		{"", "m:1:1: '[' or '{' expected near end of file"},
		{"[]", "m: must be an object, not an array"},
		{"{}", "m: 'schemaVersion' is missing"},
		{"{\"schemaVersion\":1}", "m: manifest schema 1 is not supported, only 2"},
		{"{\"schemaVersion\":2}", "m: 'config' is missing"},
		{"{\"schemaVersion\":2,\"manifests\":[],\"layers\":[]}", "m: is an index and an image at once"},
		{"{\"schemaVersion\":2,\"manifests\":[],\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"}",
		 "m: is not what its mediaType says, or of an unknown type"},
		{"{\"schemaVersion\":2,\"config\":{},\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}",
		 "m: is not what its mediaType says, or of an unknown type"},
		{"{\"schemaVersion\":2,\"manifests\":{}}", "m: /manifests: must be an array, not an object"},
		{"{\"schemaVersion\":2,\"manifests\":[1]}", "m: /manifests/0: must be an object, not an integer"},
		{"{\"schemaVersion\":2,\"manifests\":[{\"size\":1,\"digest\":\"sha256:../../etc\"}]}",
		 "m: /manifests/0: 'sha256:../../etc' is not a digest: 64 lower-case hex digits belong behind "
		 "'sha256:'"},
		{"{\"schemaVersion\":2,\"config\":{\"size\":-1,\"digest\":\"sha256:" HEX_A "\"}}",
		 "m: /config/size: must be 0 to 9007199254740992, not -1"},
		{"{\"schemaVersion\":2,\"config\":{\"size\":1.5,\"digest\":\"sha256:" HEX_A "\"}}",
		 "m: /config/size: must be an integer, not a number"},
		{"{\"schemaVersion\":2,\"config\":{\"size\":1e30,\"digest\":\"sha256:" HEX_A "\"}}",
		 "m: /config/size: must be an integer, not a number"},
		{"{\"schemaVersion\":2,\"config\":{\"size\":9223372036854775808,\"digest\":\"sha256:" HEX_A "\"}}",
		 "m:1:55: too big integer near '9223372036854775808'"},
		{"{\"schemaVersion\":2,\"config\":{\"size\":1,\"digest\":\"sha256:" HEX_A
		 "\"},\"layers\":[{\"urls\":[\"https://evil.example/layer\"]}]}",
		 "m: /layers/0/urls: is to be fetched from other servers, which is not done"},
		{"{\"schemaVersion\":2,\"config\":{\"size\":1,\"digest\":\"sha256:" HEX_A
		 "\",\"urls\":[\"http://169.254.169.254/\"]},\"layers\":[]}",
		 "m: /config/urls: is to be fetched from other servers, which is not done"},
		{"{\"schemaVersion\":2,\"schemaVersion\":2,\"layers\":[]}",
		 "m:1:34: duplicate object key near '\"schemaVersion\"'"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		AUTO(oci_manifest) struct oci_manifest *m = NULL;
		struct err err = ERR_INIT;
		assert_int_equal(oci_manifest_parse(blob_text("m", rows[i][0]), &m, &err), -1);
		assert_int_equal(err.kind, ERR_PROTOCOL);
		assert_string_equal(err.text, rows[i][1]);
		assert_null(m);
	}
}

static void a_config_gives_platform_environment_and_labels(void **state)
{
	AUTO(oci_config) struct oci_config *c = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(
		oci_config_parse(
			blob_text("c",
				  "{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":{\"Env\":[\"A=1\",\"B=2\"],"
				  "\"Labels\":{\"z\":\"1\",\"a\":\"2\"}}}"),
			&c, &err),
		0);
	AUTO_TEXT char *env = strv_join(&c->env, ","), *labels = strv_join(&c->labels, ",");
	assert_string_equal(env, "A=1,B=2");
	assert_string_equal(labels, "a=2,z=1");
	assert_true(oci_is_platform(c->os, c->arch, c->variant, "linux/amd64"));
	assert_false(oci_is_platform(c->os, c->arch, c->variant, "linux/arm64"));
}

static void a_config_without_labels_is_fine_and_one_without_platform_is_not(void **state)
{
	AUTO(oci_config) struct oci_config *bare = NULL, *none = NULL;
	struct err err = ERR_INIT;
	(void)state;
	assert_int_equal(oci_config_parse(blob_text("c", "{\"os\":\"linux\",\"architecture\":\"arm64\",\"variant\":"
							 "\"v8\",\"config\":{\"Labels\":null}}"),
					  &bare, &err),
			 0);
	assert_int_equal(bare->labels.n, 0);
	assert_int_equal(oci_config_parse(blob_text("c", "{\"os\":\"linux\"}"), &none, &err), -1);
	assert_int_equal(err.kind, ERR_PROTOCOL);
}

static void platforms_match_with_the_variant_that_arm64_implies(void **state)
{
	static const struct {
		const char *os, *arch, *variant, *platform;
		bool is;
	} rows[] = {
		{"linux", "amd64", NULL, "linux/amd64", true},	  {"linux", "amd64", "", "linux/amd64", true},
		{"linux", "arm64", "v8", "linux/arm64", true},	  {"linux", "arm64", NULL, "linux/arm64/v8", true},
		{"linux", "arm64", "v9", "linux/arm64", false},	  {"linux", "amd64", "v3", "linux/amd64", true},
		{"linux", "arm", "v7", "linux/arm/v6", false},	  {"linux", "arm", "v7", "linux/arm/v7", true},
		{"windows", "amd64", NULL, "linux/amd64", false},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(oci_is_platform(rows[i].os, rows[i].arch, rows[i].variant, rows[i].platform),
				 rows[i].is);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_index_gives_the_platforms_manifest),
		cmocka_unit_test(an_image_gives_its_config),
		cmocka_unit_test(manifests_that_are_none_are_refused_with_their_place),
		cmocka_unit_test(a_config_gives_platform_environment_and_labels),
		cmocka_unit_test(a_config_without_labels_is_fine_and_one_without_platform_is_not),
		cmocka_unit_test(platforms_match_with_the_variant_that_arm64_implies),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
