#include "adapt/yaml.h"

#include "base/str.h"

#include <string.h>
#include <yaml.h>

#define KEYS_MAX 1000 /* in one map: they are compared pair by pair */

struct ydoc {
	struct ynode root;
	bool full; /* the one document was read */
};

/* The document while it grows: open nodes lie on the stack by value and move into their parent when they are closed. */
struct tower {
	struct blob text;
	struct ynode open[YDOC_DEPTH_MAX + 1];
	size_t depth, nodes;
	struct ydoc *doc; /* owned */
};

static void node_clear(struct ynode *n)
{
	for (size_t i = 0; i < n->n * (n->kind == YNODE_MAP ? 2 : 1); i++)
		node_clear(&n->items[i]);
	free(n->items);
	free(n->text);
	*n = (struct ynode){.kind = YNODE_SCALAR};
}

void ydoc_free(struct ydoc *d)
{
	if (!d)
		return;
	node_clear(&d->root);
	free(d);
}

const struct ynode *ydoc_root(const struct ydoc *d)
{
	return &d->root;
}

static int fail_at(const struct tower *t, yaml_mark_t mark, struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "%s:%zu:%zu: %s", t->text.name, mark.line + 1, mark.column + 1, what);
}

/* --- the tree --- */

/* Gives an open node one more child (taken); an open map counts keys and values apart. */
static void append(struct ynode *to, struct ynode *child)
{
	/* capacity is the power of two at or above n */
	if ((to->n & (to->n - 1)) == 0)
		to->items = xreallocarray(to->items, to->n > 0 ? to->n * 2 : 1, sizeof(*child));
	to->items[to->n++] = *child;
	*child = (struct ynode){.kind = YNODE_SCALAR};
}

static int check_key(const struct tower *t, const struct ynode *map, const struct ynode *key, yaml_mark_t at,
		     struct err *err)
{
	if (key->kind != YNODE_SCALAR)
		return fail_at(t, at, err, "a key must be a text");
	if (key->plain && str_eq(key->text, "<<"))
		return fail_at(t, at, err, "merge keys are not supported: write the keys out");
	if (map->n >= 2 * (size_t)KEYS_MAX)
		return fail_at(t, at, err, "too many keys in one map");
	for (size_t i = 0; i < map->n; i += 2) {
		if (!str_eq(map->items[i].text, key->text))
			continue;
		AUTO_TEXT char *shown = str_shown(key->text, 60);
		return err_set(err, ERR_INPUT, "%s:%zu:%zu: key '%s' is there twice (first in line %u)", t->text.name,
			       at.line + 1, at.column + 1, shown, map->items[i].line);
	}
	return 0;
}

/* Hands a finished node (taken) to what is open above it. */
static void close_node(struct tower *t, struct ynode *node)
{
	if (t->depth > 0) {
		append(&t->open[t->depth - 1], node);
		return;
	}
	t->doc->root = *node;
	*node = (struct ynode){.kind = YNODE_SCALAR};
	t->doc->full = true;
}

/* A node begins: counts it, and refuses a key that must not be. */
static int begin_node(struct tower *t, const struct ynode *node, yaml_mark_t at, struct err *err)
{
	if (++t->nodes > YDOC_NODES_MAX)
		return fail_at(t, at, err, "too many values");
	if (t->depth == 0)
		return 0;
	const struct ynode *in = &t->open[t->depth - 1];
	if (in->kind == YNODE_MAP && in->n % 2 == 0)
		return check_key(t, in, node, at, err);
	return 0;
}

static int on_open(struct tower *t, enum ynode_kind kind, yaml_mark_t at, struct err *err)
{
	struct ynode node = {.kind = kind, .line = (unsigned)at.line + 1, .column = (unsigned)at.column + 1};
	if (begin_node(t, &node, at, err) < 0)
		return -1;
	if (t->depth > YDOC_DEPTH_MAX - 1)
		return fail_at(t, at, err, "nested too deep");
	t->open[t->depth++] = node;
	return 0;
}

static void on_close(struct tower *t)
{
	struct ynode *node = &t->open[--t->depth];
	if (node->kind == YNODE_MAP)
		node->n /= 2;
	close_node(t, node);
}

static int on_scalar(struct tower *t, const yaml_event_t *e, struct err *err)
{
	const char *value = (const char *)e->data.scalar.value;
	yaml_mark_t at = e->start_mark;
	if (memchr(value, '\0', e->data.scalar.length))
		return fail_at(t, at, err, "a text must not hold a NUL character");
	AUTO_TEXT char *text = xstrndup(value, e->data.scalar.length);
	struct ynode node = {
		.plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
		.line = (unsigned)at.line + 1,
		.column = (unsigned)at.column + 1,
		.text = text,
	};
	if (begin_node(t, &node, at, err) < 0)
		return -1;
	text = NULL;
	close_node(t, &node);
	return 0;
}

/* --- events --- */

static int refuse_marks(const struct tower *t, const yaml_event_t *e, const yaml_char_t *anchor, const yaml_char_t *tag,
			struct err *err)
{
	if (anchor)
		return fail_at(t, e->start_mark, err, "anchors are not supported: write the value out");
	if (tag)
		return fail_at(t, e->start_mark, err, "tags are not supported");
	return 0;
}

static int on_document(const struct tower *t, const yaml_event_t *e, struct err *err)
{
	if (t->doc->full)
		return fail_at(t, e->start_mark, err, "a second document is not supported");
	if (e->data.document_start.tag_directives.start != e->data.document_start.tag_directives.end)
		return fail_at(t, e->start_mark, err, "tags are not supported");
	return 0;
}

static int on_event(struct tower *t, const yaml_event_t *e, struct err *err)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(t, e, err);
	case YAML_ALIAS_EVENT:
		return fail_at(t, e->start_mark, err, "aliases are not supported: write the value out");
	case YAML_SCALAR_EVENT:
		if (refuse_marks(t, e, e->data.scalar.anchor, e->data.scalar.tag, err) < 0)
			return -1;
		return on_scalar(t, e, err);
	case YAML_SEQUENCE_START_EVENT:
		if (refuse_marks(t, e, e->data.sequence_start.anchor, e->data.sequence_start.tag, err) < 0)
			return -1;
		return on_open(t, YNODE_LIST, e->start_mark, err);
	case YAML_MAPPING_START_EVENT:
		if (refuse_marks(t, e, e->data.mapping_start.anchor, e->data.mapping_start.tag, err) < 0)
			return -1;
		return on_open(t, YNODE_MAP, e->start_mark, err);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		on_close(t);
		break;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return 0;
}

/* libyaml gives no mark for bytes that it cannot read, only their offset. */
static yaml_mark_t mark_of(struct blob text, size_t offset)
{
	yaml_mark_t mark = {.index = offset};
	for (size_t i = 0; i < offset && i < text.len; i++) {
		if (text.data[i] == '\n') {
			mark.line++;
			mark.column = 0;
		} else if (((unsigned char)text.data[i] & 0xC0U) != 0x80) {
			mark.column++;
		}
	}
	return mark;
}

static int fail_syntax(const struct tower *t, const yaml_parser_t *parser, struct err *err)
{
	if (parser->error == YAML_MEMORY_ERROR)
		mem_short();
	const char *problem = parser->problem ? parser->problem : "not YAML";
	if (parser->error == YAML_READER_ERROR)
		return fail_at(t, mark_of(t->text, parser->problem_offset), err, problem);
	if (!parser->context)
		return fail_at(t, parser->problem_mark, err, problem);
	AUTO_TEXT char *what = xasprintf("%s %s", problem, parser->context);
	return fail_at(t, parser->problem_mark, err, what);
}

static int next_event(struct tower *t, yaml_parser_t *parser, struct err *err)
{
	yaml_event_t event;
	if (!yaml_parser_parse(parser, &event))
		return fail_syntax(t, parser, err);
	int rc = on_event(t, &event, err);
	if (rc == 0 && event.type == YAML_STREAM_END_EVENT)
		rc = 1;
	yaml_event_delete(&event);
	return rc;
}

static int read_events(struct tower *t, struct err *err)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		mem_short();
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)t->text.data, t->text.len);
	int rc;
	do
		rc = next_event(t, &parser, err);
	while (rc == 0);
	yaml_parser_delete(&parser);
	return rc < 0 ? -1 : 0;
}

int ydoc_parse(struct blob text, struct ydoc **ret, struct err *err)
{
	if (text.len > YDOC_SIZE_MAX)
		return err_set(err, ERR_INPUT, "%s: larger than %d bytes", text.name, YDOC_SIZE_MAX);
	if (text.len >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0) {
		text.data += 3;
		text.len -= 3;
	}
	AUTO(ydoc) struct ydoc *doc = xcalloc(1, sizeof(*doc));
	struct tower t = {.text = text, .doc = doc};
	int rc = read_events(&t, err);
	while (t.depth > 0) {
		struct ynode *left = &t.open[--t.depth];
		size_t children = left->n;
		/* an open map counts keys and values apart */
		left->kind = YNODE_LIST;
		left->n = children;
		node_clear(left);
	}
	if (rc < 0)
		return -1;
	if (!doc->full)
		return err_set(err, ERR_INPUT, "%s:1:1: the document is empty", text.name);
	*ret = TAKE(doc);
	return 0;
}

/* --- what other readers take a plain scalar for --- */

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(text, words[i]))
			return true;
	}
	return false;
}

static const char *skip_digits(const char *p)
{
	while (str_is_digit(*p) || *p == '_')
		p++;
	return p;
}

static const char *skip_sign(const char *p)
{
	return *p == '-' || *p == '+' ? p + 1 : p;
}

static bool all_of(const char *p, const char *set)
{
	return *p != '\0' && p[strspn(p, set)] == '\0';
}

/* p is at ":" of 1:30:00, which YAML 1.1 reads in base 60. */
static const char *skip_sixties(const char *p)
{
	while (*p == ':' && str_is_digit(p[1])) {
		const char *q = p + 1;
		if (str_is_digit(q[1]) && *q <= '5')
			q++;
		p = q + 1;
	}
	return p;
}

static bool reads_int(const char *text)
{
	const char *p = skip_sign(text);
	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		return all_of(p + 2, "0123456789abcdefABCDEF_");
	if (p[0] == '0' && (p[1] == 'b' || p[1] == 'B'))
		return all_of(p + 2, "01_");
	if (p[0] == '0' && (p[1] == 'o' || p[1] == 'O'))
		return all_of(p + 2, "01234567_");
	if (!str_is_digit(*p))
		return false;
	return *skip_sixties(skip_digits(p)) == '\0';
}

static bool reads_real(const char *text)
{
	static const char *const words[] = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"};
	const char *p = skip_sign(text);
	if (is_one_of(p, words, ARRAY_LEN(words)))
		return true;
	if (!str_is_digit(*p) && !(*p == '.' && str_is_digit(p[1])))
		return false;
	p = skip_sixties(skip_digits(p));
	if (*p == '.')
		p = skip_digits(p + 1);
	if (*p == 'e' || *p == 'E') {
		p = skip_sign(p + 1);
		if (!str_is_digit(*p))
			return false;
		p = skip_digits(p);
	}
	return *p == '\0';
}

/* 2026-11-28, and with a time of day behind it. */
static bool reads_time(const char *text)
{
	static const char form[] = "dddd-d";
	const char *p = text;
	for (const char *f = form; *f; f++, p++) {
		if (*f == 'd' ? !str_is_digit(*p) : *p != *f)
			return false;
	}
	p += str_is_digit(*p) ? 1 : 0;
	if (*p != '-' || !str_is_digit(p[1]))
		return false;
	p += str_is_digit(p[2]) ? 3 : 2;
	if (*p == '\0')
		return true;
	bool gap = *p == 'T' || *p == 't' || *p == ' ' || *p == '\t';
	return gap && str_is_digit(p[1]);
}

enum ynode_reads ynode_reads(const struct ynode *scalar)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
	static const char *const bools[] = {
		"true", "True", "TRUE", "false", "False", "FALSE", "yes", "Yes", "YES", "no", "No",
		"NO",	"on",	"On",	"ON",	 "off",	  "Off",   "OFF", "y",	 "Y",	"n",  "N",
	};
	if (!scalar->plain)
		return YNODE_TEXT;
	if (is_one_of(scalar->text, nulls, ARRAY_LEN(nulls)))
		return YNODE_NULL;
	if (is_one_of(scalar->text, bools, ARRAY_LEN(bools)))
		return YNODE_BOOL;
	if (reads_int(scalar->text))
		return YNODE_INT;
	if (reads_real(scalar->text))
		return YNODE_REAL;
	return reads_time(scalar->text) ? YNODE_TIME : YNODE_TEXT;
}
