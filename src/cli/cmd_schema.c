#include "base/embed.h"
#include "base/str.h"
#include "cli/cmd.h"
#include "model/manifest.h"

#include <string.h>

#define FOLDER "data/schema/"

/* The names of all documents: the manifest's schema is made from its key table, the others are embedded files. */
static void names(struct strv *into)
{
	strv_add(into, "manifest");
	for (const struct blob *f = embed_all(); f->name; f++) {
		const char *name = f->name + strlen(FOLDER);

		if (!str_starts(f->name, FOLDER))
			continue;
		AUTO_TEXT char *bare = xstrndup(name, strcspn(name, "."));
		strv_add(into, bare);
	}
}

static int no_such(const char *name, const struct strv *known, struct err *err)
{
	AUTO_TEXT char *list = strv_join(known, ", ");
	AUTO_TEXT char *shown = str_shown(name, 40);
	const char *near = str_nearest(name, (const char *const *)known->v, known->n);

	err_set(err, ERR_USAGE, "schema: no document is called '%s'%s%s%s", shown, near ? " (did you mean '" : "",
		near ? near : "", near ? "'?)" : "");
	return err_hint(err, "they are %s", list);
}

static int run(struct app *app, struct err *err)
{
	const struct strv *operands = &app->options.operands;
	const char *name = operands->n ? operands->v[0] : "manifest";
	AUTO_STRV struct strv known = STRV_INIT;

	names(&known);
	if (operands->n > 1) {
		err_set(err, ERR_USAGE, "schema prints one document at a time");
		return err_hint(err, "write `cudabuild schema %s`", name);
	}
	if (!strv_has(&known, name))
		return no_such(name, &known, err);
	if (str_eq(name, "manifest")) {
		AUTO_TEXT char *text = manifest_schema();

		return ui_out(app->ui, text, err);
	}
	AUTO_TEXT char *path = xasprintf(FOLDER "%s.json", name);
	return ui_out(app->ui, embed_find(path)->data, err);
}

const struct cmd cmd_schema = {
	.name = "schema",
	.summary = "prints the JSON Schema of the manifest, the lock, or of what a command prints",
	.operands = "[NAME]",
	.about =
		"Without NAME the manifest's, which editors use to check and complete cudabuild.yaml: it agrees with "
		"the "
		"program on every document without syntax or cross-key faults.\n\n"
		"The others are what --format json prints: build, catalog, error (any command's failure), explain, "
		"explain-dockerfile, explain-error, inspect, matrix, plan (of generate), test, version; lock is the "
		"file "
		"cudabuild.lock, progress a line of --progress json. They are strict: a key that a shape does not name "
		"is none.",
	.run = run,
};
