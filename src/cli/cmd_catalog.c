#include "adapt/json.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "model/catalog_show.h"
#include "model/table.h"
#include "work/facts.h"

#include <string.h>

static const struct opt opts[] = {
	{.name = "from", .value = "DIR", .help = "update: take the overlay of this folder, asking nobody"},
};

static const char about[] =
	"`catalog show` lists what the catalog holds; `catalog show KIND [WORD]...` prints the rows of a kind whose "
	"cells "
	"hold all the words. Kinds: torch, extensions, tags, toolkits, archs, gpus, os, pythons, branches, policy.\n\n"
	"`catalog check` asks registries and indexes and says how the world differs from the catalog's rows, and which "
	"tags of the lock, where there is one, lead to other digests now: both are shown, nothing is changed. "
	"`catalog check lock` and `catalog check rows` do one half. The sources are the manifest's, else the public "
	"ones. "
	"Exit 1 when anything differs. For each base image of the lock it also says what NVIDIA's policy forecasts: "
	"until when it is supported, from when its tag may be deleted, by what it is superseded.\n\n"
	"`catalog update` keeps what differs in the user's cache, where it decides from then on beside the lock and "
	"live "
	"answers; architectures of new wheels stay unknown. With --from DIR it is taken from DIR/overlay.json, "
	"made by `catalog update` on a machine with a network (its own lies below ~/.cache/cudabuild), for closed "
	"networks. It is for the same version of the program.\n\n"
	"`catalog variants PACKAGE VERSION` reads what an index says of the variant wheels of a release (the drafts "
	"PEP "
	"825 and 850): each label with its properties, and the label that each target of the manifest would get, its "
	"GPU "
	"and driver standing in for asking a machine. This is to look at: released installers do not take such wheels, "
	"so no other command does. Exit 1 where no index has such a list.";

/* --- show --- */

static bool holds(const char *cell, const char *word)
{
	AUTO_TEXT char *low = str_lowered(cell);

	return strstr(low, word) != NULL;
}

/* Whether every word is in some cell. */
static bool matches(const struct strv *cells, const struct strv *words, size_t from)
{
	for (size_t w = from; w < words->n; w++) {
		AUTO_TEXT char *word = str_lowered(words->v[w]);
		bool found = false;

		for (size_t i = 0; i < cells->n && !found; i++)
			found = holds(cells->v[i], word);
		if (!found)
			return false;
	}
	return true;
}

static void row_json(struct jval list, enum catalog_kind k, const struct strv *cells)
{
	const char *const *columns = catalog_columns(k);
	struct jval o = jval_put_object(list, NULL);

	for (size_t i = 0; columns[i]; i++)
		jval_put_text(o, columns[i], cells->v[i]);
}

static void rows_json(enum catalog_kind k, const struct strv *operands, struct buf *out)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval list;

	jval_put_u64(jdoc_root(d), "schema", 1);
	jval_put_text(jdoc_root(d), "catalog", facts_catalog()->id);
	jval_put_text(jdoc_root(d), "kind", catalog_kind_name(k));
	list = jval_put_array(jdoc_root(d), "rows");
	for (size_t i = 0; i < catalog_count(facts_catalog(), k); i++) {
		AUTO_STRV struct strv cells = STRV_INIT;

		catalog_cells(facts_catalog(), k, i, &cells);
		if (matches(&cells, operands, 2))
			row_json(list, k, &cells);
	}
	jdoc_dump(d, JDOC_PRETTY, out);
}

static void rows_text(enum catalog_kind k, const struct strv *operands, struct buf *out)
{
	const char *const *columns = catalog_columns(k);
	size_t n = 0;

	while (columns[n])
		n++;
	struct table t = table_new(n);
	for (size_t i = 0; i < n; i++) {
		AUTO_TEXT char *head = xstrdup(columns[i]);

		for (char *c = head; *c; c++)
			*c = str_upper(*c);
		table_add(&t, head);
	}
	for (size_t i = 0; i < catalog_count(facts_catalog(), k); i++) {
		AUTO_STRV struct strv cells = STRV_INIT;

		catalog_cells(facts_catalog(), k, i, &cells);
		for (size_t c = 0; c < cells.n && matches(&cells, operands, 2); c++)
			table_add(&t, cells.v[c][0] ? cells.v[c] : NULL);
	}
	table_write(&t, "", out);
	table_clear(&t);
}

static void kinds_text(struct buf *out)
{
	struct table t = table_new(2);

	for (unsigned k = 0; k < CATALOG__KINDS; k++) {
		table_add(&t, catalog_kind_name((enum catalog_kind)k));
		table_addf(&t, "%zu rows", catalog_count(facts_catalog(), (enum catalog_kind)k));
	}
	buf_addf(out, "catalog %s\n", facts_catalog()->id);
	table_write(&t, "  ", out);
	table_clear(&t);
}

static void kinds_json(struct buf *out)
{
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval rows;

	jval_put_u64(jdoc_root(d), "schema", 1);
	jval_put_text(jdoc_root(d), "catalog", facts_catalog()->id);
	rows = jval_put_object(jdoc_root(d), "rows");
	for (unsigned k = 0; k < CATALOG__KINDS; k++)
		jval_put_u64(rows, catalog_kind_name((enum catalog_kind)k),
			     catalog_count(facts_catalog(), (enum catalog_kind)k));
	jdoc_dump(d, JDOC_PRETTY, out);
}

static int no_such_kind(const char *name, struct err *err)
{
	const char *names[CATALOG__KINDS], *nearest;
	AUTO_TEXT char *shown = str_shown(name, 60);

	for (unsigned k = 0; k < CATALOG__KINDS; k++)
		names[k] = catalog_kind_name((enum catalog_kind)k);
	nearest = str_nearest(name, names, CATALOG__KINDS);
	err_set(err, ERR_USAGE, "the catalog has no rows of kind '%s'%s%s%s", shown, nearest ? " (did you mean '" : "",
		nearest ? nearest : "", nearest ? "'?)" : "");
	return err_hint(err, "`cudabuild catalog show` lists the kinds");
}

static int show(struct app *app, struct err *err)
{
	const struct strv *operands = &app->options.operands;
	AUTO_BUF struct buf out = BUF_INIT;
	enum catalog_kind k = operands->n > 1 ? catalog_kind_of(operands->v[1]) : CATALOG__KINDS;

	if (operands->n > 1 && k == CATALOG__KINDS)
		return no_such_kind(operands->v[1], err);
	if (operands->n > 1 && app->json)
		rows_json(k, operands, &out);
	else if (operands->n > 1)
		rows_text(k, operands, &out);
	else if (app->json)
		kinds_json(&out);
	else
		kinds_text(&out);
	return ui_out(app->ui, buf_text(&out), err);
}

static int run(struct app *app, struct err *err)
{
	const char *what = app->options.operands.n ? app->options.operands.v[0] : NULL;
	AUTO_TEXT char *shown = what ? str_shown(what, 60) : NULL;

	if (app_flag(app, "from") && !str_eq(what, "update"))
		return err_set(err, ERR_USAGE, "catalog: --from goes with update");
	if (str_eq(what, "show"))
		return show(app, err);
	if (str_eq(what, "variants") && app->options.operands.n != 3)
		return err_set(err, ERR_USAGE, "catalog variants: name a package and a version");
	if (str_eq(what, "check") || str_eq(what, "variants") ||
	    (str_eq(what, "update") && app->options.operands.n == 1))
		return RUN_IN_WORKER;
	if (str_eq(what, "update"))
		return err_set(err, ERR_USAGE, "catalog update takes no operand");
	if (what)
		err_set(err, ERR_USAGE, "catalog: '%s' is none of show, check, update and variants", shown);
	else
		err_set(err, ERR_USAGE, "catalog: show, check, update or variants?");
	return err_hint(err, "see `cudabuild help catalog`");
}

const struct cmd cmd_catalog = {
	.name = "catalog",
	.summary = "shows the facts that decide, and how the world differs from them",
	.operands = "show [KIND [WORD]...] | check [lock|rows] | update | variants PACKAGE VERSION",
	.about = about,
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};
