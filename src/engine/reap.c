#include "engine/reap.h"

#include "base/str.h"
#include "engine/call.h"

#include <string.h>

#define LIST_MAX (64u << 20)

static void leftover_clear(struct leftover *l)
{
	free(l->id);
	free(l->project);
	free(l->user);
	free(l->machine);
}

void leftovers_free(struct leftovers *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->n; i++)
		leftover_clear(&l->v[i]);
	free(l->v);
	free(l);
}

static char *label_or_empty(const struct strv *labels, const char *key)
{
	const char *value = owner_label(labels, key);

	return xstrdup(value ? value : "");
}

static int row_take(struct engine *e, struct leftovers *all, enum leftover_kind kind, struct jval row, struct err *err)
{
	AUTO_STRV struct strv labels = STRV_INIT;
	const char *id;

	if (jval_text(row, kind == LEFTOVER_CONTAINER ? "Id" : "Name", &id, err) < 0 ||
	    call_get_pairs(row, "Labels", &labels, err) < 0)
		return -1;
	if (!owner_label(
		    &labels,
		    OWNER_LABEL)) /* the engine was asked for ours only; nothing else is touched, whatever it says */
		return 0;
	all->v = xreallocarray(all->v, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = (struct leftover){
		.kind = kind,
		.id = xstrdup(id),
		.project = label_or_empty(&labels, OWNER_PROJECT),
		.user = label_or_empty(&labels, OWNER_USER),
		.machine = label_or_empty(&labels, OWNER_MACHINE),
		.state = owner_judge(e->owner, &labels),
	};
	return 0;
}

static int list_take(struct engine *e, struct leftovers *all, enum leftover_kind kind, struct jval list,
		     struct err *err)
{
	struct jval it = {.doc = NULL};

	while (jval_is_there(list) && jval_next(list, &it))
		if (row_take(e, all, kind, it, err) < 0)
			return -1;
	return 0;
}

static int list_ask(struct engine *e, const char *start, struct jdoc **ret, struct err *err)
{
	AUTO_STRV struct strv label = STRV_INIT;
	AUTO_BUF struct buf path = BUF_INIT;

	strv_add(&label, OWNER_LABEL "=1");
	AUTO_TEXT char *filter = call_filter("label", &label);

	buf_adds(&path, start);
	call_query(&path, "filters", filter);
	struct call c = {.method = "GET", .path = buf_text(&path), .max_body = LIST_MAX};
	int rc = call_json(e, &c, "list what is ours", ret, err);

	return rc > 0 ? err_set(err, ERR_ENGINE, "engine %s: lists nothing", e->host->address) : rc;
}

static int leftover_order(const void *a, const void *b)
{
	const struct leftover *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->id, y->id);
}

int engine_leftovers(struct engine *e, struct leftovers **ret, struct err *err)
{
	AUTO(leftovers) struct leftovers *all = xcalloc(1, sizeof(*all));
	AUTO(jdoc) struct jdoc *containers = NULL, *volumes = NULL;
	struct jval list;

	if (list_ask(e, "/containers/json?all=1", &containers, err) < 0 || list_ask(e, "/volumes", &volumes, err) < 0)
		return -1;
	if (jval_want(jdoc_root(containers), JDOC_ARRAY, err) < 0 ||
	    list_take(e, all, LEFTOVER_CONTAINER, jdoc_root(containers), err) < 0 ||
	    jval_get_opt(jdoc_root(volumes), "Volumes", JDOC_ARRAY, &list, err) < 0 ||
	    list_take(e, all, LEFTOVER_VOLUME, list, err) < 0)
		return -1;
	if (all->n > 1)
		qsort(all->v, all->n, sizeof(*all->v), leftover_order);
	*ret = TAKE(all);
	return 0;
}

int engine_leftover_remove(struct engine *e, const struct leftover *l, struct err *err)
{
	bool container = l->kind == LEFTOVER_CONTAINER;
	AUTO_TEXT char *what = xasprintf("remove %s %s", container ? "container" : "volume", l->id);
	AUTO_BUF struct buf path = BUF_INIT;

	buf_adds(&path, container ? "/containers/" : "/volumes/");
	call_path(&path, l->id);
	buf_adds(&path, container ? "?force=1&v=1" : "?force=1");
	return call_json(e, &(struct call){.method = "DELETE", .path = buf_text(&path)}, what, NULL, err);
}

int engine_reap(struct engine *e, size_t *ret_n, struct err *err)
{
	AUTO(leftovers) struct leftovers *all = NULL;
	size_t n = 0;

	if (engine_leftovers(e, &all, err) < 0)
		return -1;
	for (size_t i = 0; i < all->n; i++) {
		if (all->v[i].state != OWNER_DEAD)
			continue;
		struct err why = ERR_INIT;
		int rc = engine_leftover_remove(e, &all->v[i], &why);

		if (rc < 0 && why.kind == ERR_CANCELED)
			return err_move(err, &why);
		if (rc < 0 && !strstr(why.text, "already in progress")) /* another run may reap it at this moment */
			event_say(e->events, EVENT_WARNING, all->v[i].id, why.text);
		err_clear(&why);
		n += rc == 0;
	}
	*ret_n = n;
	return 0;
}
