/* The program and the JSON Schema must say the same about every document without faults of syntax or between keys. */
#include "base/file.h"
#include "base/str.h"
#include "model/manifest.h"
#include "model/manifest_grammar.h"
#include "model/manifest_tree.h"
#include "support/draft7.h"
#include "support/t.h"
#include "support/texts.h"

#include <regex.h>
#include <stdio.h>

#define ROOT "tests/cases/manifest"

/* What only the program can say: rules between keys, and words that readers of YAML take for different things. */
static bool is_beyond_a_schema(const char *why)
{
	static const char *const texts[] = {
		"asks for no package", "per-target needs targets", "names both gpu and compute",
		"a target named '",    "cannot stand beside",	   "holds {version}",
		"do not agree on",     "YAML reads the key",
	};
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		if (strstr(why, texts[i]))
			return true;
	}
	return false;
}

/* 1 the program takes it, 0 it does not, -1 for a reason beyond a schema. */
static int program_says(struct blob text, char *why, size_t size)
{
	AUTO(manifest) struct manifest *m = NULL;
	struct err err = ERR_INIT;
	*why = '\0';
	if (manifest_parse(text, &m, &err) == 0)
		return 1;
	snprintf(why, size, "%s", err.text);
	int rc = is_beyond_a_schema(err.text) ? -1 : 0;
	err_clear(&err);
	return rc;
}

/* --- the cases --- */

static bool put_number(const struct mnode *n, struct jval into, const char *key)
{
	AUTO_TEXT char *text = xasprintf("[%s]", n->text);
	AUTO(jdoc) struct jdoc *d = NULL;
	struct err err = ERR_INIT;
	if (jdoc_parse(blob_text("number", text), &d, &err) < 0) {
		err_clear(&err);
		return false;
	}
	struct jval number = {.doc = NULL};
	assert_true(jval_next(jdoc_root(d), &number));
	jval_put_copy(into, key, number);
	return true;
}

/* The tree as JSON; false where YAML and JSON have no value in common (dates, octal numbers). */
static bool put_node(const struct mnode *n, struct jval into, const char *key)
{
	struct jval inner;
	bool truth = false, ok = true;
	switch (n->kind) {
	case MNODE_TEXT:
		jval_put_text(into, key, n->text);
		return true;
	case MNODE_NULL:
		jval_put_null(into, key);
		return true;
	case MNODE_BOOL:
		jval_put_bool(into, key, mnode_to_bool(n, &truth) ? truth : true);
		return true;
	case MNODE_INT:
	case MNODE_REAL:
		return put_number(n, into, key);
	case MNODE_DATE:
		return false;
	case MNODE_LIST:
	case MNODE_MAP:
		break;
	}
	inner = n->kind == MNODE_MAP ? jval_put_object(into, key) : jval_put_array(into, key);
	for (size_t i = 0; ok && i < n->n; i++)
		ok = put_node(&n->items[i], inner, n->items[i].key);
	return ok;
}

/* The document of a case as the only member of an array; NULL when it has a fault of syntax. */
static struct jdoc *case_as_json(struct blob text)
{
	AUTO(mtree) struct mtree *tree = NULL;
	AUTO(jdoc) struct jdoc *d = jdoc_new_array();
	struct err err = ERR_INIT;
	if (mtree_parse(text, &tree, &err) < 0) {
		err_clear(&err);
		return NULL;
	}
	return put_node(mtree_root(tree), jdoc_root(d), NULL) ? TAKE(d) : NULL;
}

static void read_case(const char *dir, struct buf *text, const char **name)
{
	AUTO_TEXT char *yaml = file_join(dir, "cudabuild.yaml"), *json = file_join(dir, "cudabuild.json");
	struct err err = ERR_INIT;
	*name = file_exists(json) ? "cudabuild.json" : "cudabuild.yaml";
	assert_int_equal(file_read(file_exists(json) ? json : yaml, 1 << 21, text, &err), 0);
}

static void they_agree_on_every_case(void **state)
{
	AUTO_TEXT char *schema = manifest_schema();
	AUTO(draft7) struct draft7 *d7 = draft7_new(schema);
	AUTO_STRV struct strv names = STRV_INIT;
	struct err err = ERR_INIT;
	size_t compared = 0;
	(void)state;
	assert_int_equal(file_list(ROOT, &names, &err), 0);
	for (size_t i = 0; i < names.n; i++) {
		AUTO_TEXT char *dir = file_join(ROOT, names.v[i]);
		AUTO_BUF struct buf text = BUF_INIT;
		const char *name = NULL;
		char why[1024];
		if (!file_is_dir(dir))
			continue;
		read_case(dir, &text, &name);
		AUTO(jdoc) struct jdoc *json = case_as_json(buf_blob(&text, name));
		int says = program_says(buf_blob(&text, name), why, sizeof(why));
		if (!json || says < 0)
			continue;
		struct jval value = {.doc = NULL};
		assert_true(jval_next(jdoc_root(json), &value));
		if (draft7_valid(d7, value) != (says == 1))
			fail_msg("%s: the schema says %s, the program '%s'", dir, says ? "no" : "yes", why);
		compared++;
	}
	assert_true(compared > 150);
}

/* --- one good document, each of its values replaced by others --- */

static const char *const replacements[] = {
	"null",
	"true",
	"false",
	"0",
	"1",
	"1.0",
	"1.5",
	"-1",
	"2000",
	"\"\"",
	"\"a\"",
	"\"A b\"",
	"\"1.5\"",
	"\"12.8\"",
	"\"auto\"",
	"\"cpu\"",
	"\"best\"",
	"\"never\"",
	"\"keep\"",
	"\"30s\"",
	"\"../x\"",
	"\"/x\"",
	"\"https://a.b/c\"",
	"\"a\\nb\"",
	"\"\\u00e9\"",
	"[]",
	"[\"a\"]",
	"[\"a\", \"a\"]",
	"[\"12.8\", \"cpu\"]",
	"[1]",
	"[null]",
	"{}",
	"{\"a\": \"b\"}",
	"{\"a\": 1}",
	"{\"name\": \"x\"}",
};

struct change {
	size_t place;	   /* the how-manieth value is changed */
	struct jval value; /* to this one; none: it is left out */
	bool add_unknown;  /* or an unknown key is added to it */
	size_t at;	   /* counts */
};

static void copy_changed(struct jval from, struct jval into, const char *key, struct change *c)
{
	bool here = c->at++ == c->place;
	enum jdoc_type type = jval_type(from);
	if (here && !c->add_unknown) {
		if (jval_is_there(c->value))
			jval_put_copy(into, key, c->value);
		return;
	}
	if (type != JDOC_OBJECT && type != JDOC_ARRAY) {
		jval_put_copy(into, key, from);
		return;
	}
	struct jval inner = type == JDOC_OBJECT ? jval_put_object(into, key) : jval_put_array(into, key);
	struct jval it = {.doc = NULL};
	while (jval_next(from, &it))
		copy_changed(it, inner, it.key, c);
	if (here && type == JDOC_OBJECT)
		jval_put_u64(inner, "unknown", 1);
}

static size_t count_values(struct jval v)
{
	size_t n = 1;
	struct jval it = {.doc = NULL};
	while ((jval_type(v) == JDOC_OBJECT || jval_type(v) == JDOC_ARRAY) && jval_next(v, &it))
		n += count_values(it);
	return n;
}

/* Whether it was compared. */
static bool compare_changed(struct draft7 *d7, struct jval base, struct change c)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_array();
	AUTO_BUF struct buf text = BUF_INIT;
	char why[1024];
	struct jval value = {.doc = NULL};
	copy_changed(base, jdoc_root(d), NULL, &c);
	if (!jval_next(jdoc_root(d), &value) || (jval_type(value) != JDOC_OBJECT && jval_type(value) != JDOC_ARRAY))
		return false; /* no document that a reader of JSON takes */
	jval_dump(value, JDOC_PRETTY, &text);
	int says = program_says(buf_blob(&text, "a.json"), why, sizeof(why));
	if (says < 0)
		return false;
	if (draft7_valid(d7, value) != (says == 1))
		fail_msg("the schema says %s, the program '%s', on\n%s", says ? "no" : "yes", why, buf_text(&text));
	return true;
}

static size_t compare_all_changes(struct draft7 *d7, struct jval base, struct jval values)
{
	size_t compared = 0;
	for (size_t place = 0; place < count_values(base); place++) {
		struct jval value = {.doc = NULL};
		while (jval_next(values, &value))
			compared += compare_changed(d7, base, (struct change){.place = place, .value = value});
		compared += compare_changed(d7, base, (struct change){.place = place});
		compared += compare_changed(d7, base, (struct change){.place = place, .add_unknown = true});
	}
	return compared;
}

/* Every key once, with values that need little checking: the documents are many. */
static const char plain_document[] =
	"{\"$schema\": \"x\", \"schema\": 1, \"name\": \"a\", \"version\": \"1\", \"torch\": \"2.7\", "
	"\"torch_sparse\": \"0.6.18\","
	" \"torch_scatter\": \"2\", \"torch_cluster\": \"1\", \"torch_spline_conv\": \"1\", \"pyg_lib\": \"1\","
	" \"python\": \"3.11\", \"os\": \"debian12\", \"base\": \"auto\", \"platforms\": [\"linux/amd64\"],"
	" \"pip\": [\"numpy\"], \"apt\": [\"git\"], \"image\": \"a/b\", \"templates\": \"t\", \"base_require\": "
	"\"minor\","
	" \"targets\": [{\"name\": \"t\", \"gpu\": \"A100\", \"driver\": \"570\", \"platform\": \"linux/arm64\","
	" \"forward_compat\": true, \"slurm\": {\"partition\": \"p\", \"time\": \"30\", \"runtime\": \"r\"},"
	" \"kubernetes\": {\"node_selector\": {\"a\": \"b\"}, \"namespace\": \"n\"}}],"
	" \"app\": {\"copy\": [\"s\"], \"workdir\": \"/a\", \"user\": \"1\", \"env\": {\"A\": \"b\"}, \"command\": "
	"[\"c\"]},"
	" \"sources\": {\"images\": [\"a/b\"], \"os_images\": \"a\", \"torch\": \"pypi\", \"pyg\": \"w\", \"pypi\": "
	"null, \"ca\": \"c\"},"
	" \"build\": {\"wheels\": \"never\", \"arch_list\": \"auto\", \"jobs\": 2, \"metis\": false, \"slim\": true},"
	" \"test\": {\"require_gpu\": true, \"probe\": \"image\", \"timeout\": \"5m\"},"
	" \"variants\": {\"v\": {\"cuda\": [\"12.8\", \"cpu\"], \"torch_sparse\": null, \"python\": \"3.12\"}}}";

static void they_agree_when_one_value_is_changed(void **state)
{
	AUTO_TEXT char *schema = manifest_schema();
	AUTO(draft7) struct draft7 *d7 = draft7_new(schema);
	AUTO_BUF struct buf list = BUF_INIT;
	AUTO(jdoc) struct jdoc *values = NULL;
	AUTO(jdoc) struct jdoc *base = NULL;
	struct err err = ERR_INIT;
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(replacements); i++)
		buf_addf(&list, "%s%s", i > 0 ? "," : "[", replacements[i]);
	buf_addc(&list, ']');
	assert_int_equal(jdoc_parse(buf_blob(&list, "values"), &values, &err), 0);
	assert_int_equal(jdoc_parse(blob_text("base", plain_document), &base, &err), 0);
	assert_true(compare_all_changes(d7, jdoc_root(base), jdoc_root(values)) > 2500);
}

/* --- texts --- */

struct compiled {
	regex_t pattern, never;
};

/* What the schema says of a text with this grammar; see put_grammar() there. */
static bool schema_says(const struct mgrammar *g, const struct compiled *c, const char *text)
{
	for (const char *const *w = g->words; w && *w; w++) {
		if (str_eq(*w, text))
			return true;
	}
	return g->pattern && str_columns(text) <= g->max && regexec(&c->pattern, text, 0, NULL, 0) == 0 &&
	       !((g->never || g->open) && regexec(&c->never, text, 0, NULL, 0) == 0);
}

static void compare_texts(enum mgrammar_id id, unsigned rounds)
{
	const struct mgrammar *g = mgrammar_of(id);
	struct compiled c;
	AUTO_BUF struct buf text = BUF_INIT;
	unsigned x = 12345;
	size_t good = 0;
	assert_int_equal(regcomp(&c.pattern, g->pattern ? g->pattern : "x", REG_EXTENDED | REG_NOSUB), 0);
	assert_int_equal(regcomp(&c.never, g->never ? g->never : mgrammar_ruled_out(), REG_EXTENDED | REG_NOSUB), 0);
	for (unsigned i = 0; i < rounds; i++) {
		struct err err = ERR_INIT;
		texts_make(&x, &text);
		bool ok = mgrammar_check(id, buf_text(&text), &err) == 0;
		if (ok != schema_says(g, &c, buf_text(&text)))
			fail_msg("grammar %d (%s) on '%s': the schema says %s, the program '%s'", (int)id, g->what,
				 buf_text(&text), ok ? "no" : "yes", err.text);
		good += ok;
		err_clear(&err);
	}
	regfree(&c.pattern);
	regfree(&c.never);
	if (good == 0)
		fail_msg("no text at all was good for grammar %d (%s)", (int)id, g->what);
}

static void they_agree_on_texts(void **state)
{
	(void)state;
	for (enum mgrammar_id id = 0; id < MG__MAX; id++)
		compare_texts(id, mgrammar_of(id)->check ? 3000 : 300);
}

static void the_schema_is_the_same_each_time(void **state)
{
	AUTO_TEXT char *a = manifest_schema(), *b = manifest_schema();
	(void)state;
	assert_string_equal(a, b);
	assert_true(str_starts(a, "{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_agree_on_every_case),
		cmocka_unit_test(they_agree_when_one_value_is_changed),
		cmocka_unit_test(they_agree_on_texts),
		cmocka_unit_test(the_schema_is_the_same_each_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
