#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "source/cache.h"
#include "work/facts.h"
#include "work/fetch_catalog.h"
#include "work/project.h"

/* Where to ask: the manifest's sources, or the default ones where there is no manifest. */
struct place {
	struct project *project;
	struct manifest *defaults;
	struct cache *cache;
	struct fetch_opts o;
};

static void place_clear(struct place *p)
{
	project_free(p->project);
	manifest_free(p->defaults);
	cache_free(p->cache);
}
#define AUTO_PLACE __attribute__((cleanup(place_clear)))

static int open_place(struct app *app, struct place *p, struct err *err)
{
	AUTO_TEXT char *dir = facts_cache();
	struct err none = ERR_INIT;

	if (project_open(app_value(app, "file"), &p->project, &none) < 0) {
		if (none.kind != ERR_USAGE || app_value(app, "file"))
			return err_move(err, &none);
		err_clear(&none);
		p->defaults = manifest_new("(none)");
	}
	p->cache = dir ? cache_open(dir) : NULL;
	p->o = (struct fetch_opts){.sources = p->project ? &p->project->manifest->sources : &p->defaults->sources,
				   .dir = p->project ? p->project->dir : NULL,
				   .events = &app->events,
				   .cancel = app->stop,
				   .cache = p->cache,
				   .anew = true};
	return 0;
}

static void drift_text(const struct drift *d, struct buf *out)
{
	buf_addf(out, "%s: %s %s", d->subject, drift_kind_text(d->kind), d->what);
	if (d->kind == DRIFT_MOVED)
		buf_addf(out, ": %s -> %s", d->old, d->now);
	else if (d->old || d->now)
		buf_addf(out, " (%s)", d->now ? d->now : d->old);
	buf_addc(out, '\n');
}

static void drift_json(const struct drifts *d, struct buf *out)
{
	AUTO(jdoc) struct jdoc *doc = jdoc_new_object();
	struct jval list;

	jval_put_u64(jdoc_root(doc), "schema", 1);
	list = jval_put_array(jdoc_root(doc), "drift");
	for (size_t i = 0; i < d->n; i++) {
		struct jval o = jval_put_object(list, NULL);

		jval_put_text(o, "kind", drift_kind_text(d->v[i].kind));
		jval_put_text(o, "subject", d->v[i].subject);
		jval_put_text(o, "what", d->v[i].what);
		jval_put_text(o, "old", d->v[i].old);
		jval_put_text(o, "now", d->v[i].now);
	}
	jdoc_dump(doc, JDOC_PRETTY, out);
}

static int say(struct app *app, const struct drifts *d, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;

	if (app->json) {
		drift_json(d, &out);
	} else {
		for (size_t i = 0; i < d->n; i++)
			drift_text(&d->v[i], &out);
		if (!d->n)
			buf_adds(&out, "nothing differs\n");
	}
	if (ui_out(app->ui, buf_text(&out), err) < 0)
		return -1;
	return d->n ? 1 : 0;
}

static int check_rows(const struct place *p, struct drifts *into, struct err *err)
{
	struct live live = LIVE_INIT;
	int rc = fetch_live(facts_catalog(), &p->o, &live, err);

	if (rc == 0)
		live_drift(facts_catalog(), &live, into);
	live_clear(&live);
	return rc;
}

static int check(struct app *app, const char *half, struct err *err)
{
	AUTO_PLACE struct place p = {.project = NULL};
	struct drifts d = DRIFTS_INIT;
	int rc;

	if (app_flag(app, "offline"))
		return err_set(err, ERR_USAGE, "catalog check asks servers: it cannot be done with --offline");
	if (open_place(app, &p, err) < 0)
		return -1;
	if (str_eq(half, "lock") && !p.project)
		return err_set(err, ERR_USAGE, "catalog check lock: there is no manifest in this folder");
	if (str_eq(half, "lock") && project_need_lock(p.project, err) < 0)
		return -1;
	rc = str_eq(half, "rows") || !p.project || !p.project->lock ? 0 : fetch_moved(p.project->lock, &p.o, &d, err);
	if (rc == 0 && !str_eq(half, "lock"))
		rc = check_rows(&p, &d, err);
	if (rc == 0)
		rc = say(app, &d, err);
	drifts_clear(&d);
	return rc;
}

/* --- update --- */

static int say_update(struct app *app, const struct overlay *o, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	size_t wheels = o->added.nwheels, gone = o->gone.nwheels;

	if (app->json)
		buf_addf(&out,
			 "{\n  \"schema\": 1,\n  \"tags\": %zu,\n  \"tags_gone\": %zu,\n  \"wheels\": %zu,\n  "
			 "\"wheels_gone\": %zu\n}\n",
			 o->tags.n, o->tags_gone.n, wheels, gone);
	else if (overlay_is_empty(o))
		buf_adds(&out, "nothing differs from the program's own catalog\n");
	else
		buf_addf(&out, "wheels: %zu new, %zu gone; tags: %zu new, %zu gone\n", wheels, gone, o->tags.n,
			 o->tags_gone.n);
	return ui_out(app->ui, buf_text(&out), err);
}

/* The overlay that another machine made. */
static int read_from(const char *dir, struct overlay *into, struct err *err)
{
	AUTO_TEXT char *path = file_join(dir, FACTS_OVERLAY);
	AUTO_BUF struct buf text = BUF_INIT;
	int rc;

	if (file_read(path, OVERLAY_SIZE_MAX, &text, err) < 0)
		return -1;
	rc = overlay_parse(buf_blob(&text, path), &catalog_builtin, into, err);
	if (rc <= 0)
		return rc;
	err_set(err, ERR_INPUT, "'%s' is for another catalog than this program's (%.12s)", path, catalog_builtin.id);
	return err_hint(err, "make it with the same version of cudabuild");
}

static int ask_servers(struct app *app, struct overlay *into, struct err *err)
{
	AUTO_PLACE struct place p = {.project = NULL};
	struct live live = LIVE_INIT;
	int rc;

	if (app_flag(app, "offline"))
		return err_set(err, ERR_USAGE, "catalog update asks servers: with --offline it needs --from DIR");
	if (open_place(app, &p, err) < 0)
		return -1;
	rc = fetch_live(&catalog_builtin, &p.o, &live, err);
	if (rc == 0)
		overlay_make(&catalog_builtin, &live, into);
	live_clear(&live);
	return rc;
}

static int update(struct app *app, struct err *err)
{
	const char *from = app_value(app, "from");
	struct overlay o = OVERLAY_INIT;
	int rc = from ? read_from(from, &o, err) : ask_servers(app, &o, err);

	if (rc == 0)
		rc = facts_keep(&o, err);
	if (rc == 0)
		rc = say_update(app, &o, err);
	overlay_clear(&o);
	return rc;
}

int run_catalog(struct app *app, struct err *err)
{
	const struct strv *operands = &app->options.operands;
	const char *half = operands->n > 1 ? operands->v[1] : NULL;
	AUTO_TEXT char *shown = half ? str_shown(half, 60) : NULL;

	if (operands->n == 1 && str_eq(operands->v[0], "update"))
		return update(app, err);
	if (!operands->n || !str_eq(operands->v[0], "check"))
		return app->cmd->run(app, err);
	if (operands->n > 2 || (half && !str_eq(half, "lock") && !str_eq(half, "rows"))) {
		err_set(err, ERR_USAGE, "catalog check: '%s' is neither lock nor rows",
			operands->n > 2 ? operands->v[2] : shown);
		return err_hint(err, "see `cudabuild help catalog`");
	}
	return check(app, half, err);
}
