#include "render/mustache_node.h"

#include "base/str.h"

#include <string.h>

struct renderer {
	const struct mustache_options *o;
	struct buf *into;
	size_t limit;	    /* into may grow to here */
	struct buf indent;  /* of all standalone partials that are open */
	size_t indent_from; /* what is in force begins here */
	const struct value *stack[MUSTACHE_MAX_DEPTH];
	size_t depth, partials, steps;
	struct err *err;
};

/* What a name stands for: a value, and the filter that its last part named. */
struct found {
	const struct value *value; /* NULL: nothing is named so */
	const struct mustache_filter *filter;
};

static int render_nodes(struct renderer *r, const struct mustache *t, size_t from, size_t to);

static int fail(struct renderer *r, const struct mustache *t, const struct node *node)
{
	return err_wrap(r->err, "template '%s': line %u: '%.*s'", t->name, node->line, (int)node->len,
			t->source + node->at);
}

static const struct value *find_first(const struct renderer *r, const char *name, size_t len)
{
	for (size_t i = r->depth; i > 0; i--) {
		const struct value *v = value_find(r->stack[i - 1], name, len);
		if (v)
			return v;
	}
	return NULL;
}

static const struct mustache_filter *find_filter(const struct mustache_options *o, const char *name, size_t len)
{
	for (size_t i = 0; i < o->n_filters; i++)
		if (strncmp(o->filters[i].name, name, len) == 0 && o->filters[i].name[len] == '\0')
			return &o->filters[i];
	return NULL;
}

static struct found look_up(const struct renderer *r, const char *name, size_t len)
{
	struct found f = {.value = NULL};
	if (len == 1 && *name == '.') {
		f.value = r->stack[r->depth - 1];
		return f;
	}
	const char *end = name + len;
	for (bool first = true; name < end; first = false) {
		const char *dot = memchr(name, '.', (size_t)(end - name));
		size_t part = (size_t)((dot ? dot : end) - name);
		const struct value *v = first ? find_first(r, name, part) : value_find(f.value, name, part);
		if (!v && !first && !dot && f.value->kind != VALUE_MAP)
			f.filter = find_filter(r->o, name, part);
		if (f.filter)
			return f;
		f.value = v;
		if (!v)
			return f;
		name += part + 1;
	}
	return f;
}

/* Says that nothing is named so, with the nearest name in reach. */
static int not_there(struct renderer *r, const struct mustache *t, const struct node *node)
{
	AUTO_TEXT char *name = xstrndup(t->source + node->at, node->len);
	const char *names[256];
	size_t n = 0;
	for (size_t i = r->depth; i > 0; i--)
		for (size_t k = 0; r->stack[i - 1]->kind == VALUE_MAP && k < r->stack[i - 1]->n && n < ARRAY_LEN(names);
		     k++)
			names[n++] = r->stack[i - 1]->items[k].name;
	const char *near = str_nearest(name, names, n);
	(void)err_set(r->err, ERR_INPUT, "nothing has this name%s%s%s", near ? " (did you mean '" : "",
		      near ? near : "", near ? "'?)" : "");
	return fail(r, t, node);
}

static int put(struct renderer *r, const char *data, size_t len)
{
	if (r->into->len > r->limit || len > r->limit - r->into->len)
		return err_set(r->err, ERR_INPUT, "the result is larger than %zu bytes", MUSTACHE_MAX_OUTPUT);
	buf_add(r->into, data, len);
	return 0;
}

static int put_text(struct renderer *r, const char *text)
{
	return put(r, text, strlen(text));
}

static int put_filtered(struct renderer *r, const struct value *v, const struct mustache_filter *f)
{
	if (v->kind == VALUE_TEXT)
		return f->quote(r->into, v->text, r->err);
	if (v->kind == VALUE_NO)
		return 0;
	if (v->kind != VALUE_LIST || !f->between)
		return err_set(r->err, ERR_INPUT, "is not a text");
	if (put_text(r, f->before) < 0)
		return -1;
	for (size_t i = 0; i < v->n; i++) {
		if (v->items[i].kind != VALUE_TEXT)
			return err_set(r->err, ERR_INPUT, "is not a list of texts");
		if ((i > 0 && put_text(r, f->between) < 0) || f->quote(r->into, v->items[i].text, r->err) < 0)
			return -1;
	}
	return put_text(r, f->after);
}

static int put_value(struct renderer *r, const struct value *v, bool raw)
{
	switch (v->kind) {
	case VALUE_NO:
		return 0;
	case VALUE_YES:
		return put_text(r, "true");
	case VALUE_TEXT:
		return raw || !r->o->escape ? put_text(r, v->text) : r->o->escape(r->into, v->text, r->err);
	case VALUE_LIST:
	case VALUE_MAP:
		break;
	}
	return r->o->strict ? err_set(r->err, ERR_INPUT, "is not a text") : 0;
}

static int render_value(struct renderer *r, const struct mustache *t, const struct node *node)
{
	struct found f = look_up(r, t->source + node->at, node->len);
	if (!f.value)
		return r->o->strict ? not_there(r, t, node) : 0;
	int rc = f.filter ? put_filtered(r, f.value, f.filter) : put_value(r, f.value, node->kind == NODE_RAW);
	return rc < 0 ? fail(r, t, node) : put(r, "", 0);
}

static int render_with(struct renderer *r, const struct mustache *t, size_t at, const struct value *context)
{
	if (r->depth == MUSTACHE_MAX_DEPTH) {
		(void)err_set(r->err, ERR_INPUT, "nested deeper than %d", MUSTACHE_MAX_DEPTH);
		return fail(r, t, &t->nodes[at]);
	}
	r->stack[r->depth++] = context;
	int rc = render_nodes(r, t, at + 1, t->nodes[at].end);
	r->depth--;
	return rc;
}

static int render_section(struct renderer *r, const struct mustache *t, size_t at)
{
	const struct node *node = &t->nodes[at];
	struct found f = look_up(r, t->source + node->at, node->len);
	if ((!f.value || f.filter) && r->o->strict)
		return not_there(r, t, node);
	bool shows = f.value && !f.filter && value_shows(f.value);
	if (node->kind == NODE_INVERTED)
		return shows ? 0 : render_nodes(r, t, at + 1, node->end);
	if (!shows)
		return 0;
	if (f.value->kind != VALUE_LIST)
		return render_with(r, t, at, f.value);
	for (size_t i = 0; i < f.value->n; i++)
		if (render_with(r, t, at, &f.value->items[i]) < 0)
			return -1;
	return 0;
}

static int render_partial(struct renderer *r, const struct mustache *t, const struct node *node)
{
	AUTO_TEXT char *name = xstrndup(t->source + node->at, node->len);
	const struct mustache *partial = r->o->partial ? r->o->partial(r->o->self, name) : NULL;
	if (!partial && !r->o->strict)
		return 0;
	if (!partial || r->partials == MUSTACHE_MAX_DEPTH) {
		(void)err_set(r->err, ERR_INPUT,
			      partial ? "partials are nested deeper than %d" : "there is no such template",
			      MUSTACHE_MAX_DEPTH);
		return fail(r, t, node);
	}
	size_t from = r->indent_from, len = r->indent.len;
	if (node->standalone)
		buf_add(&r->indent, t->source + node->indent, node->indent_len);
	else
		r->indent_from = r->indent.len;
	r->partials++;
	int rc = render_nodes(r, partial, 0, partial->n);
	r->partials--;
	r->indent_from = from;
	buf_cut(&r->indent, len);
	return rc;
}

static int render_node(struct renderer *r, const struct mustache *t, size_t at)
{
	const struct node *node = &t->nodes[at];
	switch (node->kind) {
	case NODE_TEXT:
		return put(r, t->source + node->at, node->len);
	case NODE_VALUE:
	case NODE_RAW:
		return render_value(r, t, node);
	case NODE_PARTIAL:
		return render_partial(r, t, node);
	case NODE_SECTION:
	case NODE_INVERTED:
		break;
	}
	return render_section(r, t, at);
}

static int render_nodes(struct renderer *r, const struct mustache *t, size_t from, size_t to)
{
	for (size_t i = from; i < to;) {
		const struct node *node = &t->nodes[i];
		if (++r->steps > MUSTACHE_MAX_STEPS)
			return err_set(r->err, ERR_INPUT, "template '%s': it takes more than %zu steps", t->name,
				       MUSTACHE_MAX_STEPS);
		bool indented = node->begins_line && r->indent.len > r->indent_from;
		if (indented && put(r, r->indent.data + r->indent_from, r->indent.len - r->indent_from) < 0)
			return -1;
		if (render_node(r, t, i) < 0)
			return -1;
		i = node->end ? node->end : i + 1;
	}
	return 0;
}

int mustache_render(const struct mustache *t, const struct value *data, const struct mustache_options *o,
		    struct buf *into, struct err *err)
{
	struct renderer r = {.o = o, .into = into, .limit = into->len + MUSTACHE_MAX_OUTPUT, .err = err};
	r.stack[r.depth++] = data;
	int rc = render_nodes(&r, t, 0, t->n);
	buf_clear(&r.indent);
	return rc;
}
