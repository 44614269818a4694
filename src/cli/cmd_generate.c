#include "adapt/json.h"
#include "base/file.h"
#include "base/str.h"
#include "cli/answer.h"
#include "cli/cmd.h"
#include "cli/diff.h"
#include "cli/show.h"
#include "work/generate.h"

#include <string.h>

static const struct opt opts[] = {
	{.name = "check", .help = "write nothing, ask no server; exit 1 if lock or files would change"},
	{.name = "locked", .help = "fail with exit 1 if the lock would change"},
	{.name = "update", .help = "resolve all anew, or the packages named as operands"},
	{.name = "variant", .value = "NAME", .help = "only this variant (repeatable)", .repeatable = true},
	{.name = "diff", .help = "show what changes in the files, as a unified diff"},
	{.name = "stdout", .help = "print the files instead of writing them"},
	{.name = "output",
	 .letter = 'o',
	 .value = "DIR",
	 .help = "folder of the files, inside the manifest's (default: images)"},
};

static const char about[] = "Reads the manifest, decides which base images, wheels and Pythons fit together, and "
			    "writes cudabuild.lock and, below images/, one folder per variant with a "
			    "Dockerfile, its ignore file and requirements.txt, and docker-bake.json.\n\n"
			    "Entries of the lock that still fit are kept; only what changed is resolved. Without a "
			    "lock the live registry and indexes are asked; --offline takes the embedded "
			    "catalog, and what is then not pinned is said in the files, in the lock and in the last "
			    "line. Output is the same bytes for the same manifest and lock. Only files "
			    "that carry the header of the same manifest are overwritten or removed.\n\n"
			    "The packages beside torch (those of `pip`, and what they and torch require) are "
			    "resolved with hashes by uv, where it is in the PATH; their versions are kept until "
			    "--update.";

/* "-o DIR" as a folder below the manifest's: "." or a path inside; it may be given relative to the manifest's folder or
 * to this one. */
static int out_folder(const struct app *app, const struct project *p, char **ret, struct err *err)
{
	const char *out = app_value(app, "output");
	AUTO_TEXT char *dir = NULL;
	AUTO_TEXT char *want = NULL;

	*ret = NULL;
	if (!out)
		return 0;
	dir = file_real(p->dir);
	want = file_absolute(out);
	if (dir && str_eq(want, dir)) {
		*ret = xstrdup(".");
		return 0;
	}
	if (dir && str_starts(want, dir) && want[str_eq(dir, "/") ? 0 : strlen(dir)] == '/') {
		const char *inside = want + strlen(dir) + (str_eq(dir, "/") ? 0 : 1);

		if (file_is_inside(inside)) {
			*ret = xstrdup(inside);
			return 0;
		}
	}
	err_set(err, ERR_USAGE, "-o '%s' is not inside the manifest's folder '%s'", out, p->dir);
	return err_hint(err, "the manifest's folder is the build context, so the files must lie in it");
}

static int print_files(struct app *app, const struct context *files, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;

	for (size_t i = 0; i < files->n; i++)
		if (files->v[i]->kind == MEMBER_BYTES) {
			buf_addf(&out, "==> %s <==\n", files->v[i]->name);
			buf_add(&out, files->v[i]->data, (size_t)files->v[i]->len);
			buf_addc(&out, '\n');
		}
	return ui_out(app->ui, buf_text(&out), err);
}

static void result_json(const struct plan *plan, const struct outputs *o, struct buf *out)
{
	static const char *const states[] = {"same", "new", "changed", "left-over"};
	AUTO(jdoc) struct jdoc *d = jdoc_new_object();
	struct jval root = jdoc_root(d), files, variants, notes;

	jval_put_u64(root, "schema", 1);
	jval_put_bool(root, "changed", o->differ);
	files = jval_put_array(root, "files");
	for (size_t i = 0; i < o->n; i++) {
		struct jval f = jval_put_object(files, NULL);

		jval_put_text(f, "name", o->v[i].name);
		jval_put_text(f, "state", states[o->v[i].state]);
	}
	variants = jval_put_array(root, "variants");
	for (size_t i = 0; i < plan->nvariants; i++) {
		AUTO_STRV struct strv unpinned = STRV_INIT;
		struct jval v = jval_put_object(variants, NULL);

		plan_unpinned(&plan->variants[i], &unpinned);
		jval_put_text(v, "name", plan->variants[i].name);
		jval_put_bool(v, "pinned", unpinned.n == 0);
		jval_put_strv(v, "unpinned", &unpinned);
		notes = jval_put_array(v, "notes");
		for (size_t n = 0; n < plan->variants[i].nnotes; n++) {
			struct jval note = jval_put_object(notes, NULL);

			jval_put_text(note, "code", plan->variants[i].notes[n].code);
			jval_put_text(note, "severity", plan->variants[i].notes[n].severity);
			jval_put_text(note, "text", plan->variants[i].notes[n].text);
			jval_put_text(note, "source", plan->variants[i].notes[n].source);
		}
	}
	jdoc_dump(d, JDOC_PRETTY, out);
}

/* The result on standard output, notes on standard error. */
static int say_result(struct app *app, const struct project *p, const struct plan *plan, const struct outputs *o,
		      struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;
	AUTO_BUF struct buf notes = BUF_INIT;

	if (app->json) {
		result_json(plan, o, &out);
		return ui_out(app->ui, buf_text(&out), err);
	}
	if (app_flag(app, "quiet"))
		return 0;
	show_plan(plan, &out);
	if (p->lock && app_flag(app, "update"))
		show_changes(p->lock, plan, &out);
	show_outputs(o, &out);
	if (!o->differ)
		buf_adds(&out, "nothing to change\n");
	show_unpinned(plan, &notes);
	ui_note(app->ui, "%s", buf_text(&notes));
	return ui_out(app->ui, buf_text(&out), err);
}

/* --check and --locked: what would change, and exit 1 if anything does. */
static int answer_stale(struct app *app, const struct outputs *o, struct err *err)
{
	AUTO_BUF struct buf out = BUF_INIT;

	show_outputs(o, &out);
	ui_note(app->ui, "stale: run `cudabuild generate`%s", app_flag(app, "locked") ? " without --locked" : "");
	return ui_out(app->ui, buf_text(&out), err) < 0 ? -1 : 1;
}

/* --locked without a network: whatever was asked for is not in the lock, so that it would change. */
static int answer_not_held(struct app *app, struct err *err)
{
	ui_note(app->ui,
		"stale: the lock does not hold all that is asked for (%s): run `cudabuild generate` without --locked",
		err->text);
	err_clear(err);
	return 1;
}

static bool lock_changes(const struct project *p, const struct outputs *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (str_eq(o->v[i].name, file_base(p->lock_file)))
			return o->v[i].state != OUTPUT_SAME;
	return true;
}

/* Renders, compares, and writes or says why not. */
static int deliver(struct app *app, const struct project *p, const struct plan *plan, struct err *err)
{
	AUTO(context) struct context *files = NULL;
	AUTO(outputs) struct outputs *o = NULL;
	bool whole = !app_flag(app, "variant") || p->lock, check = app_flag(app, "check");

	if (project_render(p, plan, &files, err) < 0)
		return -1;
	if (app_flag(app, "stdout"))
		return print_files(app, files, err);
	if (outputs_compare(files, p->dir, plan->out, plan->name, file_base(p->lock_file), whole, &o, err) < 0)
		return -1;
	if (app_flag(app, "diff") && diff_print(app, files, o, err) < 0)
		return -1;
	if ((check && o->differ) || (app_flag(app, "locked") && lock_changes(p, o)))
		return answer_stale(app, o, err);
	if (!check && o->differ && outputs_write(files, p->dir, o, file_base(p->lock_file), err) < 0)
		return -1;
	return say_result(app, p, plan, o, err);
}

static int needs_network(struct app *app, const struct project *p, struct err *err)
{
	if (app->fetcher)
		return err_set(err, ERR_INTERNAL, "'%s': facts are missing and nobody is asked", p->file);
	return RUN_IN_WORKER;
}

static int check_options(const struct app *app, struct err *err)
{
	if (app->options.operands.n && !app_flag(app, "update"))
		return err_set(err, ERR_USAGE, "'%s': packages may be named with --update only",
			       app->options.operands.v[0]);
	if (app_flag(app, "update") && (app_flag(app, "check") || app_flag(app, "locked")))
		return err_set(err, ERR_USAGE, "--update and %s contradict each other",
			       app_flag(app, "check") ? "--check" : "--locked");
	return 0;
}

static int run(struct app *app, struct err *err)
{
	AUTO(project) struct project *p = NULL;
	AUTO(plan) struct plan *plan = NULL;
	AUTO(conflict) struct conflict *why = NULL;
	AUTO_STRV struct strv only = STRV_INIT;
	AUTO_TEXT char *out = NULL;
	struct plan_opts o = {.offline = app_flag(app, "offline") || app_flag(app, "check"),
			      .update = app_flag(app, "update"),
			      .packages = &app->options.operands,
			      .pin = !app_flag(app, "locked"),
			      .only = &only,
			      .fetcher = app->fetcher,
			      .events = &app->events,
			      .stop = app->stop};
	int rc;

	options_values(&app->options, "variant", &only);
	if (check_options(app, err) < 0 || project_open(app_value(app, "file"), &p, err) < 0 ||
	    out_folder(app, p, &out, err) < 0)
		return -1;
	o.out = out;
	if (!p->lock && (app_flag(app, "check") || app_flag(app, "locked"))) {
		ui_note(app->ui, "there is no '%s': run `cudabuild generate`", p->lock_file);
		return 1;
	}
	rc = project_plan(p, &o, &plan, &why, err);
	if (rc == PLAN_NO)
		return answer_no(app, why, err);
	if (rc == PLAN_NEEDS_NETWORK)
		return needs_network(app, p, err);
	if (rc < 0 && err->kind == ERR_NET && app_flag(app, "locked"))
		return answer_not_held(app, err);
	if (rc < 0 && err->kind == ERR_NET && !p->lock && !err->hint[0])
		return err_hint(err, "without a network, --offline decides from the embedded catalog and pins nothing");
	return rc < 0 ? -1 : deliver(app, p, plan, err);
}

const struct cmd cmd_generate = {
	.name = "generate",
	.summary = "resolves the manifest and writes the lock and the Dockerfiles",
	.operands = "[PACKAGE]...",
	.about = about,
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
	.run = run,
};
