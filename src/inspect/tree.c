#include "inspect/tree.h"

#include "base/buf.h"

#include <stdint.h>
#include <string.h>

enum { LINKS_MAX = 40, PARTS_MAX = 256, ROOT = 1 };

/* Nodes name each other by index; 0 = none. Removed ones stay, out of reach. */
struct node {
	char *name, *target;
	void *item;
	uint32_t parent, child, last, next, previous;
	uint32_t chain; /* of the hash table */
	enum tree_kind kind;
};

struct tree {
	struct node *v;
	uint32_t n, cap;
	uint32_t *heads;
	uint32_t mask;
};

struct tree *tree_new(void)
{
	struct tree *t = xcalloc(1, sizeof(*t));

	t->cap = 1024;
	t->v = xcalloc(t->cap, sizeof(*t->v));
	t->mask = 1023;
	t->heads = xcalloc(t->mask + 1, sizeof(*t->heads));
	t->n = ROOT + 1;
	t->v[ROOT].kind = TREE_DIR;
	return t;
}

void tree_free(struct tree *t)
{
	if (!t)
		return;
	for (uint32_t i = 0; i < t->n; i++) {
		free(t->v[i].name);
		free(t->v[i].target);
	}
	free(t->v);
	free(t->heads);
	free(t);
}

static uint32_t hash(const struct tree *t, uint32_t parent, const char *name, size_t len)
{
	uint32_t h = 2166136261u ^ parent * 2654435761u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)name[i]) * 16777619u;
	return (h ^ h >> 15) & t->mask;
}

static uint32_t find(const struct tree *t, uint32_t parent, const char *name, size_t len)
{
	uint32_t at = t->heads[hash(t, parent, name, len)];

	while (at && (t->v[at].parent != parent || strncmp(t->v[at].name, name, len) != 0 || t->v[at].name[len]))
		at = t->v[at].chain;
	return at;
}

static void chain_in(struct tree *t, uint32_t at)
{
	uint32_t *head = &t->heads[hash(t, t->v[at].parent, t->v[at].name, strlen(t->v[at].name))];

	t->v[at].chain = *head;
	*head = at;
}

static void rehash(struct tree *t)
{
	t->mask = t->mask * 2 + 1;
	free(t->heads);
	t->heads = xcalloc((size_t)t->mask + 1, sizeof(*t->heads));
	for (uint32_t i = ROOT + 1; i < t->n; i++)
		if (t->v[i].parent)
			chain_in(t, i);
}

static uint32_t add(struct tree *t, uint32_t parent, const char *name, size_t len)
{
	struct node *node, *above;
	uint32_t at = t->n;

	if (t->n == t->cap) {
		t->cap *= 2;
		t->v = xreallocarray(t->v, t->cap, sizeof(*t->v));
	}
	node = &t->v[t->n++];
	*node = (struct node){.name = xstrndup(name, len), .parent = parent, .kind = TREE_DIR};
	above = &t->v[parent];
	node->previous = above->last;
	if (above->last)
		t->v[above->last].next = at;
	else
		above->child = at;
	above->last = at;
	if (t->n > t->mask)
		rehash(t);
	else
		chain_in(t, at);
	return at;
}

static void chain_out(struct tree *t, uint32_t at)
{
	uint32_t *link = &t->heads[hash(t, t->v[at].parent, t->v[at].name, strlen(t->v[at].name))];

	while (*link && *link != at)
		link = &t->v[*link].chain;
	if (*link)
		*link = t->v[at].chain;
}

/* The deepest first child below at, or at itself. */
static uint32_t deepest(const struct tree *t, uint32_t at)
{
	while (t->v[at].child)
		at = t->v[at].child;
	return at;
}

static void unlink_one(struct tree *t, uint32_t at)
{
	struct node *node = &t->v[at], *above = &t->v[node->parent];

	chain_out(t, at);
	if (node->previous)
		t->v[node->previous].next = node->next;
	else
		above->child = node->next;
	if (node->next)
		t->v[node->next].previous = node->previous;
	else
		above->last = node->previous;
	free(node->name);
	free(node->target);
	*node = (struct node){.name = NULL};
}

static void cut_below(struct tree *t, uint32_t at)
{
	for (uint32_t leaf = deepest(t, at); leaf != at;) {
		uint32_t above = t->v[leaf].parent;

		unlink_one(t, leaf);
		leaf = deepest(t, above); /* not from the top again: trees may be very deep */
	}
}

static void cut(struct tree *t, uint32_t at)
{
	cut_below(t, at);
	unlink_one(t, at);
}

/* --- paths --- */

/* The parts of a path still to go, last one first; owned copies. */
struct parts {
	char *v[PARTS_MAX];
	size_t n, links;
};

static bool push(struct parts *p, const char *path)
{
	size_t end = strlen(path);

	while (end > 0) {
		size_t from = end;

		while (from > 0 && path[from - 1] != '/')
			from--;
		if (end > from && !(end - from == 1 && path[from] == '.')) {
			if (p->n == PARTS_MAX)
				return false;
			p->v[p->n++] = xstrndup(path + from, end - from);
		}
		end = from ? from - 1 : 0;
	}
	return true;
}

static void parts_clear(struct parts *p)
{
	while (p->n > 0)
		free(p->v[--p->n]);
}

/* Follows a link: its target's parts come next. Where the walk goes on; 0 = a loop. */
static uint32_t follow(const struct tree *t, uint32_t link, struct parts *p)
{
	const char *target = t->v[link].target;

	if (++p->links > LINKS_MAX || !push(p, target))
		return 0;
	return target[0] == '/' ? ROOT : t->v[link].parent;
}

/* From the folder at through one part of the path; 0 = there is nothing. */
static uint32_t step(struct tree *t, uint32_t at, const char *part, struct parts *p, bool make)
{
	uint32_t next;

	if (strcmp(part, "..") == 0)
		return at == ROOT ? ROOT : t->v[at].parent;
	next = find(t, at, part, strlen(part));
	if (next && t->v[next].kind == TREE_LINK)
		return follow(t, next, p);
	if (next && t->v[next].kind == TREE_FILE && make) {
		cut(t, next);
		next = 0;
	}
	return next || !make ? next : add(t, at, part, strlen(part));
}

/* Goes to the folder that holds the path's last part, which is left in *p. Makes folders where make is set. 0 = there
 * is none. */
static uint32_t descend(struct tree *t, struct parts *p, bool make)
{
	uint32_t at = ROOT;

	while (at && p->n > 1) {
		AUTO_TEXT char *part = p->v[--p->n];

		at = step(t, at, part, p, make);
	}
	return at;
}

/* The node of a path, its last link not followed; 0 = none. */
static uint32_t locate(const struct tree *t, const char *path)
{
	struct parts p = {.n = 0};
	uint32_t at = 0;
	struct tree *same;

	memcpy(&same, &t, sizeof(same)); /* nothing is made */
	if (push(&p, path) && p.n > 0 && (at = descend(same, &p, false)) != 0 && p.n > 0)
		at = find(t, at, p.v[0], strlen(p.v[0]));
	parts_clear(&p);
	return at;
}

bool tree_put(struct tree *t, const char *path, enum tree_kind kind, void *item, const char *target)
{
	struct parts p = {.n = 0};
	uint32_t dir = push(&p, path) && p.n > 0 ? descend(t, &p, true) : 0;
	uint32_t at = 0;

	if (dir && p.n == 1 && strcmp(p.v[0], "..") != 0) {
		at = find(t, dir, p.v[0], strlen(p.v[0]));
		if (at && (kind != TREE_DIR || t->v[at].kind != TREE_DIR)) {
			cut(t, at);
			at = 0;
		}
		if (!at)
			at = add(t, dir, p.v[0], strlen(p.v[0]));
		t->v[at].kind = kind;
		t->v[at].item = item;
		t->v[at].target = kind == TREE_LINK ? xstrdup(target) : NULL;
	}
	parts_clear(&p);
	return at != 0;
}

void tree_remove(struct tree *t, const char *path)
{
	uint32_t at = locate(t, path);

	if (at > ROOT)
		cut(t, at);
}

void tree_empty(struct tree *t, const char *path)
{
	uint32_t at = path[strspn(path, "./")] ? locate(t, path) : ROOT;

	if (at)
		cut_below(t, at);
}

void *tree_item(const struct tree *t, const char *path)
{
	uint32_t at = locate(t, path);

	return at && t->v[at].kind == TREE_FILE ? t->v[at].item : NULL;
}

/* --- walking --- */

static void visit(const struct tree *t, uint32_t at, const char *path, const struct tree_visitor *v)
{
	if (t->v[at].kind == TREE_FILE)
		v->file(v->self, path, t->v[at].item);
	else if (t->v[at].kind == TREE_LINK)
		v->link(v->self, path, t->v[at].target);
}

void tree_walk(const struct tree *t, const struct tree_visitor *v)
{
	AUTO_BUF struct buf path = BUF_INIT;
	uint32_t at = t->v[ROOT].child;

	while (at) {
		size_t before = path.len;

		buf_addc(&path, '/');
		buf_adds(&path, t->v[at].name);
		visit(t, at, buf_text(&path), v);
		if (t->v[at].child) {
			at = t->v[at].child;
			continue;
		}
		buf_cut(&path, before);
		while (at && !t->v[at].next) {
			at = t->v[at].parent;
			if (at == ROOT)
				return;
			buf_cut(&path, path.len - strlen(t->v[at].name) - 1);
		}
		at = t->v[at].next;
	}
}
