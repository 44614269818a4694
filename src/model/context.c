#include "model/context.h"

#include "base/file.h"
#include "base/str.h"

#include <string.h>

#define CONTEXT_NAME_MAX 4096

struct context *context_new(void)
{
	return xcalloc(1, sizeof(struct context));
}

static void member_free(struct member *m)
{
	if (!m)
		return;
	free(m->name);
	free(m->data);
	free(m->path);
	free(m);
}
DEFINE_AUTO(member, struct member);

void context_free(struct context *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		member_free(c->v[i]);
	free(c->v);
	free(c);
}

/* The place of name, or where it belongs. Names mostly come in order, so the end is looked at first. */
static size_t context_place(const struct context *c, const char *name, bool *ret_there)
{
	size_t low = 0, high = c->n;

	*ret_there = false;
	if (high > 0 && strcmp(c->v[high - 1]->name, name) < 0)
		return high;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(c->v[mid]->name, name);

		if (order == 0) {
			*ret_there = true;
			return mid;
		}
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

const struct member *context_find(const struct context *c, const char *name)
{
	bool there;
	size_t at = context_place(c, name, &there);

	return there ? c->v[at] : NULL;
}

uint64_t context_size(const struct context *c)
{
	uint64_t all = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->v[i]->kind == MEMBER_BYTES || c->v[i]->kind == MEMBER_FILE)
			all += c->v[i]->len;
	return all;
}

static bool member_same(const struct member *a, const struct member *b)
{
	if (a->kind != b->kind || a->mode != b->mode || a->len != b->len || !str_eq(a->path, b->path))
		return false;
	if (a->kind == MEMBER_BYTES)
		return memcmp(a->data, b->data, (size_t)a->len) == 0;
	return str_eq(a->data, b->data);
}

/* Takes m in, or frees it where an equal one is there. */
static int context_put(struct context *c, struct member *m, struct err *err)
{
	AUTO(member) struct member *own = m;
	bool there;
	size_t at = context_place(c, m->name, &there);

	if (there && member_same(c->v[at], m))
		return 0;
	if (there)
		return err_set(err, ERR_INPUT, "build context: '%s' is there twice, with different content", m->name);
	if (c->n == c->cap) {
		c->cap = mem_grow(c->cap);
		c->v = xreallocarray(c->v, c->cap, sizeof(struct member *));
	}
	memmove(c->v + at + 1, c->v + at, (c->n - at) * sizeof(struct member *));
	c->v[at] = TAKE(own);
	c->n++;
	return 0;
}

static struct member *member_new(const char *name, enum member_kind kind, unsigned mode)
{
	struct member *m = xcalloc(1, sizeof(*m));

	m->name = xstrdup(name);
	m->kind = kind;
	m->mode = kind == MEMBER_DIR || kind == MEMBER_LINK || (mode & 0111) ? 0755 : 0644;
	return m;
}

/* Checks name and adds the folders above it. */
static int context_make_room(struct context *c, const char *name, struct err *err)
{
	if (!file_is_inside(name) || strlen(name) > CONTEXT_NAME_MAX) {
		AUTO_TEXT char *shown = str_shown(name, 200);

		return err_set(err, ERR_INPUT, "build context: '%s' is no name inside the build context", shown);
	}
	for (const char *at = strchr(name, '/'); at; at = strchr(at + 1, '/')) {
		AUTO_TEXT char *above = xstrndup(name, (size_t)(at - name));

		if (context_put(c, member_new(above, MEMBER_DIR, 0), err) < 0)
			return -1;
	}
	return 0;
}

int context_add_bytes(struct context *c, const char *name, unsigned mode, struct blob data, struct err *err)
{
	if (context_make_room(c, name, err) < 0)
		return -1;
	struct member *m = member_new(name, MEMBER_BYTES, mode);

	m->data = xmalloc(data.len + 1);
	if (data.len > 0)
		memcpy(m->data, data.data, data.len);
	m->data[data.len] = '\0';
	m->len = data.len;
	return context_put(c, m, err);
}

int context_add_file(struct context *c, const char *name, unsigned mode, const char *path, uint64_t len,
		     struct err *err)
{
	if (context_make_room(c, name, err) < 0)
		return -1;
	struct member *m = member_new(name, MEMBER_FILE, mode);

	m->path = xstrdup(path);
	m->len = len;
	return context_put(c, m, err);
}

/* Whether a link at name may point to target: relative, and not above the context. */
static bool link_stays(const char *name, const char *target)
{
	size_t depth = 0;

	if (target[0] == '/' || target[0] == '\0')
		return false;
	for (const char *at = strchr(name, '/'); at; at = strchr(at + 1, '/'))
		depth++;
	while (*target) {
		size_t len = strcspn(target, "/");

		if (len == 2 && strncmp(target, "..", 2) == 0) {
			if (depth == 0)
				return false;
			depth--;
		} else if (len > 0 && !(len == 1 && target[0] == '.')) {
			depth++;
		}
		target += len;
		target += *target == '/';
	}
	return true;
}

int context_add_link(struct context *c, const char *name, const char *target, struct err *err)
{
	if (context_make_room(c, name, err) < 0)
		return -1;
	if (!link_stays(name, target)) {
		AUTO_TEXT char *shown = str_shown(target, 200);

		return err_set(err, ERR_INPUT, "build context: the link '%s' leads out of the build context: '%s'",
			       name, shown);
	}
	struct member *m = member_new(name, MEMBER_LINK, 0);

	m->data = xstrdup(target);
	return context_put(c, m, err);
}

int context_add_dir(struct context *c, const char *name, struct err *err)
{
	if (context_make_room(c, name, err) < 0)
		return -1;
	return context_put(c, member_new(name, MEMBER_DIR, 0), err);
}
