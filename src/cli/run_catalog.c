#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "cli/run_variants.h"
#include "model/catalog_find.h"
#include "rules/forecast.h"
#include "source/cache.h"
#include "work/facts.h"
#include "work/fetch_catalog.h"
#include "work/project.h"
#include "work/sites.h"

/* Where to ask: the manifest's sources, or the default ones where there is no manifest. */
struct place {
	struct project *project;
	struct manifest *defaults;
	struct sites *sites;
	struct cache *cache;
	struct fetch_opts o;
};

static void place_clear(struct place *p)
{
	project_free(p->project);
	manifest_free(p->defaults);
	sites_free(p->sites);
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
	const struct manifest_sources *named = p->project ? &p->project->manifest->sources : &p->defaults->sources;

	if (sites_read(named, &p->sites, err) < 0)
		return -1;
	p->o = (struct fetch_opts){.sources = &p->sites->sources,
				   .named = p->sites->images ? &named->images : NULL,
				   .named_os = p->sites->os_images ? named->os_images : NULL,
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

/* The tags of NVIDIA's images that a lock holds, each once. */
static void lock_tags(const struct plan *lock, const struct catalog *c, struct strv *into)
{
	for (size_t i = 0; lock && i < lock->nvariants; i++) {
		const struct plan_image *const both[] = {&lock->variants[i].base, &lock->variants[i].devel};

		for (size_t k = 0; k < ARRAY_LEN(both); k++)
			if (both[k]->tag && both[k]->repository && str_ends(both[k]->repository, "/cuda") &&
			    catalog_tag(c, both[k]->tag))
				strv_add_once(into, both[k]->tag);
	}
}

static void forecast_lines(const struct strv *tags, struct buf *out)
{
	const struct catalog *c = facts_catalog();

	for (size_t i = 0; i < tags->n; i++) {
		const struct tag_row *tag = catalog_tag(c, tags->v[i]);
		struct forecast f = forecast_tag(c, tag);
		AUTO_TEXT char *text = forecast_text(c, tag, &f);
		AUTO_TEXT char *source = forecast_source(c, &f);

		if (text)
			buf_addf(out, "forecast: %s [%s]\n", text, source);
	}
}

static void forecast_json(const struct strv *tags, struct jval root)
{
	const struct catalog *c = facts_catalog();
	struct jval list = jval_put_array(root, "forecast");
	char end[CUDA_TEXT], gone[CUDA_TEXT];

	for (size_t i = 0; i < tags->n; i++) {
		const struct tag_row *tag = catalog_tag(c, tags->v[i]);
		struct forecast f = forecast_tag(c, tag);
		AUTO_TEXT char *text = forecast_text(c, tag, &f);
		AUTO_TEXT char *source = forecast_source(c, &f);
		struct jval o = jval_put_object(list, NULL);

		jval_put_text(o, "tag", tags->v[i]);
		jval_put_text(o, "kind", forecast_kind_text(f.kind));
		jval_put_text(o, "supported_until", f.end ? forecast_month(f.end, end) : NULL);
		jval_put_text(o, "deleted_from", f.gone ? forecast_month(f.gone, gone) : NULL);
		jval_put_text(o, "superseded_by", f.by ? catalog_str(c, f.by->tag) : NULL);
		jval_put_text(o, "because", text);
		jval_put_text(o, "source", source);
	}
}

static void drift_json(const struct drifts *d, const struct strv *tags, struct buf *out)
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
	forecast_json(tags, jdoc_root(doc));
	jdoc_dump(doc, JDOC_PRETTY, out);
}

static int say(struct app *app, const struct drifts *d, const struct plan *lock, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	AUTO_STRV struct strv tags = STRV_INIT;

	lock_tags(lock, facts_catalog(), &tags);
	if (app->json) {
		drift_json(d, &tags, &out);
	} else {
		for (size_t i = 0; i < d->n; i++)
			drift_text(&d->v[i], &out);
		if (!d->n)
			buf_adds(&out, "nothing differs\n");
		forecast_lines(&tags, &out);
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
		rc = say(app, &d, p.project && !str_eq(half, "rows") ? p.project->lock : NULL, err);
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
		return err_hint(err, "`catalog update` on a machine with a network leaves %s in ~/.cache/cudabuild",
				FACTS_OVERLAY);
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

static int variants(struct app *app, struct err *err)
{
	AUTO_PLACE struct place p = {.project = NULL};

	if (app_flag(app, "offline"))
		return err_set(err, ERR_USAGE, "catalog variants asks servers: it cannot be done with --offline");
	if (open_place(app, &p, err) < 0)
		return -1;
	return run_variants(app, p.project, &p.o, err);
}

int run_catalog(struct app *app, struct err *err)
{
	const struct strv *operands = &app->options.operands;
	const char *half = operands->n > 1 ? operands->v[1] : NULL;
	AUTO_TEXT char *shown = half ? str_shown(half, 60) : NULL;

	if (operands->n == 1 && str_eq(operands->v[0], "update"))
		return update(app, err);
	if (operands->n == 3 && str_eq(operands->v[0], "variants"))
		return variants(app, err);
	if (!operands->n || !str_eq(operands->v[0], "check"))
		return app->cmd->run(app, err);
	if (operands->n > 2 || (half && !str_eq(half, "lock") && !str_eq(half, "rows"))) {
		err_set(err, ERR_USAGE, "catalog check: '%s' is neither lock nor rows",
			operands->n > 2 ? operands->v[2] : shown);
		return err_hint(err, "see `cudabuild help catalog`");
	}
	return check(app, half, err);
}
