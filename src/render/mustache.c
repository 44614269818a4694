#include "render/mustache_node.h"

#include "base/str.h"

#include <string.h>

#define DELIMITER_MAX 15

struct parser {
	struct mustache *t;
	size_t at;     /* behind the last tag */
	unsigned line; /* of counted */
	size_t counted;
	char open[DELIMITER_MAX + 1], close[DELIMITER_MAX + 1];
	size_t sections[MUSTACHE_MAX_DEPTH]; /* open ones: places in nodes */
	size_t depth;
};

/* One tag: its kind as its sign, what stands in it, and the bytes around it that go with it. */
struct tag {
	char sign;	     /* one of # ^ / > & { ! = or 0 for a plain name */
	size_t from, behind; /* the tag itself */
	size_t at, len;	     /* its content without blanks around */
	unsigned line;
	size_t line_start;
	bool standalone;
};

void mustache_free(struct mustache *t)
{
	if (!t)
		return;
	free(t->name);
	free(t->source);
	free(t->nodes);
	free(t);
}

static struct node *add_node(struct mustache *t, enum node_kind kind, unsigned line)
{
	if (t->n == t->cap) {
		t->cap = mem_grow(t->cap);
		t->nodes = xreallocarray(t->nodes, t->cap, sizeof(*t->nodes));
	}
	struct node *node = &t->nodes[t->n++];
	*node = (struct node){.kind = kind, .line = line};
	return node;
}

static unsigned line_of(struct parser *p, size_t at)
{
	for (; p->counted < at; p->counted++)
		p->line += p->t->source[p->counted] == '\n';
	return p->line;
}

static bool begins_line(const struct mustache *t, size_t at)
{
	return at == 0 || t->source[at - 1] == '\n';
}

/* Adds the text [from, to), one node per line. */
static void add_text(struct parser *p, size_t from, size_t to)
{
	const char *source = p->t->source;
	while (from < to) {
		const char *eol = memchr(source + from, '\n', to - from);
		size_t behind = eol ? (size_t)(eol - source) + 1 : to;
		struct node *node = add_node(p->t, NODE_TEXT, 0);
		node->at = from;
		node->len = behind - from;
		node->begins_line = begins_line(p->t, from);
		from = behind;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_space(char c)
{
	return is_blank(c) || c == '\n' || c == '\r';
}

static size_t find(const struct parser *p, const char *what, size_t from)
{
	const char *at = memmem(p->t->source + from, p->t->len - from, what, strlen(what));
	return at ? (size_t)(at - p->t->source) : p->t->len;
}

static void trim(const char *source, struct tag *tag)
{
	while (tag->len && is_space(source[tag->at])) {
		tag->at++;
		tag->len--;
	}
	while (tag->len && is_space(source[tag->at + tag->len - 1]))
		tag->len--;
}

/* The byte behind a line's end when only blanks stand from at to there; 0 otherwise. */
static size_t rest_is_blank(const struct mustache *t, size_t at)
{
	while (at < t->len && is_blank(t->source[at]))
		at++;
	if (at == t->len)
		return at;
	if (t->source[at] == '\r' && at + 1 < t->len && t->source[at + 1] == '\n')
		return at + 2;
	return t->source[at] == '\n' ? at + 1 : 0;
}

/* Whether the tag is alone on its line(s): then it takes the blanks in front and the line's end with it. */
static void find_standalone(const struct parser *p, struct tag *tag)
{
	const char *source = p->t->source;
	size_t start = tag->from;
	while (start > p->at && is_blank(source[start - 1]))
		start--;
	tag->line_start = tag->from;
	if (!tag->sign || tag->sign == '&' || tag->sign == '{' || !begins_line(p->t, start))
		return;
	size_t behind = rest_is_blank(p->t, tag->behind);
	if (!behind)
		return;
	tag->standalone = true;
	tag->line_start = start;
	tag->behind = behind;
}

/* Reads the tag that begins at from. */
static int scan_tag(struct parser *p, size_t from, struct tag *tag, struct err *err)
{
	const struct mustache *t = p->t;
	char close[DELIMITER_MAX + 2] = "";
	*tag = (struct tag){.from = from, .line = line_of(p, from), .at = from + strlen(p->open)};
	char c = tag->at < t->len ? t->source[tag->at] : '\0';
	if (c && strchr("#^/>&{!=", c)) {
		tag->sign = c;
		tag->at++;
	}
	if (c == '{' || c == '=')
		close[0] = c == '{' ? '}' : '=';
	memcpy(close + strlen(close), p->close, strlen(p->close) + 1);
	size_t end = find(p, close, tag->at);
	if (end == t->len)
		return err_set(err, ERR_INPUT, "line %u: a tag without its end '%s'", tag->line, close);
	tag->len = end - tag->at;
	tag->behind = end + strlen(close);
	trim(t->source, tag);
	find_standalone(p, tag);
	return 0;
}

static int set_delimiters(struct parser *p, const struct tag *tag, struct err *err)
{
	AUTO_TEXT char *text = xstrndup(p->t->source + tag->at, tag->len);
	AUTO_STRV struct strv parts = STRV_INIT;
	strv_split(&parts, text, " \t\r\n");
	bool fits = parts.n == 2;
	for (size_t i = 0; i < parts.n; i++)
		fits = fits && strlen(parts.v[i]) <= DELIMITER_MAX && !strchr(parts.v[i], '=');
	if (!fits)
		return err_set(err, ERR_INPUT, "line %u: delimiters are two words of at most %d characters without '='",
			       tag->line, DELIMITER_MAX);
	memcpy(p->open, parts.v[0], strlen(parts.v[0]) + 1);
	memcpy(p->close, parts.v[1], strlen(parts.v[1]) + 1);
	return 0;
}

static int check_name(const struct parser *p, const struct tag *tag, struct err *err)
{
	const char *name = p->t->source + tag->at;
	bool dots = tag->sign != '>' && !(tag->len == 1 && *name == '.');
	if (tag->len == 0)
		return err_set(err, ERR_INPUT, "line %u: a tag without a name", tag->line);
	for (size_t i = 0; i < tag->len; i++) {
		bool part_end = dots && name[i] == '.' && (i == 0 || i + 1 == tag->len || name[i + 1] == '.');
		if (is_space(name[i]) || name[i] == '\0' || part_end) {
			AUTO_TEXT char *raw = xstrndup(name, tag->len);
			AUTO_TEXT char *shown = str_shown(raw, 60);
			return err_set(err, ERR_INPUT, "line %u: '%s' is not a name", tag->line, shown);
		}
	}
	return 0;
}

static int close_section(struct parser *p, const struct tag *tag, struct err *err)
{
	AUTO_TEXT char *name = xstrndup(p->t->source + tag->at, tag->len);
	if (!p->depth)
		return err_set(err, ERR_INPUT, "line %u: {{/%s}} closes nothing", tag->line, name);
	struct node *open = &p->t->nodes[p->sections[p->depth - 1]];
	if (open->len != tag->len || memcmp(p->t->source + open->at, name, tag->len) != 0)
		return err_set(err, ERR_INPUT, "line %u: {{/%s}} where '%.*s' of line %u is still open", tag->line,
			       name, (int)open->len, p->t->source + open->at, open->line);
	open->end = p->t->n;
	p->depth--;
	return 0;
}

static enum node_kind kind_of(char sign)
{
	switch (sign) {
	case '#':
		return NODE_SECTION;
	case '^':
		return NODE_INVERTED;
	case '>':
		return NODE_PARTIAL;
	case '&':
	case '{':
		return NODE_RAW;
	default:
		return NODE_VALUE;
	}
}

static int add_tag(struct parser *p, const struct tag *tag, struct err *err)
{
	struct node *node = add_node(p->t, kind_of(tag->sign), tag->line);
	node->at = tag->at;
	node->len = tag->len;
	node->begins_line = !tag->standalone && begins_line(p->t, tag->from);
	node->standalone = tag->standalone;
	node->indent = tag->line_start;
	node->indent_len = tag->from - tag->line_start;
	if (tag->sign != '#' && tag->sign != '^')
		return 0;
	if (p->depth == MUSTACHE_MAX_DEPTH)
		return err_set(err, ERR_INPUT, "line %u: sections are nested deeper than %d", tag->line,
			       MUSTACHE_MAX_DEPTH);
	p->sections[p->depth++] = p->t->n - 1;
	return 0;
}

static int take_tag(struct parser *p, const struct tag *tag, struct err *err)
{
	bool silent = tag->sign == '!' || tag->sign == '=' || tag->sign == '/';
	add_text(p, p->at, tag->line_start);
	if (silent && !tag->standalone && begins_line(p->t, tag->from))
		add_node(p->t, NODE_TEXT, tag->line)->begins_line = true;
	p->at = tag->behind;
	if (tag->sign == '!')
		return 0;
	if (tag->sign == '=')
		return set_delimiters(p, tag, err);
	if (check_name(p, tag, err) < 0)
		return -1;
	return tag->sign == '/' ? close_section(p, tag, err) : add_tag(p, tag, err);
}

static int parse(struct parser *p, struct err *err)
{
	for (;;) {
		struct tag tag;
		size_t from = find(p, p->open, p->at);
		if (from == p->t->len)
			break;
		if (scan_tag(p, from, &tag, err) < 0 || take_tag(p, &tag, err) < 0)
			return -1;
	}
	add_text(p, p->at, p->t->len);
	if (!p->depth)
		return 0;
	const struct node *open = &p->t->nodes[p->sections[p->depth - 1]];
	return err_set(err, ERR_INPUT, "line %u: the section '%.*s' is not closed", open->line, (int)open->len,
		       p->t->source + open->at);
}

int mustache_parse(struct blob text, struct mustache **ret, struct err *err)
{
	AUTO(mustache) struct mustache *t = xcalloc(1, sizeof(*t));
	t->name = xstrdup(text.name ? text.name : "template");
	if (text.len > MUSTACHE_MAX_SIZE)
		return err_set(err, ERR_INPUT, "template '%s': larger than %zu bytes", t->name, MUSTACHE_MAX_SIZE);
	t->source = xmalloc(text.len + 1);
	if (text.len)
		memcpy(t->source, text.data, text.len);
	t->source[text.len] = '\0';
	t->len = text.len;
	struct parser p = {.t = t, .line = 1, .open = "{{", .close = "}}"};
	if (parse(&p, err) < 0)
		return err_wrap(err, "template '%s'", t->name);
	*ret = TAKE(t);
	return 0;
}
