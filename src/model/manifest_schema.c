/* The key table as a JSON Schema of draft 7. */
#include "adapt/json.h"
#include "model/manifest.h"
#include "model/manifest_table.h"

static void put_words(struct jval into, const char *const *words)
{
	struct jval list = jval_put_array(into, "enum");
	for (; *words; words++)
		jval_put_text(list, NULL, *words);
}

static void put_pattern(struct jval into, const struct mgrammar *g)
{
	jval_put_text(into, "type", "string");
	jval_put_text(into, "pattern", g->pattern);
	jval_put_u64(into, "maxLength", g->max);
	if (g->never || g->open)
		jval_put_text(jval_put_object(into, "not"), "pattern", g->never ? g->never : mgrammar_ruled_out());
}

static void put_grammar(struct jval into, enum mgrammar_id id)
{
	const struct mgrammar *g = mgrammar_of(id);
	if (!g->pattern) {
		put_words(into, g->words);
	} else if (!g->words) {
		put_pattern(into, g);
	} else {
		struct jval any = jval_put_array(into, "anyOf");
		put_words(jval_put_object(any, NULL), g->words);
		put_pattern(jval_put_object(any, NULL), g);
	}
}

static void put_list(struct jval into, const struct mkey *k)
{
	jval_put_text(into, "type", "array");
	jval_put_u64(into, "maxItems", MKEY_ITEMS_MAX);
	if (k->flags & MKEY_FILLED)
		jval_put_u64(into, "minItems", 1);
	if (k->flags & MKEY_UNIQUE)
		jval_put_bool(into, "uniqueItems", true);
}

static void put_map(struct jval into, const struct mkey *k)
{
	jval_put_text(into, "type", "object");
	jval_put_u64(into, "maxProperties", MKEY_ITEMS_MAX);
	if (k->flags & MKEY_FILLED)
		jval_put_u64(into, "minProperties", 1);
	put_grammar(jval_put_object(into, "propertyNames"), k->names);
}

static void put_object(struct jval into, const struct mtable *const *tables, size_t n, bool nulls);

static void put_table(struct jval into, const struct mtable *t, bool nulls)
{
	put_object(into, &t, 1, nulls);
}

static void put_count(struct jval into)
{
	struct jval any = jval_put_array(into, "anyOf");
	jval_put_text(jval_put_object(any, NULL), "const", "auto");
	struct jval number = jval_put_object(any, NULL);
	jval_put_text(number, "type", "integer");
	jval_put_u64(number, "minimum", 1);
	jval_put_u64(number, "maximum", MKEY_COUNT_MAX);
}

static void put_text_or_list(struct jval into, const struct mkey *k)
{
	struct jval any = jval_put_array(into, "anyOf");
	put_grammar(jval_put_object(any, NULL), k->grammar);
	struct jval list = jval_put_object(any, NULL);
	put_list(list, k);
	put_grammar(jval_put_object(list, "items"), k->item);
}

static void put_value(struct jval into, const struct mkey *k)
{
	switch (k->type) {
	case MKEY_SCHEMA:
		jval_put_u64(into, "const", 1);
		break;
	case MKEY_EDITOR:
	case MKEY_TEXT:
	case MKEY_TEXT_OR_AUTO:
	case MKEY_SECONDS:
		put_grammar(into, k->grammar);
		break;
	case MKEY_LIST:
		put_list(into, k);
		put_grammar(jval_put_object(into, "items"), k->item);
		break;
	case MKEY_TEXT_OR_LIST:
		put_text_or_list(into, k);
		break;
	case MKEY_PAIRS:
		put_map(into, k);
		put_grammar(jval_put_object(into, "additionalProperties"), k->grammar);
		break;
	case MKEY_BOOL:
		jval_put_text(into, "type", "boolean");
		break;
	case MKEY_WORD:
	case MKEY_SECOND_WORD:
		put_words(into, k->words);
		break;
	case MKEY_COUNT_OR_AUTO:
		put_count(into);
		break;
	case MKEY_OBJECT:
		put_table(into, k->table, false);
		break;
	case MKEY_TARGETS:
		put_list(into, k);
		put_table(jval_put_object(into, "items"), k->table, false);
		break;
	case MKEY_VARIANTS:
		put_map(into, k);
		put_table(jval_put_object(into, "additionalProperties"), k->table, true);
		break;
	}
}

static void put_key(struct jval properties, const struct mkey *k, bool nulls)
{
	struct jval into = jval_put_object(properties, k->name);
	jval_put_text(into, "description", k->about);
	if (!nulls && !(k->flags & MKEY_NULLABLE)) {
		put_value(into, k);
		return;
	}
	struct jval any = jval_put_array(into, "anyOf");
	put_value(jval_put_object(any, NULL), k);
	jval_put_text(jval_put_object(any, NULL), "type", "null");
}

static void put_object(struct jval into, const struct mtable *const *tables, size_t n, bool nulls)
{
	jval_put_text(into, "type", "object");
	jval_put_bool(into, "additionalProperties", false);
	struct jval properties = jval_put_object(into, "properties");
	struct jval required = {.doc = NULL};
	for (size_t t = 0; t < n; t++) {
		for (size_t i = 0; i < tables[t]->n; i++) {
			const struct mkey *k = &tables[t]->keys[i];
			put_key(properties, k, nulls);
			if (!(k->flags & MKEY_REQUIRED))
				continue;
			if (!jval_is_there(required))
				required = jval_put_array(into, "required");
			jval_put_text(required, NULL, k->name);
		}
	}
}

char *manifest_schema(void)
{
	static const struct mtable *const tables[] = {&mtable_top, &mtable_variant};
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	AUTO_BUF struct buf out = BUF_INIT;
	struct jval root = jdoc_root(d);
	jval_put_text(root, "$schema", "http://json-schema.org/draft-07/schema#");
	jval_put_text(root, "title", "cudabuild manifest");
	put_object(root, tables, ARRAY_LEN(tables), false);
	jdoc_dump(d, JDOC_PRETTY, &out);
	return buf_take(&out);
}
